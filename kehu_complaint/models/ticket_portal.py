from odoo import api, models


class ServiceTicket(models.Model):
    """What the customer sees of his ticket, and is told (T6)."""
    _inherit = "kehu.service.ticket"

    _service_portal_path = "tickets"
    _service_stages = {"received": "received", "done": "answered", "closed": "closed", "cancelled": "closed"}
    _service_received_template = "kehu_complaint.mail_template_ticket_received"
    _service_progress_template = "kehu_complaint.mail_template_ticket_progress"
    _service_rating_template = "kehu_complaint.mail_template_ticket_rating"

    @api.model
    def _service_portal_labels(self):
        return {
            "title": self.env._("Service"),
            "text": self.env._("Ask us, have something installed or repaired, and see how it stands"),
            "new": self.env._("New request"),
        }

    def _after_close(self):
        result = super()._after_close()
        # Whoever signed was asked on the spot, and whoever has rated us need not be asked.
        self.filtered(lambda ticket: not (ticket.satisfaction or ticket._service_rating()))._service_ask_rating()
        return result
