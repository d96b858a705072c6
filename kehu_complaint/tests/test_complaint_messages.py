from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_service_mail import ServiceMailCase

REFUSALS = ("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestComplaintMessages(HttpCase, ServiceMailCase):
    """C3, C6, A9: what was said about a complaint stays, and nobody says it in another's name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_message_admin", "base.group_system", name="Admin")
        cls.portal = new_test_user(
            cls.env, "test_message_portal", "base.group_portal", name="Huang", email="huang@bright.example.com"
        )
        cls.portal.partner_id.parent_id = cls.customer
        cls.complaint = cls.complain(partner_id=cls.portal.partner_id.id)
        cls.heard = cls.complaint.with_user(cls.env.user).message_post(
            body="They get hot.",
            author_id=cls.portal.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        cls.answered = cls.complaint.with_user(cls.director)._message_reply("We look into it.").with_env(cls.env)

    def said(self):
        self.env.invalidate_all()
        messages = self.env["mail.message"].search(
            [("model", "=", "kehu.complaint"), ("res_id", "=", self.complaint.id)]
        )
        return messages.read(
            ["author_id", "email_from", "date", "body", "message_type", "subtype_id", "attachment_ids"]
        )

    def test_answer_comes_from_desk_in_own_name(self):
        self.assertEqual(self.answered.author_id, self.director.partner_id)
        self.assertEqual(self.answered.email_from, self.complaint.sudo()._service_sender())

    def test_conversation_is_kept(self):
        before = self.said()
        for user in (self.taker, self.handler, self.supervisor, self.director, self.admin, self.portal):
            for message in (self.heard, self.answered):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    message.with_user(user).write({"body": "we owe nothing", "author_id": self.director.partner_id.id})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.complaint.message_ids.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.complaint.with_user(user).write({"message_ids": [Command.clear()]})
        self.assertEqual(self.said(), before)

    def test_customer_is_not_impersonated(self):
        self.complaint.sudo().waiting_reason = "customer"
        posted = self.complaint.with_user(self.handler).message_post(
            body="I am content.",
            author_id=self.portal.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertRecordValues(posted, [{"author_id": self.handler.partner_id.id, "message_type": "comment"}])
        self.assertTrue(self.complaint.waiting_reason, "the clocks stand still: the customer said nothing")
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.handler).write(
                {
                    "message_ids": [
                        Command.create(
                            {"body": "forged", "author_id": self.director.partner_id.id, "model": "kehu.complaint"}
                        )
                    ]
                }
            )

    def test_staff_give_no_rating_with_message(self):
        for user in (self.taker, self.director, self.admin):
            with self.subTest(user=user.login), self.assertRaisesRegex(AccessError, "Customers rate"):
                self.complaint.with_user(user).message_post(body="nice", rating_value=5)
        self.assertFalse(self.complaint.sudo().rating_ids.filtered("consumed"))

    def test_later_rating_keeps_former_text(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(2, "Slow", complaint.partner_id)
        complaint.sudo()._service_rate(4, "Mended", complaint.partner_id)
        bodies = complaint.sudo().message_ids.mapped("body")
        self.assertTrue(any("Slow" in body for body in bodies))
        self.assertTrue(any("Mended" in body for body in bodies))

    @mute_logger(*REFUSALS)
    def test_routes_change_nothing_for_staff_and_customer(self):
        before = self.said()
        for user in (self.portal, self.handler, self.admin):
            user.password = "message_password"
            self.authenticate(user.login, "message_password")
            for message in (self.heard, self.answered):
                for route, params in (
                    ("/mail/message/update_content", {"message_id": message.id, "update_data": {"body": "forged"}}),
                    (
                        "/mail/message/update_content",
                        {"message_id": message.id, "update_data": {"body": "", "attachment_ids": []}},
                    ),
                    ("/mail/update_is_internal", {"message_id": message.id, "is_internal": True}),
                ):
                    with self.subTest(user=user.login, route=route), self.assertRaises(Exception):
                        self.make_jsonrpc_request(route, params)
        self.assertEqual(self.said(), before)

    def test_contact_who_wrote_is_not_deleted(self):
        writer = self.env["res.partner"].create({"name": "Writer", "email": "writer@bright.example.com"})
        self.complaint.with_user(self.env.user).message_post(body="Hello", author_id=writer.id)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            writer.with_user(self.admin).unlink()

    def test_reminders_of_a_superior_are_ended_by_those_above(self):
        complaint = self.complaint.sudo()
        for user in (self.supervisor, self.director):
            complaint.activity_schedule("mail.mail_activity_data_todo", user_id=user.id, summary="It has come in")
        reminders = complaint.activity_ids
        for user in (self.handler, self.supervisor):
            mine = reminders.filtered(lambda reminder: reminder.user_id == self.director).with_user(user)
            for attack in (
                lambda mine=mine: mine.unlink(),
                lambda mine=mine, user=user: mine.write({"user_id": user.id}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attack()
        reminders.filtered(lambda reminder: reminder.user_id == self.supervisor).with_user(
            self.director
        ).action_feedback()
        self.assertEqual(complaint.activity_ids.user_id, self.director)
