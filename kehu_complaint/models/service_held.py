"""Mails of senders who are unknown to a document are no word of the customer's until somebody says so (C8)."""

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from .service_mixin import STAFF

_HELD = "kehu_complaint.mail_activity_type_reply_held"


class ServiceMixin(models.AbstractModel):
    """A mail finds its document by the Message-ID that it answers, which everybody has who saw a mail about it."""

    _inherit = "kehu.service.mixin"

    held_message_ids = fields.Many2many("mail.message", string="Held Replies", readonly=True, copy=False)

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"held_message_ids"}

    # === BUSINESS ===

    def _service_is_customers(self, email):
        """Return whether this address speaks for the customer: it is on file since the intake, or one of their contacts has it.

        One that somebody of ours entered later is on file, and speaks for nobody (C8).
        """
        if not email:
            return False
        if email == email_normalize(self.contact_email) and email in (
            email_normalize(self.intake_email),
            self.sudo().partner_id.email_normalized,
        ):
            return True
        contacts = self.env["res.partner"].sudo().search(self.env["res.partner"]._kehu_confirmed_domain([email]))
        return bool(self.customer_id & contacts.commercial_partner_id or self.partner_id & contacts)

    def _service_hold(self, message):
        """Keep a reply as a note, and ask the handler whose word it is."""
        if not self.held_message_ids:
            sender = message.email_from
            self._service_remind_handlers(
                lambda lang: self.with_context(lang=lang).env._(
                    "A reply from %s is held: is it the customer's?", sender
                ),
                _HELD,
            )
        self.held_message_ids = [Command.link(message.id)]

    def _service_decide_held(self, message, is_customers):
        """Take a held reply as the customer's word, or leave it a note.

        :raise AccessError: the user is not of the service, or may not write the document
        :raise UserError: the reply is not held any more
        """
        self.ensure_one()
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service decides whose word a reply is."))
        self.check_access("write")
        document = self.sudo().with_user(SUPERUSER_ID)  # messages are the server's to change
        message = message.with_env(document.env)
        if message not in document.held_message_ids:
            raise UserError(self.env._("This reply is not held any more."))
        document.held_message_ids = [Command.unlink(message.id)]
        if not document.held_message_ids:
            document.activity_unlink([_HELD])
        if is_customers:
            message.write(
                {"is_internal": False, "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")}
            )
            document._service_hear(message)
        self._message_log(
            body=self.env._("The reply from %s is the customer's.", message.email_from)
            if is_customers
            else self.env._("The reply from %s is not the customer's: it stays a note.", message.email_from)
        )


class MailMessage(models.Model):
    _inherit = "mail.message"

    # === ACTIONS ===

    def action_kehu_reply_is_customers(self):
        """Take a held reply as the customer's word."""
        return self._kehu_decide_held(True)

    def action_kehu_reply_is_not_customers(self):
        """Leave a held reply a note."""
        return self._kehu_decide_held(False)

    def _kehu_decide_held(self, is_customers):
        self.ensure_one()
        self.check_access("read")
        model = self.env.get(self.model)
        if not isinstance(model, self.env.registry["kehu.service.mixin"]):
            raise UserError(self.env._("This reply is not held any more."))
        model.browse(self.res_id)._service_decide_held(self, is_customers)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
