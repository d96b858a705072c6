from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_repeat_days = fields.Integer(string="A Complaint Is Repeated Within", required=True, default=90)
    kehu_repeat_major_from = fields.Integer(string="Major From Earlier Complaints", required=True, default=1)

    kehu_reopen_days = fields.Integer(
        string="A Customer Reopens Within",
        required=True,
        default=7,
        help="Days after the closure. Later, what the customer writes gets a number of its own.",
    )
    kehu_rating_alert = fields.Integer(
        string="Alert Below This Rating",
        required=True,
        default=3,
        help="Ratings of customers go from 1 to 5. 0: no alert.",
    )

    _kehu_repeat_days_positive = models.Constraint(
        "CHECK (kehu_repeat_days BETWEEN 0 AND 3660)", "A complaint counts as repeated within 0 to 3660 days."
    )
    _kehu_repeat_major_from_positive = models.Constraint(
        "CHECK (kehu_repeat_major_from >= 0)", "The number of earlier complaints cannot be negative."
    )
    _kehu_reopen_days_positive = models.Constraint(
        "CHECK (kehu_reopen_days BETWEEN 0 AND 3660)", "A customer reopens within 0 to 3660 days."
    )
    _kehu_rating_alert_range = models.Constraint(
        "CHECK (kehu_rating_alert BETWEEN 0 AND 6)", "Ratings of customers go from 1 to 5."
    )
