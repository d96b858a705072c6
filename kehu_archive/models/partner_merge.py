from odoo import models
from odoo.exceptions import UserError


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(getattr(partner_ids, "ids", partner_ids)).exists()
        partners.check_access("write")  # core changes them as superuser
        partners = partners.sudo()
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False).search(
            [("partner_id", "in", partners.ids)])
        if len(archives) > 1:
            raise UserError(self.env._(
                "More than one of these contacts has a customer archive. "
                "Delete the preliminary archive that was filed second, then merge the contacts."))
        strictest = max(partners.mapped("kehu_tier"), default="0")
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # Core moves the archive in SQL and lets the tier of the remaining contact stand.
        archives.invalidate_recordset()
        archives.modified(["partner_id"])
        archives._check_card()
        archives._approval_written(dict.fromkeys(archives._approval_watched_fields() | archives._approval_role_fields()))
        for name, _label in self.env["kehu.tier.lowering"]._document_models():
            documents = self.env[name].sudo().with_context(active_test=False)
            customer = documents._kehu_customer_field
            documents.search([(customer, "in", partners.ids)]).modified([customer])
        remaining = partners.exists().commercial_partner_id
        remaining.filtered(lambda partner: partner.kehu_tier < strictest).kehu_tier = strictest
        return result
