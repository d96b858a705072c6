"""No mail that a user causes leaves in the name of a colleague who decides, or reads what is confidential (A9).

Apps name the organizer of a meeting or the salesperson of an order as the sender, whoever enters them; and a mail that is
put off, or a mailing, is sent by a job.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.kehu_workflow.messages import MessagePermit, Speaker


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails._kehu_name_who_sends()
        return mails

    def _kehu_name_who_sends(self):
        """Put whoever wrote these mails in the place of a colleague whose words they are not."""
        permit, speaker = self.env.context.get("kehu_message_permit"), self.env.context.get("kehu_speaker")
        if isinstance(speaker, Speaker) or isinstance(permit, MessagePermit) and permit.reason == "absence":
            return  # the server says whose words they are
        senders = {
            mail: email
            for mail in self.sudo()
            if (writer := mail._kehu_writer())
            and (email := email_normalize(mail.email_from or ""))
            and email != writer.email_normalized
        }
        if not senders:
            return
        named = Domain("share", "=", False) & Domain("email_normalized", "in", list(set(senders.values())))
        users = self.env["res.users"].sudo().search(named)._kehu_filter_cleared()
        for mail, email in senders.items():
            if any(user.email_normalized == email for user in users):
                mail._kehu_handling_messages("mail").email_from = mail._kehu_writer().email_formatted

    def _kehu_writer(self):
        """Return the colleague who wrote what the mail says, in sudo, whoever sends it; nobody, if it is the system's
        word or came by mail.
        """
        mailing = "mailing_id" in self._fields and self.mailing_id
        writer = (mailing or self.mail_message_id).create_uid
        return writer.filtered(lambda user: user.id != SUPERUSER_ID and user._is_internal())
