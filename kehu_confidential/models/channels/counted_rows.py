"""What a job of Odoo counts, finds or writes to by what people wrote is what they may read themselves (X3).

The models are those of optional apps, whose methods ask as whoever calls them: a job does so as OdooBot.
"""

from odoo import SUPERUSER_ID, models

# What of a record says what is asked.
_ASKED_BY = {
    "gamification.challenge": frozenset({"user_domain"}),
    "gamification.goal.definition": frozenset(
        {
            "batch_distinctive_field",
            "batch_mode",
            "batch_user_expression",
            "compute_code",
            "computation_mode",
            "domain",
            "field_date_id",
            "field_id",
            "model_id",
        }
    ),
    # To whom a mailing goes, what it says, and who gets the answers (messages/mass_mail.py).
    "mailing.mailing": frozenset(
        {
            "attachment_ids",
            "body_arch",
            "body_html",
            "body_plaintext",
            "card_campaign_id",
            "contact_list_ids",
            "email_from",
            "mail_server_id",
            "mailing_domain",
            "mailing_filter_id",
            "mailing_model_id",
            "preview",
            "reply_to",
            "reply_to_mode",
            "sms_subject",
            "sms_template_id",
            "subject",
        }
    ),
}


class Base(models.AbstractModel):
    _inherit = "base"

    def write(self, vals):
        result = super().write(vals)
        if self.pool.ready and not _ASKED_BY.get(self._name, frozenset()).isdisjoint(vals):
            # The last write may be a colleague's, of the name only.
            writer = self._kehu_hidden_author() or self.env.user
            for author, records in self.grouped(lambda record: record._kehu_least_cleared(writer)).items():
                records._kehu_enter_author(author, "create_uid")
        return result

    def _kehu_asking_as(self):
        """Return the user in whose rights the domain of this record is asked; OdooBot for what came with an app."""
        return self._kehu_least_cleared(self.sudo().write_uid or self.env.ref("base.public_user"))

    def _kehu_least_cleared(self, writer):
        """Return who is cleared for least of those who wrote this record, the last of them; nobody known reads nothing."""
        users = writer.sudo() | (self.sudo().create_uid or self.env.ref("base.public_user").sudo())
        people = users.filtered(lambda user: user.id != SUPERUSER_ID)
        return min(people, key=lambda user: user.kehu_clearance) if people else users
