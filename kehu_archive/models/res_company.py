from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains("partner_id")
    def _check_kehu_partner_is_normal(self):
        self.partner_id._check_kehu_tier()
