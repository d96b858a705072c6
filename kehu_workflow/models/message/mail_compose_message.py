from odoo import models
from odoo.exceptions import AccessError


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _prepare_mail_values(self, res_ids):
        # Mails to many are made in superuser mode, with the author that the client entered.
        all_values = super()._prepare_mail_values(res_ids)
        if self.model and not self.env.su and not self._kehu_is_mailing():
            for document in self.env[self.model].browse(res_ids)._kehu_keeps_messages():
                values = all_values[document.id]
                if self.composition_mode == "mass_mail":
                    document._kehu_check_speaker({"outgoing_email_to": True})  # a mail of its own, to anybody
                values.update(document._kehu_own_sender(values))
        return all_values

    def _kehu_is_mailing(self):
        """Return whether a mailing is sent as it was made: its sender is that of the company's marketing."""
        mailing = "mass_mailing_id" in self._fields and self.sudo().mass_mailing_id
        return bool(mailing) and self.email_from == mailing.email_from and self.author_id == self.env.user.partner_id


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def write(self, vals):
        # It is posted in the name of its creator.
        if (
            not self.env.su
            and vals.keys() - {"scheduled_date"}
            and any(message._kehu_is_others() for message in self.sudo())
        ):
            raise AccessError(self.env._("This message is a colleague's: only they can change what it says."))
        return super().write(vals)

    def _kehu_is_others(self):
        document = self.env[self.model].browse(self.res_id) if self.model in self.env else None
        return self.create_uid != self.env.user and bool(document is not None and document._kehu_keeps_messages())
