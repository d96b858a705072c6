from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..report.grade_migration import AFTER, BEFORE


class GradeMigrationWizard(models.TransientModel):
    _name = "kehu.grade.migration.wizard"
    _description = "Days to Compare"

    date_before = fields.Date(
        string="First Day", required=True, default=lambda self: fields.Date.context_today(self) - relativedelta(years=1)
    )
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
