from odoo.tests import tagged

from .test_service_mail import ServiceMailCase

CUSTOMER, STRANGER = "office@bright.example.com", "stranger@evil.example.com"
UNCLEAR = (
    f"{CUSTOMER} (x) <{STRANGER}>",
    f"{CUSTOMER} <{STRANGER}>",
    f"friends: {CUSTOMER}, {STRANGER};",
    f"friends: {CUSTOMER};",
    f"{CUSTOMER}, {STRANGER}",
    f"Huang <{CUSTOMER}> <{STRANGER}>",
    f"{CUSTOMER}\r\nFrom: {STRANGER}",
    f"{STRANGER}\r\nFrom: {CUSTOMER}",
)
CLEAR = (
    CUSTOMER,
    f"<{CUSTOMER}>",
    f"{CUSTOMER} (Huang Li)",
    f'"Huang, Li" <{CUSTOMER}>',
    f"Huang, Li <{CUSTOMER}>",
    f"Bright Phones. Co <{CUSTOMER}>",
    f"=?gb18030?B?u8Y=?= <{CUSTOMER}>",
    f"黄丽 <{CUSTOMER.upper()}>",
)


@tagged("post_install", "-at_install")
class TestUnclearSender(ServiceMailCase):
    """C1, C8: a mail whose From is not one address is nobody's word."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complain(desk_id=self.desk.id).sudo()
        self.complaint._service_confirm()
        self.env.flush_all()

    def raw(self, sender, number, *headers):
        head = (
            f"From: {sender}",
            f"To: {self.address}",
            "Subject: Hot",
            f"Message-ID: <{self.id()}-{number}@x.example.com>",
            *headers,
        )
        return self.take_in("\r\n".join((*head, "", f"Word {number}")).encode())

    def test_unclear_sender_is_not_taken_for_the_customer(self):
        answers = f"In-Reply-To: {self.mails(self.complaint)[-1:].message_id}"
        for number, sender in enumerate(UNCLEAR):
            with self.subTest(sender):
                self.complaint.waiting_reason = "Photos"
                self.raw(sender, number, answers)
                message = self.complaint.message_ids.filtered(
                    lambda message, number=number: f"Word {number}" in message.body
                )
                self.assertFalse(message.author_id)
                self.assertIn(message, self.complaint.held_message_ids)
                self.assertTrue(message.is_internal and self.complaint.waiting_reason)
                self.assertNotIn(message, self.complaint._service_portal_messages())
                self.assertIn("office at bright.example.com", message.email_from)

    def test_unclear_sender_opens_complaint_of_no_customer(self):
        for number, sender in enumerate(UNCLEAR):
            with self.subTest(sender):
                complaint = self.raw(sender, number)
                self.assertEqual(len(complaint), 1)
                self.assertFalse(
                    complaint.partner_id
                    or complaint._service_is_reachable()
                    or complaint.message_ids.author_id & self.customer
                )

    def test_one_address_in_any_spelling_is_the_customer(self):
        answers = f"In-Reply-To: {self.mails(self.complaint)[-1:].message_id}"
        for number, sender in enumerate(CLEAR):
            with self.subTest(sender):
                self.assertEqual(self.raw(sender, number).partner_id, self.customer)
                self.raw(sender, number + 100, answers)
                self.assertEqual(self.complaint.message_ids[0].author_id, self.customer)
                self.assertFalse(self.complaint.held_message_ids)
