from odoo import fields, models


class Grade(models.Model):
    """A grade of customers and the one policy that follows from it (G2, G7)."""
    _name = "kehu.grade"
    _description = "Customer Grade"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True, help="Short: A, B, C …")
    meaning = fields.Char(translate=True, tracking=True, help="Key customer, general customer …")
    sequence = fields.Integer(default=10, help="The best grade first.")
    active = fields.Boolean(default=True)
    color = fields.Integer()

    service_priority = fields.Integer(tracking=True, help="Complaints and tickets of the highest number are served first.")
    contact_days = fields.Integer(
        string="Contact Every (Days)", tracking=True, help="After how many days at the latest somebody contacts the customer. 0: as it comes.")
    executive_visits = fields.Integer(string="Executive Visits a Year", tracking=True)
    reception_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")], tracking=True)
    discount_limit = fields.Float(string="Greatest Discount (%)", tracking=True, help="Of an order in all. 0: no limit.")
    pricelist_id = fields.Many2one(
        "product.pricelist", company_dependent=True, tracking=True, help="Customers get it with the grade. Empty: theirs stays.")
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", company_dependent=True, tracking=True,
        help="Customers get them with the grade. Empty: theirs stay.")
    credit_limit = fields.Float(
        company_dependent=True, tracking=True, help="In the currency of the company. 0: the customer's own stays.")

    _discount_share = models.Constraint("CHECK (discount_limit BETWEEN 0 AND 100)", "A discount lies between 0 and 100 %.")
    _counts = models.Constraint(
        "CHECK (contact_days >= 0 AND executive_visits >= 0)", "Days and visits cannot be less than none.")
