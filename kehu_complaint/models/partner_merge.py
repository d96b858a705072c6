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
        concerned = [
            self.env[model].sudo().with_context(active_test=False).search([("partner_id", "in", partners.ids)])
            for model in ("kehu.complaint", "kehu.service.ticket")]
        before = [{document.id: document._service_addressee() for document in documents} for documents in concerned]
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        for documents, former in zip(concerned, before):
            # Core moves documents in SQL, and their stored company with them only if that was merged, too.
            moved = documents.filtered(
                lambda document, former=former: document.partner_id != former[document.id].contact)
            self.env.add_to_compute(moved._fields["customer_id"], moved)
            moved.modified(["customer_id"])
            kept = {document.id: former[document.id].customer.exists() for document in moved}
            changed = moved.filtered(
                lambda document, kept=kept: kept[document.id] not in (document.customer_id, partners.browse()))
            changed._service_change_addressees(former)
            changed._journal_update()
        customers = partners.exists().sudo().commercial_partner_id
        self.env["kehu.complaint"].sudo().search([("customer_id", "in", customers.ids)])._find_repeats(customers)
        return result
