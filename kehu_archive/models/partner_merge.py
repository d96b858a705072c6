from odoo import models
from odoo.exceptions import UserError


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False).search_count(
            [("partner_id", "in", list(partner_ids))], limit=2)
        if archives > 1:
            raise UserError(self.env._(
                "More than one of these contacts has a customer archive. "
                "Delete the preliminary archive that was filed second, then merge the contacts."))
        return super()._merge(partner_ids, dst_partner, extra_checks)
