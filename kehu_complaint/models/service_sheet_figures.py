from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.tools import SQL

DIMENSIONS = {"kind": "kind_id", "cause": "cause_id", "product": "product_id", "team": "team_id", "user": "user_id"}


class ServiceSheetLine(models.Model):
    _name = "kehu.service.sheet.line"
    _description = "Figures of a Complaint Sheet"
    _inherit = ["kehu.server.rows.mixin"]
    _order = "sheet_id, sequence, count desc, name, id"

    sheet_id = fields.Many2one("kehu.service.sheet", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="sheet_id.currency_id")
    sequence = fields.Integer(readonly=True)
    dimension = fields.Selection(
        [
            ("all", "All"),
            ("kind", "Kind"),
            ("cause", "Cause"),
            ("product", "Product"),
            ("team", "Business Unit"),
            ("user", "Person"),
        ],
        string="Counted By", required=True, readonly=True)
    # What it was called on that day, in the language of the company.
    name = fields.Char(readonly=True)
    count = fields.Integer(string="Complaints", readonly=True)
    timed_count = fields.Integer(string="With a Clock That Ended", readonly=True)
    on_time = fields.Float(string="On Time (%)", readonly=True, digits=(5, 1))
    solved = fields.Float(string="Solved (%)", readonly=True, digits=(5, 1))
    answered_count = fields.Integer(string="Call-backs", readonly=True)
    satisfaction = fields.Float(string="Satisfaction (%)", readonly=True, digits=(5, 1))
    compensation = fields.Monetary(readonly=True)


class ServiceSheet(models.Model):
    _inherit = "kehu.service.sheet"

    def _build(self):
        """Count the complaints received in the period of each sheet, and keep the figures (C13). In sudo."""
        for sheet in self:
            sheet.line_ids.unlink()
            sheet.write({
                "date_built": fields.Datetime.now(),
                "solved_target": sheet.company_id.kehu_solved_target,
                "satisfaction_target": sheet.company_id.kehu_satisfaction_target,
                "line_ids": [Command.create(values) for values in sheet._prepare_lines()],
                "major_numbers": "\n".join(sheet._major_numbers()) or False,
            })

    def _prepare_lines(self):
        self.ensure_one()
        counted = self._count()
        names = {}
        Complaint = self.env["kehu.complaint"].with_context(lang=self.company_id.partner_id.lang)
        for dimension, field in DIMENSIONS.items():
            ids = [res_id for key, res_id, *_figures in counted if key == dimension and res_id]
            names |= {(dimension, record.id): record.display_name for record in Complaint[field].browse(ids)}
        keys = ("count", "timed_count", "on_time", "solved", "answered_count", "satisfaction", "compensation")
        order = ["all", *DIMENSIONS]
        return [
            {"dimension": dimension, "sequence": order.index(dimension),
             "name": names.get((dimension, res_id)) or dimension != "all" and Complaint.env._("None"),
             **{key: figure or 0 for key, figure in zip(keys, figures)}}
            for dimension, res_id, *figures in counted]

    def _count(self):
        """Return ``[(dimension, id, figures …)]``: all dimensions in one query."""
        report = self.env["kehu.complaint.report"]
        report.flush_model()
        return self.env.execute_query(SQL(
            """SELECT CASE WHEN GROUPING(kind_id) = 0 THEN 'kind' WHEN GROUPING(cause_id) = 0 THEN 'cause'
                           WHEN GROUPING(product_id) = 0 THEN 'product' WHEN GROUPING(team_id) = 0 THEN 'team'
                           WHEN GROUPING(user_id) = 0 THEN 'user' ELSE 'all' END,
                      COALESCE(kind_id, cause_id, product_id, team_id, user_id),
                      count(*), count(settle_on_time), avg(settle_on_time)::float, avg(solved)::float,
                      count(satisfaction), avg(satisfaction)::float, COALESCE(sum(compensation_amount), 0)::float
                 FROM (%s) complaint
             GROUP BY GROUPING SETS ((), (kind_id), (cause_id), (product_id), (team_id), (user_id))""", self._complaints_sql()))

    def _major_numbers(self):
        return [number for [number] in self.env.execute_query(SQL(
            "SELECT number FROM (%s) complaint WHERE is_major ORDER BY number", self._complaints_sql()))]

    def _complaints_sql(self):
        """Return the statistics of the complaints received in the period, by the days of where the company works.

        They are kept from being merged into the query around them: a clock is looked up once, not for each set of groups.
        """
        zone = self.company_id.resource_calendar_id.tz
        return SQL(
            "SELECT * FROM (%s) every WHERE company_id = %s AND date_received >= %s AND date_received < %s OFFSET 0",
            self.env["kehu.complaint.report"]._table_query, self.company_id.id, self._midnight(self.date_from, zone),
            self._midnight(self.date_to + timedelta(days=1), zone))

    @api.model
    def _midnight(self, day, zone):
        """Return the first instant of a day in a time zone, naive UTC."""
        return pytz.timezone(zone or "UTC").localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
