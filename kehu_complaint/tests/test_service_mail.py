import base64
from email.message import EmailMessage

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import ComplaintCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class ServiceMailCase(ComplaintCase):
    """A desk with an address of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "ruida.example.com", "bounce_alias": "bounce", "catchall_alias": "catchall"}
        )
        cls.env.company.alias_domain_id = cls.domain
        (cls.env.company.partner_id | cls.customer).lang = "en_US"
        cls.desk = cls.env["kehu.service.desk"].create(
            {"name": "Complaints", "alias_name": "complaints", "user_id": cls.handler.id, "team_id": cls.unit.id}
        )
        cls.address = "complaints@ruida.example.com"
        # Odoo's gateway must be an administrator; this one has no clearance.
        cls.gateway = new_test_user(cls.env, "test_gateway", "base.group_system", name="Gateway")

    def mail(
        self,
        sender="Huang <office@bright.example.com>",
        subject="Chargers get hot",
        body="Three of ten get hot.",
        files=(),
        **headers,
    ):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, headers.pop("to", self.address), subject
        message["Message-ID"] = (
            f"<{self.id()}-{fields.Datetime.now().timestamp()}-{len(self.sent)}@customer.example.com>"
        )
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
        return self.env["mail.mail"].search(
            [("model", "=", "kehu.complaint"), ("res_id", "=", complaint.id), ("email_to", "!=", False)], order="id"
        )

    def answer(self, complaint, **kwargs):
        """The customer presses "Reply" in a mail program."""
        return self.mail(subject=f"Re: {complaint.name}", In_Reply_To=self.mails(complaint)[-1:].message_id, **kwargs)


@tagged("post_install", "-at_install")
class TestServiceMailIn(ServiceMailCase):
    """C1: a mail to the desk becomes a complaint, whatever mail it is."""

    def test_a_customers_mail_becomes_a_complaint(self):
        complaint = self.mail(files=[("photo.png", PIXEL)])
        self.assertEqual(
            (complaint.name, complaint.channel, complaint.state, complaint.desk_id, complaint.company_id),
            ("Chargers get hot", "email", "received", self.desk, self.env.company),
        )
        self.assertEqual((complaint.partner_id, complaint.contact_email), (self.customer, "office@bright.example.com"))
        self.assertEqual((complaint.user_id, complaint.team_id), (self.handler, self.unit))
        self.assertIn("Three of ten", complaint.description)
        self.assertEqual(complaint.message_ids.attachment_ids.mapped("name"), ["photo.png"])
        self.assertEqual(complaint.message_ids.filtered("attachment_ids").author_id, self.customer)

    def test_a_stranger_is_kept_by_name_and_makes_no_public_contact(self):
        count = self.env["res.partner"].search_count([])
        complaint = self.mail(sender="Mr. Nobody <nobody@nowhere.example.com>")
        self.assertEqual(
            (complaint.contact_name, complaint.contact_email), ("Mr. Nobody", "nobody@nowhere.example.com")
        )
        self.assertFalse(complaint.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_a_hidden_customer_is_found_and_nobody_is_told(self):
        self.customer.sudo().write({"kehu_tier": "3", "user_id": False, "kehu_team_id": False})
        self.env.invalidate_all()
        self.assertFalse(
            self.env["res.partner"].with_user(self.gateway).search([("email", "=", "office@bright.example.com")])
        )
        complaint = self.mail()
        self.assertEqual((complaint.partner_id, complaint.kehu_tier), (self.customer, "3"))
        self.assertFalse(self.env["kehu.complaint"].with_user(self.gateway).search([("id", "=", complaint.id)]))
        self.assertEqual(
            self.env["res.partner"].search_count([("email_normalized", "=", "office@bright.example.com")]), 1
        )
        told = complaint.message_ids.notified_partner_ids | complaint.message_partner_ids
        self.assertFalse(told & (self.gateway | self.handler).partner_id, "the desk's handler has no clearance")
        self.assertFalse(complaint.user_id)

    def test_only_the_gateway_gives_mails_to_it(self):
        raw = f"From: office@bright.example.com\r\nTo: {self.address}\r\nSubject: x\r\n\r\nx".encode()
        complaint = self.complain()
        gateway = self.env["mail.thread"].with_user(self.employee)
        for arguments in (
            {"model": None},
            {"model": "kehu.complaint", "custom_values": {"name": "x", "date_closed": "2020-01-01"}},
            {"model": "kehu.complaint", "thread_id": complaint.id},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                gateway.message_process(
                    message=raw.replace(self.address.encode(), b"x@x.example.com") if arguments["model"] else raw,
                    **arguments,
                )

    def test_gateway_over_rpc_gives_the_mail_alone(self):
        complaint, messages = self.complain(), self.env["mail.message"].search_count([])
        raw = "From: office@bright.example.com\r\nTo: x@x.example.com\r\nSubject: x\r\n\r\nx"
        gateway = self.env["mail.thread"].with_user(self.gateway)
        for values in (
            {"custom_values": {"accused_team_ids": [Command.update(self.unit.id, {"name": "Renamed"})]}},
            {"custom_values": {"name": "x"}},
            {"thread_id": complaint.id},
        ):
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
                (
                    "kehu.complaint",
                    "message_new",
                    [{"subject": "s"}, {"message_ids": [Command.update(message.id, {"body": "forged"})]}],
                ),
                ("kehu.complaint", "message_parse", ["x"]),
                ("mail.thread", "message_parse", ["x"]),
            ):
                with self.assertRaisesRegex(AccessError, "Private methods"):
                    call_kw(self.env[model].with_user(user), method, arguments, {})

    def test_alias_defaults_write_to_no_other_record(self):
        complaint = self.complain()
        message = complaint.message_ids[:1]
        partner = self.env["res.partner"].create({"name": "Innocent"})
        for model, defaults in (
            ("kehu.complaint", {"message_ids": [(1, message.id, {"body": "forged"})], "date_closed": "2020-01-01"}),
            (
                "res.partner",
                {
                    "message_ids": [(4, message.id)],
                    "child_ids": [(6, 0, partner.ids), (1, partner.id, {"name": "Renamed"})],
                },
            ),
        ):
            alias = self.env["mail.alias"].create(
                {
                    "alias_name": f"odd-{model}",
                    "alias_domain_id": self.domain.id,
                    "alias_model_id": self.env["ir.model"]._get_id(model),
                    "alias_defaults": repr(defaults),
                }
            )
            self.mail(to=alias.display_name, subject=f"Odd {model}")
            self.assertEqual(self.env[model].search_count([("name", "=", f"Odd {model}")]), 1)
        self.assertNotIn("forged", message.body)
        self.assertEqual((message.res_id, partner.name, partner.parent_id.id), (complaint.id, "Innocent", False))
        thread = self.env["res.partner"]
        self.assertEqual(
            thread._gateway_values(
                {"name": "x", "child_ids": [(6, 0, [1])], "category_id": [(4, 1), (0, 0, {})], "user_id": 2}
            ),
            {"name": "x", "user_id": 2},
        )
        self.assertEqual(
            thread._gateway_values({"category_id": [(4, 1), 2], "unknown": 1}),
            {"category_id": [(4, 1), 2], "unknown": 1},
        )

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
            b"Content-Transfer-Encoding: 8bit\r\n\r\n" + encoded
        )
        self.assertEqual(complaint.name, "投诉：朱镕")
        self.assertIn(text, complaint.description)
        for number, raw in enumerate(
            (
                b"Subject: nul \x00 byte\r\n\r\nbody \x00 and \x01 more",
                b"\r\n",  # neither subject nor body
                b"Subject: =?utf-8?B?broken\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\xc4\xe3",
                b"Subject: " + b"long " * 2000 + b"\r\n\r\nx",
                b"Subject: html\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p "
                b"onclick='x()'>Hot</p><table><tr><td>",
                b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
                b"text/plain\r\n\r\nno end",
                b"Subject: large\r\n\r\n" + b"0123456789 abcdef\r\n" * 300_000,  # 5.7 MB of text
            )
        ):
            with self.subTest(raw=raw[:40]):
                complaint = self.take_in(head % b"odd%d" % number + raw if b"%" not in raw else raw)
                self.assertTrue(complaint.name and len(complaint.name) <= 250)
                self.assertNotIn("<script", complaint.description or "")
                self.assertNotIn("onclick", complaint.description or "")

    def test_pictures_of_a_mail_are_named_in_the_text(self):
        raw = (
            f"From: a@b.example.com\r\nTo: {self.address}\r\nSubject: x\r\nMessage-ID: <pic@b.example.com>\r\n"
            "Content-Type: text/html\r\n\r\n"
            '<p>Hot<img src="cid:x1" alt="">here<img width="1" src="https://track.example.com/p.gif"></p>'
        )
        complaint = self.take_in(raw.encode())
        self.assertNotIn("cid:", complaint.description)
        self.assertNotIn("track.example.com", complaint.description)
        self.assertIn("Hot[picture: see the files of the message]here", complaint.description)

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
        self.assertEqual(set(self.stopped(complaint).mapped("state")), {"paused"})
        return complaint

    def stopped(self, complaint):
        """Return the clocks that stand still while the customer is waited for."""
        waiting = self.env.ref("kehu_complaint.deadline_rule_waiting")
        return complaint.sudo().deadline_ids.filtered(lambda clock: clock.rule_id != waiting)

    def test_answer_comes_to_complaint_and_clocks_go_on(self):
        complaint = self.waiting()
        self.assertFalse(
            self.answer(complaint, body="Here they are.", files=[("photo.png", PIXEL)]), "no second complaint"
        )
        self.assertTrue(complaint.message_ids.filtered(lambda message: "Here they are" in message.body).attachment_ids)
        self.assertFalse(complaint.waiting_reason)
        self.assertEqual(set(self.stopped(complaint).mapped("state")), {"running"})

    def test_contact_of_customer_answers_too(self):
        complaint = self.waiting()
        self.env["res.partner"].create(
            {"name": "Secretary", "email": "secretary@bright.example.com", "parent_id": self.customer.id}
        )
        self.answer(complaint, sender="Secretary <secretary@bright.example.com>")
        self.assertFalse(complaint.waiting_reason)

    def test_number_in_the_subject_is_recognised(self):
        complaint = self.waiting()
        for subject in (f"回复：[{complaint.number}] 充电器", complaint.number):
            self.assertFalse(self.mail(subject=subject, body="Here they are."), "no second complaint")
        self.assertFalse(complaint.waiting_reason)
        self.assertEqual(len(complaint.message_ids.filtered(lambda message: "Here they are" in message.body)), 2)

    def test_number_in_a_strangers_subject_says_nothing(self):
        complaint = self.waiting()
        other = self.mail(sender="Eve <eve@elsewhere.example.com>", subject=f"Re: {complaint.number}", body="Cancel it")
        self.assertEqual(len(other), 1, "a complaint of its own")
        self.assertFalse(other.partner_id)
        self.assertTrue(complaint.waiting_reason)
        self.assertFalse(complaint.message_ids.filtered(lambda message: "Cancel it" in message.body))
        self.assertTrue(self.mail(sender=f"Zhou <{self.taker.email}>", subject=complaint.number), "nor a colleague's")

    def test_no_colleague_and_no_machine_lets_the_clocks_go_on(self):
        complaint = self.waiting()
        complaint.with_user(self.taker).message_post(body="I called.", subtype_xmlid="mail.mt_note")
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
        self.assertEqual((complaint.state, complaint.activity_ids.user_id), ("received", self.supervisor))
        self.assertEqual(len(complaint.activity_ids), 1)

    def test_an_accused_supervisor_is_not_told(self):
        complaint = self.mail()
        self.confirm()
        complaint.accused_user_ids = self.supervisor
        complaint.sudo().date_closed = fields.Datetime.now()
        complaint.activity_ids.unlink()
        self.answer(complaint, body="And it was rude.")
        self.assertNotIn(self.supervisor, complaint.activity_ids.user_id)
        self.assertEqual(complaint.activity_ids.user_id, self.director)

    def test_answers_go_to_the_desk_and_not_to_a_colleague(self):
        complaint = self.complain(desk_id=self.desk.id)
        message = complaint.with_user(self.handler).message_post(
            body="Please send photos.", subtype_xmlid="mail.mt_comment", partner_ids=self.customer.ids
        )
        self.assertIn(self.address, message.reply_to)
        self.assertIn(
            self.address, self.complain().with_user(self.handler).message_post(body="x").reply_to, "the company's desk"
        )
