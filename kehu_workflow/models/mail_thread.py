"""Nobody speaks for others: who posts on a document of ours is its author, and edits within bounds (A9, C6)."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

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

    # === POSTING ===

    def _message_create(self, values_list):
        if not self.env.su and not self._kehu_may_handle_messages():
            values_list = [self._kehu_said_by_user(values) for values in values_list]
        messages = super(MailThread, self._kehu_handling_messages("posting"))._message_create(values_list)
        return messages.with_context(kehu_message_permit=self.env.context.get("kehu_message_permit"))

    @api.model
    def _kehu_said_by_user(self, values):
        """Return the values of a message with what a client may say of it: it is theirs, and of now."""
        document = self.env[values["model"]].browse(values["res_id"]) if values.get("model") in self.env else self.browse()
        if not document._kehu_keeps_messages():
            return values
        values = {name: value for name, value in values.items() if name not in _OF_SERVER}
        if values.get("message_type") not in _OF_USERS:
            values["message_type"] = "comment"
        return {**values, **document._kehu_own_sender(values)}

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        # The absent colleague is the author of what they left to be sent.
        return super(MailThread, self._kehu_handling_messages("absence"))._notify_thread_with_out_of_office(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )

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
            return super()._message_update_content(message, body=body, attachment_ids=attachment_ids, strict=strict, **kwargs)
        if strict and body is not None and is_html_empty(body) and not is_html_empty(message.body):
            raise UserError(self.env._("Messages of this document are kept: this one can be corrected, but not emptied."))
        if body is not None:
            self._message_log(
                body=Markup("%s<blockquote>%s</blockquote>") % (self.env._("A message was edited. It said before:"), message.body)
            )
        return super()._message_update_content(
            message._kehu_handling_messages("editing"),
            body=body,
            attachment_ids=attachment_ids or None,  # an empty list would delete what is attached
            strict=strict,
            **kwargs,
        )
