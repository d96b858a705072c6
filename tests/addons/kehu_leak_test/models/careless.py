from odoo import fields, models


class Careless(models.Model):
    """Names its customer in a way that no mechanism can see; the matrix has to catch it."""

    _name = "kehu.leak.careless"
    _description = "Careless"

    customer_ref = fields.Integer()
    customer_name = fields.Char(compute="_compute_customer_name", compute_sudo=True)
    customer_email = fields.Char(compute="_compute_customer_name", compute_sudo=True, search="_search_customer_email")

    def _compute_customer_name(self):
        for record in self:
            partner = self.env["res.partner"].browse(record.customer_ref)
            record.customer_name, record.customer_email = partner.name, partner.email

    def _search_customer_email(self, operator, value):
        return [("customer_ref", "in", self.env["res.partner"].sudo().search([("email", operator, value)]).ids)]
