from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_churn_days = fields.Integer(
        string="Lost After (Days)",
        default=365,
        required=True,
        help="For customers who bought less than three times, since the last time.",
    )
    kehu_churn_least = fields.Integer(
        string="Lost After at Least (Days)", default=30, required=True, help="However often a customer buys."
    )

    _kehu_churn_days_positive = models.Constraint(
        "CHECK (kehu_churn_days > 0 AND kehu_churn_least > 0)", "A customer is lost after one day at the earliest."
    )
