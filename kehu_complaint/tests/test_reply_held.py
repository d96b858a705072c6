from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestReplyHeld(HttpCase, ServiceMailCase):
    """C7, C8: a Message-ID makes nobody the customer."""

    def setUp(self):
        super().setUp()
        self.handler.lang = "en_US"
        self.complaint = self.mail()
        self.complaint.sudo()._service_confirm()
        self.complaint.with_user(self.handler).waiting_reason = "Photos"
        self.complaint.activity_ids.unlink()

    def reply(self, sender, body="Forget it.", **headers):
        """Somebody who knows the Message-ID of our receipt replies."""
        self.assertFalse(self.answer(self.complaint, sender=sender, body=body, **headers), "no other complaint")
        self.env.invalidate_all()
        return self.complaint.message_ids.filtered(lambda message: body in message.body)[:1]

    def page(self):
        token = self.complaint.sudo()._portal_ensure_token()
        return self.url_open(f"{self.complaint.access_url}?access_token={token}").text

    def assert_held(self, message):
        self.assertIn(message, self.complaint.held_message_ids)
        self.assertTrue(message.is_internal)
        self.assertEqual(self.complaint.waiting_reason, "Photos")
        waiting = self.env.ref("kehu_complaint.deadline_rule_waiting")
        clocks = self.complaint.sudo().deadline_ids.filtered(lambda clock: clock.rule_id != waiting)
        self.assertEqual(set(clocks.mapped("state")), {"paused"})
        self.assertNotIn("Forget it.", self.page())

    def test_reply_of_stranger_is_held(self):
        message = self.reply("Boss <boss@elsewhere.example.com>")
        self.assert_held(message)
        self.assertIn("boss@elsewhere.example.com", message.email_from)
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler | self.supervisor)
        self.assertIn("boss@elsewhere.example.com", self.complaint.activity_ids[0].summary)
        self.assertFalse(message.notified_partner_ids & self.customer)
        self.reply("Boss <boss@elsewhere.example.com>", body="Hello?")
        self.assertEqual(len(self.complaint.activity_ids), 2)

    def test_reply_of_other_customers_contact_is_held(self):
        self.env["res.partner"].create({"name": "Rival", "email": "rival@dim.example.com"})
        self.assert_held(self.reply("Rival <rival@dim.example.com>"))

    def test_reply_of_follower_is_held(self):
        mediator = self.env["res.partner"].create({"name": "Mediator", "email": "mediator@court.example.com"})
        self.complaint.message_subscribe(mediator.ids)
        self.assert_held(self.reply("Mediator <mediator@court.example.com>"))

    def test_reply_of_contact_who_left_is_held(self):
        leaver = self.env["res.partner"].create(
            {"name": "Wu", "email": "wu@bright.example.com", "parent_id": self.customer.id}
        )
        self.reply("Wu <wu@bright.example.com>", body="Here they are.")
        self.assertFalse(self.complaint.waiting_reason)
        self.complaint.sudo().waiting_reason = "Photos"
        leaver.parent_id = False
        self.assert_held(self.reply("Wu <wu@bright.example.com>"))

    def test_reply_from_address_entered_later_is_held(self):
        self.complaint.with_user(self.handler).contact_email = "mine@elsewhere.example.com"
        self.assert_held(self.reply("Mine <mine@elsewhere.example.com>"))

    def test_reply_with_names_of_customer_is_held(self):
        for sender in (
            '"office@bright.example.com" <evil@elsewhere.example.com>',
            "office@bright.example.com.evil.example.com",
        ):
            with self.subTest(sender):
                self.assert_held(self.reply(sender))

    def test_reply_of_customer_is_heard(self):
        self.assertIn("Photos", self.page(), "the customer reads what is waited for")
        self.reply("Huang <office@bright.example.com>", body="Here they are.")
        self.assertFalse(self.complaint.waiting_reason or self.complaint.held_message_ids)
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler)
        self.assertIn("Here they are.", self.page())

    def test_machine_of_stranger_is_held(self):
        self.assert_held(self.reply("Robot <robot@elsewhere.example.com>", Auto_Submitted="auto-replied"))
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler | self.supervisor)

    def test_machine_of_customer_is_neither_held_nor_heard(self):
        message = self.reply("Huang <office@bright.example.com>", Auto_Submitted="auto-replied")
        self.assertFalse(message.is_internal or self.complaint.held_message_ids or self.complaint.activity_ids)
        self.assertEqual(self.complaint.waiting_reason, "Photos")

    def test_reply_of_colleague_without_part_is_not_customers(self):
        self.salesman.email = "salesman@ruida.example.com"
        self.complaint.sudo().accused_user_ids = self.salesman
        message = self.reply("Sales <salesman@ruida.example.com>")
        self.assertTrue(message.is_internal)
        self.assertFalse(self.complaint.held_message_ids)

    def test_accepted_reply_is_customers_word(self):
        message = self.reply(
            "Secretary <secretary@bright.example.com>", body="Photos attached.", files=[("photo.png", b"x")]
        )
        message.with_user(self.taker).action_kehu_reply_is_customers()
        self.env.invalidate_all()
        self.assertFalse(self.complaint.waiting_reason or self.complaint.held_message_ids)
        self.assertEqual(self.complaint.activity_ids.summary, "The customer has answered: go on")
        page = self.page()
        self.assertIn("Photos attached.", page)
        self.assertIn("secretary@bright.example.com", page, "shown as theirs")
        self.assertIn("photo.png", page)
        self.assertEqual(self.complaint.message_ids[0].author_id, self.taker.partner_id)
        self.assertIn("secretary@bright.example.com", self.complaint.message_ids[0].body)

    def test_refused_reply_stays_note(self):
        message = self.reply("Boss <boss@elsewhere.example.com>")
        message.with_user(self.handler).action_kehu_reply_is_not_customers()
        self.env.invalidate_all()
        self.assertTrue(message.is_internal)
        self.assertFalse(self.complaint.held_message_ids or self.complaint.activity_ids)
        self.assertEqual(self.complaint.waiting_reason, "Photos")
        with self.assertRaisesRegex(UserError, "not held any more"):
            message.with_user(self.taker).action_kehu_reply_is_customers()

    def test_user_with_part_accepts_no_reply(self):
        message = self.reply("Feng <feng.private@example.net>")
        self.complaint.sudo().write({"worked_user_ids": [Command.link(self.director.id)]})
        for user in (self.handler, self.director):
            with self.assertRaisesRegex(AccessError, "You have a part in this"), self.env.cr.savepoint():
                message.with_user(user).action_kehu_reply_is_customers()
        self.assert_held(message)
        self.complaint.user_id = self.supervisor
        self.complaint.held_message_ids = False
        self.complaint.activity_ids.unlink()
        self.reply("Feng <feng.private@example.net>", body="Again")
        self.assertNotIn(self.director, self.complaint.activity_ids.user_id)

    def test_form_shows_held_replies(self):
        self.reply("Boss <boss@elsewhere.example.com>")
        with Form(self.complaint.with_user(self.handler)) as form:
            self.assertEqual(len(form.held_message_ids), 1)

    def test_only_service_accepts_reply_over_rpc(self):
        message = self.reply("Boss <boss@elsewhere.example.com>")
        note = self.complaint.with_user(self.handler).message_post(body="Ours", subtype_xmlid="mail.mt_note")
        portal = new_test_user(self.env, "test_held_portal", "base.group_portal", partner_id=self.customer.id)
        self.complaint.sudo().accused_user_ids = self.supervisor
        for user in (portal, self.employee, self.supervisor, self.gateway, self.salesman):
            messages = self.env["mail.message"].with_user(user)
            for method in ("action_kehu_reply_is_customers", "action_kehu_reply_is_not_customers"):
                with self.subTest(user=user.login), self.assertRaises(AccessError), self.env.cr.savepoint():
                    call_kw(messages, method, [message.ids], {})
        for attack in (
            lambda: call_kw(
                self.env["mail.message"].with_user(self.taker), "action_kehu_reply_is_customers", [note.ids], {}
            ),
            lambda: self.complaint.with_user(self.handler).write({"held_message_ids": [(4, note.id)]}),
            lambda: message.with_user(self.handler).write({"is_internal": False}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():  # AccessError is one
                attack()
        self.assertTrue(message.is_internal)
        self.assertEqual(note.sudo().subtype_id, self.env.ref("mail.mt_note"))
