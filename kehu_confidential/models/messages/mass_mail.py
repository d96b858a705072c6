from odoo import SUPERUSER_ID, models


def senders_of(mailing):
    """Return the users who answer for a mailing: whoever wrote it counts as well as who answers for it, else its author
    could name a cleared colleague.
    """
    mailing = mailing.sudo()
    return (mailing.env.user | mailing.create_uid | mailing.user_id).filtered(lambda user: user.id != SUPERUSER_ID)


def not_to_be_written_to(records, mailing):
    """Return those of the recipients that one of the senders may not read."""
    if not mailing:
        return records._kehu_hidden()
    if not (users := senders_of(mailing)):
        return records._kehu_classified()  # nobody answers for it
    return records.browse({record_id for user in users for record_id in records.with_user(user)._kehu_hidden()._ids})


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _evaluate_res_ids(self):
        """Refuse mails about hidden records.

        :raise AccessError: the mail is about a hidden record, whose label would be its subject
        """
        res_ids = super()._evaluate_res_ids()
        # Mailings leave hidden recipients out instead, see below.
        if (
            self.composition_mode == "comment"
            and self.model in self.env
            and (hidden := self.env[self.model].browse(res_ids)._kehu_hidden())
        ):
            raise self.env["ir.rule"]._make_access_error("read", hidden)
        return res_ids

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        # A mailing leaves as superuser, with the text and to the address for answers that its author chose (X3).
        if self.model and self.env[self.model]._kehu_is_protected():
            mailing = "mass_mailing_id" in self._fields and self.sudo().mass_mailing_id
            hidden = set(not_to_be_written_to(self.env[self.model].browse(res_ids), mailing)._ids)
            res_ids = [res_id for res_id in res_ids if res_id not in hidden]
        return super()._action_send_mail_mass_mail(res_ids, auto_commit)
