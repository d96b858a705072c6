"""Nobody speaks for others: who posts on a document of ours is its author, and edits within bounds (A9, C6)."""

from collections.abc import Iterable

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ...messages import Speaker

_OF_USERS = ("comment", "notification", "user_notification")
_OF_SERVER = {"author_guest_id", "create_date", "date", "tracking_value_ids"}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # === CRUD ===

    def write(self, vals):
        context = self.env.context
        is_silent = not self.env.su and (context.get("tracking_disable") or context.get("mail_notrack"))
        if is_silent and self._kehu_keeps_messages():
            # What the chatter tracks, no client changes without a line.
            self = self.with_context(tracking_disable=False, mail_notrack=False)
        return super().write(vals)

    def unlink(self):
        # The document says whether it may go; its messages go with it.
        return super(MailThread, self._kehu_handling_messages("deletion")).unlink()

    # === FOLLOWERS ===

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if isinstance(partner_ids, Iterable) and subtype_ids and not self.env.su and self._kehu_keeps_messages():
            partner_ids = [partner_id for partner_id in partner_ids if type(partner_id) is int]
            # What colleagues are told of is theirs to choose: others add them with what is told by default.
            colleagues = (
                self.env["res.partner"].sudo().browse(partner_ids).user_ids.filtered(lambda user: not user.share)
                - self.env.user
            )
            others = set(partner_ids) & set(colleagues.partner_id.ids)
            super().message_subscribe(list(others))
            partner_ids = [partner_id for partner_id in partner_ids if partner_id not in others]
        return super().message_subscribe(partner_ids, subtype_ids)

    def message_unsubscribe(self, partner_ids=None):
        if not self.env.su and self._kehu_keeps_messages():
            # Core would search for whatever a client sends.
            partner_ids = (
                [partner_id for partner_id in partner_ids if type(partner_id) is int]
                if isinstance(partner_ids, Iterable)
                else []
            )
            self._kehu_check_unsubscribing(partner_ids)
        return super().message_unsubscribe(partner_ids)

    def _kehu_check_unsubscribing(self, partner_ids):
        """Refuse to take colleagues off the followers.

        :raise AccessError: a client takes a colleague, such as a superior, off the followers of a document that keeps
            its messages
        """
        colleagues = (
            self.env["res.partner"].sudo().browse(partner_ids).exists().user_ids.filtered(lambda user: not user.share)
        )
        if self._kehu_keeps_messages() and colleagues - self.env.user:
            raise AccessError(
                self.env._("Colleagues stop following this document by themselves: ask them to unfollow it.")
            )

    # === POSTING ===

    def message_post(self, **kwargs):
        return super().message_post(**self._kehu_said_by_client(kwargs))

    def message_notify(self, *, model=False, res_id=False, **kwargs):
        is_named = not self and res_id and model in self.env
        document = self.env[model].browse(res_id) if is_named else self
        return super().message_notify(model=model, res_id=res_id, **document._kehu_said_by_client(kwargs))

    def _message_create(self, values_list):
        if not self._kehu_may_handle_messages():
            for values in values_list:
                self._kehu_document_of(values)._kehu_check_speaker(values)
            if not self.env.su:
                values_list = [self._kehu_said_by_user(values) for values in values_list]
        messages = super(MailThread, self._kehu_handling_messages("posting"))._message_create(values_list)
        return messages.with_context(kehu_message_permit=self.env.context.get("kehu_message_permit"))

    @api.model
    def _kehu_document_of(self, values):
        """Return the document that the values of a message name."""
        return self.env[values["model"]].browse(values["res_id"]) if values.get("model") in self.env else self.browse()

    @api.model
    def _kehu_said_by_user(self, values):
        """Return the values of a message with what a client may say of it: it is theirs, and of now."""
        document = self._kehu_document_of(values)
        if not document._kehu_keeps_messages():
            return values
        values = {name: value for name, value in values.items() if name not in _OF_SERVER}
        if values.get("message_type") not in _OF_USERS:
            values["message_type"] = "comment"
        return {**values, **document._kehu_own_sender(values)}

    def _message_compute_author(self, author_id=None, email_from=None):
        author_id, email_from = super()._message_compute_author(author_id, email_from)
        speaker = self.env.context.get("kehu_speaker")
        if not isinstance(speaker, Speaker) or not self._kehu_keeps_messages():
            return author_id, email_from
        partner = self.env["res.partner"].sudo().browse(speaker.partner_id)
        own_senders = set().union(*(document._message_own_senders() for document in self.sudo()))
        return partner.id, email_from if email_from in own_senders else partner.email_formatted

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        # The absent colleague is the author of what they left to be sent.
        return super(
            MailThread, self.with_context(kehu_speaker=None)._kehu_handling_messages("absence")
        )._notify_thread_with_out_of_office(message, recipients_data, msg_vals=msg_vals, **kwargs)

    def _get_allowed_message_params(self):
        # The route posts in superuser mode, what the client sends: only the server says that a mail came in.
        params = super()._get_allowed_message_params()
        return params - {"message_type"} if self._kehu_keeps_messages() else params

    # === EDITING ===

    def _check_can_update_message_content(self, messages):
        result = super()._check_can_update_message_content(messages)
        if self._kehu_keeps_messages():
            messages._kehu_check_editable()
        return result

    def _message_update_content(self, message, /, *, body, attachment_ids=None, strict=True, **kwargs):
        if not self._kehu_keeps_messages():
            return super()._message_update_content(
                message, body=body, attachment_ids=attachment_ids, strict=strict, **kwargs
            )
        if strict and body is not None and is_html_empty(body) and not is_html_empty(message.body):
            raise UserError(
                self.env._("Messages of this document are kept: this one can be corrected, but not emptied.")
            )
        if body is not None:
            self._message_log(
                body=Markup("%s<blockquote>%s</blockquote>")
                % (self.env._("A message was edited. It said before:"), message.body)
            )
        return super()._message_update_content(
            message._kehu_handling_messages("editing"),
            body=body,
            attachment_ids=attachment_ids or None,  # an empty list would delete what is attached
            strict=strict,
            **kwargs,
        )


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    @api.ondelete(at_uninstall=True)
    def _unlink_colleagues(self):
        # Core deletes in superuser mode, an administrator by hand.
        for name, followers in self.grouped("res_model").items() if not self.env.su else ():
            if name in self.env:
                self.env[name].browse(followers.mapped("res_id"))._kehu_check_unsubscribing(followers.partner_id.ids)


class MailMessageSubtype(models.Model):
    _inherit = "mail.message.subtype"

    # Followers of documents of ours are told what is said there, whatever else an administrator lets them be told.

    @api.model
    def default_subtypes(self, model_name):
        defaults, internal, external = super().default_subtypes(model_name)
        said = self.browse(self._kehu_said_ids(model_name))
        return defaults | said, internal, external | said

    def _get_auto_subscription_subtypes(self, model_name):
        child_ids, default_ids, *others = super()._get_auto_subscription_subtypes(model_name)
        return child_ids, [*{*default_ids, *self._kehu_said_ids(model_name)}], *others

    @api.model
    def _kehu_said_ids(self, model_name):
        ours = isinstance(model_name, str) and model_name.startswith("kehu.")
        return [self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")] if ours else []
