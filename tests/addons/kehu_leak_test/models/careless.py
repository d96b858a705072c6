from odoo import fields, models


class Careless(models.Model):
    """Names its customer in a way that no mechanism can see; the matrix has to catch it."""
    _name = "kehu.leak.careless"
    _description = "Careless"

    customer_ref = fields.Integer()
    customer_name = fields.Char(compute="_compute_customer_name", compute_sudo=True)

    def _compute_customer_name(self):
        for record in self:
            record.customer_name = self.env["res.partner"].browse(record.customer_ref).name
