from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Raising a customer takes effect at once (X1), and can hide a complaint from all users who decide on it: the
    officers are told when the user who raises it is accused in one (C8, X5).
    """

    _inherit = "res.partner"

    def _kehu_tell_tier(self, note):
        result = super()._kehu_tell_tier(note)
        complaints = self.env["kehu.complaint"].sudo()
        complaints = complaints.search(
            Domain("customer_id", "in", self.commercial_partner_id.ids)
            & Domain("conflicted_user_ids", "in", self.env.uid)
            & complaints._impartial_open_domain()
        )
        if complaints:
            tier = max(self.mapped("kehu_tier"))
            self.env["kehu.right.change"]._keep_taken(
                complaints, "kehu_tier", dict.fromkeys(complaints.ids, note), tier
            )
        return result
