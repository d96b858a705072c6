from odoo import fields, models


class Careful(models.Model):
    """Protected by one line."""

    _name = "kehu.leak.careful"
    _description = "Careful"
    _inherit = ["mail.thread", "kehu.confidential.mixin"]

    partner_id = fields.Many2one("res.partner")
    name = fields.Char()
