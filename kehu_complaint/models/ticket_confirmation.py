import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_SIGNED = {"signature", "signed_by"}
# What is still written of a ticket for which the customer has signed: who goes on with it, and what the customer says afterwards.
_AFTER_SIGNING = (
    "signature", "signed_by", "user_id", "callback_user_id", "callback_note", "satisfaction", "waiting_reason", "priority", "contact_name",
    "contact_phone", "contact_email", "kehu_own_tier", "complaint_id")


class ServiceTicket(models.Model):
    """The customer confirms with his signature what was done, on the technician's phone (T6)."""
    _inherit = "kehu.service.ticket"

    signature = fields.Image(string="Signature of the Customer", max_width=1024, max_height=1024, copy=False)
    signed_by = fields.Char(copy=False, help="Name of the person who signs for the customer.")
    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)
    unsigned_reason = fields.Char(
        string="Why There Is No Signature", tracking=True, copy=False, help="For instance: confirmed by telephone with whom and when.")

    # === CONSTRAINT ===

    @api.constrains("signature", "signed_by")
    def _check_signed_by(self):
        if any(ticket.signature and not (ticket.signed_by or "").strip() for ticket in self):
            raise ValidationError(self.env._("Enter the name of the person who signs."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # A signature comes under finished work only, however it came here.
        if any(ticket.signature or ticket.signed_by for ticket in tickets.sudo()):
            raise AccessError(self.env._("Nobody signs before the work is finished."))
        return tickets

    def write(self, vals):
        if self.env.su or _SIGNED.isdisjoint(vals):
            return super().write(vals)
        self._check_signable()
        result = super().write(vals)
        if vals.get("signature"):
            self._keep_signature()
        return result

    def _settled_fields(self):
        return super()._settled_fields() | (self._settled_but(*_AFTER_SIGNING) if self.signature else set())

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_signed"}

    def _check_signable(self):
        """
        :raise UserError: the work is not finished, or is signed for already
        """
        tickets = self.sudo()
        if early := tickets.filtered(lambda ticket: ticket.state != "done"):
            raise UserError(self.env._("%s is not finished: the customer signs for finished work.", early._workflow_names()))
        if signed := tickets.filtered("signature"):
            raise UserError(self.env._(
                "%s is signed already. If it is not in order yet, say so and let it be signed again.", signed._workflow_names()))

    def _keep_signature(self):
        """Date it, and keep it in the chatter, where it stays if the work goes on and is signed again."""
        tickets = self.sudo()
        tickets.write({"date_signed": fields.Datetime.now()})
        for ticket in tickets:
            ticket.message_post(
                body=self.env._("Signed by %s.", ticket.signed_by),
                attachments=[(f"{ticket.number}.png", base64.b64decode(ticket.with_context(bin_size=False).signature))])

    # === BUSINESS ===

    @api.model
    def _prepare_unsigned_values(self):
        return {"signature": False, "signed_by": False, "date_signed": False, "unsigned_reason": False, "satisfaction": False}
