import re

from markupsafe import escape

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize, parse_contact_from_email

_LONGEST_SUBJECT = 250
_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)


class ServiceMixin(models.AbstractModel):
    """What customers write, by mail or in the portal, becomes a document or finds its way to it (C1, C7)."""

    _inherit = "kehu.service.mixin"

    # === GATEWAY ===

    @api.model
    def _kehu_takes_mail(self):
        return True

    @api.model
    def _service_gateway_fields(self):
        """Return the names of the fields that the defaults of an alias may set."""
        return {"company_id", "desk_id", "kind_id", "priority", "team_id", "user_id"}

    @api.model
    def _gateway_named(self, message_dict, values):
        """A customer who writes the number in the subject goes on with it; a stranger begins something new (C1)."""
        sender = email_normalize(message_dict.get("email_from"))
        company_id = (values or {}).get("company_id") or self.env.company.id
        for model in self.env["kehu.service.desk"]._intake_models():
            numbers = re.findall(rf"{re.escape(model._number_prefix)}\d+", message_dict.get("subject") or "")
            named = model.sudo().search([("number", "in", numbers), ("company_id", "=", company_id)], limit=1)
            if named and named._service_is_customers(sender) and not named._service_colleague(sender):
                return named._name, named.id
        return super()._gateway_named(message_dict, values)

    @api.private
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Take down what came by mail, as superuser (C1).

        The customer is found even if hidden from the user of the gateway. A sender who is nobody's contact, or that of
        several customers, is kept by name and address: no contact is made that everybody could read.

        :param dict custom_values: of the alias; only those of ``_service_gateway_fields()`` are taken
        """
        self = self.sudo().with_user(SUPERUSER_ID)  # the gateway takes mails in, whoever calls it
        sender = msg_dict.get("email_from") or ""
        name, email = parse_contact_from_email(sender)
        allowed = self._service_gateway_fields()
        values = {name: value for name, value in (custom_values or {}).items() if name in allowed}
        company = self.env["res.company"].browse(values.get("company_id") or self.env.company.id)
        self = self.with_context(lang=company._kehu_lang())
        partner = self._service_customer_of(email, company)
        document = super().message_new(
            {**msg_dict, "email_from": email or sender},
            {
                **values,
                "company_id": company.id,
                "channel": "email",
                "name": (msg_dict.get("subject") or "").strip()[:_LONGEST_SUBJECT] or self.env._("(no subject)"),
                "description": self._service_without_pictures(msg_dict.get("body") or ""),
                "partner_id": partner.id,
                "contact_name": False if partner else (name or email or sender),
                "is_automatic": msg_dict.get("message_type") != "email",
                **({} if partner else {"kehu_own_tier": self._service_tier_of_sender(email)}),
            },
        )
        if self._service_colleague(email):
            # Who forwards what a customer wrote is not the customer: there is nobody to thank, and no link to send.
            document.write({"contact_email": False, "intake_email": False})
        elif not partner:
            # Core posts the mail with this dictionary, as the word of any contact that has the address.
            msg_dict["author_id"] = False
        if document.is_automatic:
            # Two machines would thank each other for ever.
            document.is_confirmation_due = False
        document._service_leave_to_cleared()
        return document

    @api.model
    def _service_without_pictures(self, body):
        """Return the text of a mail with a word in the place of pictures that are in its files, and without those that
        somebody else's server shows, and counts who looks.
        """
        there = escape(self.env._("[picture: see the files of the message]"))

        def word(tag):
            source = tag[0].lower()
            return tag[0] if "data:image/" in source else str(there) if "cid:" in source else ""

        return _PICTURE.sub(word, body)

    def _service_leave_to_cleared(self):
        """Whoever takes what comes in may have no clearance for the customer: then somebody who has takes it."""
        # A part in a document opens what it keeps closer than its customer; here the customer is not known yet.
        is_above = not self.partner_id and self.kehu_own_tier > (self.user_id.kehu_clearance or "0")
        if self.user_id and (is_above or self.with_user(self.user_id)._kehu_hidden()):
            self.message_unsubscribe(self.user_id.partner_id.ids)
            self.user_id = False

    @api.model
    def _service_customer_of(self, email, company):
        """Return the contact with this address for sure; none for a colleague, if it is that of several customers, or
        if one colleague alone changed it (C8).
        """
        partners = (
            self.env["res.partner"].search(
                self.env["res.partner"]._kehu_confirmed_domain([email])
                & Domain("company_id", "in", [False, company.id]),
                order="is_company, id",
            )
            if email
            else self.env["res.partner"]
        ).filtered(lambda partner: not partner._kehu_is_email_unseen())
        if len(partners.commercial_partner_id) != 1 or any(not user.share for user in partners.user_ids):
            return partners.browse()
        return partners[0]

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers come to the desk, which knows the document again."""
        reply_to = super()._notify_get_reply_to(default=default, author_id=author_id)
        desks = self._service_desks()
        return (
            {document.id: desks[document.id]._service_address() or reply_to[document.id] for document in self}
            if self
            else reply_to
        )

    def _service_desks(self):
        """Return ``{document_id: desk}``: its own, or the first one of its company that takes in such documents."""
        desks = (
            self.env["kehu.service.desk"]
            .sudo()
            .search([("intake", "=", self._name), ("company_id", "in", self.sudo().company_id.ids)])
        )
        return {
            document.id: document.desk_id
            or desks.filtered(lambda desk, document=document: desk.company_id == document.company_id)[:1]
            for document in self.sudo()
        }

    def _message_own_senders(self):
        # Customers are answered by the desk.
        return super()._message_own_senders() | {document._service_sender() for document in self}

    # === THE CUSTOMER'S WORD ===

    def message_post(self, **kwargs):
        """
        :raise AccessError: a rating comes with the message: customers rate, by their link or in the portal (C6); or a
            customer writes past the portal's page, which looks at pace and files
        """
        # Core makes the rating in superuser mode.
        if kwargs.get("rating_value") or kwargs.get("rating_id") and not self.env.su:
            self.env["rating.rating"]._refuse_rating()
        if kwargs.get("rating_id") and not kwargs.get("author_id"):
            # Who rated by the link is no contact; core would name the server.
            kwargs |= {"author_id": False, "email_from": self.contact_email, "message_type": "email"}
        if not (self.env.su or self.env.user._is_internal()):
            raise AccessError(self.env._("Write to us in the portal, on the page of your complaint or ticket."))
        return super().message_post(**kwargs)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        author, is_mail = (
            message.sudo().author_id,
            message.message_type in ("email", "auto_comment"),
        )  # auto_comment: sent by a machine
        if (is_mail or message.message_type == "comment") and (author.partner_share if author else is_mail):
            server = self.sudo().with_user(
                SUPERUSER_ID
            )  # sudo() first: it drops the defaults in the context of the caller
            if message.is_internal or message.subtype_id.internal:
                if is_mail:
                    server._service_hold(message.with_env(server.env))
            elif message.message_type != "auto_comment":
                server._service_on_customer_message(message.with_env(server.env))
        return result

    def _service_on_customer_message(self, message):
        """The customer said something: the clocks go on (C7).

        :param message: what the customer wrote
        """
        if self.waiting_reason:
            self.waiting_reason = False
            self._service_remind_handlers(
                lambda lang: self.with_context(lang=lang).env._("The customer has answered: go on"),
                "kehu_workflow.mail_activity_type_turn",  # it ends when the document moves on
            )

    def _service_keep_aside(self, user):
        """Tell a supervisor that a colleague without a part in it answered by mail: that is a note, and no answer of
        ours (C8).

        :param user: who wrote
        """
        self._service_tell_supervisor(
            self.env._("%s takes no part in this, and answered by mail: see the note", user.name)
        )

    def _service_remind_handlers(self, summarise, activity_type=None, others=None):
        """Leave an activity to the handlers, or to a supervisor where nobody handles.

        :param summarise: returns the summary in a language
        :param activity_type: xml id; none: to do
        :param others: users who get it besides
        """
        Activity = self.env["mail.activity"]
        handlers = Activity._kehu_filter_readers(self, {document.id: document.user_id for document in self})
        supervisors = Activity._kehu_filter_readers(self, self._workflow_role_supervisors())
        others = others or self.env["res.users"]
        told = [
            ((handlers[document.id] or supervisors[document.id][:1]) | others, {"res_id": document.id})
            for document in self
        ]
        kind = activity_type and self.env["ir.model.data"]._xmlid_to_res_id(activity_type)
        Activity._kehu_remind(Activity._kehu_prepare_reminders(self._name, told, summarise, kind))

    def _service_tell_supervisor(self, summary=None):
        kind = "kehu_complaint.mail_activity_type_customer_wrote"
        if self.activity_search([kind]):
            return
        users = (*self._workflow_role_supervisors()[self.id], *self._workflow_role_directors()[self.id], *self.user_id)
        user = next((user for user in users if not self.with_user(user)._kehu_hidden()), None)
        if user:
            self.activity_schedule(
                kind, user_id=user.id, date_deadline=fields.Date.context_today(self), summary=summary
            )
