from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

BEFORE, AFTER = "kehu_grades_before", "kehu_grades_after"  # the days, in the context; a year ago and today unless told


class GradeMigration(models.Model):
    """Which grade each customer had on one day, and which on another (G11)."""
    _name = "kehu.grade.migration"
    _description = "Migration of Grades"
    _inherit = ["kehu.confidential.part"]
    _kehu_document_field = "evaluation_id"
    _auto = False
    _order = "partner_id"
    _rec_name = "partner_id"
    _depends = {"kehu.evaluation": ["partner_id", "company_id", "grade_id", "state", "date_from", "date_to", "kehu_tier"]}

    evaluation_id = fields.Many2one("kehu.evaluation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    grade_before_id = fields.Many2one("kehu.grade", string="Grade on the First Day", readonly=True)
    grade_after_id = fields.Many2one("kehu.grade", string="Grade on the Second Day", readonly=True)
    direction = fields.Selection(
        [("new", "New"), ("up", "Up"), ("same", "The same"), ("down", "Down"), ("gone", "No grade any more")], readonly=True)

    # === QUERY ===

    @property
    def _table_query(self):
        before, after = self._days()
        return SQL(
            """
            SELECT max(e.id) AS id, max(e.id) AS evaluation_id, e.partner_id, e.company_id,
                   max(old.id) AS grade_before_id, max(new.id) AS grade_after_id,
                   CASE WHEN max(old.id) IS NULL THEN 'new' WHEN max(new.id) IS NULL THEN 'gone'
                        WHEN max(new.sequence) < max(old.sequence) THEN 'up' WHEN max(new.sequence) > max(old.sequence) THEN 'down'
                        ELSE 'same' END AS direction
              FROM kehu_evaluation e
         LEFT JOIN kehu_grade old ON old.id = e.grade_id AND e.date_from <= %(before)s AND COALESCE(e.date_to, 'infinity') >= %(before)s
         LEFT JOIN kehu_grade new ON new.id = e.grade_id AND e.date_from <= %(after)s AND COALESCE(e.date_to, 'infinity') >= %(after)s
             WHERE e.state IN ('in_force', 'past') AND COALESCE(old.id, new.id) IS NOT NULL
          GROUP BY e.partner_id, e.company_id
            """, before=before, after=after)

    @api.model
    def _days(self):
        """Return the two days of the context; what is no day there is not believed."""
        today = fields.Date.context_today(self)
        days = []
        for key, usual in ((BEFORE, today - relativedelta(years=1)), (AFTER, today)):
            try:
                days.append(fields.Date.to_date(self.env.context.get(key)) or usual)
            except (ValueError, TypeError):
                days.append(usual)
        return days


class GradeMigrationWizard(models.TransientModel):
    _name = "kehu.grade.migration.wizard"
    _description = "Days to Compare"

    date_before = fields.Date(
        string="First Day", required=True, default=lambda self: fields.Date.context_today(self) - relativedelta(years=1))
    date_after = fields.Date(string="Second Day", required=True, default=fields.Date.context_today)

    def action_compare(self):
        """Open the matrix of the two days.

        :raise UserError: they are in the wrong order
        """
        self.ensure_one()
        if self.date_before >= self.date_after:
            raise UserError(self.env._("The first day comes before the second."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Grades: %(before)s → %(after)s", before=self.date_before, after=self.date_after),
            "res_model": "kehu.grade.migration",
            "views": [(False, "pivot"), (False, "graph"), (False, "list")],
            "context": {BEFORE: fields.Date.to_string(self.date_before), AFTER: fields.Date.to_string(self.date_after)},
        }
