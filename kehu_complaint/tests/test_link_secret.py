import re

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestCustomersLinkIsSecret(HttpCase, ServiceMailCase):
    """C6, C8: no colleague comes by the link of a customer, in whichever way, and nobody but the
    customer is sent it.
    """

    def setUp(self):
        super().setUp()
        self.admin = new_test_user(
            self.env,
            "test_secret_admin",
            "base.group_system,base.group_partner_manager,kehu_complaint.group_service_director",
        )
        complaint = self.complain(desk_id=self.desk.id)
        complaint.sudo()._service_confirm()
        self.complaint = self.bring_to(complaint, "replied").sudo()
        self.env["res.lang"]._activate_lang("en_US")
        self.token = self.complaint.access_token
        self.rating = self.complaint._rating_get_access_token()

    def leaving(self, mail):
        """Return ``{addresses: body}`` as the mail leaves."""
        return {tuple(values["email_to_normalized"]): values["body"] for values in mail._prepare_outgoing_list()}

    def found(self, documents, domain):
        try:
            return documents.search(domain)
        except UserError:
            return documents.browse()

    def test_no_colleague_reads_or_guesses_the_secrets(self):
        for user in (self.handler, self.supervisor, self.admin):
            mine = self.complaint.with_user(user)
            rating = self.complaint.rating_ids.with_user(user)
            for call in (
                lambda mine=mine: mine.read(["access_token"]),
                lambda mine=mine: mine.export_data(["access_token"]),
                lambda mine=mine: mine.search(Domain("access_token", "=", self.token)),
                lambda mine=mine: mine.search([], order="access_token"),
                lambda mine=mine: mine.formatted_read_group([], ["access_token"], ["__count"]),
                lambda rating=rating: rating.read(["access_token"]),
                lambda rating=rating: rating.search([("access_token", "=", self.rating)]),
            ):
                with self.assertRaises(UserError) as refused:
                    call()
                self.assertNotIn(self.token, str(refused.exception))
            self.assertFalse(self.found(mine, Domain("access_token", "=like", f"{self.token[:4]}%")))
            told = (
                mine.get_portal_url(),
                mine._get_share_url(redirect=True, pid=self.customer.id),
                mine._rating_get_access_token(),
                str(mine.read()),
                str(rating.read()),
            )
            for answer in told:
                self.assertNotIn(self.token, answer)
                self.assertNotIn(self.rating, answer)
        share = self.env["portal.share"].with_user(self.admin).create({"res_model": mine._name, "res_id": mine.id})
        self.assertNotIn(self.token, share.share_link)

    def test_neither_chatter_nor_queue_shows_them(self):
        self.complaint.message_subscribe(self.customer.ids)
        self.complaint.with_user(self.handler).message_post(
            body="More to come", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.customer.ids
        )
        messages = self.env["mail.message"].search(
            [("model", "=", "kehu.complaint"), ("res_id", "=", self.complaint.id)]
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        self.assertTrue(messages.filtered(lambda message: "/my/complaints/" in message.body))
        self.assertTrue(mails.filtered(lambda mail: "/rate/" in mail.body_html))
        for text in (*messages.mapped("body"), *mails.mapped("body_html"), *mails.mapped("body")):
            self.assertNotIn(self.token, str(text))
            self.assertNotIn(self.rating, str(text))

    def test_customer_gets_links_that_open(self):
        (confirmation,) = self.mails(self.complaint).filtered(lambda mail: "received" in mail.subject)
        body = self.leaving(confirmation)["office@bright.example.com",]
        link = re.search(r'href="[^"]*(/my/complaints/[^"]+)"', body)[1]
        self.assertIn(self.token, link)
        self.assertIn(self.complaint.number, self.url_open(link).text)
        rating = self.mails(self.complaint).filtered(lambda mail: "/rate/" in mail.body_html)[:1]
        link = re.search(r'href="[^"]*(/rate/[^"]+)"', self.leaving(rating)["office@bright.example.com",])[1]
        self.assertIn(self.rating, link)
        self.assertEqual(self.url_open(link).status_code, 200)

    def test_links_on_the_customers_page_open(self):
        page = self.url_open(f"{self.complaint.access_url}?access_token={self.token}").text
        self.assertIn(f"/rate/{self.rating}/5", page)

    def test_notification_of_the_customer_has_a_link_that_opens(self):
        message = self.complaint.with_user(self.handler).message_post(
            body="More to come", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.customer.ids
        )
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "=", message.id), ("recipient_ids", "in", self.customer.ids)]
        )
        link = re.search(r'href="[^"]*(/mail/view[^"]+)"', self.leaving(mail)["office@bright.example.com",])[1].replace(
            "&amp;", "&"
        )
        self.assertIn(self.complaint.number, self.url_open(link).text)

    def test_nobody_else_is_sent_them(self):
        self.salesman.email = "salesman@ruida.example.com"
        template = self.env.ref("kehu_complaint.mail_template_complaint_rating").with_user(self.admin)
        own = template.send_mail(self.complaint.id, email_values={"email_to": "mine@elsewhere.example.com"})
        carbon = self.mails(self.complaint)[:1].copy({"email_cc": "mine@elsewhere.example.com"})
        for mail in (self.env["mail.mail"].browse(own), carbon):
            for body in self.leaving(mail).values():
                self.assertNotIn(self.token, body)
                self.assertNotIn(self.rating, body)
        self.complaint.contact_email = "salesman@ruida.example.com"
        self.complaint._service_send("kehu_complaint.mail_template_complaint_progress")
        for body in self.leaving(self.mails(self.complaint)[-1]).values():
            self.assertNotIn(self.complaint.access_token, body)

    def test_stand_in_in_a_link_elsewhere_stays_one(self):
        forged = (
            '<a href="https://elsewhere.example.com/?t=customers-own">x</a> '
            f'<img src="https://elsewhere.example.com{self.complaint.access_url}?access_token=customers-own"/> '
            f'<a href="https://elsewhere.example.com/{self.complaint.access_url}?access_token=customers-own">x</a> '
            f'<a href="/my/complaints/{self.complaint.id + 1}?access_token=customers-own">x</a> customers-own'
        )
        self.assertEqual(self.complaint._service_unveil(forged), forged)

    def test_link_that_colleagues_see_opens_what_they_may_read(self):
        url = self.complaint.with_user(self.handler).get_portal_url()
        self.assertEqual(self.url_open(url).status_code, 403)
        self.authenticate(self.handler.login, self.handler.login)
        page = self.url_open(url)
        self.assertIn(self.complaint.number, page.text)
        self.assertNotIn(self.token, page.text)
        self.assertNotIn(self.rating, page.text)
        self.complaint.accused_user_ids = self.salesman
        self.authenticate(self.salesman.login, self.salesman.login)
        self.assertEqual(self.url_open(url).status_code, 403)

    def test_page_of_a_confidential_customer_is_noted(self):
        # In a test, reading from a replica and writing the log at once is impossible.
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)
        clerk = new_test_user(
            self.env,
            "test_cleared_clerk",
            "kehu_complaint.group_service_user,kehu_confidential.group_clearance_confidential",
        )
        self.customer.sudo().kehu_tier = "2"
        self.env.flush_all()
        about = [("user_id", "=", clerk.id), ("res_model", "=", "kehu.complaint"), ("res_id", "=", self.complaint.id)]
        self.authenticate(clerk.login, clerk.login)
        for token in ("customers-own", self.token):
            with self.subTest(token):
                self.env["kehu.access.log"].sudo().search(about).unlink()
                self.env.flush_all()
                page = self.url_open(f"{self.complaint.access_url}?access_token={token}")
                self.assertIn(self.complaint.number, page.text)
                self.assertEqual(self.env["kehu.access.log"].sudo().search(about).mapped("action"), ["read"])

    def test_link_at_another_address_is_not_the_customer(self):
        self.complaint.with_user(self.handler).contact_email = "mine@elsewhere.example.com"
        self.env.flush_all()
        url = f"{self.complaint.access_url}?access_token={self.complaint.access_token}"
        csrf = re.search(r'csrf_token: "(\w+)"', self.url_open(url).text)[1]
        self.url_open(
            f"{self.complaint.access_url}/answer",
            data={"csrf_token": csrf, "access_token": self.complaint.access_token, "message": "We are content."},
        )
        self.env.invalidate_all()
        message = self.complaint.message_ids.filtered(lambda message: "We are content." in message.body)
        self.assertEqual((message.author_id.ids, message.email_from), ([], "mine@elsewhere.example.com"))
        self.assertIn(
            "mine@elsewhere.example.com", self.complaint.message_ids.sudo().tracking_value_ids.mapped("new_value_char")
        )

    def test_address_entered_later_gets_no_link_that_opens(self):
        mine = self.complaint.with_user(self.handler)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.write({"intake_email": "mine@elsewhere.example.com"})
        mine.contact_email = "mine@elsewhere.example.com"
        mine.action_tell_progress()
        self.complaint._service_ask_rating()
        self.env.flush_all()
        secrets = (self.complaint.access_token, *self.complaint.rating_ids.sudo().mapped("access_token"))
        sent = self.mails(self.complaint).filtered(lambda mail: "mine@elsewhere" in mail.email_to)
        self.assertGreater(len(sent), 1)
        for mail in sent:
            for secret in secrets:
                self.assertNotIn(secret, self.leaving(mail)["mine@elsewhere.example.com",])

    def test_address_typed_at_intake_gets_no_link_that_opens(self):
        address = "mine@elsewhere.example.com"
        mine = self.env["kehu.complaint"].with_context(default_intake_email=address)
        for user, vals in (
            (self.handler, {}),
            (self.supervisor, {"partner_id": False}),
            (self.admin, {"channel": "shop"}),
        ):
            with self.subTest(user.login):
                complaint = self.complain(user=user, desk_id=self.desk.id, contact_email=address, **vals).sudo()
                complaint._service_confirm()
                self.assertFalse(complaint._service_is_customers(address))
                self.assertNotIn(complaint.access_token, self.leaving(self.mails(complaint))[address,])
        complaint = mine.with_user(self.handler).create(
            {"name": "x", "partner_id": self.customer.id, "contact_email": address, "intake_email": address}
        )
        self.assertFalse(complaint.sudo()._service_is_customers(address))

    def test_customer_who_wrote_or_is_known_gets_the_link(self):
        for complaint in (
            self.mail(),
            self.mail(sender="New <new@nowhere.example.com>"),
            self.complain(desk_id=self.desk.id),
        ):
            complaint = complaint.sudo()
            complaint._service_confirm()
            self.assertTrue(complaint._service_is_customers(complaint.contact_email))
            self.assertIn(complaint.access_token, self.leaving(self.mails(complaint))[complaint.contact_email,])

    def test_contact_of_the_customer_gets_the_link_later_too(self):
        self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "email": "buyer@bright.example.com"}
        )
        mine = self.complaint.with_user(self.handler)
        mine.contact_email = "buyer@bright.example.com"
        mine.action_tell_progress()
        self.assertIn(
            self.complaint.access_token, self.leaving(self.mails(self.complaint)[-1])["buyer@bright.example.com",]
        )
        mine.contact_email = "office@bright.example.com"
        mine.action_tell_progress()
        self.assertIn(
            self.complaint.access_token, self.leaving(self.mails(self.complaint)[-1])["office@bright.example.com",]
        )

    def test_contact_is_not_changed_without_a_line(self):
        mine = self.complaint.with_user(self.handler).with_context(tracking_disable=True, mail_notrack=True)
        for name, value in (
            ("contact_email", "mine@elsewhere.example.com"),
            ("contact_name", "Mr. Big"),
            ("contact_phone", "110"),
        ):
            mine.write({name: value})
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env.invalidate_all()
            values = self.complaint.message_ids.tracking_value_ids.filtered(
                lambda line, name=name: line.field_id.name == name
            )
            self.assertIn(value, values.mapped("new_value_char"))
        self.assertIn(
            "office@bright.example.com", self.complaint.message_ids.tracking_value_ids.mapped("old_value_char")
        )

    def test_links_of_files_stop_when_somebody_is_excluded(self):
        file = self.env["ir.attachment"].create(
            {"name": "report.txt", "raw": b"Coils", "res_model": self.complaint._name, "res_id": self.complaint.id}
        )
        token = file.with_user(self.handler).generate_access_token()[0]
        link = f"/web/content/{file.id}?access_token={token}"
        self.assertEqual(self.url_open(link).content, b"Coils")
        self.complaint.accused_user_ids = self.salesman
        self.env.flush_all()
        self.assertNotEqual(self.url_open(link).content, b"Coils")
