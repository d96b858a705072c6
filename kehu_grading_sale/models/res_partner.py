from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    specific_property_product_pricelist = fields.Many2one(tracking=True)
