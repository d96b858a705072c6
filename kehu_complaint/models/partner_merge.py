from odoo import models


class PartnerMerge(models.TransientModel):
    """Complaints of contacts that turn out to be one customer may repeat each other (C9)."""
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Each planned follow-up exists once for a customer; of two, both stay, and one is no longer the plan's.
        planned = self.env["kehu.service.ticket"].sudo().search([
            ("customer_id", "in", (src_partners + dst_partner).ids), ("plan_id", "!=", False)])
        for tickets in planned.grouped(lambda ticket: (ticket.plan_id, ticket.date_delivered, ticket.company_id)).values():
            for ticket in tickets.sorted(lambda ticket: (ticket.customer_id != dst_partner, ticket.id))[1:]:
                ticket._message_log(body=self.env._("Planned by “%s”, for a customer that was merged with this one.", ticket.plan_id.display_name))
                ticket.plan_id = False
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

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
