"""Mails of senders who are unknown to a document are no word of the customer's until somebody says so (C8)."""

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ...groups import STAFF

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
        """Return whether this address speaks for the customer: it turned to us by itself, or one of their contacts has
        it.

        One that somebody of ours entered is on file, and speaks for nobody (C8).
        """
        if not email:
            return False
        contact = self.sudo().partner_id
        if email == email_normalize(self.contact_email) and (
            email == email_normalize(self.intake_email)
            or email == contact.email_normalized
            and not self._service_is_in_doubt(contact)
        ):
            return True
        contacts = self.env["res.partner"].sudo().search(self.env["res.partner"]._kehu_confirmed_domain([email]))
        contacts = contacts.filtered(lambda partner: not self._service_is_in_doubt(partner))
        return bool(self.customer_id & contacts.commercial_partner_id or self.partner_id & contacts)

    def _service_is_customers_word(self, message):
        """Return whether what somebody from outside said elsewhere, for instance in a duplicate, speaks for the
        customer here (C8).
        """
        author = message.author_id
        if author and not author.partner_share:
            return True  # a colleague's, who speaks for us
        if not author:
            return message.message_type not in ("email", "auto_comment") or self._service_is_customers(
                email_normalize(message.email_from)
            )
        return not self._service_is_in_doubt(author)

    def _service_hold(self, message):
        """Keep a reply as a note, and ask the handler, and a superior who has no part, whose word it is."""
        if not self.held_message_ids:
            sender, excluded = message.email_from, self._service_people_with_part()
            superiors = (*self._workflow_role_supervisors()[self.id], *self._workflow_role_directors()[self.id])
            self._service_remind_handlers(
                lambda lang: self.with_context(lang=lang).env._(
                    "A reply from %s is held: is it the customer's?", sender
                ),
                _HELD,
                next(
                    (user for user in superiors if user not in excluded and not self.with_user(user)._kehu_hidden()),
                    excluded.browse(),
                ),
            )
        self.held_message_ids = [Command.link(message.id)]

    def _service_decide_held(self, message, is_customers):
        """Take a held reply as the customer's word, or leave it a note.

        :raise AccessError: the user is not of the service, may not write the document, or has a part in it and says
            that the reply is the customer's (C8)
        :raise UserError: the reply is not held any more
        """
        self.ensure_one()
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service decides whose word a reply is."))
        self.check_access("write")
        if is_customers and self.env.user in self._service_people_with_part():
            raise AccessError(
                self.env._(
                    "You have a part in this: whether a reply is the customer's is for a colleague of the service to say "
                    "who has none, for instance a supervisor."
                )
            )
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
            document._service_on_customer_message(message)
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
