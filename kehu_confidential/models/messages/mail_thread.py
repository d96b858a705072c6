"""Followers, recipients and suggested recipients follow the document that they are about (X3)."""

from collections.abc import Iterable

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet, Query


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_get_followers(self, *args, **kwargs):
        self.check_access("read")
        return super().message_get_followers(*args, **kwargs)

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        # Odoo looks for followers as superuser; here those who fit are looked up as the user.
        if (
            not self.env.su
            and not self.env.user.share
            and operator not in Domain.NEGATIVE_OPERATORS
            and not isinstance(operand, (Query, SQL))
        ):
            partners = self.env["res.partner"].with_context(active_test=False)
            if operator == "in":
                hidden = partners.browse(value for value in operand if isinstance(value, int) and value)._kehu_hidden()
                operand = OrderedSet(operand) - set(hidden._ids)
            else:
                is_domain = isinstance(operand, Domain)
                operator, operand = (
                    "any",
                    partners._search(operand if is_domain else Domain("display_name", operator, operand)),
                )
        return super()._search_message_partner_ids(operator, operand)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        self._kehu_refuse_hidden_followers(partner_ids)
        return super().message_subscribe(self._kehu_without_outsiders(partner_ids), subtype_ids)

    def _kehu_refuse_hidden_followers(self, partner_ids):
        """Refuse that a client subscribes hidden contacts.

        Odoo's own subscriptions, of those whom a document or what it belongs to names already, go on without them.

        :raise AccessError: naming nobody
        """
        if self.env.su or not isinstance(partner_ids, Iterable):
            return
        named = self.env["res.partner"].browse(partner_id for partner_id in partner_ids if isinstance(partner_id, int))
        if (hidden := named._kehu_hidden()) and hidden - self._kehu_named_contacts():
            raise AccessError(
                self.env._(
                    "You cannot use a confidential record here that you may not read. Ask for access to it first."
                )
            )

    def _kehu_named_contacts(self):
        """Return the contacts whom ``self``, or the records to which it belongs, name or have as followers."""
        documents, contacts = self.sudo().with_context(active_test=False), self.env["res.partner"]
        owners = [
            documents[name] for name, field in documents._fields.items() if field.type == "many2one" and field.store
        ]
        for records in (documents, *owners):
            for name, field in records._fields.items():
                if field.comodel_name == "res.partner" and (
                    field.store and field.type in ("many2one", "many2many") or name == "message_partner_ids"
                ):
                    contacts |= records[name]
        return contacts.with_env(self.env)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        if partner_ids and (classified := self._kehu_classified()):
            users = (
                self.env["res.users"].sudo().search([("partner_id", "in", list(partner_ids)), ("share", "=", False)])
            )
            refused = {user.partner_id.id for user in users if classified.with_user(user)._kehu_hidden()}
            partner_ids = [partner_id for partner_id in partner_ids if partner_id not in refused]
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        outside = {r["id"] for r in recipients if r.get("id") and (not r.get("uid") or r.get("ushare"))}
        if outside:
            # Outsiders who followed before it was classified, and colleagues who have left, get what is written to them
            # alone.
            named = (msg_vals or {}).get("partner_ids")
            outside -= set(message.sudo().partner_ids.ids if named is None else named)
        outsiders = self.env["res.partner"].sudo().browse(outside)
        gone, refused = outsiders.filtered("kehu_has_left"), set()
        if recipients and self._kehu_classified():
            gone |= outsiders - self._kehu_filter_own_contacts(outsiders)
            users = (
                self.env["res.users"]
                .sudo()
                .browse({r["uid"] for r in recipients if r.get("uid") and not r.get("ushare")})
            )
            refused = {user.id for user in users if self.with_user(user)._kehu_hidden()}
        return [
            recipient
            for recipient in recipients
            if recipient.get("uid") not in refused and recipient.get("id") not in gone._ids
        ]

    def _message_get_suggested_recipients(self, *args, reply_message=None, **kwargs):
        try:
            recipients = super()._message_get_suggested_recipients(*args, reply_message=reply_message, **kwargs)
        except AccessError:
            # Odoo asks the user's rights for the address of a hidden author or customer.
            if not self.has_access("read"):
                raise
            recipients = self._kehu_filter_suggested(
                super(MailThread, self.sudo())._message_get_suggested_recipients(
                    *args, **{**kwargs, "reply_message": reply_message and reply_message.sudo(), "no_create": True}
                )
            )
        partners = self.env["res.partner"].browse({r["partner_id"] for r in recipients if r.get("partner_id")})
        labels = {partner.id: partner.sudo().display_name for partner in partners._kehu_hidden()}
        if self._kehu_names_hidden_customer():
            # An address without contact is copied from what is hidden.
            recipients = [recipient for recipient in recipients if recipient.get("partner_id")]
        for recipient in recipients:
            # The contact can be written to; the address is not shown.
            if label := labels.get(recipient.get("partner_id")):
                recipient.update(name=label, email=False)
        return recipients

    def _kehu_filter_suggested(self, found):
        """Return, of what Odoo suggests as superuser, the contacts that the user may read, or whom the document names
        anyway.

        A hidden contact who is merely found by an address is none of them.
        """
        partners = self.env["res.partner"].browse(
            recipient["partner_id"] for recipient in found if recipient["partner_id"]
        )
        messages = self.sudo().message_ids
        named = (messages.author_id | messages.partner_ids).with_env(self.env) | self._kehu_named_contacts()
        shown = set((partners._filtered_access("read") | partners & named)._ids)
        return [recipient for recipient in found if recipient["partner_id"] in shown]

    def _partner_find_from_emails(
        self,
        records_emails,
        avoid_alias=True,
        ban_emails=None,
        filter_found=None,
        additional_values=None,
        no_create=False,
    ):
        # A hidden contact is not found by an address. A document that names one has addresses of the contact: no public
        # contact is made of them, whatever address is asked for.
        no_create = no_create or any(record._kehu_names_hidden_customer() for record in records_emails)
        return super()._partner_find_from_emails(
            records_emails,
            avoid_alias=avoid_alias,
            ban_emails=ban_emails,
            filter_found=filter_found,
            additional_values=additional_values,
            no_create=no_create,
        )
