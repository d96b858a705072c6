from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER
from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL

from ...groups import SUPERVISOR

# {what is counted by: field of the complaint}. Several responsible employees are one line, so that the lines add up.
DIMENSIONS = {
    "kind": "kind_id",
    "cause": "cause_id",
    "product": "product_id",
    "team": "responsible_team_id",
    "user": "responsible_user_ids",
    "handling": "handling_team_id",
}


class ServiceSheetRow(models.Model):
    """What a complaint adds to the figures of a sheet, as it was on that day; hidden like the complaint (C8, C13).

    No group reads it: lines sum up the rows whose complaint their reader may see.
    """

    _name = "kehu.service.sheet.row"
    _description = "Complaint on a Sheet"
    _inherit = ["kehu.confidential.part", "kehu.server.rows.mixin"]
    _kehu_document_field = "complaint_id"

    sheet_id = fields.Many2one("kehu.service.sheet", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="sheet_id.currency_id")
    complaint_id = fields.Many2one("kehu.complaint", required=True, readonly=True, index=True, ondelete="cascade")
    # What they were called on that day, in the language of the company.
    kind_name = fields.Char(string="Kind", readonly=True)
    cause_name = fields.Char(string="Cause", readonly=True)
    product_name = fields.Char(string="Product", readonly=True)
    team_name = fields.Char(string="Responsible Unit", readonly=True)
    user_name = fields.Char(string="Responsible Employees", readonly=True)
    handling_name = fields.Char(string="Handling Unit", readonly=True)
    is_major = fields.Boolean(string="Major", readonly=True)
    is_dismissed = fields.Boolean(string="Taken Out", readonly=True)
    is_timed = fields.Boolean(string="With a Clock That Ended", readonly=True)
    on_time = fields.Float(string="On Time (%)", readonly=True)
    solved = fields.Float(string="Solved (%)", readonly=True)
    is_answered = fields.Boolean(string="Call-backs", readonly=True)
    satisfaction = fields.Float(string="Satisfaction (%)", readonly=True)
    compensation = fields.Monetary(readonly=True)


class ServiceSheetLine(models.Model):
    """Figures of the complaints of a sheet that the reader may see: no sum tells of another one (C8, X3)."""

    _name = "kehu.service.sheet.line"
    _description = "Figures of a Complaint Sheet"
    _auto = False
    _order = "sheet_id, sequence, count desc, name, id"
    _depends = {
        "kehu.service.sheet": [],
        "kehu.service.sheet.row": [
            "sheet_id",
            "complaint_id",
            *(f"{dimension}_name" for dimension in DIMENSIONS),
            "is_dismissed",
            "is_timed",
            "on_time",
            "solved",
            "is_answered",
            "satisfaction",
            "compensation",
        ],
    }

    sheet_id = fields.Many2one("kehu.service.sheet", readonly=True)
    currency_id = fields.Many2one(related="sheet_id.currency_id")
    sequence = fields.Integer(readonly=True)
    dimension = fields.Selection(
        [
            ("all", "All"),
            ("kind", "Kind"),
            ("cause", "Cause"),
            ("product", "Product"),
            ("team", "Responsible Unit"),
            ("user", "Responsible Employees"),
            ("handling", "Handling Unit"),
        ],
        string="Counted By",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    count = fields.Integer(string="Complaints", readonly=True)
    timed_count = fields.Integer(string="With a Clock That Ended", readonly=True)
    on_time = fields.Float(string="On Time (%)", readonly=True, digits=(5, 1))
    solved = fields.Float(string="Solved (%)", readonly=True, digits=(5, 1))
    answered_count = fields.Integer(string="Call-backs", readonly=True)
    satisfaction = fields.Float(string="Satisfaction (%)", readonly=True, digits=(5, 1))
    compensation = fields.Monetary(readonly=True)
    dismissed_count = fields.Integer(
        string="Taken Out", readonly=True, help="Spam, duplicates, not for us: no other figure counts them."
    )

    # === ACCESS LOG ===

    def _kehu_shown(self, through=()):
        """Figures show the complaints that they sum up, as far as their reader may see them (X5)."""
        complaints = self.sheet_id.sudo().row_ids.complaint_id.sudo(False)
        return [shown] if (shown := complaints - complaints._kehu_hidden()) else []

    @api.model
    def _kehu_can_show(self):
        return True

    @api.model
    def _kehu_classified_domain(self, domain):
        classified = self.env["kehu.complaint"]._kehu_classified_domain(Domain.TRUE)
        return Domain(
            "sheet_id",
            "in",
            self.env["kehu.service.sheet"].sudo()._search(Domain("row_ids.complaint_id", "any!", classified)),
        )

    # === QUERY ===

    @property
    def _table_query(self):
        # By the user in superuser mode, too: the cache is shared with it.
        complaints = self.env["kehu.complaint"]
        seen = complaints._kehu_domain()
        return self._counting_sql(
            SQL("TRUE")
            if seen.is_true()
            else SQL("complaint_id IN %s", complaints.sudo().with_context(active_test=False)._search(seen).subselect())
        )

    @api.model
    def _counting_sql(self, condition):
        """Return the query that sums up the rows for which ``condition`` holds; each sheet has a line of all."""
        return SQL(
            """SELECT CASE WHEN part.sequence = 0 THEN sheet.id * 2 ELSE (min(r.id) * %(dimensions)s + part.sequence) * 2 + 1 END AS id,
                      sheet.id AS sheet_id, part.sequence, part.dimension, %(name)s AS name,
                      count(*) FILTER (WHERE NOT r.is_dismissed) AS count, count(*) FILTER (WHERE r.is_dismissed) AS dismissed_count,
                      count(*) FILTER (WHERE r.is_timed) AS timed_count,
                      COALESCE(avg(r.on_time) FILTER (WHERE r.is_timed), 0)::float AS on_time,
                      COALESCE(avg(r.solved) FILTER (WHERE NOT r.is_dismissed), 0)::float AS solved,
                      count(*) FILTER (WHERE r.is_answered) AS answered_count,
                      COALESCE(avg(r.satisfaction) FILTER (WHERE r.is_answered), 0)::float AS satisfaction,
                      COALESCE(sum(r.compensation), 0)::float AS compensation
                 FROM kehu_service_sheet sheet
           CROSS JOIN (VALUES %(parts)s) AS part(sequence, dimension)
            LEFT JOIN (SELECT * FROM kehu_service_sheet_row WHERE %(condition)s) r ON r.sheet_id = sheet.id
             GROUP BY sheet.id, part.sequence, part.dimension, %(name)s
               HAVING part.sequence = 0 OR count(r.id) > 0""",
            dimensions=len(DIMENSIONS) + 1,
            condition=condition,
            parts=SQL(", ").join(
                SQL("(%s, %s)", number, dimension) for number, dimension in enumerate(("all", *DIMENSIONS))
            ),
            name=SQL(
                "CASE part.dimension %s END",
                SQL(" ").join(
                    SQL("WHEN %s THEN r.%s", dimension, SQL.identifier(f"{dimension}_name")) for dimension in DIMENSIONS
                ),
            ),
        )


class ServiceSheet(models.Model):
    _inherit = "kehu.service.sheet"

    @api.depends("row_ids.is_major")
    @api.depends_context("uid", "kehu_sheet_for_all")
    def _compute_major_numbers(self):
        for sheet in self:
            majors = (
                sheet.sudo()
                .row_ids.filtered(lambda row: row.is_major and not row.is_dismissed)
                .complaint_id.sudo(False)
            )
            seen = (
                majors & sheet._complaints_for_all()
                if self.env.context.get("kehu_sheet_for_all")
                else majors - majors._kehu_hidden()
            )
            sheet.major_numbers = "\n".join(sorted(seen.sudo().mapped("number"))) or False

    def _build(self):
        """Take down the complaints received in the period of each sheet with their figures (C13). In sudo."""
        for sheet in self:
            sheet.row_ids.unlink()
            sheet.write(
                {
                    "date_built": fields.Datetime.now(),
                    "solved_target": sheet.company_id.kehu_solved_target,
                    "satisfaction_target": sheet.company_id.kehu_satisfaction_target,
                    "row_ids": [Command.create(values) for values in sheet._prepare_rows()],
                }
            )
        self.invalidate_recordset(["line_ids"])

    def _prepare_rows(self):
        self.ensure_one()
        report = self.env["kehu.complaint.report"]
        report.flush_model()
        found = self.env.execute_query_dict(self._complaints_sql())
        complaints = (
            self.env["kehu.complaint"]
            .sudo()
            .with_context(lang=self.company_id._kehu_lang(), active_test=False)
            .browse(row["complaint_id"] for row in found)
        )
        complaints.fetch(DIMENSIONS.values())
        nothing = complaints.env._("None")
        return [
            {
                "complaint_id": complaint.id,
                **{
                    f"{dimension}_name": ", ".join(complaint[field].mapped("display_name")) or nothing
                    for dimension, field in DIMENSIONS.items()
                },
                "is_major": row["is_major"],
                "is_dismissed": bool(row["dismissal"]),
                "is_timed": row["settle_on_time"] is not None,
                "on_time": row["settle_on_time"],
                "solved": row["solved"],
                "is_answered": row["satisfaction"] is not None,
                "satisfaction": row["satisfaction"],
                "compensation": row["compensation_paid"],
            }
            for complaint, row in zip(complaints, found, strict=True)
        ]

    def _lines(self):
        """Return the lines of the reader; for a mail (context ``kehu_sheet_for_all``) those that
        all readers may see.
        """
        self.ensure_one()
        if not self.env.context.get("kehu_sheet_for_all"):
            # On paper and in the workbook they leave the system.
            self.env["kehu.access.log"]._log_shown(self.line_ids, "export")
            return self.line_ids
        Line = self.line_ids.browse()
        complaints = self._complaints_for_all()
        found = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) line WHERE sheet_id = %s ORDER BY sequence, count DESC, name",
                Line._counting_sql(SQL("complaint_id = ANY(%s)", complaints.ids)),
                self.id,
            )
        )
        return Line.concat(
            *(Line.new({key: value for key, value in values.items() if key != "id"}) for values in found)
        )

    def _complaints_for_all(self):
        """Return the complaints that leave by mail: none of a confidential customer, and none hidden from a reader of
        the sheet.

        A client may ask by the context for the same: none is hidden from its user, either.
        """
        complaints = self.sudo().row_ids.complaint_id
        complaints = complaints.filtered(
            lambda complaint: all(customer.kehu_tier < CONFIDENTIAL for customer in complaint._impartial_customers())
        ).sudo(False)
        hidden = complaints._kehu_hidden_from(self._readers() | self.env.user)
        return complaints.filtered(lambda complaint: not hidden[complaint.id])

    def _readers(self):
        """Return who gets or finds the sheet."""
        groups = (
            self.env["res.groups"].sudo().union(*(self.env.ref(name).sudo() for name in (SUPERVISOR, GENERAL_MANAGER)))
        )
        return self.sudo().recipient_ids | groups.all_user_ids.filtered(
            lambda user: user.active and self.company_id <= user.company_ids
        )

    def _complaints_sql(self):
        """Return the statistics of the complaints received in the period, by the days of where the company works.

        They are kept from being merged into the query around them: a clock is looked up once, not for each set of
        groups.
        """
        zone = self.company_id.resource_calendar_id.tz
        return SQL(
            "SELECT * FROM (%s) every WHERE company_id = %s AND date_received >= %s AND date_received < %s OFFSET 0",
            self.env["kehu.complaint.report"]._table_query,
            self.company_id.id,
            self._midnight(self.date_from, zone),
            self._midnight(self.date_to + timedelta(days=1), zone),
        )

    @api.model
    def _midnight(self, day, zone):
        """Return the first instant of a day in a time zone, naive UTC."""
        return (
            pytz.timezone(zone or "UTC")
            .localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
        )
