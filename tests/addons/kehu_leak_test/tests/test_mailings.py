from odoo.tests import tagged

from .flow_case import FlowCase


@tagged("post_install", "-at_install")
class TestMailings(FlowCase):
    """X3: a mailing reaches no customer who is hidden from one of those who wrote it, whoever made it."""

    def everybody(self):
        return self.open + self.hidden

    def change(self, mailing, user, vals):
        mailing.with_user(user).write(vals)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_text_of_a_colleague_reaches_whom_both_read(self):
        for vals in (
            {"body_html": "<p>Write to me</p>"},
            {"reply_to_mode": "new", "reply_to": "clerk@example.com"},
            {"mailing_domain": repr([("id", "in", self.everybody().ids)])},
        ):
            mailing = self.mailing(self.cleared)
            self.change(mailing, self.clerk, vals)
            self.assertEqual(self.sent_by_cron(mailing), self.open, vals)

    def test_colleague_of_equal_clearance_reaches_whom_they_read(self):
        self.hidden.user_id = self.clerk  # who reads them without clearance
        colleague = self.clerk.copy({"login": "mailings_colleague", "name": "Colleague"})
        self.assertEqual(self.sent_by_cron(self.mailing(self.clerk)), self.everybody())
        mailing = self.mailing(self.clerk)
        self.change(mailing, colleague, {"subject": "Other"})
        self.assertEqual(self.sent_by_cron(mailing), self.open)

    def test_what_says_nothing_changes_no_author(self):
        mailing = self.mailing(self.cleared)
        self.change(mailing, self.clerk, {"favorite": True})
        self.change(mailing, self.cleared, {"subject": "Summer"})
        self.assertEqual(self.sent_by_cron(mailing), self.everybody())

    def test_sample_of_a_test_is_one_of_whom_the_author_reads(self):
        mailing = self.mailing(self.clerk)
        for user, found in ((self.env.ref("base.user_root"), self.open), (self.clerk, self.open)):
            domain = mailing.with_user(user)._get_recipients_domain()
            self.assertEqual(self.env["res.partner"].search(domain), found)
        mailing.user_id = self.cleared
        domain = mailing.with_user(self.env.ref("base.user_root"))._get_recipients_domain()
        self.assertEqual(self.env["res.partner"].search(domain), self.open)
        domain = self.mailing(self.cleared).with_user(self.env.ref("base.user_root"))._get_recipients_domain()
        self.assertEqual(self.env["res.partner"].search(domain), self.everybody())

    def test_text_messages_reach_whom_their_sender_reads(self):
        for index, customer in enumerate(self.everybody()):
            customer.phone = f"+86 755 8765432{index}"
        self.env.flush_all()
        self.env.invalidate_all()
        for user, reached in ((self.cleared, self.everybody()), (self.clerk, self.open)):
            vals = {"composition_mode": "mass", "res_model": "res.partner", "res_ids": repr(self.everybody().ids)}
            composer = self.env["sms.composer"].with_user(user).create({**vals, "body": f"Hello {user.login}"})
            composer._action_send_sms()
            texts = self.env["sms.sms"].search([("body", "=", f"Hello {user.login}")])
            self.assertEqual(texts.partner_id, reached, user.login)
