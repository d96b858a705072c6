"""Messages, mails, activities and chat follow the document that they are about (X3)."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

from ..rule.tier import CONFIDENTIAL, masking_tier


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "kehu.document.rows"]

    _kehu_document_model = "model"
    _kehu_bare_addresses = ("incoming_email_cc", "incoming_email_to", "outgoing_email_to")

    @api.model
    def _kehu_paths_to_sources(self, field):
        # Of a document that one may read, whose author is hidden.
        return ("author_id",) if field.name in ("email_from", "reply_to") else super()._kehu_paths_to_sources(field)

    def _kehu_emptied_value(self, name, hidden):
        return (
            hidden.with_env(self.env).display_name
            if name == "email_from"
            else super()._kehu_emptied_value(name, hidden)
        )

    def _to_store(self, store, fields, **kwargs):
        result = super()._to_store(store, fields, **kwargs)
        for message in self._kehu_by_hidden_author():
            store.add_model_values(
                "mail.message", {"id": message.id, "email_from": message.sudo().author_id.display_name}
            )
        addressed = self.filtered(lambda message: message.incoming_email_cc or message.incoming_email_to)
        for message in addressed._kehu_about_hidden_customers():
            store.add_model_values(
                "mail.message", {"id": message.id, "incoming_email_cc": False, "incoming_email_to": False}
            )
        return result

    def _kehu_emptied(self, names):
        emptied = super()._kehu_emptied(names)
        addresses = set(names) & set(self._kehu_bare_addresses)
        if addresses and (naming := self._kehu_about_hidden_customers()):
            rows = {message._origin.id: message for message in naming}
            emptied |= dict.fromkeys(addresses, rows)
        return emptied

    def _kehu_hidden_with_ours(self):
        """Return the messages that are hidden, those of our documents that the user may not read among them.

        Authors and recipients read a message of ours whatever they may read besides.
        """
        ours = self.filtered(lambda message: (message.sudo().model or "").startswith(OURS))
        return self._kehu_hidden() | (ours - ours.sudo(False)._filtered_access("read"))

    def _kehu_about_hidden_customers(self):
        """Return the messages of documents that name a hidden customer: an address in them may be the customer's."""
        found = set()
        for name, messages in self.sudo().with_context(prefetch_fields=False).grouped("model").items():
            if name in self.env and (fields := self.env[name]._kehu_customer_fields()):
                documents = (
                    self.env[name].sudo().browse({message.res_id for message in messages if message.res_id}).exists()
                )
                documents = documents.with_context(active_test=False, prefetch_fields=False)
                hidden = (
                    documents.env["res.partner"]
                    .union(*(documents[field] for field in fields))
                    .with_env(self.env)
                    ._kehu_hidden()
                )
                ids = {document.id for document in documents if any(document[field] & hidden for field in fields)}
                found.update(message.id for message in messages if message.res_id in ids)
        return self.filtered(lambda message: message._origin.id in found)

    def _kehu_by_hidden_author(self):
        """Return the messages, of documents that one may read, whose author is hidden: so is the sender's address."""
        hidden = self.sudo().author_id._kehu_hidden()
        return self.filtered(lambda message: message.sudo().author_id in hidden) if hidden else self.browse()


class MailNotification(models.Model):
    """Whom a message reached: hidden with the message, and with the recipient.

    A recipient may be a bare address, in a row that refers to nobody.
    """

    _name = "mail.notification"
    _inherit = ["mail.notification", "kehu.document.rows"]

    _kehu_bare_addresses = ("mail_email_address",)

    def _to_store(self, store, fields):
        store.add_records_fields(self, fields)
        addressed = self.filtered("mail_email_address")
        naming = addressed.mail_message_id._kehu_about_hidden_customers()
        for row in addressed.filtered(lambda row: row.mail_message_id in naming):
            store.add_model_values("mail.notification", {"id": row.id, "mail_email_address": False})

    def _kehu_highest_tier(self):
        self = self.with_context(prefetch_fields=False)
        return max(self.mail_message_id._kehu_highest_tier(), self.res_partner_id.kehu_tier or "0")

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        rows = self._origin.sudo().with_context(prefetch_fields=False)
        messages = rows.mail_message_id.with_env(self.env)
        recipients = rows.res_partner_id.with_env(self.env)._kehu_hidden()
        hidden, naming = messages._kehu_hidden_with_ours(), messages._kehu_about_hidden_customers()
        ids = {
            row.id
            for row in rows
            if row.mail_message_id in hidden
            or row.res_partner_id in recipients
            or row.mail_message_id in naming
            and not row.res_partner_id
        }
        return self.filtered(lambda row: row._origin.id in ids)


class MailMail(models.Model):
    """A mail that waits, or was not sent: its text and addresses are those of the message and of its recipients."""

    _name = "mail.mail"
    _inherit = ["mail.mail", "kehu.document.rows"]

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        mails = self._origin.sudo().with_context(prefetch_fields=False)
        messages = mails.mail_message_id.with_env(self.env)
        hidden = messages._kehu_hidden_with_ours() | messages._kehu_about_hidden_customers()
        people = (mails.recipient_ids | mails.partner_ids | mails.author_id).with_env(self.env)._kehu_hidden()
        ids = {
            mail.id
            for mail in mails
            if mail.mail_message_id in hidden or (mail.recipient_ids | mail.partner_ids | mail.author_id) & people
        }
        return self.filtered(lambda mail: mail._origin.id in ids)


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "kehu.document.rows"]

    # === COMPUTE ===

    def _compute_res_name(self):
        # Stored, and read by others: never made with somebody's mask.
        return super(MailActivity, self.with_user(SUPERUSER_ID))._compute_res_name()

    # === CONSTRAINT ===

    @api.constrains("user_id")
    def _check_assignee_may_read(self):
        for user, activities in self.filtered("user_id").grouped("user_id").items():
            if not user.share and activities.with_user(user)._kehu_hidden():
                raise ValidationError(
                    self.env._(
                        "%s may not read this confidential record: choose somebody else, or have access granted first.",
                        user.name,
                    )
                )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        # Its label would tell of the record to which it is pointed.
        if not self.env.su and {"res_id", "res_model", "res_model_id"} & vals.keys() and self._kehu_hidden():
            raise AccessError(
                self.env._(
                    "You cannot use a confidential record here that you may not read. Ask for access to it first."
                )
            )
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"kehu_tier", *self._kehu_right_fields} & vals.keys():
            self._kehu_drop_who_may_not_read()
        return result

    def _kehu_drop_who_may_not_read(self):
        """Take followers and activities off the customers, and off what is read with them, who may not read them any
        more.

        Of outsiders, their own contacts go on following.
        """
        customers = self.sudo().filtered(lambda partner: (partner.kehu_tier or "0") >= CONFIDENTIAL)
        if not customers:
            return
        for documents in customers._kehu_read_alike():
            about = Domain("res_model", "=", documents._name) & Domain("res_id", "in", documents.ids)
            followers = self.env["mail.followers"].sudo().search(about)
            activities = self.env["mail.activity"].sudo().search(about)
            gone_followers, gone_activities = followers.browse(), activities.browse()
            outsiders = followers.partner_id.filtered("partner_share")
            for document in documents if outsiders else ():
                strangers = outsiders - document._kehu_filter_own_contacts(outsiders)
                gone_followers |= followers.filtered(
                    lambda follower, document=document, strangers=strangers: (
                        follower.res_id == document.id and follower.partner_id in strangers
                    )
                )
            for user in (followers.partner_id.user_ids | activities.user_id).filtered(lambda user: not user.share):
                hidden = set(documents.with_user(user)._kehu_hidden()._ids)
                gone_followers |= followers.filtered(
                    lambda follower, user=user, hidden=hidden: (
                        follower.partner_id == user.partner_id and follower.res_id in hidden
                    )
                )
                gone_activities |= activities.filtered(
                    lambda activity, user=user, hidden=hidden: activity.user_id == user and activity.res_id in hidden
                )
            gone_followers.unlink()
            gone_activities.unlink()

    def _kehu_read_alike(self):
        """Return the recordsets of what is read by those who read these customers, themselves first (hook)."""
        return [self]

    def _to_store(self, store, fields):
        hidden = self._kehu_hidden()
        pushed = (self - hidden)._kehu_hidden_from_members(store.target.channel)
        store.add_records_fields(self - hidden - pushed, fields)
        for partner in pushed:
            # Whoever may see a masked name has it from the list of members.
            is_named = (partner.sudo().kehu_tier or "0") < masking_tier(self.env)
            store.add_model_values(
                "res.partner", {"id": partner.id, **({"name": partner.sudo().name} if is_named else {})}
            )
        for partner in hidden:
            store.add_model_values(
                "res.partner",
                {
                    "id": partner.id,
                    "name": partner.sudo().with_context(show_email=False).display_name,
                    "active": True,
                    "is_company": False,
                    "main_user_id": False,
                    "im_status": "im_partner",
                },
            )

    def _kehu_hidden_from_members(self, channel):
        """Return those of ``self`` whom a member of a conversation may not read, to all of whom one message is pushed.

        :param channel: the record to whose users it is pushed, if any
        """
        if not isinstance(channel, self.env.registry["discuss.channel"]):
            return self.browse()
        classified = self._kehu_classified()
        # Whoever just left the conversation does not read it any more.
        members = channel.sudo().channel_member_ids if classified else self.env["discuss.channel.member"]
        hidden = classified._kehu_hidden_from(members.partner_id.user_ids)
        return classified.filtered(lambda partner: members.guest_id or hidden[partner.id])
