from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ComplaintCase
from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestComplaintLink(ComplaintCase, HttpCase):
    """C8: the link in a customer's mail opens nothing for a colleague who is kept out."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complain().sudo()
        self.token = self.complaint._portal_ensure_token()

    def opens(self):
        response = self.url_open(f"/my/complaints/{self.complaint.id}?access_token={self.token}", allow_redirects=False)
        return response.status_code == 200

    def test_link_shows_times_in_the_zone_of_the_customer(self):
        self.complaint.partner_id.tz = "Asia/Tokyo"
        page = self.url_open(f"/my/complaints/{self.complaint.id}?access_token={self.token}").text
        self.assertIn(f"{self.complaint.date_received + timedelta(hours=9):%H:%M:%S}", page)

    def test_link_opens_nothing_for_accused_colleague(self):
        self.assertTrue(self.opens())
        self.complaint.accused_user_ids = [Command.link(self.salesman.id)]
        self.assertTrue(self.complaint._service_keeps_out(self.salesman))
        self.authenticate(self.salesman.login, self.salesman.login)
        self.assertFalse(self.opens())

    def test_link_opens_no_conversation_on_routes_of_odoo(self):
        self.complaint.accused_user_ids = [Command.link(self.salesman.id)]
        self.token = self.complaint.access_token
        for user in (self.env.ref("base.public_user"), self.salesman):
            Complaint = self.env["kehu.complaint"].with_user(user)
            self.assertFalse(Complaint._get_thread_with_access(self.complaint.id, token=self.token))
            self.assertFalse(Complaint._get_thread_with_access(self.complaint.id, mode="write", token=self.token))

    def test_portal_user_cannot_post_past_the_page(self):
        portal = new_test_user(self.env, "test_portal_customer", "base.group_portal", partner_id=self.customer.id)
        self.complaint.message_subscribe(self.customer.ids)
        with self.assertRaises(AccessError):
            self.complaint.with_user(portal).message_post(body="x")

    def test_link_opens_for_colleague_of_the_service(self):
        self.assertFalse(self.complaint._service_keeps_out(self.handler))
        self.authenticate(self.handler.login, self.handler.login)
        self.assertTrue(self.opens())


@tagged("post_install", "-at_install")
class TestComplaintLinkRenewed(ServiceMailCase):
    """C8, C14: a link stops when it is in the wrong hands; the customer gets another one."""

    def linked(self, **vals):
        complaint = self.complain(**vals).sudo()
        complaint._service_confirm()
        return complaint, complaint._portal_ensure_token()

    def mails_to(self, complaint):
        return self.mails(complaint).mapped("email_to")

    def test_colleague_who_forwards_gets_no_link(self):
        self.salesman.email = "salesman@ruida.example.com"
        complaint = self.mail(sender="Sales <salesman@ruida.example.com>").sudo()
        self.assertFalse(complaint.contact_email)
        self.confirm()
        self.assertFalse(self.mails(complaint))

    def test_link_sent_to_accused_colleague_stops(self):
        self.salesman.email = "salesman@ruida.example.com"
        complaint, token = self.linked(partner_id=False, contact_email="salesman@ruida.example.com")
        complaint.partner_id = self.customer
        self.assertEqual(complaint.contact_email, "office@bright.example.com")
        complaint.accused_user_ids = self.salesman
        self.assertNotEqual(complaint.access_token, token)
        self.assertIn("office@bright.example.com", self.mails_to(complaint)[-1])

    def test_link_of_customer_goes_on_when_colleague_is_accused(self):
        complaint, token = self.linked()
        complaint.accused_user_ids = self.salesman
        self.assertEqual(complaint.access_token, token)
        self.assertEqual(len(self.mails(complaint)), 1)

    def test_mail_of_accused_colleague_is_no_answer(self):
        self.salesman.email = "salesman@ruida.example.com"
        complaint, _token = self.linked()
        said = complaint.message_post(body="We look into it.", message_type="comment", subtype_xmlid="mail.mt_comment")
        complaint.accused_user_ids = self.salesman
        shown = complaint._service_portal_messages()
        self.mail(
            sender="Sales <salesman@ruida.example.com>",
            subject="Re: Chargers",
            body="Forget it.",
            In_Reply_To=said.message_id,
        )
        note = complaint.message_ids[0]
        self.assertIn("Forget it.", note.body)
        self.assertTrue(note.is_internal)
        self.assertFalse(note.notified_partner_ids - self.env.user.partner_id)
        self.assertEqual(complaint._service_portal_messages(), shown)
        self.assertEqual(complaint.activity_ids.user_id, self.supervisor)

    def test_mail_of_handler_is_an_answer(self):
        self.handler.email = "handler@ruida.example.com"
        complaint, _token = self.linked()
        said = complaint.message_post(body="We look into it.", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.mail(
            sender="Feng <handler@ruida.example.com>",
            subject="Re: Chargers",
            body="It is solved.",
            In_Reply_To=said.message_id,
        )
        self.assertIn("It is solved.", complaint._service_portal_messages()[-1].body)

    def test_former_customer_loses_link_and_answers(self):
        complaint, token = self.linked()
        complaint.message_subscribe(self.customer.ids)
        right = self.env["res.partner"].create({"name": "Right Customer", "email": "right@customer.example.com"})
        complaint.with_user(self.supervisor).partner_id = right
        self.assertNotEqual(complaint.access_token, token)
        self.assertNotIn(self.customer, complaint.message_partner_ids)
        self.assertEqual(complaint.contact_email, "right@customer.example.com")
        self.assertIn("right@customer.example.com", self.mails_to(complaint)[-1])
        silent = self.env["res.partner"].create({"name": "Without Address"})
        complaint.with_user(self.supervisor).partner_id = silent
        self.assertFalse(complaint.contact_email)
