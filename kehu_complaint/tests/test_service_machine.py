from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestServiceMachine(ServiceMailCase):
    """C1, C7: what machines send starts no clock, and only mails count as a loop."""

    def test_mail_of_a_machine_starts_no_clock(self):
        for number, headers in enumerate(
            (
                {"Auto_Submitted": "auto-replied"},
                {"Precedence": "bulk"},
                {"List_Id": "<news.example.com>"},
                {"List_Unsubscribe": "<https://news.example.com>"},
            )
        ):
            with self.subTest(number):
                complaint = self.mail(subject=f"News {number}", **headers)
                self.assertTrue(complaint.is_automatic)
                self.assertFalse(complaint.deadline_ids)
                complaint.with_user(self.handler).kind_id = self.kind
                self.assertFalse(complaint.deadline_ids, "a change starts none, either")
        self.assertTrue(self.mail().deadline_ids)

    def test_clerk_takes_it_as_a_customers(self):
        complaint = self.mail(Precedence="bulk")
        complaint.with_user(self.handler).action_service_is_customers()
        self.assertFalse(complaint.is_automatic)
        self.assertEqual(set(complaint.deadline_ids.mapped("date_start")), {complaint.date_received})
        with self.assertRaises(AccessError):
            self.mail(Precedence="bulk").with_user(self.salesman).action_service_is_customers()

    def test_work_on_it_takes_it_as_a_customers(self):
        complaint = self.mail(Precedence="bulk")
        complaint.with_user(self.supervisor).write({"kind_id": self.kind.id, "verification": "none"})
        complaint.with_user(self.supervisor).workflow_move("accept")
        self.assertFalse(complaint.is_automatic)
        self.assertEqual(
            complaint.deadline_ids.rule_id,
            self.env.ref("kehu_complaint.deadline_rule_opinion") | self.env.ref("kehu_complaint.deadline_rule_settle"),
        )

    def test_customers_word_in_its_thread_starts_the_clocks(self):
        complaint = self.mail(Auto_Submitted="auto-replied")
        self.mail(subject="Re: News", In_Reply_To=self.sent[-1])
        self.assertFalse(complaint.is_automatic)
        self.assertTrue(complaint.deadline_ids)

    def test_nobody_writes_that_a_machine_sent_it(self):
        complaint = self.complain()
        for user in (self.handler, self.supervisor):
            with self.assertRaises(AccessError):
                complaint.with_user(user).is_automatic = True
            self.assertTrue(self.complain(user, is_automatic=True).deadline_ids)
        forged = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .with_context(default_is_automatic=True)
            .create({"name": "x"})
        )
        self.assertFalse(forged.is_automatic)
        self.assertTrue(forged.deadline_ids)

    def test_calls_taken_down_are_no_loop(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 3)
        for number in range(4):
            self.complain(name=f"Call {number}", contact_email="office@bright.example.com")
        self.assertEqual(len(self.mail()), 1)
        self.assertEqual(len(self.mail(sender="Zhang San")), 1, "a sender without an address")

    def test_many_mails_of_one_sender_are_a_loop(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 3)
        came = [len(self.mail(subject=f"Mail {number}")) for number in range(5)]
        self.assertEqual(came, [1, 1, 1, 0, 0])
