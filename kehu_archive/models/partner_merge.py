from odoo import models
from odoo.exceptions import UserError


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False).search(
            [("partner_id", "in", list(partner_ids))])
        if len(archives) > 1:
            raise UserError(self.env._(
                "More than one of these contacts has a customer archive. "
                "Delete the preliminary archive that was filed second, then merge the contacts."))
        strictest = max(self.env["res.partner"].sudo().browse(partner_ids).mapped("kehu_tier"), default="0")
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # Core moves the archive in SQL and lets the tier of the remaining contact stand.
        archives.invalidate_recordset()
        archives.modified(["partner_id"])
        remaining = (dst_partner or self.env["res.partner"].browse(partner_ids)).sudo().exists().commercial_partner_id
        remaining.filtered(lambda partner: partner.kehu_tier < strictest).kehu_tier = strictest
        return result
