from odoo import fields, models


class DispatchOrder(models.Model):
    """What a technician needs on the phone, in one place (T2, T6)."""

    _inherit = "kehu.dispatch.order"

    contact_name = fields.Char(related="ticket_id.contact_name", string="Who Called")
    contact_phone = fields.Char(related="ticket_id.contact_phone", string="Telephone")
    address = fields.Char(related="partner_id.contact_address")
    checklist = fields.Text(related="ticket_id.kind_id.checklist")
    said = fields.Html(related="ticket_id.description", string="What the Customer Said")
    product_id = fields.Many2one(related="ticket_id.product_id")
    serial = fields.Char(related="ticket_id.serial")
    product_file_id = fields.Many2one(related="ticket_id.product_file_id")
    warranty = fields.Selection(related="ticket_id.warranty")

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
