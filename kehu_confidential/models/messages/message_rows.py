"""Who reacted to a message, and what it links to, is read with the message (X3).

Odoo lets administrators read the rows of all messages.
"""

from odoo import SUPERUSER_ID, models


class MessageRows(models.AbstractModel):
    _name = "kehu.message.rows"
    _description = "Rows that are hidden with their message"
    _inherit = ["kehu.document.rows"]

    def _kehu_messages(self):
        """Return the messages of which this row says something (hook)."""
        return self.message_id

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        rows = self._origin.sudo().with_context(prefetch_fields=False).exists()
        messages = {row.id: row._kehu_messages() for row in rows}
        readable = self.env["mail.message"].sudo(False).union(*messages.values())._filtered_access("read")
        read = {row_id for row_id, mine in messages.items() if mine & readable}
        return self.filtered(lambda row: row._origin.id not in read)

    def _kehu_untold(self):
        return self._kehu_hidden()

    def _kehu_highest_tier(self):
        return self.with_context(prefetch_fields=False)._kehu_messages()._kehu_highest_tier()


class MailMessageReaction(models.Model):
    _name = "mail.message.reaction"
    _inherit = ["mail.message.reaction", "kehu.message.rows"]


class MailMessageLinkPreview(models.Model):
    _name = "mail.message.link.preview"
    _inherit = ["mail.message.link.preview", "kehu.message.rows"]


class MailLinkPreview(models.Model):
    """Address and title of a page, for all messages that link to it."""

    _name = "mail.link.preview"
    _inherit = ["mail.link.preview", "kehu.message.rows"]

    def _kehu_messages(self):
        return self.message_link_preview_ids.message_id
