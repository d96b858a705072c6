import re

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestStaleLink(HttpCase, ServiceMailCase):
    """C8, C14: an old link shows nothing, and offers to send the new one to the address on file."""

    def setUp(self):
        super().setUp()
        self.salesman.email = "salesman@ruida.example.com"
        self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "email": "buyer@bright.example.com"}
        )
        self.complaint = self.complain(desk_id=self.desk.id).sudo()
        self.complaint._service_confirm()
        self.old = self.complaint.access_token
        self.complaint.contact_email = "buyer@bright.example.com"
        self.env.flush_all()
        self.env.cr.flush()  # tracks the address, as at the end of a request
        self.url = f"{self.complaint.access_url}?access_token={self.old}"

    def post(self, path, **data):
        page = self.url_open(self.url).text
        token = re.search(r'csrf_token" value="(\w+)"', page) or re.search(r'csrf_token: "(\w+)"', page)
        return self.url_open(path, data={"csrf_token": token.group(1), **data}, allow_redirects=False)

    def resend(self, token, document_id=None):
        return self.post(f"/my/complaints/{document_id or self.complaint.id}/resend", access_token=token)

    def plain(self, response):
        """Return the page without what is of the request or in the address."""
        text = re.sub(r'csrf_token(" value=|: )"\w+"', "", response.text)
        return re.sub(r"/my/complaints/\d+|access_token[^>]*>|\?access_token=[\w-]*", "", text)

    def test_old_link_shows_nothing_and_offers_new_one(self):
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 403)
        self.assertIn('name="resend"', response.text)
        for secret in (
            self.complaint.name,
            self.complaint.number,
            "buyer@bright.example.com",
            "Three of ten",
            self.complaint.access_token,
        ):
            self.assertNotIn(secret, response.text)

    def test_new_link_goes_to_address_on_file_alone(self):
        before = self.mails(self.complaint)
        response = self.resend(self.old)
        self.assertEqual(response.status_code, 200)
        mail = self.mails(self.complaint) - before
        self.assertEqual(mail.email_to, "buyer@bright.example.com")
        self.assertIn(self.complaint.access_token, mail._prepare_outgoing_list()[0]["body"])
        self.assertNotIn(self.complaint.access_token, response.text)

    def test_link_is_sent_once_an_hour(self):
        before = self.mails(self.complaint)
        for _time in range(3):
            self.resend(self.old)
        self.assertEqual(len(self.mails(self.complaint) - before), 1)
        self.complaint.date_link_sent = fields.Datetime.subtract(fields.Datetime.now(), hours=2)
        self.resend(self.old)
        self.assertEqual(len(self.mails(self.complaint) - before), 2)

    def test_same_is_said_whether_document_exists(self):
        missing = self.complaint.search([], order="id desc", limit=1).id + 1000
        real = self.url_open(self.url)
        other = self.url_open(f"/my/complaints/{missing}?access_token={self.old}")
        self.assertEqual((real.status_code, self.plain(real)), (other.status_code, self.plain(other)))
        before = self.env["mail.mail"].search_count([])
        guessed = self.resend("guessed")
        absent = self.resend(self.old, document_id=missing)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        sent = self.resend(self.old)
        self.assertEqual({self.plain(guessed)}, {self.plain(absent), self.plain(sent)})

    def test_token_of_other_letters_is_a_wrong_one(self):
        missing = self.complaint.search([], order="id desc", limit=1).id + 1000
        for token in ("%C3%A9", "%E5%AE%A2%00", "%FF"):
            with self.subTest(token):
                pages = [
                    self.url_open(f"/my/complaints/{document_id}?access_token={token}")
                    for document_id in (self.complaint.id, missing)
                ]
                self.assertEqual([page.status_code for page in pages], [403, 403])
                self.assertEqual(*map(self.plain, pages))
                answers = [
                    self.url_open(
                        f"/mail/view?model=kehu.complaint&res_id={document_id}&access_token={token}",
                        allow_redirects=False,
                    )
                    for document_id in (self.complaint.id, missing)
                ]
                self.assertEqual([answer.status_code for answer in answers], [303, 303])
                self.assertEqual(self.resend("é").status_code, 200)

    def test_resend_takes_csrf_token(self):
        before = self.mails(self.complaint)
        with mute_logger("odoo.http"):
            response = self.url_open(f"{self.complaint.access_url}/resend", data={"access_token": self.old})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.mails(self.complaint), before)

    def test_unreachable_customer_gets_nothing(self):
        self.complaint.contact_email = False
        before = self.mails(self.complaint)
        self.assertEqual(self.resend(self.old).status_code, 200)
        self.assertEqual(self.mails(self.complaint), before)

    def test_old_link_neither_answers_nor_rates(self):
        count = len(self.complaint.message_ids)
        for path, data in (("answer", {"message": "Forget it."}), ("rate", {"rate": "1"})):
            response = self.post(f"{self.complaint.access_url}/{path}", access_token=self.old, **data)
            self.assertEqual(response.status_code, 403)
        self.assertEqual(len(self.complaint.message_ids), count)

    def test_without_link_one_is_sent_to_log_in(self):
        response = self.url_open(self.complaint.access_url, allow_redirects=False)
        self.assertEqual(response.status_code, 303)

    def test_colleague_with_link_does_not_speak_as_customer(self):
        complaint = self.bring_to(self.complain(), "replied").sudo()
        token = complaint._portal_ensure_token()
        self.authenticate(self.handler.login, self.handler.login)
        page = self.url_open(f"{complaint.access_url}?access_token={token}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn('name="answer"', page.text)
        count = len(complaint.message_ids)
        csrf = re.search(r'csrf_token: "(\w+)"', page.text).group(1)
        for path, data in (("answer", {"message": "We are content."}), ("rate", {"rate": "5"})):
            self.url_open(f"{complaint.access_url}/{path}", data={"csrf_token": csrf, "access_token": token, **data})
        self.env.invalidate_all()
        self.assertEqual(len(complaint.message_ids), count)
        self.assertFalse(complaint._service_rating())


@tagged("post_install", "-at_install")
class TestRatingLink(HttpCase, ServiceMailCase):
    """C6, C8: the link that rates is the customer's alone."""

    def setUp(self):
        super().setUp()
        self.complaint = self.bring_to(self.complain(), "replied").sudo()
        self.token = self.complaint._rating_get_access_token()

    def rate(self, user=None):
        self.authenticate(user and user.login, user and user.login)
        shown = self.url_open(f"/rate/{self.token}/1")
        token = re.search(r'csrf_token" value="(\w+)"', shown.text)
        csrf = token.group(1) if token else re.search(r'csrf_token: "(\w+)"', self.url_open("/web/login").text).group(1)
        done = self.url_open(
            f"/rate/{self.token}/submit_feedback", data={"csrf_token": csrf, "rate": 1, "feedback": "Forged"}
        )
        self.env.invalidate_all()
        return shown, done

    def test_no_colleague_rates_by_link(self):
        self.complaint.accused_user_ids = self.salesman
        self.token = self.complaint._rating_get_access_token()
        for user in (self.salesman, self.handler):
            with self.subTest(user=user.login):
                for response in self.rate(user):
                    self.assertEqual(response.status_code, 404)
                    self.assertNotIn(self.complaint.name, response.text)
        self.assertFalse(self.complaint._service_rating())

    def test_rating_by_link_is_that_of_the_portal_user(self):
        portal = new_test_user(self.env, "test_rating_huang", "base.group_portal", name="Huang")
        portal.partner_id.parent_id = self.customer
        (self.customer | portal.partner_id).lang = "zh_CN"
        self.rate(portal)
        self.assertEqual(self.complaint._service_rating().partner_id, portal.partner_id)
        said = self.complaint.message_ids.filtered(lambda message: "Forged" in message.body)
        self.assertEqual(said.author_id, portal.partner_id)

    def test_rating_link_is_renewed_with_the_other(self):
        portal = new_test_user(self.env, "test_rating_portal", "base.group_portal", partner_id=self.customer.id)
        self.complaint.contact_email = "right@customer.example.com"
        for user in (None, portal):
            for response in self.rate(user):
                self.assertEqual(response.status_code, 404)
        self.assertFalse(self.complaint._service_rating())
