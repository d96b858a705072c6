from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
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
    _depends = {
        "kehu.evaluation": ["partner_id", "company_id", "grade_id", "state", "date_from", "date_to", "kehu_tier"]
    }

    evaluation_id = fields.Many2one("kehu.evaluation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    grade_before_id = fields.Many2one("kehu.grade", string="Grade on the First Day", readonly=True)
    grade_after_id = fields.Many2one("kehu.grade", string="Grade on the Second Day", readonly=True)
    direction = fields.Selection(
        [("new", "New"), ("up", "Up"), ("same", "The same"), ("down", "Down"), ("gone", "No grade any more")],
        readonly=True,
    )

    # === QUERY ===

    @property
    def _table_query(self):
        before, after = self._days()
        return SQL(
            """
            SELECT grades.id, grades.id AS evaluation_id, grades.partner_id, grades.company_id,
                   old.id AS grade_before_id, new.id AS grade_after_id,
                   CASE WHEN old.id IS NULL THEN 'new' WHEN new.id IS NULL THEN 'gone'
                        WHEN new.sequence < old.sequence THEN 'up' WHEN new.sequence > old.sequence THEN 'down'
                        ELSE 'same' END AS direction
              FROM (SELECT max(e.id) AS id, e.partner_id, e.company_id,
                           (array_agg(e.grade_id ORDER BY e.date_from DESC, e.date_to DESC NULLS FIRST, e.id DESC) FILTER (WHERE e.is_before))[1] AS before_id,
                           (array_agg(e.grade_id ORDER BY e.date_from DESC, e.date_to DESC NULLS FIRST, e.id DESC) FILTER (WHERE e.is_after))[1] AS after_id
                      FROM (SELECT id, partner_id, company_id, grade_id, date_from, date_to,
                                   date_from <= %(before)s AND COALESCE(date_to, 'infinity') >= %(before)s AS is_before,
                                   date_from <= %(after)s AND COALESCE(date_to, 'infinity') >= %(after)s AS is_after
                              FROM kehu_evaluation
                             WHERE state IN ('in_force', 'past') AND grade_id IS NOT NULL) e
                     WHERE e.is_before OR e.is_after
                  GROUP BY e.partner_id, e.company_id) grades
         LEFT JOIN kehu_grade old ON old.id = grades.before_id
         LEFT JOIN kehu_grade new ON new.id = grades.after_id
            """,
            before=before,
            after=after,
        )

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
