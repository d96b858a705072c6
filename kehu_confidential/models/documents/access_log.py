from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.http import request
from odoo.tools import SQL

from odoo.addons.kehu_workflow.parameters import bounded_number

from ...at_work import client_uid
from ..rule.tier import CONFIDENTIAL, TIERS

KEEPING_PARAMETER = "kehu_confidential.access_log_days"
KEEPING_DEFAULT, KEEPING_SHORTEST, KEEPING_LONGEST = 3 * 365, 180, 30 * 365


class AccessLog(models.Model):
    """Who saw, exported or printed what of a confidential customer, when and how (X5). Append-only, for everybody."""

    _name = "kehu.access.log"
    _description = "Access Log"
    _inherit = ["kehu.server.rows.mixin", "kehu.server.written.mixin"]
    _order = "id desc"
    _rec_name = "route"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, help="To the minute.")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    action = fields.Selection(
        [
            ("read", "Read"),
            ("export", "Exported"),
            ("print", "Printed"),
            ("file", "Opened a file"),
            ("right", "Right changed"),
        ],
        required=True,
        readonly=True,
    )
    route = fields.Char(readonly=True, help="The method or address by which the server was asked.")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Record ID", model_field="res_model", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The record ID stays when the customer is deleted.",
    )
    tier = fields.Selection(TIERS, string="Confidentiality Tier", readonly=True)
    grant_id = fields.Many2one(
        "kehu.grant",
        string="Under Grant",
        readonly=True,
        ondelete="set null",
        help="The grant that was in force. The user may have had other reasons to read.",
    )
    note = fields.Char(readonly=True)

    _seen_idx = models.Index("(user_id, res_model, res_id, date)")
    _date_idx = models.Index("(date)")

    # === CRUD ===

    @api.autovacuum
    def _gc_access_log(self):
        """Drop what is older than the period for which the log is kept, in bounded portions."""
        days = bounded_number(self.env, KEEPING_PARAMETER, KEEPING_DEFAULT, KEEPING_SHORTEST, KEEPING_LONGEST)
        old = self.sudo().search(
            [("date", "<", fields.Datetime.now() - timedelta(days=days))], order="id", limit=10_000
        )
        old.unlink()
        return len(old), len(old) == 10_000

    # === BUSINESS ===

    @api.model
    def _log_shown(self, records, action, note=None):
        """Note that the current user gets at the content of ``records``, or of what they show (``_kehu_shown``)."""
        for shown in records._kehu_shown():
            self._log(shown, action, note)

    @api.model
    def _log(self, records, action, note=None):
        """Note that the current user gets at the content of ``records``; one entry a record, way and minute.

        Costs one statement, and none for models without customers. Two requests at the same moment may both leave an
        entry: a unique index would make one of them fail.

        :param records: recordset of any model
        :param action: a value of ``action``
        :param note: what was asked, in technical terms
        """
        if self.env.uid == SUPERUSER_ID or not any(records._ids):
            return
        way = (self.env.uid, action, self._route(), self._with_caller(note), records._name)
        noted = self.env["kehu.trail.mixin"]._trail_known().noted[way]
        if noted.issuperset(records._ids):
            return  # the rows about a document show it once more
        noted.update(records._ids)
        sources = records._kehu_customer_tiers()
        if not sources:
            return
        self._log_rows(
            SQL(
                """
            SELECT DISTINCT ON (seen.res_id) seen.res_id, seen.partner_id, seen.tier,
                   (SELECT g.id FROM kehu_grant g JOIN res_partner p ON p.commercial_partner_id = g.partner_id
                     WHERE p.id = seen.partner_id AND g.user_id = %(user)s AND g.revoked_on IS NULL
                       AND g.date_from <= %(now)s AND g.date_until > %(now)s ORDER BY g.id LIMIT 1) AS grant_id
              FROM (%(sources)s) AS seen(res_id, partner_id, tier)
             WHERE seen.tier >= %(tier)s
             ORDER BY seen.res_id, seen.tier DESC
            """,
                now=fields.Datetime.now(),
                user=self.env.uid,
                sources=SQL(" UNION ALL ").join(sources),
                tier=CONFIDENTIAL,
            ),
            records._name,
            action,
            note,
        )

    @api.model
    def _log_many(self, model, note, action="read"):
        """Note in one entry, without record, that the current user got at the content of very many records of
        ``model``.
        """
        self._log_rows(
            SQL("SELECT 0 AS res_id, NULL::int AS partner_id, NULL AS tier, NULL::int AS grant_id"),
            model._name,
            action,
            note,
        )

    @api.model
    def _log_rows(self, rows, model_name, action, note):
        """Write the entries of a query for ``(res_id, partner_id, tier, grant_id)``, unless this minute has them."""
        query = SQL(
            """
            SELECT date_trunc('minute', %(now)s::timestamp), %(user)s, %(action)s, %(route)s, %(model)s,
                   row.res_id, row.partner_id, row.tier, row.grant_id, %(note)s
              FROM (%(rows)s) AS row
             WHERE NOT EXISTS (
                   SELECT 1 FROM kehu_access_log l
                    WHERE l.user_id = %(user)s AND l.res_model = %(model)s AND l.res_id = row.res_id
                      AND l.date = date_trunc('minute', %(now)s::timestamp) AND l.action = %(action)s
                      AND l.route = %(route)s AND l.note IS NOT DISTINCT FROM %(note)s)
            """,
            now=fields.Datetime.now(),
            user=self.env.uid,
            action=action,
            route=self._route(),
            model=model_name,
            rows=rows,
            note=self._with_caller(note),
        )
        insert = SQL(
            """INSERT INTO kehu_access_log (date, user_id, action, route, res_model, res_id, partner_id, tier, grant_id, note)
               %s""",
            query,
        )
        if not self.env.cr.readonly:
            self.env.cr.execute(insert)
        elif self.env.execute_query(query):
            # What is read on a replica is noted on the primary server, before the answer leaves.
            with self.env.registry.cursor() as cr:
                cr.execute(insert)

    @api.model
    def _log_right(self, records, note):
        """Note a change of who may read: of a user's groups, or of a customer's salesperson or business
        unit.
        """
        self._log_noted("right", records, note)

    @api.model
    def _log_noted(self, action, records, note):
        """Note, in words, what the current user did to ``records``."""
        is_customer = records._name == "res.partner"
        self.sudo().create(
            [
                {
                    "date": fields.Datetime.now().replace(second=0, microsecond=0),
                    "user_id": self.env.uid,
                    "action": action,
                    "route": self._route(),
                    "res_model": record._name,
                    "res_id": record.id,
                    "note": self._with_caller(note),
                    "partner_id": is_customer and record.id,
                    "tier": is_customer and record.sudo().kehu_tier,
                }
                for record in records
            ]
        )

    @api.model
    def _with_caller(self, note):
        """Return the note with the person who called, where code made it another user who acts."""
        caller = client_uid()
        if caller in (None, self.env.uid):
            return note
        return f"{note or ''} ({self.env['res.users'].sudo().browse(caller).name} #{caller})".lstrip()

    @api.model
    def _route(self):
        """Return how the server was asked: the client cannot choose it without asking that way."""
        if not request:
            return "server"
        path = request.httprequest.path
        return path.rpartition("/")[2] if path.startswith(("/web/dataset/call", "/json/2/")) else path[:64]
