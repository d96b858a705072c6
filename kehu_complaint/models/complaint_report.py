from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kehu_archive.models.tier import TIERS

# The clocks of major complaints are stricter, and count here all the same.
_OPINION = ("deadline_rule_opinion", "deadline_rule_major_opinion")
_SETTLED = ("deadline_rule_settle", "deadline_rule_major_settle")


class ComplaintReport(models.Model):
    """One row for each complaint, to be counted by kind, cause, product, unit and person (C13).

    It is hidden like its complaint, in totals too. Percentages are 0 or 100 for one complaint, and empty where nothing can
    be said yet, so that their average is the share.
    """
    _name = "kehu.complaint.report"
    _description = "Complaint Statistics"
    _auto = False
    _order = "date_received desc, id desc"
    _rec_name = "number"
    _depends = {
        "kehu.complaint": [
            "number", "company_id", "date_received", "date_closed", "date_replied", "state", "kind_id", "cause_id", "product_id",
            "customer_id", "team_id", "user_id", "channel", "priority", "kehu_tier", "compensation_amount", "satisfaction"],
        "kehu.deadline": ["res_model", "res_id", "rule_id", "state", "date_due", "date_stop"],
    }

    complaint_id = fields.Many2one("kehu.complaint", readonly=True)
    number = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_received = fields.Datetime(string="Received On", readonly=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    state = fields.Selection(lambda self: self._selection_of("state"), string="Complaint Status", readonly=True)
    kind_id = fields.Many2one("kehu.complaint.kind", readonly=True)
    cause_id = fields.Many2one("kehu.complaint.cause", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    customer_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    team_id = fields.Many2one("crm.team", string="Business Unit", readonly=True)
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    channel = fields.Selection(lambda self: self._selection_of("channel"), string="Received By", readonly=True)
    priority = fields.Selection(lambda self: self._selection_of("priority"), readonly=True)
    kehu_tier = fields.Selection(TIERS, string="Confidentiality Tier", readonly=True)
    is_major = fields.Boolean(string="Major", readonly=True)
    compensation_amount = fields.Monetary(string="Compensation", readonly=True)
    opinion_hours = fields.Float(string="Hours to First Opinion", aggregator="avg", readonly=True)
    opinion_on_time = fields.Float(string="First Opinion on Time (%)", aggregator="avg", readonly=True)
    settle_hours = fields.Float(string="Hours to Settle", aggregator="avg", readonly=True)
    settle_on_time = fields.Float(string="Settled on Time (%)", aggregator="avg", readonly=True)
    solved = fields.Float(
        string="Solved (%)", aggregator="avg", readonly=True,
        help="Closed, and the customer not discontent when he was called back. What is still open is not solved.")
    satisfaction = fields.Float(
        string="Satisfaction (%)", aggregator="avg", readonly=True, help="100 for very content, 20 for very discontent.")
    age = fields.Selection(
        [("0", "Up to 2 days"), ("1", "Up to 7 days"), ("2", "Up to 30 days"), ("3", "Older")], string="Open For", readonly=True)

    @api.model
    def _selection_of(self, name):
        return self.env["kehu.complaint"]._fields[name]._description_selection(self.env)

    # === QUERY ===

    @property
    def _table_query(self):
        # What is asked of the clocks are subqueries among the columns: they cost nothing when the column is not asked for,
        # and go by index when it is, for the complaints that remain after the filters.
        return SQL(
            """
            SELECT c.id, c.id AS complaint_id, c.number, c.company_id, c.date_received, c.date_closed, c.state, c.kind_id, c.cause_id,
                   c.product_id, c.customer_id, c.team_id, c.user_id, c.channel, c.priority, c.kehu_tier, c.compensation_amount,
                   %(is_major)s AS is_major,
                   (SELECT EXTRACT(EPOCH FROM clock.date_stop - c.date_received) / 3600 %(opinion)s) AS opinion_hours,
                   (SELECT %(on_time)s %(opinion)s) AS opinion_on_time,
                   EXTRACT(EPOCH FROM COALESCE(c.date_replied, c.date_closed) - c.date_received) / 3600 AS settle_hours,
                   (SELECT %(on_time)s %(settled)s) AS settle_on_time,
                   CASE WHEN c.state = 'closed' AND COALESCE(c.satisfaction, '5') >= '3' THEN 100.0 ELSE 0.0 END AS solved,
                   c.satisfaction::integer * 20.0 AS satisfaction,
                   CASE WHEN c.state = 'closed' THEN NULL
                        WHEN c.date_received > %(now)s - interval '2 days' THEN '0'
                        WHEN c.date_received > %(now)s - interval '7 days' THEN '1'
                        WHEN c.date_received > %(now)s - interval '30 days' THEN '2'
                        ELSE '3' END AS age
              FROM kehu_complaint c
            """,
            is_major=SQL("c.is_major") if "is_major" in self.env["kehu.complaint"]._fields else SQL("FALSE"),
            on_time=SQL("CASE WHEN clock.state = 'met' THEN 100.0 WHEN clock.state = 'missed' OR clock.date_due < %s THEN 0.0 END", self._now()),
            opinion=self._clock_sql(_OPINION), settled=self._clock_sql(_SETTLED), now=self._now())

    @api.model
    def _now(self):
        return SQL("%s::timestamp", fields.Datetime.now())

    @api.model
    def _clock_sql(self, names):
        """Return the tail of a subquery for the last clock of a complaint under the shipped rules ``names``."""
        return SQL(
            """FROM kehu_deadline clock
              WHERE clock.res_model = 'kehu.complaint' AND clock.res_id = c.id AND clock.state != 'cancelled'
                AND clock.rule_id = ANY(ARRAY(
                    SELECT res_id FROM ir_model_data WHERE module = 'kehu_complaint' AND name = ANY(%s)))
              ORDER BY clock.id DESC LIMIT 1""", list(names))

    # === RULE ===

    @api.model
    def _kehu_is_protected(self):
        return True

    @api.model
    def _kehu_customer_fields(self):
        # The complaint says it all.
        return ()

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID:
            return Domain.TRUE
        return Domain("complaint_id", "any!", self.env["kehu.complaint"]._kehu_domain(mode))

    def _kehu_highest_tier(self):
        return self.kehu_tier or "0"

    def _kehu_customer_tiers(self):
        return self.complaint_id._kehu_customer_tiers()

    # === ACTIONS ===

    def action_open_complaint(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "kehu.complaint", "res_id": self.complaint_id.id, "views": [(False, "form")]}
