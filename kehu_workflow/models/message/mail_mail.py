from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.mail import email_normalize_all

from ..system.linked_rows import named_ids

# What an administrator may change of a mail that waits to be sent.
_OF_QUEUE = {"failure_reason", "failure_type", "mail_server_id", "scheduled_date", "state"}

# What a mail says, to whom, and in whose name: for a mail that leaves in the name of a colleague, it is the colleague's.
_OF_AUTHOR = {
    "attachment_ids",
    "author_id",
    "body",
    "body_html",
    "email_cc",
    "email_from",
    "email_to",
    "headers",
    "mail_message_id",
    "recipient_ids",
    "references",
    "reply_to",
    "subject",
}


class MailMail(models.Model):
    """A mail takes its message with it when it is deleted, and is sent as it stands: neither is a way around."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            vals_list = [{**vals, **self._kehu_speaker_of(vals)} for vals in vals_list]
            return super(MailMail, self._kehu_handling_messages("mail")).create(vals_list).with_env(self.env)
        mails = super().create(vals_list)
        mails._kehu_check_own_sender()
        mails.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()
        return mails

    def write(self, vals):
        if self.env.su or _OF_QUEUE.issuperset(vals):
            return super().write(vals)
        said = self if _OF_AUTHOR & vals.keys() else self.browse()
        said._kehu_check_own_sender()
        self.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()
        result = super().write(vals)
        self.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()
        said._kehu_check_own_sender()
        return result

    def unlink(self):
        return super(MailMail, self._kehu_handling_messages("mail") if self.env.su else self).unlink()

    def _kehu_check_own_sender(self):
        """Refuse mails in the name of a colleague (A9).

        :raise AccessError: the mail of a client would leave, or leaves, in the name of a colleague
        """
        mails = self.sudo()
        self._kehu_check_sender(mails.author_id.ids, ",".join(mail.email_from or "" for mail in mails))

    @api.model
    def _kehu_check_sender(self, author_ids, email_from):
        """Refuse a sender who is a colleague of the user.

        :param author_ids: one or more ids, as clients send them
        :raise AccessError: the mail would leave in the name of a colleague
        """
        authors = named_ids(author_ids if isinstance(author_ids, (list, tuple)) else [author_ids])
        users = self.env["res.users"].sudo().with_context(active_test=False)
        named = users.search(
            Domain("share", "=", False)
            & (
                Domain("partner_id", "in", list(authors))
                | Domain("email_normalized", "in", email_normalize_all(email_from or ""))
            )
        )
        if named.partner_id - self.env.user.partner_id:
            raise AccessError(self.env._("A mail leaves in the name of who writes it: choose yourself as its sender."))

    def _kehu_speaker_of(self, vals):
        """Return the sender of a mail about a document whose words are somebody's (``Speaker``)."""
        if not self.env.context.get("kehu_speaker") or vals.get("model") not in self.env:
            return {}
        document = self.env[vals["model"]].browse(vals.get("res_id"))
        if not document._kehu_keeps_messages():
            return {}
        author_id, email_from = document._message_compute_author(vals.get("author_id"), vals.get("email_from"))
        return {"author_id": author_id, "email_from": email_from}
