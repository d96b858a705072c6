from markupsafe import Markup

from odoo import fields, models
from odoo.tools import is_html_empty

WAYS = [("email", "By e-mail"), ("phone", "By telephone"), ("person", "Face to face"), ("letter", "By letter")]


class Complaint(models.Model):
    """The reply to the customer, sent or told (C3, C6)."""

    _inherit = "kehu.complaint"

    reply = fields.Html(string="Reply to the Customer", copy=False)
    reply_way = fields.Selection(
        WAYS,
        string="How the Customer Is Answered",
        required=True,
        default="email",
        copy=False,
        tracking=True,
        help="Only an e-mail is sent by the system. Otherwise the reply says what the customer was told.",
    )
    date_replied = fields.Datetime(string="Replied On", readonly=True, copy=False)

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if "reply" in move.required:
            for complaint in self.filtered(lambda complaint: complaint.reply and is_html_empty(complaint.reply)):
                blockers[complaint.id].append(self.env._("The reply is empty."))
            for complaint in self.filtered(
                lambda complaint: complaint.reply_way == "email" and not complaint._service_is_reachable()
            ):
                blockers[complaint.id].append(
                    self.env._(
                        "There is no e-mail address to reply to. Enter one, or call instead, "
                        "and say how and what the customer was told."
                    )
                )
        return blockers

    def _send_reply(self):
        """Send the reply to the customer, or note what they were told, and keep it with the complaint (C3, C6)."""
        self.sudo().date_replied = fields.Datetime.now()
        for complaint in self:
            if complaint.reply_way == "email":
                complaint._message_reply(complaint.reply)
            else:
                complaint._message_log(
                    body=Markup("<p>%s</p>%s")
                    % (self.env._("The customer was answered: %s", complaint._reply_way_label()), complaint.reply)
                )
        self._service_ask_rating()

    def _reply_way_label(self):
        return dict(self._fields["reply_way"]._description_selection(self.env))[self.reply_way]

    def _message_reply(self, body):
        # It comes from the desk: the customer is not given a colleague's address.
        return self.message_post(
            body=body,
            subject=self.display_name,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
            email_from=self.sudo()._service_sender(),
            email_add_signature=False,
            **self._service_recipient(),
        )
