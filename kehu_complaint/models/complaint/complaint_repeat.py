"""Repeated complaints, found by the system (C9)."""

from odoo import api, fields, models
from odoo.tools import SQL

# What the same customer complains about again: e is the earlier complaint of c, and c.kind_id says what the same matter
# is.
_EARLIER = SQL(
    """e.customer_id = c.customer_id AND e.company_id = c.company_id
       AND (e.date_received, e.id) < (c.date_received, c.id) AND e.state != 'dismissed' AND e.is_automatic IS NOT TRUE
       AND e.date_received >= c.date_received - make_interval(days => company.kehu_repeat_days)
       AND ((COALESCE(kind.is_repeat_product_cause, TRUE) AND e.product_id = c.product_id AND e.cause_id = c.cause_id)
            OR (COALESCE(kind.is_repeat_product, FALSE) AND e.product_id = c.product_id)
            OR (COALESCE(kind.is_repeat_cause, FALSE) AND e.cause_id = c.cause_id)
            OR (COALESCE(kind.is_repeat_serial, TRUE) AND upper(e.serial) = upper(c.serial))
            OR (COALESCE(kind.is_repeat_order, TRUE) AND upper(e.order_reference) = upper(c.order_reference))
            OR (COALESCE(kind.is_repeat_accused, TRUE) AND (
                EXISTS (SELECT FROM kehu_complaint_accused_user_rel mine
                          JOIN kehu_complaint_accused_user_rel theirs ON theirs.res_users_id = mine.res_users_id
                         WHERE mine.kehu_complaint_id = c.id AND theirs.kehu_complaint_id = e.id)
             OR EXISTS (SELECT FROM kehu_complaint_accused_team_rel mine
                          JOIN kehu_complaint_accused_team_rel theirs ON theirs.crm_team_id = mine.crm_team_id
                         WHERE mine.kehu_complaint_id = c.id AND theirs.kehu_complaint_id = e.id))))"""
)
_WATCHED = frozenset(
    {
        "partner_id",
        "company_id",
        "date_received",
        "product_id",
        "serial",
        "order_reference",
        "cause_id",
        "kind_id",
        "accused_user_ids",
        "accused_team_ids",
        "is_automatic",
    }
)


class Complaint(models.Model):
    _inherit = "kehu.complaint"
    _evidence_lets_go = ("repeat_of_id",)

    repeat_of_id = fields.Many2one(
        "kehu.complaint",
        string="Repeats",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The latest earlier complaint of the same customer about the same matter, as the kind of complaint says.",
    )
    repeat_count = fields.Integer(string="Earlier Complaints", readonly=True, copy=False)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._find_repeats(complaints.sudo().customer_id)
        return complaints

    def write(self, vals):
        if _WATCHED.isdisjoint(vals):
            return super().write(vals)
        customers, since = self.sudo().customer_id, self._received_since()
        result = super().write(vals)
        self._find_repeats(customers | self.sudo().customer_id, since)
        return result

    def unlink(self):
        customers, since = self.sudo().customer_id, self._received_since()
        result = super().unlink()
        self.browse()._find_repeats(customers, since)
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"repeat_of_id", "repeat_count"}

    # === ACTIONS ===

    def action_open_repeats(self):
        """Open the earlier complaints that this one repeats: those that the user may read."""
        self.ensure_one()
        self.check_access("read")
        self.flush_model()
        self.env["kehu.complaint.kind"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT e.id FROM kehu_complaint c JOIN res_company company ON company.id = c.company_id
            LEFT JOIN kehu_complaint_kind kind ON kind.id = c.kind_id
                 JOIN kehu_complaint e ON %s WHERE c.id = %s""",
                _EARLIER,
                self.id,
            )
        )
        earlier = self.browse(row[0] for row in rows)._filtered_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Earlier Complaints"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", earlier.ids)],
        }

    # === BUSINESS ===

    def _received_since(self):
        return min(self.sudo().mapped("date_received"), default=None)

    def _find_repeats(self, customers, since=None):
        """Count again what ``self``, and later complaints of the customers, repeat; one query for all of them.

        What becomes a repeated complaint is a major one, from so many earlier ones on as the company says.

        :param customers: whose later complaints can be concerned, too
        :param since: the earliest time of receipt before the change
        """
        since = min(filter(None, (since, self._received_since())), default=None)
        if since is None:
            return
        # Whatever may be read in the statement must be in the database.
        self.flush_model()
        self.env["res.company"].flush_model(["kehu_repeat_days", "kehu_repeat_major_from"])
        self.env["kehu.complaint.kind"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            UPDATE kehu_complaint complaint
               SET repeat_of_id = found.latest, repeat_count = found.count
              FROM (SELECT c.id, COALESCE(c.repeat_count, 0) AS count_before, company.kehu_repeat_major_from AS major_from,
                           (array_agg(e.id ORDER BY e.date_received DESC, e.id DESC))[1] AS latest, count(e.id) AS count
                      FROM kehu_complaint c
                      JOIN res_company company ON company.id = c.company_id
                 LEFT JOIN kehu_complaint_kind kind ON kind.id = c.kind_id
                 LEFT JOIN kehu_complaint e ON %s
                     WHERE c.id = ANY(%s) OR (c.customer_id = ANY(%s) AND c.date_received >= %s)
                  GROUP BY c.id, company.id) found
             WHERE found.id = complaint.id
               AND (complaint.repeat_of_id, COALESCE(complaint.repeat_count, 0)) IS DISTINCT FROM (found.latest, found.count)
         RETURNING complaint.id, found.count > found.count_before AND found.major_from > 0 AND found.count >= found.major_from
                                 AND complaint.state NOT IN ('closed', 'dismissed')
            """,
                _EARLIER,
                self.ids,
                customers.ids,
                since,
            )
        )
        changed = self.browse(row[0] for row in rows)
        changed.invalidate_recordset(["repeat_of_id", "repeat_count"], flush=False)
        changed._deadline_written({"repeat_of_id": True, "repeat_count": True})
        self.browse(row[0] for row in rows if row[1])._mark_major("repeated")


class ComplaintKind(models.Model):
    """What a kind of complaint takes for the same matter; any of these is enough (C9)."""

    _inherit = "kehu.complaint.kind"

    is_repeat_product_cause = fields.Boolean(string="Repeated: Product and Cause", default=True)
    is_repeat_serial = fields.Boolean(string="Repeated: Serial Number", default=True)
    is_repeat_order = fields.Boolean(string="Repeated: Order", default=True)
    is_repeat_accused = fields.Boolean(string="Repeated: Employee or Unit", default=True)
    is_repeat_product = fields.Boolean(string="Repeated: Product", help="Whatever is wrong with it.")
    is_repeat_cause = fields.Boolean(string="Repeated: Cause", help="Whatever the product.")
