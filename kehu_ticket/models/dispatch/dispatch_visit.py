from odoo import fields, models


class DispatchOrder(models.Model):
    """What a technician needs on the phone, in one place (T2, T6)."""

    _inherit = "kehu.dispatch.order"

    contact_name = fields.Char(related="ticket_id.contact_name", string="Who Called")
    contact_phone = fields.Char(related="ticket_id.contact_phone", string="Telephone")
    address = fields.Char(related="partner_id.contact_address")

    def action_open_work(self):
        """Open the ticket in the form for telephones."""
        self.ensure_one()
        view = self.env.ref("kehu_ticket.kehu_service_ticket_view_form_visit")
        return {
            "type": "ir.actions.act_window",
            "res_model": "kehu.service.ticket",
            "res_id": self.ticket_id.id,
            "views": [(view.id, "form")],
        }
