"""What was said in a document of ours stays as it was said: author, date, text and tracking (A9, C3, C6)."""

from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...messages import MessagePermit
from ...parameters import bounded_number

EDIT_PARAMETER = "kehu_workflow.note_edit_minutes"
EDIT_MOST = 24 * 60

# What readers do with a message. All other fields say what was said, by whom, when and where.
_OF_READERS = {
    "message_link_preview_ids",
    "needaction",
    "notification_ids",
    "notified_partner_ids",
    "pinned_at",
    "reaction_ids",
    "starred",
    "starred_partner_ids",
}
# Of these, whom the message reached: clients write them by the methods of Odoo alone, which are in superuser mode and
# each user's own.
_OF_RECIPIENTS = {"notification_ids", "notified_partner_ids", "starred_partner_ids"}
# What a client may say of a message. All else is the server's: where answers go, who is told, when, and as what.
_OF_CLIENTS = {
    "attachment_ids",
    "attachments",
    "author_id",  # replaced unless it is their own, as is the sender
    "body",
    "body_is_html",
    "email_add_signature",
    "email_from",
    "email_layout_xmlid",
    "force_send",
    "is_internal",
    "mail_activity_type_id",
    "mail_auto_delete",
    "message_type",
    "model_description",
    "notify_author",
    "notify_author_mention",
    "outgoing_email_to",
    "parent_id",
    "partner_ids",
    "subject",
    "subtitles",
    "subtype_id",
    "subtype_xmlid",
}


def _new_values(commands):
    """Return those of the commands that make a value of a new message, and touch nothing else."""
    return [
        command
        for command in (commands if isinstance(commands, (list, tuple)) else ())
        if isinstance(command, (list, tuple)) and len(command) == 3 and command[0] == Command.CREATE
    ]


def _without_id(vals):
    """Return the values of a message without the Message-ID, by which a customer's answer finds the document."""
    return {name: value for name, value in vals.items() if name != "message_id"}


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_keeps_messages(self):
        """Return those of ``self`` whose messages are kept as they were posted (hook): documents of ours (A9)."""
        return self if self._name.startswith("kehu.") else self.browse()

    @api.model
    def _kehu_may_handle_messages(self):
        """Return whether server code is at work that is trusted with messages; no client can be."""
        return isinstance(self.env.context.get("kehu_message_permit"), MessagePermit)

    def _kehu_handling_messages(self, reason):
        """Return ``self`` in a context in which server code may post, change and delete messages that are kept."""
        return self.with_context(kehu_message_permit=MessagePermit(reason))

    def _kehu_said_by_client(self, parameters):
        """Return those of the ``parameters`` of a message about ``self`` that a client may give.

        By its Message-ID a customer's answer finds the document: no client gives one, whatever the document.
        """
        if self.env.su or self._kehu_may_handle_messages():
            return parameters
        is_kept = bool(self._kehu_keeps_messages())
        return {
            name: value
            for name, value in parameters.items()
            if (name in _OF_CLIENTS if is_kept else name != "message_id")
        }

    def _kehu_check_speaker(self, values):
        """Refuse to let clients speak to outsiders who may not (A9).

        :param values: of a message about the document
        :raise AccessError: the current user would say something to outsiders, and may not speak for the company
        """
        if self.env.su and (
            values.get("message_type") != "comment" or values.get("author_id") != self.env.user.partner_id.id
        ):
            return  # the server's own words; those of the chatter are posted in superuser mode, too
        subtype = self.env["mail.message.subtype"].sudo().browse(values.get("subtype_id") or ())
        recipients = self.env["res.partner"].sudo().browse(values.get("partner_ids") or ())
        is_note = values.get("is_internal") or not subtype or subtype.internal
        is_sent = values.get("outgoing_email_to") or any(recipients.mapped("partner_share"))
        if (is_sent or not is_note) and not self._kehu_may_speak():
            raise AccessError(
                self.env._(
                    "You may read this document, but not answer the customer: log a note for colleagues instead."
                )
            )

    def _kehu_may_speak(self):
        """Return whether the current user may speak for the company about the document (hook)."""
        return True

    def _kehu_own_sender(self, values):
        """Return what replaces the sender in the values of a message if it is not the current user."""
        me = self.env.user.partner_id
        senders = {me.email_formatted} | self.sudo()._message_own_senders()
        if values.get("author_id") == me.id and values.get("email_from") in senders:
            return {}
        sender = {"author_id": me.id, "email_from": me.email_formatted}
        if values.get("reply_to"):
            sender["reply_to"] = self._notify_get_reply_to(default=me.email_formatted, author_id=me.id)[self.id]
        return sender

    def _message_own_senders(self):
        """Return the senders, besides oneself, that the document's mails may name (hook): the address of a desk."""
        return set()


class MailMessage(models.Model):
    _inherit = "mail.message"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            if not self._kehu_may_handle_messages():
                vals_list = [_without_id(vals) for vals in vals_list]
            # Core carries out any commands there as superuser: none may touch the values of another message.
            vals_list = [
                {**vals, "tracking_value_ids": _new_values(vals["tracking_value_ids"])}
                if vals.get("tracking_value_ids")
                else vals
                for vals in vals_list
            ]
        messages = super().create(vals_list)
        # Looked at afterwards: the document can come as a default, too.
        messages._kehu_check_not_kept()
        return messages

    def write(self, vals):
        if not self.env.su:
            vals = _without_id(vals)
        if _OF_READERS.issuperset(vals) and (self.env.su or _OF_RECIPIENTS.isdisjoint(vals)):
            return super().write(vals)
        self._kehu_check_not_kept()
        result = super().write(vals)
        if {"model", "res_id"} & vals.keys():
            self._kehu_check_not_kept()
        return result

    def unlink(self):
        if self.env.uid == SUPERUSER_ID and not self._kehu_may_handle_messages():
            # Odoo's clean-ups leave them alone.
            return super(MailMessage, self - self._kehu_kept()).unlink()
        self._kehu_check_not_kept()
        return super().unlink()

    # === BUSINESS ===

    def _kehu_kept(self):
        """Return those of ``self`` that are about a document that keeps its messages."""
        kept = set()
        for name, messages in self.sudo().with_context(prefetch_fields=False).grouped("model").items():
            if name in self.env:
                documents = self.env[name].sudo().browse({message.res_id for message in messages if message.res_id})
                ids = set(documents._kehu_keeps_messages()._ids)
                kept.update(message.id for message in messages if message.res_id in ids)
            elif name and name.startswith("kehu."):  # its addon is not loaded
                kept.update(messages.ids)
        return self.browse(message.id for message in self if message.id in kept)

    def _kehu_check_not_kept(self):
        """Refuse to touch messages that are kept (A9).

        :raise AccessError: some of the messages are kept, and neither the server nor a permit is at work
        """
        if self.env.uid != SUPERUSER_ID and not self._kehu_may_handle_messages() and self._kehu_kept():
            raise AccessError(
                self.env._(
                    "Messages of this document are kept as they were posted. Use the chatter to add another one."
                )
            )

    def _kehu_check_editable(self):
        """Check that the current user may still edit the messages, in sudo: their own internal notes, for some minutes.

        :raise UserError: the message is somebody else's, older, has left the company or was answered
        """
        minutes = bounded_number(self.env, EDIT_PARAMETER, 0, 0, EDIT_MOST)
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        me = self.env.user
        for message in self:
            is_mine = message.author_id == me.partner_id and message.create_uid == me and message.create_date > since
            is_internal = message.is_internal or not message.subtype_id or message.subtype_id.internal
            recipients = message.partner_ids | message.notification_ids.res_partner_id
            has_left = (
                message.outgoing_email_to
                or any(partner.partner_share for partner in recipients)
                or any(not notification.res_partner_id for notification in message.notification_ids)
            )
            answers = message.child_ids.filtered(
                lambda child: child.message_type in ("comment", "email") and child.author_id != me.partner_id
            )
            if not (is_mine and is_internal) or has_left or answers:
                raise UserError(
                    self.env._(
                        "Messages of this document are kept. Only your own internal note can be edited, for %s "
                        "minutes, "
                        "while nobody answered it. Add another message instead.",
                        minutes,
                    )
                )


class MailMessageReaction(models.Model):
    """Users react to kept messages in their own name: core writes reactions in superuser mode,
    administrators by hand.
    """

    _inherit = "mail.message.reaction"

    @api.model_create_multi
    def create(self, vals_list):
        reactions = super().create(vals_list)
        reactions._kehu_check_own()
        return reactions

    def write(self, vals):
        self._kehu_check_own()
        result = super().write(vals)
        self._kehu_check_own()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_own(self):
        self._kehu_check_own()

    def _kehu_check_own(self):
        if not self.env.su:
            others = self.sudo().filtered(lambda reaction: reaction.partner_id != self.env.user.partner_id)
            others.message_id.sudo(False)._kehu_check_not_kept()


class MailLinkPreview(models.Model):
    """What a linked page calls itself stands below the message: Odoo fetches it, nobody writes it."""

    _inherit = "mail.link.preview"

    @api.model_create_multi
    def create(self, vals_list):
        self._kehu_check_fetched()
        return super().create(vals_list)

    def write(self, vals):
        self._kehu_check_fetched()
        return super().write(vals)

    def _kehu_check_fetched(self):
        if not self.env.su:
            raise AccessError(self.env._("Previews of links are made by the system."))


class MailMessageLinkPreview(models.Model):
    _inherit = "mail.message.link.preview"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["mail.link.preview"]._kehu_check_fetched()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"is_hidden"}:
            self.env["mail.link.preview"]._kehu_check_fetched()
        return super().write(vals)


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values._kehu_check_not_kept()
        return values

    def write(self, vals):
        self._kehu_check_not_kept()
        result = super().write(vals)
        self._kehu_check_not_kept()
        return result

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_kept(self):
        self._kehu_check_not_kept()

    def _kehu_check_not_kept(self):
        # In superuser mode core makes them with their message, and notes the name of a field that goes.
        if not self.env.su:
            self.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()


class MailNotification(models.Model):
    """Whom a kept message was told stays so: no client takes it off somebody's list."""

    _inherit = "mail.notification"

    @api.ondelete(at_uninstall=True)
    def _unlink_not_kept(self):
        if not self.env.su:
            self.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()
