from odoo import models
from odoo.fields import Domain


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    def _payout_done(self):
        ordered = self.env["sale.order.line"].sudo().search(
            Domain("kehu_compensation_id", "in", self.ids) & Domain("state", "!=", "cancel"))
        return super()._payout_done() | ordered.kehu_compensation_id & self.sudo()
