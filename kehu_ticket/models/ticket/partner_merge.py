from odoo import models


class PartnerMerge(models.TransientModel):
    """Planned follow-ups of contacts that turn out to be one customer (T7)."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Each planned follow-up exists once for a customer; of two, both stay, and one is no longer the plan's.
        planned = (
            self.env["kehu.service.ticket"]
            .sudo()
            .search([("customer_id", "in", (src_partners + dst_partner).ids), ("plan_id", "!=", False)])
        )
        for tickets in planned.grouped(
            lambda ticket: (ticket.plan_id, ticket.date_delivered, ticket.company_id)
        ).values():
            for ticket in tickets.sorted(lambda ticket: (ticket.customer_id != dst_partner, ticket.id))[1:]:
                ticket._message_log(
                    body=self.env._(
                        "Planned by “%s”, for a customer that was merged with this one.", ticket.plan_id.display_name
                    )
                )
                ticket.plan_id = False
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
