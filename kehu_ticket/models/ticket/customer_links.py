"""From a customer to their service tickets: buttons on the contact and on the archive (T1)."""

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_ticket_count = fields.Integer(
        string="Service Tickets", compute="_compute_kehu_ticket_count", groups="base.group_user"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_kehu_ticket_count(self):
        counts = self._kehu_count_documents("kehu.service.ticket")
        for partner in self:
            partner.kehu_ticket_count = counts[partner.id]

    def action_kehu_open_tickets(self):
        """Open the service tickets of the customer, the closed ones, too."""
        return self._kehu_link(
            "kehu_ticket.kehu_service_ticket_action",
            [("customer_id", "in", self.commercial_partner_id.ids)],
            default_partner_id=self[:1].id,
        )


class Archive(models.Model):
    _inherit = "kehu.archive"

    def action_open_tickets(self):
        """Open the service tickets of the customer, the closed ones, too."""
        return self.partner_id.action_kehu_open_tickets()
