from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_repeat_days = fields.Integer(related="company_id.kehu_repeat_days", readonly=False)
    kehu_repeat_major_from = fields.Integer(related="company_id.kehu_repeat_major_from", readonly=False)
