from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .test_service_mail import ServiceMailCase

REPLY = "<p>Three chargers are on their way.</p>"


@tagged("post_install", "-at_install")
class TestComplaintReply(ServiceMailCase):
    """C3, C6: the reply reaches whoever wrote, or is given by word of mouth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silent = cls.env["res.partner"].create({"name": "Silent Phones", "is_company": True})

    def decline(self, complaint, **vals):
        mine = complaint.with_user(self.supervisor)
        mine.write({"reply": REPLY, **vals})
        mine.workflow_move("decline")

    def reached(self, complaint):
        """Return the addresses outside to which the reply went, as the queue sends it."""
        message = complaint.message_ids.filtered(
            lambda message: "on their way" in message.body and message.message_type == "comment"
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", message.ids)])
        colleagues = self.env["res.users"].search([("share", "=", False)]).mapped("email_normalized")
        return {
            email
            for mail in mails
            for sending in mail._prepare_outgoing_list()
            for email in sending["email_to_normalized"]
        } - set(colleagues)

    def test_reply_goes_to_address_that_wrote(self):
        complaint = self.mail(sender="Li <li@silent.example.com>")
        self.assertFalse(complaint.partner_id)
        complaint.with_user(self.taker).partner_id = self.silent
        self.assertEqual(complaint.contact_email, "li@silent.example.com")
        self.decline(complaint)
        self.assertEqual(self.reached(complaint), {"li@silent.example.com"})
        self.assertTrue(complaint.date_replied)
        self.assertFalse(
            self.env["res.partner"].search([("email_normalized", "=", "li@silent.example.com")]), "no contact is made"
        )

    def test_reply_prefers_writer_to_address_of_company(self):
        complaint = self.mail(sender="Secretary <secretary@bright.example.com>")
        with Form(complaint.with_user(self.taker)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.contact_email, "secretary@bright.example.com")
        self.decline(complaint)
        self.assertEqual(self.reached(complaint), {"secretary@bright.example.com"})

    def test_writer_stays_when_customer_is_corrected(self):
        complaint = self.mail(sender="Li <li@silent.example.com>")
        complaint.with_user(self.taker).partner_id = self.customer
        complaint.with_user(self.taker).partner_id = self.silent
        self.assertEqual(complaint.contact_email, "li@silent.example.com")

    def test_reply_reaches_contact_as_contact(self):
        complaint = self.mail()
        self.decline(complaint)
        message = complaint.message_ids.filtered(lambda message: "on their way" in message.body)[:1]
        self.assertEqual(message.notified_partner_ids & self.customer, self.customer)
        self.assertEqual(self.reached(complaint), {"office@bright.example.com"})

    def test_reply_comes_from_desk(self):
        complaint = self.mail(sender="Li <li@silent.example.com>")
        complaint.partner_id = self.silent
        self.decline(complaint)
        message = complaint.message_ids.filtered(lambda message: "on their way" in message.body)[:1]
        self.assertIn(self.address, message.email_from)
        self.assertIn(self.address, message.reply_to)

    def test_answer_to_reply_is_taken(self):
        self.env["res.partner"].create({"name": "Li", "parent_id": self.silent.id, "email": "li@silent.example.com"})
        complaint = self.mail(sender="Li <li@silent.example.com>")
        complaint.partner_id = self.silent
        self.decline(complaint)
        complaint.sudo().waiting_reason = "Photos"
        said = complaint.message_ids.filtered(lambda message: "on their way" in message.body)[:1]
        self.mail(sender="Li <li@silent.example.com>", subject="Re", body="Thanks.", In_Reply_To=said.message_id)
        self.assertFalse(complaint.waiting_reason)

    def test_unreachable_customer_is_not_replied_to(self):
        complaint = self.complain(partner_id=self.silent.id)
        for email in (False, "not an address", self.address):
            complaint.sudo().contact_email = email
            with self.subTest(email), self.assertRaisesRegex(UserError, "call instead"), self.env.cr.savepoint():
                self.decline(complaint)
            self.assertFalse(complaint.date_replied)
            self.assertEqual(complaint.state, "received")

    def test_executor_cannot_reply_to_nobody(self):
        complaint = self.bring_to(self.complain(), "executing")
        complaint.sudo().contact_email = False
        complaint.with_user(self.handler).reply = REPLY
        with self.assertRaisesRegex(UserError, "call instead"):
            complaint.with_user(self.handler).workflow_move("reply")

    def test_oral_reply_is_recorded_and_sent_to_nobody(self):
        complaint = self.complain(partner_id=self.silent.id)
        self.decline(complaint, reply_way="phone")
        self.assertEqual(complaint.state, "unjustified")
        self.assertTrue(complaint.date_replied)
        note = complaint.message_ids.filtered(lambda message: "on their way" in message.body)
        self.assertEqual(len(note), 1)
        self.assertIn("By telephone", note.body)
        self.assertTrue(note.is_internal)
        self.assertFalse(self.reached(complaint))

    def test_oral_reply_takes_what_was_said(self):
        complaint = self.complain(partner_id=self.silent.id)
        for reply in (False, "<p><br></p>"):
            with self.subTest(reply), self.assertRaises(UserError), self.env.cr.savepoint():
                self.decline(complaint, reply=reply, reply_way="phone")

    def test_executor_records_oral_reply(self):
        complaint = self.complain()
        self.bring_to(complaint, "approved")
        executor = new_test_user(self.env, "test_executor", "base.group_user", name="Qian")
        complaint.with_user(self.handler).write({"executor_id": executor.id})
        complaint.with_user(self.handler).workflow_move("execute")
        mine = complaint.with_user(executor)
        mine.write({"reply": REPLY, "reply_way": "person"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.write({"contact_email": "executor@elsewhere.example.com"})
        mine.workflow_move("reply")
        self.assertTrue(complaint.date_replied)

    def test_clerk_of_another_part_does_not_choose_way(self):
        complaint = self.bring_to(self.complain(), "investigating")
        with self.assertRaises(AccessError):
            complaint.with_user(self.investigator).reply_way = "phone"

    def test_address_of_other_customers_contact_is_not_kept(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@dim.example.com"})
        complaint = self.complain(partner_id=False, contact_email="stranger@dim.example.com")
        complaint.with_user(self.supervisor).partner_id = self.silent
        self.assertFalse(complaint.contact_email)
        with Form(self.env["kehu.complaint"].with_user(self.taker)) as form:
            form.partner_id = stranger
            form.partner_id = self.silent
            self.assertFalse(form.contact_email)
            form.name = "x"
