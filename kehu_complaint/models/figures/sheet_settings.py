from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_solved_target = fields.Float(string="Target: Solved (%)", required=True, default=90.0)
    kehu_satisfaction_target = fields.Float(string="Target: Satisfaction (%)", required=True, default=80.0)
    kehu_sheet_group_ids = fields.Many2many(
        "res.groups",
        "kehu_sheet_company_group_rel",
        string="Sheets Go To",
        help="Whose members get the weekly and monthly sheets by e-mail. Empty: the general manager.",
    )

    _kehu_targets_percent = models.Constraint(
        "CHECK (kehu_solved_target BETWEEN 0 AND 100 AND kehu_satisfaction_target BETWEEN 0 AND 100)",
        "A target is a percentage.",
    )
