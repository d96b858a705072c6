import base64
from email.message import EmailMessage

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import ComplaintCase

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class ServiceMailCase(ComplaintCase):
    """A desk with an address of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "ruida.example.com", "bounce_alias": "bounce", "catchall_alias": "catchall"})
        cls.env.company.alias_domain_id = cls.domain
        (cls.env.company.partner_id | cls.customer).lang = "en_US"
        cls.desk = cls.env["kehu.service.desk"].create({
            "name": "Complaints", "alias_name": "complaints", "user_id": cls.handler.id, "team_id": cls.unit.id})
        cls.address = "complaints@ruida.example.com"
        # Odoo's gateway must be an administrator; he has no clearance.
        cls.gateway = new_test_user(cls.env, "test_gateway", "base.group_system", name="Gateway")

    def mail(self, sender="Huang <office@bright.example.com>", subject="Chargers get hot", body="Three of ten get hot.", files=(), **headers):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, headers.pop("to", self.address), subject
        message["Message-ID"] = f"<{self.id()}-{fields.Datetime.now().timestamp()}-{len(self.sent)}@customer.example.com>"
        self.sent.append(message["Message-ID"])
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return self.take_in(message.as_bytes())

    def take_in(self, raw):
        """Give raw bytes to the gateway, as ``odoo-mailgate`` does; return the complaints that come of it."""
        before = self.env["kehu.complaint"].search([])
        self.env["mail.thread"].with_user(self.gateway).message_process(None, raw)
        return self.env["kehu.complaint"].search([]) - before

    def setUp(self):
        super().setUp()
        self.sent = []

    def confirm(self):
        with self.enter_registry_test_mode():
            self.env.ref("kehu_complaint.ir_cron_confirm").method_direct_trigger()
        self.env.invalidate_all()

    def mails(self, complaint):
        """Return what the customer was sent by itself; colleagues get notifications, too."""
        return self.env["mail.mail"].search([
            ("model", "=", "kehu.complaint"), ("res_id", "=", complaint.id), ("email_to", "!=", False)], order="id")

    def answer(self, complaint, **kwargs):
        """The customer presses "Reply" in his mail program."""
        return self.mail(subject=f"Re: {complaint.name}", In_Reply_To=self.mails(complaint)[-1:].message_id, **kwargs)


@tagged("post_install", "-at_install")
class TestServiceMailIn(ServiceMailCase):
    """C1: a mail to the desk becomes a complaint, whatever mail it is."""

    def test_a_customers_mail_becomes_a_complaint(self):
        complaint = self.mail(files=[("photo.png", PIXEL)])
        self.assertEqual(
            (complaint.name, complaint.channel, complaint.state, complaint.desk_id, complaint.company_id),
            ("Chargers get hot", "email", "received", self.desk, self.env.company))
        self.assertEqual((complaint.partner_id, complaint.contact_email), (self.customer, "office@bright.example.com"))
        self.assertEqual((complaint.user_id, complaint.team_id), (self.handler, self.unit))
        self.assertIn("Three of ten", complaint.description)
        self.assertEqual(complaint.message_ids.attachment_ids.mapped("name"), ["photo.png"])
        self.assertEqual(complaint.message_ids.filtered("attachment_ids").author_id, self.customer)

    def test_a_stranger_is_kept_by_name_and_makes_no_public_contact(self):
        count = self.env["res.partner"].search_count([])
        complaint = self.mail(sender="Mr. Nobody <nobody@nowhere.example.com>")
        self.assertEqual((complaint.contact_name, complaint.contact_email), ("Mr. Nobody", "nobody@nowhere.example.com"))
        self.assertFalse(complaint.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_a_hidden_customer_is_found_and_nobody_is_told(self):
        self.customer.sudo().write({"kehu_tier": "3", "user_id": False, "kehu_team_id": False})
        self.env.invalidate_all()
        self.assertFalse(self.env["res.partner"].with_user(self.gateway).search([("email", "=", "office@bright.example.com")]))
        complaint = self.mail()
        self.assertEqual((complaint.partner_id, complaint.kehu_tier), (self.customer, "3"))
        self.assertFalse(self.env["kehu.complaint"].with_user(self.gateway).search([("id", "=", complaint.id)]))
        self.assertEqual(self.env["res.partner"].search_count([("email_normalized", "=", "office@bright.example.com")]), 1)
        told = complaint.message_ids.notified_partner_ids | complaint.message_partner_ids
        self.assertFalse(told & (self.gateway | self.handler).partner_id, "the desk's handler has no clearance")
        self.assertFalse(complaint.user_id)

    def test_only_the_gateway_gives_mails_to_it(self):
        raw = f"From: office@bright.example.com\r\nTo: {self.address}\r\nSubject: x\r\n\r\nx".encode()
        complaint = self.complain()
        gateway = self.env["mail.thread"].with_user(self.employee)
        for arguments in (
                {"model": None}, {"model": "kehu.complaint", "custom_values": {"name": "x", "date_closed": "2020-01-01"}},
                {"model": "kehu.complaint", "thread_id": complaint.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                gateway.message_process(message=raw.replace(self.address.encode(), b"x@x.example.com") if arguments["model"] else raw, **arguments)

    def test_gateway_over_rpc_gives_the_mail_alone(self):
        complaint, messages = self.complain(), self.env["mail.message"].search_count([])
        raw = "From: office@bright.example.com\r\nTo: x@x.example.com\r\nSubject: x\r\n\r\nx"
        gateway = self.env["mail.thread"].with_user(self.gateway)
        for values in (
                {"custom_values": {"accused_team_ids": [Command.update(self.unit.id, {"name": "Renamed"})]}},
                {"custom_values": {"name": "x"}}, {"thread_id": complaint.id}):
            with self.assertRaisesRegex(AccessError, "without any values"):
                call_kw(gateway, "message_process", ["kehu.complaint", raw], values)
        for no_mail in (1, None, ["x"]):
            with self.assertRaisesRegex(UserError, "not a mail"):
                call_kw(gateway, "message_process", [False, no_mail], {})
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertNotEqual(self.unit.name, "Renamed")

    def test_what_makes_documents_of_mails_is_no_rpc_method(self):
        message = self.complain().message_ids[:1]
        for user in (self.employee, self.gateway, self.handler):
            for model, method, arguments in (
                    ("kehu.complaint", "message_new", [{"subject": "s"}, {"message_ids": [Command.update(message.id, {"body": "forged"})]}]),
                    ("kehu.complaint", "message_parse", ["x"]), ("mail.thread", "message_parse", ["x"])):
                with self.assertRaisesRegex(AccessError, "Private methods"):
                    call_kw(self.env[model].with_user(user), method, arguments, {})

    def test_alias_defaults_write_to_no_other_record(self):
        complaint = self.complain()
        message = complaint.message_ids[:1]
        partner = self.env["res.partner"].create({"name": "Innocent"})
        for model, defaults in (
                ("kehu.complaint", {"message_ids": [(1, message.id, {"body": "forged"})], "date_closed": "2020-01-01"}),
                ("res.partner", {"message_ids": [(4, message.id)], "child_ids": [(6, 0, partner.ids), (1, partner.id, {"name": "Renamed"})]})):
            alias = self.env["mail.alias"].create({
                "alias_name": f"odd-{model}", "alias_domain_id": self.domain.id, "alias_model_id": self.env["ir.model"]._get_id(model),
                "alias_defaults": repr(defaults)})
            self.mail(to=alias.display_name, subject=f"Odd {model}")
            self.assertEqual(self.env[model].search_count([("name", "=", f"Odd {model}")]), 1)
        self.assertNotIn("forged", message.body)
        self.assertEqual((message.res_id, partner.name, partner.parent_id.id), (complaint.id, "Innocent", False))
        thread = self.env["res.partner"]
        self.assertEqual(thread._gateway_values({
            "name": "x", "child_ids": [(6, 0, [1])], "category_id": [(4, 1), (0, 0, {})], "user_id": 2}), {"name": "x", "user_id": 2})
        self.assertEqual(thread._gateway_values({"category_id": [(4, 1), 2], "unknown": 1}), {"category_id": [(4, 1), 2], "unknown": 1})

    def test_an_address_of_several_customers_says_nothing(self):
        self.env["res.partner"].create({"name": "Other", "is_company": True, "email": "office@bright.example.com"})
        self.assertFalse(self.mail().partner_id)

    def test_a_colleague_who_forwards_is_not_the_customer(self):
        self.assertFalse(self.mail(sender=f"Zhou <{self.taker.email}>").partner_id)

    def test_another_company_takes_its_own_mails(self):
        other = self.env["res.company"].create({"name": "Ruida West", "alias_domain_id": self.domain.id})
        self.env["kehu.service.desk"].create({"name": "West", "alias_name": "west", "company_id": other.id})
        complaint = self.mail(to="west@ruida.example.com")
        self.assertEqual(complaint.company_id, other)
        self.assertEqual(complaint.number, "TS-00001")

    def test_odd_mails_are_taken_in(self):
        text = "移动电源充电时外壳发烫，请尽快处理。镕"  # the last character is not in GB2312
        encoded = text.encode("gb18030")
        subject = b"=?GB2312?B?" + base64.b64encode("投诉：朱镕".encode("gbk")) + b"?="
        head = b"From: Li <li@customer.example.com>\r\nTo: complaints@ruida.example.com\r\nMessage-ID: <%s@x.example.com>\r\n"
        complaint = self.take_in(
            head % b"gb" + b"Subject: " + subject + b"\r\nContent-Type: text/plain; charset=gb2312\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n\r\n" + encoded)
        self.assertEqual(complaint.name, "投诉：朱镕")
        self.assertIn(text, complaint.description)
        for number, raw in enumerate((
            b"Subject: nul \x00 byte\r\n\r\nbody \x00 and \x01 more",
            b"\r\n",                                                                              # neither subject nor body
            b"Subject: =?utf-8?B?broken\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\xc4\xe3",
            b"Subject: " + b"long " * 2000 + b"\r\n\r\nx",
            b"Subject: html\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p onclick='x()'>Hot</p><table><tr><td>",
            b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno end",
            b"Subject: large\r\n\r\n" + b"0123456789 abcdef\r\n" * 300_000,                        # 5.7 MB of text
        )):
            with self.subTest(raw=raw[:40]):
                complaint = self.take_in(head % b"odd%d" % number + raw if b"%" not in raw else raw)
                self.assertTrue(complaint.name and len(complaint.name) <= 250)
                self.assertNotIn("<script", complaint.description or "")
                self.assertNotIn("onclick", complaint.description or "")

    def test_the_same_mail_twice_is_one_complaint(self):
        raw = f"From: a@b.example.com\r\nTo: {self.address}\r\nSubject: x\r\nMessage-ID: <once@b.example.com>\r\n\r\nx".encode()
        self.assertEqual(len(self.take_in(raw)), 1)
        self.assertFalse(self.take_in(raw))


@tagged("post_install", "-at_install")
class TestServiceMailAnswers(ServiceMailCase):
    """C7: what the customer answers finds its way, and the clocks go on."""

    def waiting(self):
        complaint = self.mail()
        self.confirm()
        complaint.with_user(self.supervisor).waiting_reason = "Photos"
        self.assertEqual(set(complaint.sudo().deadline_ids.mapped("state")), {"paused"})
        return complaint

    def test_his_answer_comes_to_the_complaint_and_the_clocks_go_on(self):
        complaint = self.waiting()
        self.assertFalse(self.answer(complaint, body="Here they are.", files=[("photo.png", PIXEL)]), "no second complaint")
        self.assertTrue(complaint.message_ids.filtered(lambda message: "Here they are" in message.body).attachment_ids)
        self.assertFalse(complaint.waiting_reason)
        self.assertEqual(set(complaint.sudo().deadline_ids.mapped("state")), {"running"})

    def test_contact_of_customer_answers_too(self):
        complaint = self.waiting()
        self.env["res.partner"].create({
            "name": "Secretary", "email": "secretary@bright.example.com", "parent_id": self.customer.id})
        self.answer(complaint, sender="Secretary <secretary@bright.example.com>")
        self.assertFalse(complaint.waiting_reason)

    def test_no_colleague_and_no_machine_lets_the_clocks_go_on(self):
        complaint = self.waiting()
        complaint.with_user(self.taker).message_post(body="I called him.", subtype_xmlid="mail.mt_note")
        complaint.with_user(self.taker).message_post(body="Please send photos.", subtype_xmlid="mail.mt_comment")
        self.answer(complaint, sender=f"Zhou <{self.taker.email}>", body="From my own mail program")
        self.answer(complaint, body="I am on holiday.", Auto_Submitted="auto-replied")
        self.answer(complaint, body="I am on holiday.", X_Auto_Response_Suppress="All")
        self.assertEqual(complaint.waiting_reason, "Photos")
        self.assertEqual(len(complaint.message_ids.filtered(lambda message: "holiday" in message.body)), 2)

    def test_after_closing_a_supervisor_is_told_once(self):
        complaint = self.mail()
        self.confirm()
        complaint.with_user(self.supervisor).write({"reply": "<p>Not ours.</p>", "partner_id": self.customer.id})
        complaint.with_user(self.supervisor).workflow_move("decline")
        complaint.with_user(self.handler).workflow_move("end")
        complaint.activity_ids.unlink()
        self.answer(complaint, body="It is yours!", Auto_Submitted="auto-replied")
        self.assertFalse(complaint.activity_ids)
        self.answer(complaint, body="It is yours!")
        self.answer(complaint, body="Hello?")
        self.assertEqual((complaint.state, complaint.activity_ids.user_id), ("closed", self.supervisor))
        self.assertEqual(len(complaint.activity_ids), 1)

    def test_an_accused_supervisor_is_not_told(self):
        complaint = self.mail()
        self.confirm()
        complaint.accused_user_ids = self.supervisor
        complaint.sudo().date_closed = fields.Datetime.now()
        complaint.activity_ids.unlink()
        self.answer(complaint, body="And he was rude.")
        self.assertNotIn(self.supervisor, complaint.activity_ids.user_id)
        self.assertEqual(complaint.activity_ids.user_id, self.director)

    def test_answers_go_to_the_desk_and_not_to_a_colleague(self):
        complaint = self.complain(desk_id=self.desk.id)
        message = complaint.with_user(self.handler).message_post(
            body="Please send photos.", subtype_xmlid="mail.mt_comment", partner_ids=self.customer.ids)
        self.assertIn(self.address, message.reply_to)
        self.assertIn(self.address, self.complain().with_user(self.handler).message_post(body="x").reply_to, "the company's desk")


@tagged("post_install", "-at_install")
class TestServiceConfirmation(ServiceMailCase):
    """C1: the customer is told that we have it, once, and nothing that is not his."""

    def test_he_gets_number_time_what_was_understood_and_a_link(self):
        complaint = self.complain(desk_id=self.desk.id, contact_email="buyer@bright.example.com", date_received="2026-03-02 01:30:00")
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
            accused_user_ids=[Command.set(self.salesman.ids)], demand="A new one", user_id=self.supervisor.id)
        complaint.message_post(body="He always complains", subtype_xmlid="mail.mt_note")
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
                    self.salesman.name, self.supervisor.name, self.supervisor.email, self.taker.email, "always complains", tiers["3"], tiers["2"]):
                self.assertNotIn(secret, content)

    def test_it_speaks_his_language_and_the_company_words(self):
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
        self.assertFalse(self.env["kehu.complaint"].with_context(import_file=True).create({"name": "Old"}).is_confirmation_due)

    def test_no_client_marks_it_himself(self):
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
        with self.assertLogs("odoo.addons.kehu_complaint.models.service_confirmation", "ERROR"):
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

    def test_with_the_answer_he_is_asked_how_content_he_is(self):
        complaint = self.bring_to(self.complain(), "replied")
        asked = self.mails(complaint).filtered(lambda mail: "/rate/" in (mail.body_html or ""))
        self.assertEqual(asked.email_to, "office@bright.example.com")
