from odoo import fields
from odoo.tests import tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestMailSenders(TierCase):
    """A9: nobody has a mail leave in the name of a colleague who decides or has clearance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.officer, cls.clerk, cls.employee):
            user.email = f"{user.login}@example.com"
        cls.customer = cls.env["res.partner"].create({"name": "Open Ltd", "email": "open@example.com"})
        cls.classPatch(cls.registry["mail.mail"], "send", lambda mails, *args, **kwargs: None)  # they would be deleted

    def sender(self, user, author, **vals):
        """Return from whom the mail leaves that ``user`` sends in the name of ``author``."""
        before = self.env["mail.mail"].search([])
        self.customer.with_user(user).message_notify(
            author_id=author.partner_id.id,
            body="We pay",
            email_from=author.email_formatted,
            partner_ids=self.customer.ids,
            **vals,
        )
        return (self.env["mail.mail"].search([]) - before).email_from

    def test_mail_of_another_leaves_in_ones_own_name(self):
        self.assertEqual(self.sender(self.clerk, self.officer), self.clerk.email_formatted)

    def test_own_mail_and_that_of_the_system_keep_their_sender(self):
        self.assertEqual(self.sender(self.officer, self.officer), self.officer.email_formatted)
        self.assertEqual(self.sender(self.env.ref("base.user_root"), self.officer), self.officer.email_formatted)

    def test_who_decides_nothing_is_named_as_the_app_has_it(self):
        self.assertEqual(self.sender(self.clerk, self.employee), self.employee.email_formatted)

    def test_words_of_a_colleague_that_are_sent_again_are_theirs(self):
        message = self.customer.with_user(self.officer).message_post(body="We look at it")
        mail = self.env["mail.mail"].with_user(self.clerk).sudo().create({"mail_message_id": message.id})
        self.assertEqual(mail.email_from, self.officer.email_formatted)

    def post(self, author, kind, **vals):
        """Post, as the clerk, in the name of ``author``."""
        return self.customer.with_user(self.clerk).message_post(
            author_id=author.partner_id.id,
            body="We pay",
            email_from=author.email_formatted,
            message_type=kind,
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_comment",
            **vals,
        )

    def test_message_of_any_type_is_of_who_writes_it(self):
        for kind in ("comment", "email", "out_of_office", "email_outgoing", "auto_comment"):
            before = self.env["mail.mail"].search([])
            self.post(self.officer, kind)
            sent = self.env["mail.mail"].search([]) - before
            self.assertEqual(set(sent.mapped("email_from")), {self.clerk.email_formatted}, kind)

    def test_message_that_is_put_off_is_of_who_wrote_it(self):
        before, now = self.env["mail.mail"].search([]), fields.Datetime.now()
        messages = self.env["mail.message"]
        for author in (self.clerk, self.officer):
            messages += self.post(author, "comment", scheduled_date=fields.Datetime.add(now, days=1))
        later = self.env["mail.message.schedule"].search([("mail_message_id", "in", messages.ids)])
        self.assertEqual(len(later), 2)
        later.scheduled_datetime = fields.Datetime.subtract(now, days=1)
        self.env["mail.message.schedule"]._send_notifications_cron()
        sent = self.env["mail.mail"].search([]) - before
        self.assertEqual(sent.mail_message_id, messages)
        self.assertEqual(set(sent.mapped("email_from")), {self.clerk.email_formatted})

    def test_mail_that_came_in_keeps_its_sender(self):
        message = self.customer.with_user(self.env.ref("base.user_root")).message_post(
            author_id=self.officer.partner_id.id,
            body="We look at it",
            email_from=self.officer.email_formatted,
            message_type="email",
        )
        mail = self.env["mail.mail"].with_user(self.clerk).sudo().create({"mail_message_id": message.id})
        self.assertEqual(mail.email_from, self.officer.email_formatted)

    def test_note_of_who_is_absent_is_theirs(self):
        self.officer.write(
            {
                "out_of_office_from": fields.Datetime.subtract(fields.Datetime.now(), days=1),
                "out_of_office_message": "I am away",
            }
        )
        before = self.env["mail.mail"].search([])
        self.customer.with_user(self.clerk).message_post(
            body="Please look", message_type="comment", partner_ids=self.officer.partner_id.ids
        )
        sent = self.env["mail.mail"].search([]) - before
        answers = sent.filtered(lambda mail: mail.message_type == "out_of_office")
        self.assertEqual(answers.mapped("email_from"), [self.officer.email_formatted])
