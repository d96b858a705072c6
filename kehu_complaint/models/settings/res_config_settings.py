from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    module_kehu_ticket = fields.Boolean(string="Service Tickets")

    kehu_repeat_days = fields.Integer(related="company_id.kehu_repeat_days", readonly=False)
    kehu_repeat_major_from = fields.Integer(related="company_id.kehu_repeat_major_from", readonly=False)
    kehu_reopen_days = fields.Integer(related="company_id.kehu_reopen_days", readonly=False)
    kehu_rating_alert = fields.Integer(related="company_id.kehu_rating_alert", readonly=False)
