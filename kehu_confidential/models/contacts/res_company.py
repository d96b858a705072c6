from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains("partner_id")
    def _check_kehu_partner_is_normal(self):
        self.partner_id._check_kehu_tier()

    # === RULE ===

    @api.model
    def _kehu_covering_fields(self):
        # A company's contact is always normal, by constraint.
        return super()._kehu_covering_fields() | {"partner_id"}
