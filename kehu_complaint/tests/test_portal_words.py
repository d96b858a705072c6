import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


class PortalWordsCase(HttpCase, ServiceMailCase):
    def setUp(self):
        super().setUp()
        self.portal = new_test_user(
            self.env, "test_speaking", "base.group_portal", name="Huang", email="huang@bright.example.com"
        )
        self.portal.partner_id.parent_id = self.customer
        # In a test, reading from a replica and writing at once is impossible.
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)

    def say(self, path, model):
        """Enter a document in the portal, and return it."""
        self.authenticate(self.portal.login, self.portal.login)
        csrf = re.search(r'csrf_token" value="(\w+)"', self.url_open(f"/my/{path}/new").text)[1]
        self.url_open(
            f"/my/{path}/new",
            data={
                "csrf_token": csrf,
                "name": "Burnt",
                "description": "My hand was burnt",
                "serial": "SN-7",
                "order_reference": "PO-8",
            },
        )
        self.env.invalidate_all()
        return self.env[model].search([("partner_id", "=", self.portal.partner_id.id)])

    def assert_words_are_kept(self, path, model):
        document = self.say(path, model)
        self.assertEqual((document.channel, document.description), ("portal", "<p>My hand was burnt</p>"))
        document.with_user(self.taker).write({"description": "<p>A bit warm</p>", "serial": "SN-9"})
        self.env.flush_all()
        message = document.message_ids.filtered(lambda message: "My hand was burnt" in message.body)
        self.assertEqual((message.author_id, message.subject), (self.portal.partner_id, "Burnt"))
        for said in ("SN-7", "PO-8"):
            self.assertIn(said, message.body)
        page = self.url_open(document.access_url).text
        self.assertIn("My hand was burnt", page)
        self.assertNotIn("A bit warm", page)


@tagged("post_install", "-at_install")
class TestPortalWords(PortalWordsCase):
    """C1, C7: what customers entered in the portal stays as they said it, and is known to have come by itself."""

    def test_words_of_the_portal_are_kept(self):
        self.assert_words_are_kept("complaints", "kehu.complaint")

    def test_files_of_phones_and_offices_are_taken(self):
        complaint = self.say("complaints", "kehu.complaint")
        csrf = re.search(r'csrf_token: "(\w+)"', self.url_open(complaint.access_url).text)[1]
        for name, content, is_taken in (
            ("voice.amr", b"#!AMR\n voice", True),
            ("voice.wav", b"RIFF voice", True),
            ("photos.rar", b"Rar! photos", True),
            ("invoice.OFD", b"PK\x03\x04 invoice", True),
            ("tool.exe", b"MZ tool", False),
            ("page.pdf", b"<html><script>alert(1)</script></html>", False),
        ):
            with self.subTest(name):
                self.url_open(
                    f"{complaint.access_url}/answer",
                    data={"csrf_token": csrf, "message": "Here is a file"},
                    files={"files": (name, content)},
                )
                self.env.invalidate_all()
                kept = self.env["ir.attachment"].search(
                    [("res_model", "=", complaint._name), ("res_id", "=", complaint.id), ("name", "=", name)]
                )
                self.assertEqual(bool(kept), is_taken)

    def test_people_do_not_say_that_it_came_by_itself(self):
        entered, mailed = self.complain(), self.mail()
        Complaint = self.env["kehu.complaint"].with_user(self.taker)
        for attack in (
            lambda: self.complain(channel="portal"),
            lambda: Complaint.with_context(default_channel="email").create({"name": "x"}),
            lambda: entered.write({"channel": "portal"}),
            lambda: mailed.with_user(self.taker).write({"channel": "phone"}),
            lambda: mailed.with_user(self.supervisor).write({"channel": "phone"}),
        ):
            with self.assertRaisesRegex(UserError, "by e-mail or the portal"), self.env.cr.savepoint():
                attack()
        mailed.with_user(self.taker).write({"channel": "email", "name": "Hot chargers"})
        entered.write({"channel": "letter"})
        self.assertEqual(
            (mailed.channel, entered.channel, mailed.with_user(self.taker).copy().channel), ("email", "letter", "phone")
        )

    def test_portal_users_read_none_of_our_settings(self):
        company = self.env.company.with_user(self.portal)
        self.assertTrue(company.read(["name"]))
        for name in ("kehu_rating_alert", "kehu_repeat_major_from"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                company.read([name])
