import base64

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_messages import MessageCommon
from .test_rpc import REFUSALS


@tagged("post_install", "-at_install")
class TestPostedFiles(MessageCommon):
    """A9: a file that was posted stays with its message, as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.post(cls.clerk, "See this.", attachments=[("proof.txt", b"proof")]).attachment_ids

    def test_posted_file_is_not_replaced(self):
        other = base64.b64encode(b"other")
        for values in (
            {"raw": b"other"}, {"datas": other}, {"name": "x.txt"}, {"mimetype": "text/html"}, {"type": "url", "url": "https://x.example"},
            {"res_model": "res.partner", "res_id": self.customer.id}, {"res_id": 0}, {"index_content": "forged"},
            {"description": "forged"}, {"company_id": self.env.company.id}, {"public": True},
        ):  # fmt: skip
            for user in (self.clerk, self.admin):
                for attachment in (self.file.with_user(user), self.file.with_user(user).sudo()):
                    with self.subTest(values=values, user=user.login), self.assertRaises(AccessError):
                        attachment.write(values)
        self.assertEqual(self.file.raw, b"proof")

    def test_posted_file_is_not_deleted(self):
        for user in (self.clerk, self.admin):
            for attachment in (self.file.with_user(user), self.file.with_user(user).sudo()):
                with self.assertRaises(AccessError):
                    attachment.unlink()

    def test_posted_file_outlives_what_it_belonged_to(self):
        """Odoo cleans dialogs up in the name of the superuser, and their files with them."""
        dialog = self.env["base.language.export"].with_user(self.clerk).create({})
        posted, loose = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                [
                    {"name": name, "raw": b"promise", "res_model": dialog._name, "res_id": dialog.id}
                    for name in ("promise.txt", "loose.txt")
                ]
            )
        )
        message = self.case.with_user(self.clerk).message_post(body="See this.", attachment_ids=posted.ids)
        dialog.with_user(SUPERUSER_ID).unlink()
        self.assertFalse(dialog.exists() or loose.exists())
        self.assertEqual(message.sudo().attachment_ids.sudo().raw, b"promise")
        self.assertEqual((posted.sudo().res_model, posted.sudo().res_id), (self.case._name, self.case.id))

    def test_file_of_the_case_alone_is_deleted(self):
        loose = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create({"name": "draft.txt", "raw": b"draft", "res_model": "kehu.test.case", "res_id": self.case.id})
        )
        loose.write({"raw": b"better"})
        loose.unlink()

    def test_reminder_of_another_stays(self):
        self.case.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id, summary="A major one has come in"
        )
        reminder = self.case.sudo().activity_ids
        mine = reminder.with_user(self.clerk)
        for attack in (
            lambda: mine.unlink(),
            lambda: self.case.with_user(self.clerk).activity_unlink(["mail.mail_activity_data_todo"]),
            lambda: self.case.with_user(self.clerk).activity_feedback(["mail.mail_activity_data_todo"]),
            lambda: self.case.with_user(self.clerk).write({"activity_ids": [Command.delete(reminder.id)]}),
            lambda: mine.action_feedback(),
            lambda: mine.action_done(),
            lambda: mine.action_reschedule_nextweek(),
            lambda: mine.write({"user_id": self.clerk.id}),
            lambda: mine.write({"automated": False}),
            lambda: mine.write(
                {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.customer.id}
            ),
        ):
            with self.assertRaisesRegex(AccessError, "somebody else"), self.env.cr.savepoint():
                attack()
        self.assertEqual(self.case.sudo().activity_ids, reminder)
        errand = (
            self.env["mail.activity"]
            .with_user(self.clerk)
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("kehu.test.case"),
                    "res_id": self.case.id,
                    "user_id": self.manager.id,
                }
            )
        )
        errand.unlink()
        reminder.with_user(self.manager).action_feedback(feedback="Seen.")
        self.assertFalse(self.case.sudo().activity_ids)

    def test_nobody_takes_back_that_others_were_told(self):
        self.manager.notification_type = "inbox"
        message = self.post(self.clerk, "Look.", subtype_xmlid="mail.mt_note", partner_ids=self.manager.partner_id.ids)
        theirs = message.with_user(self.manager)
        theirs.toggle_message_starred()
        for name in ("notified_partner_ids", "notification_ids", "starred_partner_ids"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                message.with_user(self.clerk).write({name: [Command.clear()]})
        self.env.invalidate_all()
        self.assertTrue(theirs.needaction and theirs.starred)
        theirs.set_message_done()
        self.env.invalidate_all()
        self.assertFalse(theirs.needaction)

    def test_files_of_an_activity_go_over_to_its_message(self):
        activity = self.case.activity_schedule("mail.mail_activity_data_todo", user_id=self.clerk.id).with_user(
            self.clerk
        )
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create({"name": "a.txt", "raw": b"a", "res_model": "mail.activity", "res_id": activity.id})
        )
        message_id = activity.action_feedback(feedback="Done.")
        self.assertEqual(self.env["mail.message"].browse(message_id).attachment_ids, attachment)
        with self.assertRaises(AccessError):
            attachment.unlink()


@tagged("post_install", "-at_install")
class TestMessageRoutes(HttpCase, MessageCommon):
    """A9: the routes of the chatter, which act in superuser mode."""

    def call(self, route, **params):
        return self.make_jsonrpc_request(route, params)

    @mute_logger(*REFUSALS, "odoo.addons.base.models.ir_cron")
    def test_routes_refuse_what_rpc_refuses(self):
        attachment = self.post(self.clerk, "See this.", attachments=[("proof.txt", b"proof")]).attachment_ids
        public = self.post(self.clerk, "Dear customer", subtype_xmlid="mail.mt_comment")
        before = self.said()
        for user in (self.clerk, self.manager, self.admin):
            user.password = "message_password"
            self.authenticate(user.login, "message_password")
            for message in (self.note, self.answer, public):
                for data in ({"body": "forged"}, {"body": "", "attachment_ids": []}):
                    with self.assertRaises(Exception):
                        self.call("/mail/message/update_content", message_id=message.id, update_data=data)
            with self.assertRaises(Exception):
                self.call("/mail/attachment/delete", attachment_id=attachment.id)
        self.assertEqual(self.said(), before)

    def test_route_posts_comments_of_the_user(self):
        self.clerk.password = "message_password"
        self.authenticate(self.clerk.login, "message_password")
        forged = {
            "body": "x", "message_type": "email", "author_id": self.customer.id, "email_from": "x@example.com", "date": "2020-01-01",
            "subtype_xmlid": "mail.mt_note",
        }  # fmt: skip
        posted = self.call(
            "/mail/message/post", thread_model="kehu.test.case", thread_id=self.case.id, post_data=forged
        )
        message = self.env["mail.message"].browse(posted["message_id"])
        self.assertRecordValues(message, [{"author_id": self.clerk.partner_id.id, "message_type": "comment"}])
        self.call("/mail/message/update_content", message_id=message.id, update_data={"body": "y"})
        self.env.invalidate_all()
        self.assertIn("y", message.body)
        self.call("/mail/message/reaction", message_id=message.id, content="👍", action="add")
        message.with_user(self.clerk).toggle_message_starred()
        self.assertTrue(message.with_user(self.clerk).starred)
