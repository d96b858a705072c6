import base64
import re
from email.message import EmailMessage

from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestLinkThatComesBack(HttpCase, ServiceMailCase):
    """C6, C8: a link that a customer quotes, forwards or pastes is read by no colleague."""

    def setUp(self):
        super().setUp()
        self.complaint = self.bring_to(self.complain(desk_id=self.desk.id), "replied").sudo()
        self.complaint._service_confirm()
        self.env.flush_all()
        self.token = self.complaint.access_token
        self.rating = self.complaint._rating_get_access_token()
        self.secrets = (self.token, self.rating)
        sent = [values["body"] for mail in self.mails(self.complaint) for values in mail._prepare_outgoing_list()]
        self.quoted = "<br/>".join(sent)
        self.assertTrue(all(secret in self.quoted for secret in self.secrets))

    def reply(self, html="", text="see above", files=(), parent=True, save_original=False):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Huang <office@bright.example.com>", self.address, "Re: x"
        message["Message-ID"] = f"<{self.id()}-{len(self.sent)}@customer.example.com>"
        self.sent.append(message["Message-ID"])
        if parent:
            message["In-Reply-To"] = self.mails(self.complaint)[-1:].message_id
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in files:
            kind = (
                {}
                if isinstance(content, (str, EmailMessage))
                else {"maintype": "application", "subtype": "octet-stream"}
            )
            message.add_attachment(content, filename=name, **kind)
        before = self.env["kehu.complaint"].search([])
        self.env["mail.thread"].message_process(None, message.as_bytes(), save_original=save_original)
        return self.env["kehu.complaint"].search([]) - before or self.complaint

    def assert_unread(self, complaint):
        """Assert that neither messages, fields nor files of the complaint show a secret."""
        self.env.invalidate_all()
        files = complaint.message_ids.attachment_ids
        texts = [
            *complaint.message_ids.mapped("body"),
            complaint.description,
            *(file.raw.decode("latin-1") for file in files),
        ]
        for secret in self.secrets:
            for text in texts:
                self.assertNotIn(secret, str(text))
                self.assertNotIn(base64.b64encode(secret.encode()).decode().rstrip("=")[:-1], str(text))
        return texts

    def test_reply_quoting_our_mail_shows_no_secret(self):
        self.reply(f"<p>Thank you</p><blockquote>{self.quoted}</blockquote>")
        texts = self.assert_unread(self.complaint)
        self.assertTrue([text for text in texts if "Thank you" in text and "customers-own" in text])
        self.assertFalse(self.env["mail.message"].with_user(self.taker).search_count([("body", "ilike", self.token)]))

    def test_forwarded_mail_becomes_complaint_without_secret(self):
        complaint = self.reply(f"<p>Look at this</p>{self.quoted}", parent=False)
        self.assertNotEqual(complaint, self.complaint)
        self.assertIn("customers-own", complaint.description)
        self.assert_unread(complaint)

    def test_plain_and_rewritten_links_show_no_secret(self):
        first, rest = self.token[:21], self.token[21:]
        scanner = f"https://scan.example.com/?u=https%3A%2F%2Fx%2Fmy%3Faccess_token%3D{self.token.upper().replace('-', '%2D')}&d=1"
        self.reply(text=f"Hello\n> {self.complaint.access_url}?access_token={first}\n> {rest}\n\n{scanner}\nBye")
        body = self.complaint.message_ids[0].body
        self.assertIn("Bye", body)
        self.assertEqual(body.count("customers-own"), 2)
        self.assertNotIn(rest, body)
        self.assertNotIn(self.token.upper().replace("-", "%2D"), body)

    def test_files_and_originals_show_no_secret(self):
        ours = EmailMessage()
        ours["Subject"] = "Received"
        ours.set_content(self.quoted, subtype="html", cte="base64")
        self.reply(
            self.quoted,
            files=[
                ("ours.eml", ours),
                ("saved.eml", ours.as_bytes()),
                ("saved.txt", f"/rate/{self.rating}/5"),
                ("photo.jpg", b"\xff\xd8\x00"),
            ],
            save_original=True,
        )
        self.assert_unread(self.complaint)
        files = {file.name: file.raw for file in self.complaint.message_ids.attachment_ids}
        self.assertEqual(files["photo.jpg"], b"\xff\xd8\x00")
        self.assertIn(b"customers-own", files["saved.txt"])
        self.assertLessEqual({"ours.eml", "saved.eml", "original_email.eml"}, files.keys())

    def test_other_documents_show_no_secret(self):
        message = (
            self.env["res.partner"].browse(self.customer.id).message_post(body=f"See /my/x?access_token={self.token}.")
        )
        self.assertIn("access_token=customers-own.", message.body)
        self.env["mail.message"].sudo().browse(message.id).body = f"/rate/{self.rating}"
        self.assertIn(f">/rate/customers-own-{self.complaint.rating_ids.id}<", str(message.body))

    def test_customer_pasting_the_link_still_finds_it(self):
        url = f"{self.complaint.access_url}?access_token={self.token}"
        page = self.url_open(url).text
        csrf = re.search(r'csrf_token: "(\w+)"', page)[1]
        self.url_open(
            f"{self.complaint.access_url}/answer",
            data={"csrf_token": csrf, "access_token": self.token, "message": f"I was sent {url} by you"},
            files={"files": ("link.txt", url.encode(), "text/plain")},
        )
        self.url_open(
            f"{self.complaint.access_url}/rate",
            data={"csrf_token": csrf, "access_token": self.token, "rate": "4", "feedback": f"Good: {url}"},
        )
        self.assert_unread(self.complaint)
        self.assertEqual(self.complaint.rating_ids.rating, 4)
        self.assertNotIn(self.token, self.complaint.rating_ids.feedback)
        self.assertIn(self.complaint.number, self.url_open(url).text)

    def test_new_complaint_in_portal_shows_no_secret(self):
        portal = new_test_user(
            self.env, "test_quoting_portal", "base.group_portal", name="Mou", email="mou@bright.example.com"
        )
        portal.partner_id.parent_id = self.customer
        self.authenticate(portal.login, portal.login)
        csrf = re.search(r'name="csrf_token" value="(\w+)"', self.url_open("/my/complaints/new").text)[1]
        self.url_open(
            "/my/complaints/new",
            data={"csrf_token": csrf, "name": f"About {self.token}", "description": f"You sent me {self.token}"},
        )
        complaint = self.env["kehu.complaint"].search([("channel", "=", "portal")], order="id desc", limit=1)
        self.assertIn("customers-own", complaint.name)
        self.assert_unread(complaint)
