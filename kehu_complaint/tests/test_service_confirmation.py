from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestServiceConfirmation(ServiceMailCase):
    """C1: the customer is told that we have it, once, and nothing of anybody else's."""

    def test_customer_gets_number_time_content_and_link(self):
        self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "email": "buyer@bright.example.com"}
        )
        complaint = self.complain(
            desk_id=self.desk.id, contact_email="buyer@bright.example.com", date_received="2026-03-02 01:30:00"
        )
        self.assertFalse(self.mails(complaint), "queued, not made while somebody is on the phone")
        self.confirm()
        mail = self.mails(complaint)
        self.assertEqual((mail.email_to, mail.state), ("buyer@bright.example.com", "outgoing"))
        self.assertIn(self.address, mail.email_from)
        self.assertIn(complaint.number, mail.subject)
        for text in (complaint.number, "Three of ten", "SN-001", "Charger", complaint.sudo().access_token, "2026"):
            self.assertIn(text, mail._prepare_outgoing_list()[0]["body"])
        self.assertIn("auto-replied", mail.headers)
        self.assertTrue(complaint.date_confirmed and not complaint.is_confirmation_due)
        self.confirm()
        self.assertEqual(self.mails(complaint), mail, "once")

    def test_it_says_nothing_internal(self):
        complaint = self.complain(
            accused_user_ids=[Command.set(self.salesman.ids)], demand="A new one", user_id=self.supervisor.id
        )
        complaint.message_post(body="Always complains", subtype_xmlid="mail.mt_note")
        self.customer.sudo().kehu_tier = "2"
        complaint.sudo().kehu_own_tier = "3"
        self.confirm()
        complaint.with_user(self.director)._service_send("kehu_complaint.mail_template_complaint_progress")
        complaint._service_ask_rating()
        self.assertEqual(len(self.mails(complaint)), 3)
        tiers = dict(complaint._fields["kehu_tier"]._description_selection(self.env))
        for mail in self.mails(complaint):
            content = f"{mail.subject} {mail.body_html} {mail.email_from} {mail.reply_to}"
            for secret in (
                self.salesman.name,
                self.supervisor.name,
                self.supervisor.email,
                self.taker.email,
                "always complains",
                tiers["3"],
                tiers["2"],
            ):
                self.assertNotIn(secret, content)

    def test_it_speaks_customers_language_and_company_words(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        template = self.env.ref("kehu_complaint.mail_template_complaint_received")
        template.with_context(lang="zh_CN").subject = "投诉已受理：{{ object.number }}"
        complaint = self.complain()
        self.confirm()
        self.assertEqual(self.mails(complaint).subject, f"投诉已受理：{complaint.number}")

    def test_nobody_is_confirmed_to_who_should_not(self):
        silent = self.env["kehu.service.desk"].create({"name": "Silent", "is_confirming": False})
        self.customer.email = False
        complaints = [
            self.complain(contact_email="x@y.example.com", channel="third"),
            self.complain(contact_email="x@y.example.com", desk_id=silent.id),
            self.complain(),
            self.complain(contact_email="not an address"),
            self.complain(contact_email=self.address),
            self.mail(Auto_Submitted="auto-generated"),
            self.mail(Precedence="bulk"),
            self.mail(List_Id="<news.example.com>"),
            self.mail(sender=f"Ourselves <{self.address}>"),
        ]
        self.confirm()
        for number, complaint in enumerate(complaints):
            with self.subTest(number):
                self.assertEqual(len(complaint), 1)
                self.assertFalse(self.mails(complaint))
                self.assertFalse(complaint.is_confirmation_due)

    def test_bounces_become_nothing(self):
        self.assertFalse(self.mail(sender="Mail Delivery System <MAILER-DAEMON@mx.example.com>"))
        self.assertFalse(self.mail(to="bounce@ruida.example.com"))

    def test_two_machines_do_not_thank_each_other(self):
        complaint = self.mail(sender="robot@bright.example.com")
        for _round in range(3):
            self.confirm()
            self.answer(complaint, sender="robot@bright.example.com", body="We have received your mail.")
        self.assertEqual(len(self.mails(complaint)), 1)

    def test_what_is_imported_was_confirmed_long_ago(self):
        result = self.env["kehu.complaint"].load(["name", "contact_email"], [["Old", "x@y.example.com"]])
        self.assertTrue(result["ids"], result["messages"])
        self.assertFalse(
            self.env["kehu.complaint"].with_context(import_file=True).create({"name": "Old"}).is_confirmation_due
        )

    def test_no_client_marks_it(self):
        complaint = self.complain(is_confirmation_due=False, date_confirmed="2020-01-01")
        self.assertTrue(complaint.is_confirmation_due and not complaint.date_confirmed)
        clerk = complaint.with_user(self.taker)
        for vals in ({"is_confirmation_due": False}, {"date_confirmed": "2020-01-01"}, {"access_token": "easy"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                clerk.write(vals)

    def test_a_text_that_cannot_be_rendered_stops_nobody_else(self):
        template = self.env.ref("kehu_complaint.mail_template_complaint_received")
        good, bad = self.complain(), self.complain(name="bad")
        template.subject = "{{ 1 / (0 if object.name == 'bad' else 1) }}"
        with self.assertLogs("odoo.addons.kehu_complaint.models.service.service_confirmation", "ERROR"):
            self.confirm()
        self.assertTrue(self.mails(good) and not self.mails(bad))
        self.assertTrue(bad.is_confirmation_due, "tried again when the text is mended")

    def test_creating_many_costs_no_more_than_one_trigger(self):
        values = [{"name": f"No. {number}", "partner_id": self.customer.id} for number in range(100)]
        self.env["kehu.complaint"].create(values[:1])  # warm caches, sequence
        triggers = self.env["ir.cron.trigger"].search_count([])
        before = self.env.cr.sql_log_count
        complaints = self.env["kehu.complaint"].create(values)
        self.env.flush_all()
        self.assertLess((self.env.cr.sql_log_count - before) / len(complaints), 2)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)

    # === HOW IT STANDS ===

    def test_the_service_tells_how_it_stands(self):
        complaint = self.bring_to(self.complain(desk_id=self.desk.id), "investigating")
        complaint.with_user(self.handler).action_tell_progress()
        mail = self.mails(complaint)[-1:]
        self.assertIn("working on it", mail.body_html)
        self.assertEqual(mail.author_id, self.handler.partner_id, "kept with who told")
        self.assertIn(mail.mail_message_id, complaint.message_ids)
        for user in (self.investigator, self.salesman, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(user).action_tell_progress()
        complaint.sudo().contact_email = False
        with self.assertRaisesRegex(UserError, "Call instead"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_tell_progress()

    def test_customer_is_asked_for_rating_with_the_answer(self):
        complaint = self.bring_to(self.complain(), "replied")
        asked = self.mails(complaint).filtered(lambda mail: "/rate/" in (mail.body_html or ""))
        self.assertEqual(asked.email_to, "office@bright.example.com")
