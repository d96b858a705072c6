from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    module_kehu_partner_search = fields.Boolean(string="Search Indexes for Contacts")
