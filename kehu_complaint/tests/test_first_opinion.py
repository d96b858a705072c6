from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestFirstOpinion(ServiceMailCase):
    """C7: the customer is given a first opinion within 48 hours; what only we see is none."""

    def clock(self, complaint):
        return complaint.sudo().deadline_ids.filtered(
            lambda clock: clock.rule_id == self.env.ref("kehu_complaint.deadline_rule_opinion")
        )

    def test_accepting_and_typing_meet_no_clock(self):
        complaint = self.complain()
        complaint.with_user(self.supervisor).workflow_move("accept")
        complaint.with_user(self.handler).opinion = "<p>We think that it is ours.</p>"
        self.assertEqual(self.clock(complaint).state, "running")

    def test_mail_to_the_customer_meets_the_clock(self):
        complaint = self.complain()
        mine = complaint.with_user(self.handler)
        with self.assertRaisesRegex(UserError, "Write what"):
            mine.action_give_opinion()
        mine.opinion = "<p>We think that it is ours, and exchange it.</p>"
        mine.action_give_opinion()
        message = complaint.sudo().message_ids.filtered(lambda message: "exchange it" in message.body)
        self.assertEqual((message.message_type, message.partner_ids), ("comment", self.customer))
        self.assertEqual((self.clock(complaint).state, complaint.opinion_user_id), ("met", self.handler))
        with self.assertRaisesRegex(UserError, "already"):
            mine.action_give_opinion()
        for user in (self.handler, self.supervisor):
            with self.assertRaises(UserError):
                complaint.with_user(user).opinion = "<p>Something else</p>"

    def test_without_address_nothing_is_met(self):
        self.customer.email = False
        complaint = self.complain()
        complaint.with_user(self.handler).opinion = "<p>Ours.</p>"
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            complaint.with_user(self.handler).action_give_opinion()
        self.assertEqual(self.clock(complaint).state, "running")

    def test_oral_opinion_says_whom_and_when(self):
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self.complain()
            mine = complaint.with_user(self.handler)
            mine.write({"opinion": "<p>Ours.</p>", "opinion_way": "phone"})
            for vals in (
                {},
                {"opinion_to": "Ms. Huang"},
                {"opinion_on": "2026-03-02 09:00:00"},
                {"opinion_on": "2026-03-01 09:00:00"},
            ):
                mine.write(vals)
                with self.assertRaises(UserError):
                    mine.action_give_opinion()
        with freeze_time("2026-03-03 08:00:00"):
            mine.opinion_on = "2026-03-02 09:00:00"
            mine.action_give_opinion()
        self.assertEqual(self.clock(complaint).state, "met")
        self.assertIn("Ms. Huang", "".join(complaint.sudo().message_ids.mapped("body")))
        self.assertFalse(self.mails(complaint))

    def test_late_opinion_stays_late(self):
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self.complain()
        with freeze_time("2026-03-09 08:00:00"):
            mine = complaint.with_user(self.handler)
            mine.write(
                {
                    "opinion": "<p>Ours.</p>",
                    "opinion_way": "phone",
                    "opinion_to": "Ms. Huang",
                    "opinion_on": "2026-03-02 09:00:00",
                }
            )
            mine.action_give_opinion()
        self.assertEqual(self.clock(complaint).state, "missed", "a time that is typed is no proof")

    def test_refusal_to_the_customer_is_an_opinion(self):
        complaint = self.complain()
        complaint.with_user(self.supervisor).write({"reply": "<p>It is not ours.</p>"})
        complaint.with_user(self.supervisor).workflow_move("decline")
        self.assertEqual(self.clock(complaint).state, "met")

    def test_opinion_cannot_be_forged(self):
        now = fields.Datetime.now()
        complaint = self.complain()
        for user in (self.taker, self.supervisor, self.director):
            for vals in ({"date_opinion": now}, {"opinion_user_id": user.id}, {"deadline_ids": [Command.clear()]}):
                with self.assertRaises(AccessError):
                    complaint.with_user(user).write(vals)
            forged = self.complain(user, date_opinion=now, opinion_user_id=user.id)
            self.assertFalse(forged.date_opinion or forged.opinion_user_id)
        forged = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .with_context(default_date_opinion=now)
            .create({"name": "x"})
        )
        self.assertFalse(forged.date_opinion)
        for user in (self.employee, self.investigator):
            with self.assertRaises(AccessError):
                complaint.with_user(user).action_give_opinion()
        other = self.complain(accused_user_ids=[Command.link(self.handler.id)], user_id=False)
        with self.assertRaises(AccessError):
            other.with_user(self.handler).action_give_opinion()
