from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .test_service_mail import ServiceMailCase

PRIVATE = "feng.private@example.net"


@tagged("post_install", "-at_install")
class TestMessageParameters(ServiceMailCase):
    """A9, C3, C6: what clients may say of a message, and what the server alone says."""

    def setUp(self):
        super().setUp()
        self.complaint = self.mail()
        self.complaint._service_confirm()
        self.complaint.sudo().write({"kind_id": self.kind.id, "verification": "verified"})

    def post(self, user, document=None, **parameters):
        """Post an answer to the customer, as the chatter does."""
        parameters = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": self.customer.ids,
            **parameters,
        }
        return (document or self.complaint).with_user(user).message_post(body="We look into it.", **parameters)

    def test_forged_id_leads_no_answer_to_another_complaint(self):
        known = self.mails(self.complaint)[-1:].message_id
        self.complaint.with_user(self.supervisor).write(
            {"accused_user_ids": self.handler.ids, "accusation_reason": "rude"}
        )
        other = self.env["res.partner"].create({"name": "Other Ltd", "email": "other@other.example.com"})
        own = self.complain(partner_id=other.id)
        contact = self.env["res.partner"].create({"name": "Friend", "user_id": self.handler.id})
        fakes = self.post(self.handler, own, subtype_xmlid="mail.mt_note", partner_ids=[], message_id=known)
        fakes |= self.post(self.handler, contact, subtype_xmlid="mail.mt_note", partner_ids=[], message_id=known)
        self.env["mail.message"].with_user(self.handler).browse(fakes[-1:].id).write({"message_id": known})
        fakes |= (
            self.env["mail.message"]
            .with_user(self.handler)
            .create({"model": "res.partner", "res_id": contact.id, "body": "x", "message_id": known})
        )
        self.env.flush_all()
        self.assertNotIn(known, fakes.sudo().mapped("message_id"))
        self.assertEqual(len(set(fakes.sudo().mapped("message_id"))), 3)
        before = own.sudo().message_ids | contact.message_ids
        self.mail(subject="Re: Chargers get hot", In_Reply_To=known, body="Feng stole three chargers")
        self.env.invalidate_all()
        self.assertIn("Feng stole", self.complaint.sudo().message_ids[0].body)
        self.assertEqual(own.sudo().message_ids | contact.message_ids, before)

    def test_answers_go_to_the_desk_whatever_a_client_says(self):
        for parameters in (
            {"reply_to": PRIVATE},
            {"reply_to": PRIVATE, "reply_to_force_new": True},
            {"mail_headers": {"Reply-To": PRIVATE, "Cc": PRIVATE}},
            {"incoming_email_cc": PRIVATE, "incoming_email_to": PRIVATE},
        ):
            with self.subTest(parameters):
                message = self.post(self.handler, **parameters).sudo()
                self.assertIn(self.address, message.reply_to)
                self.assertFalse(message.reply_to_force_new or message.incoming_email_cc or message.incoming_email_to)
                for mail in message.mail_ids:
                    self.assertNotIn(PRIVATE, f"{mail.reply_to} {mail.headers} {mail.email_cc} {mail.email_to}")
        notified = self.complaint.with_user(self.handler).message_notify(
            body="x", partner_ids=self.customer.ids, reply_to=PRIVATE
        )
        notified |= (
            self.env["mail.thread"]
            .with_user(self.handler)
            .message_notify(
                model="kehu.complaint",
                res_id=self.complaint.id,
                body="x",
                partner_ids=self.customer.ids,
                reply_to=PRIVATE,
            )
        )
        self.assertNotIn(PRIVATE, str(notified.sudo().mapped("reply_to")))

    def test_nothing_is_said_silently_or_never_sent(self):
        self.director.email = "director@ruida.example.com"
        self.complaint.sudo().message_subscribe(partner_ids=self.director.partner_id.ids)
        for parameters in (
            {},
            {"notify_skip_followers": True},
            {"incoming_email_cc": "director@ruida.example.com"},
            {"scheduled_date": "2099-01-01 00:00:00"},
            {"skip_existing": True},
        ):
            with self.subTest(parameters):
                message = self.post(self.handler, **parameters).sudo()
                self.assertLessEqual(self.customer | self.director.partner_id, message.notification_ids.res_partner_id)
                self.assertFalse(self.env["mail.message.schedule"].search([("mail_message_id", "=", message.id)]))

    def test_who_only_reads_logs_notes_alone(self):
        self.env["res.users"].search([("lang", "!=", "en_US")]).lang = "en_US"
        self.assertTrue(self.complaint.with_user(self.salesman).has_access("read"))
        self.assertFalse(self.complaint.with_user(self.salesman).has_access("write"))
        note = self.post(self.salesman, subtype_xmlid="mail.mt_note", partner_ids=self.handler.partner_id.ids)
        self.assertEqual(note.author_id, self.salesman.partner_id)
        complaint = self.complaint.with_user(self.salesman)
        for attack in (
            lambda: self.post(self.salesman),
            lambda: self.post(self.salesman, partner_ids=[]),
            lambda: self.post(self.salesman, message_type="notification"),
            lambda: self.post(self.salesman, subtype_xmlid="mail.mt_note"),
            lambda: self.post(
                self.salesman,
                subtype_xmlid="mail.mt_note",
                partner_ids=[],
                outgoing_email_to="office@bright.example.com",
            ),
            lambda: complaint.message_notify(body="x", partner_ids=self.customer.ids),
            lambda: self.compose(complaint, "comment"),
            lambda: self.compose(complaint, "mass_mail"),
        ):
            with self.assertRaisesRegex(AccessError, "log a note"), self.env.cr.savepoint():
                attack()
        self.assertNotIn("1 million", "".join(self.complaint.sudo()._service_portal_messages().mapped("body")))

    def compose(self, complaint, mode):
        self.env["mail.compose.message"].with_user(complaint.env.user).create(
            {
                "model": "kehu.complaint",
                "res_ids": str(complaint.ids),
                "composition_mode": mode,
                "subject": "x",
                "body": "You get 1 million",
                "partner_ids": self.customer.ids,
            }
        )._action_send_mail()

    def test_handler_answers_by_chatter_and_dialog(self):
        complaint = self.complaint.with_user(self.handler)
        self.assertIn(self.post(self.handler).sudo(), self.complaint.sudo()._service_portal_messages())
        self.compose(complaint, "comment")
        said = self.complaint.sudo()._service_portal_messages()[-1:]
        self.assertIn("1 million", said.body)
        self.assertIn(self.customer, said.notification_ids.res_partner_id)
        self.assertIn(self.address, said.reply_to)


@tagged("post_install", "-at_install")
class TestChatterRoute(HttpCase, ServiceMailCase):
    """The route of the chatter posts in superuser mode: the same holds there."""

    @mute_logger("odoo.http")
    def test_who_only_reads_logs_notes_alone(self):
        complaint = self.complain()
        self.salesman.password = "salesman_password"
        self.authenticate(self.salesman.login, "salesman_password")
        post = {"body": "We look into it.", "message_type": "comment", "partner_ids": []}
        answer = {"thread_model": "kehu.complaint", "thread_id": complaint.id}
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.make_jsonrpc_request(
                "/mail/message/post", {**answer, "post_data": {**post, "subtype_xmlid": "mail.mt_comment"}}
            )
        self.make_jsonrpc_request(
            "/mail/message/post", {**answer, "post_data": {**post, "subtype_xmlid": "mail.mt_note"}}
        )
        self.assertEqual(complaint.sudo().message_ids[0].author_id, self.salesman.partner_id)
