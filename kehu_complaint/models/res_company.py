from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_repeat_days = fields.Integer(string="A Complaint Is Repeated Within", required=True, default=90)
    kehu_repeat_major_from = fields.Integer(string="Major From Earlier Complaints", required=True, default=1)

    _kehu_repeat_days_positive = models.Constraint(
        "CHECK (kehu_repeat_days BETWEEN 0 AND 3660)", "A complaint counts as repeated within 0 to 3660 days.")
    _kehu_repeat_major_from_positive = models.Constraint(
        "CHECK (kehu_repeat_major_from >= 0)", "The number of earlier complaints cannot be negative.")
