from odoo import models
from odoo.fields import Domain


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    def _payout_done(self):
        credited = self.env["account.move.line"].sudo().search(
            Domain("kehu_compensation_id", "in", self.ids) & Domain("parent_state", "!=", "cancel"))
        return super()._payout_done() | credited.kehu_compensation_id & self.sudo()
