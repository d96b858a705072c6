from odoo import models


class PartnerMerge(models.TransientModel):
    """Complaints of contacts that turn out to be one customer may repeat each other (C9)."""
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(getattr(partner_ids, "ids", partner_ids))
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        remaining = partners.exists()
        # Core moves documents in SQL, and their stored company with them only if that was merged, too.
        for model in ("kehu.complaint", "kehu.service.ticket"):
            documents = self.env[model].sudo().search([("partner_id", "in", remaining.ids)])
            self.env.add_to_compute(documents._fields["customer_id"], documents)
        customers = remaining.sudo().commercial_partner_id
        self.env["kehu.complaint"].sudo().search([("customer_id", "in", customers.ids)])._find_repeats(customers)
        return result
