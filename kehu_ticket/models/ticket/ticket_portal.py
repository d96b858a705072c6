from odoo import api, models


class ServiceTicket(models.Model):
    """What the customer sees of a ticket, and is told (T6)."""

    _inherit = "kehu.service.ticket"

    _service_portal_path = "tickets"
    _service_stages = {
        "received": "received",
        "done": "answered",
        "closed": "closed",
        "cancelled": "closed",
        "dismissed": "closed",
    }
    _service_received_template = "kehu_ticket.mail_template_ticket_received"
    _service_progress_template = "kehu_ticket.mail_template_ticket_progress"
    _service_rating_template = "kehu_ticket.mail_template_ticket_rating"

    @api.model
    def _service_portal_labels(self):
        return {
            "title": self.env._("Service"),
            "text": self.env._("Ask us, have something installed or repaired, and see how it stands"),
            "new": self.env._("New request"),
        }

    @api.model
    def _service_stage_names(self):
        return list((dict(super()._service_stage_names()) | {"answered": self.env._("Finished")}).items())

    def _service_result(self):
        return self.state in ("done", "closed") and self.solution

    def _after_close(self):
        result = super()._after_close()
        # Whoever signed was asked on the spot, and whoever has rated us need not be asked.
        self.filtered(lambda ticket: not (ticket.satisfaction or ticket._service_rating()))._service_ask_rating()
        return result

    def _service_anew_values(self, message):
        # What was signed and charged stays closed. Whoever is kept from its complaint is kept from the new one.
        return {
            **super()._service_anew_values(message),
            "complaint_id": self.complaint_id.id,
            "kind_id": self.kind_id.id,
        }
