import base64

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CaseCommon
from .test_rpc import REFUSALS


class MessageCommon(CaseCommon):
    """What the clerk and the manager said on a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "message_admin", groups="base.group_system,base.group_erp_manager", email="admin@example.com")
        (cls.clerk | cls.manager | cls.admin).lang = "en_US"
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "email": "customer@example.com"})
        cls.note = cls.post(cls.clerk, "I checked it.", subtype_xmlid="mail.mt_note")
        cls.answer = cls.post(cls.manager, "We owe them nothing.", subtype_xmlid="mail.mt_comment")

    @classmethod
    def post(cls, user, body, **values):
        values.setdefault("message_type", "comment")
        return cls.case.with_user(user).message_post(body=body, **values)

    def said(self):
        """All that must not change of what was said."""
        self.env.invalidate_all()
        messages = self.env["mail.message"].search([("model", "=", "kehu.test.case"), ("res_id", "=", self.case.id)])
        names = (
            "author_id", "email_from", "date", "body", "subject", "message_type", "subtype_id", "is_internal", "parent_id",
            "attachment_ids", "tracking_value_ids",
        )  # fmt: skip
        return messages.sudo().read(names)


@tagged("post_install", "-at_install")
class TestMessages(MessageCommon):
    """A9, C3, C6: what was said stays, and is said in nobody else's name."""

    def test_message_of_case_cannot_be_changed(self):
        before = self.said()
        others = self.env["res.partner"].create({"name": "Note"})
        for values in (
            {"body": "We owe them everything."}, {"author_id": self.manager.partner_id.id}, {"email_from": "x@example.com"},
            {"date": "2020-01-01"}, {"subject": "x"}, {"model": "res.partner", "res_id": others.id}, {"message_type": "email"},
            {"subtype_id": self.env.ref("mail.mt_comment").id}, {"is_internal": False}, {"parent_id": self.note.id},
            {"attachment_ids": [Command.create({"name": "x", "raw": b"x"})]}, {"child_ids": [Command.unlink(self.answer.id)]},
            {"partner_ids": [Command.link(self.customer.id)]}, {"reply_to": "x@example.com"}, {"res_id": False},
            {"tracking_value_ids": [Command.clear()]}, {"author_guest_id": False}, {"record_company_id": False},
        ):  # fmt: skip
            for user in (self.clerk, self.manager, self.admin):
                for message in (self.note, self.answer):
                    with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                        message.with_user(user).write(values)
                    with self.subTest(user=user.login, values=values, sudo=True), self.assertRaises(AccessError):
                        message.with_user(user).sudo().write(values)
        self.assertEqual(self.said(), before)

    def test_message_of_case_cannot_be_deleted(self):
        before = self.said()
        for user in (self.clerk, self.manager, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                (self.note | self.answer).with_user(user).unlink()
            with self.subTest(user=user.login, sudo=True), self.assertRaises(AccessError):
                self.note.with_user(user).sudo().unlink()
        self.note.with_env(self.env).unlink()  # what Odoo's clean-ups do
        self.assertEqual(self.said(), before)

    def test_messages_cannot_be_written_through_document(self):
        before = self.said()
        forged = {"body": "forged", "author_id": self.manager.partner_id.id, "model": "kehu.test.case", "res_id": self.case.id}
        for command in (
            Command.create(forged), Command.update(self.note.id, {"body": "x"}), Command.delete(self.note.id),
            Command.unlink(self.note.id), Command.clear(), Command.set([self.answer.id]),
        ):  # fmt: skip
            for case in (self.case.with_user(self.clerk), self.case.with_user(self.admin), self.case.with_user(self.clerk).sudo()):
                with self.subTest(command=command, uid=case.env.uid), self.assertRaises(AccessError):
                    case.write({"message_ids": [command]})
        with self.assertRaises(AccessError):
            self.case.with_user(self.clerk).copy({"message_ids": [Command.create({"body": "x", "model": "kehu.test.case"})]})
        self.assertEqual(self.said(), before)

    def test_message_from_elsewhere_cannot_be_moved_in(self):
        foreign = self.env["res.partner"].create({"name": "Elsewhere"}).message_post(body="forged")
        with self.assertRaises(AccessError):
            foreign.with_user(self.admin).write({"model": "kehu.test.case", "res_id": self.case.id})
        with self.assertRaises(AccessError):
            self.case.with_user(self.admin).write({"message_ids": [Command.link(foreign.id)]})

    def test_message_cannot_be_created_without_posting(self):
        values = {"body": "forged", "author_id": self.manager.partner_id.id}
        document = {"model": "kehu.test.case", "res_id": self.case.id}
        for user in (self.clerk, self.manager, self.admin):
            message = self.env["mail.message"].with_user(user)
            with self.assertRaises(AccessError):
                message.create({**values, **document})
            with self.assertRaises(AccessError):
                message.with_context(default_model="kehu.test.case", default_res_id=self.case.id).create(values)
            with self.assertRaises(AccessError):
                self.note.with_user(user).copy()
        with self.assertRaises(AccessError):
            self.env["mail.mail"].with_user(self.admin).create({**values, **document})
        with self.assertRaises(AccessError):
            self.case.with_user(self.clerk).sudo().write({"message_ids": [Command.create({**values, **document})]})

    def test_permit_of_client_is_none(self):
        for permit in (True, {"reason": "posting"}, "posting"):
            with self.assertRaises(AccessError):
                self.note.with_user(self.admin).with_context(kehu_message_permit=permit).write({"body": "x"})

    def test_poster_is_author(self):
        forged = {
            "author_id": self.manager.partner_id.id, "email_from": "Boss <boss@example.com>", "date": "2020-01-01 00:00:00",
            "message_type": "email", "author_guest_id": self.env["mail.guest"].create({"name": "Guest"}).id,
            "tracking_value_ids": [Command.create({"old_value_char": "a", "new_value_char": "b"})],
        }  # fmt: skip
        for user in (self.clerk, self.manager, self.admin):
            for context in ({}, {"default_author_id": self.customer.id, "default_message_type": "email"}):
                posted = self.case.with_user(user).with_context(**context).message_post(body="x", **forged).sudo()
                self.assert_own(posted, user)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            notified = self.case.with_user(self.clerk).message_notify(
                body="x", partner_ids=self.customer.ids, author_id=self.customer.id, email_from="x@example.com")
        self.assert_own(notified.sudo(), self.clerk, "user_notification")
        unbound = self.env["mail.thread"].with_user(self.clerk).message_notify(
            body="x", partner_ids=self.customer.ids, author_id=self.customer.id, model="kehu.test.case", res_id=self.case.id)
        self.assert_own(unbound.sudo(), self.clerk, "user_notification")

    def assert_own(self, message, user, message_type="comment"):
        self.assertRecordValues(message, [{
            "author_id": user.partner_id.id, "email_from": user.email_formatted, "message_type": message_type,
            "author_guest_id": False, "tracking_value_ids": [], "create_uid": user.id,
        }])  # fmt: skip
        self.assertEqual(message.date.year, fields.Datetime.now().year)

    def test_composer_sends_in_own_name(self):
        for mode in ("comment", "mass_mail"):
            composer = self.env["mail.compose.message"].with_user(self.clerk).create({
                "composition_mode": mode, "model": "kehu.test.case", "res_ids": repr(self.case.ids), "body": "x", "subject": mode,
                "author_id": self.manager.partner_id.id, "email_from": "Boss <boss@example.com>",
                "partner_ids": self.customer.ids, "auto_delete": False,
            })  # fmt: skip
            composer.action_send_mail()
            sent = self.env["mail.message"].search([("model", "=", "kehu.test.case"), ("subject", "=", mode)])
            self.assertTrue(sent)
            self.assertEqual(sent.author_id, self.clerk.partner_id)
            self.assertEqual(set(sent.mapped("email_from")), {self.clerk.email_formatted})

    def test_scheduled_message_is_its_creators(self):
        scheduled = self.env["mail.scheduled.message"].with_user(self.manager).create({
            "model": "kehu.test.case", "res_id": self.case.id, "body": "Fine.", "author_id": self.customer.id,
            "scheduled_date": fields.Datetime.add(fields.Datetime.now(), days=1),
        })  # fmt: skip
        with self.assertRaises(AccessError):
            scheduled.with_user(self.clerk).write({"body": "Not fine."})
        scheduled.with_user(self.manager).post_message()
        posted = self.case.message_ids.filtered(lambda message: "Fine." in message.body)
        self.assertEqual(posted.author_id, self.manager.partner_id)

    def test_tracking_cannot_be_changed(self):
        message = self.case._message_log(
            body="x", tracking_value_ids=[Command.create({"old_value_char": "a", "new_value_char": "b"})])
        tracking = message.sudo().tracking_value_ids.with_user(self.admin)
        with self.assertRaises(AccessError):
            tracking.write({"new_value_char": "c"})
        with self.assertRaises(AccessError):
            tracking.unlink()
        with self.assertRaises(AccessError):
            tracking.create({"mail_message_id": self.note.id, "new_value_char": "c"})

    def test_mail_does_not_take_message_along(self):
        mail = self.env["mail.mail"].with_user(self.admin)
        with self.assertRaises(AccessError):
            mail.create({"mail_message_id": self.note.id, "is_notification": False, "auto_delete": True})
        other = mail.create({"body_html": "x"})
        with self.assertRaises(AccessError):
            other.write({"mail_message_id": self.note.id})
        queued = self.env["mail.mail"].create({"mail_message_id": self.note.id, "body_html": "x"}).with_user(self.admin)
        for values in ({"body_html": "y"}, {"is_notification": False}, {"body": "y"}, {"email_to": "x@example.com"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                queued.write(values)
        queued.cancel()
        queued.unlink()
        self.assertTrue(self.note.exists())

    def test_mail_of_server_goes_with_its_message(self):
        values = {"model": "kehu.test.case", "res_id": self.case.id, "body_html": "x", "auto_delete": True}
        mail = self.env["mail.mail"].with_user(self.clerk).sudo().create(values)
        message = mail.mail_message_id
        mail.unlink()
        self.assertFalse(message.exists())

    def test_document_goes_with_its_messages(self):
        memo = self.create_cases(1)
        message = memo.with_user(self.clerk).message_post(body="x", attachments=[("x.txt", b"x")])
        memo.with_user(self.clerk).unlink()
        self.assertFalse(message.exists())

    def test_author_cannot_be_deleted(self):
        self.case.message_post(body="x", author_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.customer.with_user(self.admin).unlink()


@tagged("post_install", "-at_install")
class TestEdits(MessageCommon):
    """A9: one's own internal note can be corrected for some minutes, and the former text stays."""

    def edit(self, user, message, body="Corrected.", **values):
        message = self.env["mail.message"].with_user(user).sudo().browse(message.id)
        self.case.with_user(user).with_context(lang="en_US")._message_update_content(
            message.with_context(lang="en_US"), body=body, **values)

    def assert_no_edit(self, user, message):
        with self.assertRaisesRegex(UserError, "Only your own internal note"):
            self.edit(user, message)

    def test_own_note_is_edited_and_former_text_kept(self):
        mine = self.post(self.clerk, "Now I checked it.", subtype_xmlid="mail.mt_note")
        self.edit(self.clerk, mine)
        self.assertIn("Corrected.", mine.body)
        log = self.case.message_ids[0]
        self.assertIn("Now I checked it.", log.body)
        self.assertTrue(log.is_internal)
        self.assertEqual(log.author_id, self.clerk.partner_id)
        with self.assertRaises(UserError):
            self.edit(self.clerk, log)

    def test_note_of_another_is_not_edited(self):
        mine = self.post(self.clerk, "x", subtype_xmlid="mail.mt_note")
        self.assert_no_edit(self.manager, mine)
        self.assert_no_edit(self.admin, mine)
        on_behalf = self.case.message_post(
            body="x", author_id=self.clerk.partner_id.id, message_type="comment", subtype_xmlid="mail.mt_note")
        self.assert_no_edit(self.clerk, on_behalf)

    def test_note_is_not_edited_after_the_minutes(self):
        with freeze_time(fields.Datetime.now()) as frozen:
            mine = self.post(self.clerk, "x", subtype_xmlid="mail.mt_note")
            mine._write({"create_date": fields.Datetime.now()})  # PostgreSQL's clock is not frozen
            frozen.tick(11 * 60)
            self.assert_no_edit(self.clerk, mine)
            self.env["res.config.settings"].create({"kehu_note_edit_minutes": 20}).set_values()
            self.edit(self.clerk, mine)
            self.env["res.config.settings"].create({"kehu_note_edit_minutes": 0}).set_values()
            self.assert_no_edit(self.clerk, mine)

    def test_what_left_or_was_answered_is_not_edited(self):
        self.assert_no_edit(self.clerk, self.post(self.clerk, "x", subtype_xmlid="mail.mt_comment"))
        self.assert_no_edit(self.clerk, self.post(self.clerk, "x", subtype_xmlid="mail.mt_note", partner_ids=self.customer.ids))
        mine = self.post(self.clerk, "x", subtype_xmlid="mail.mt_note")
        self.post(self.manager, "Why?", subtype_xmlid="mail.mt_note", parent_id=mine.id)
        self.assert_no_edit(self.clerk, mine)

    def test_note_is_not_emptied(self):
        mine = self.post(self.clerk, "x", subtype_xmlid="mail.mt_note", attachments=[("x.txt", b"x")])
        for body in ("", "<p><br></p>", Markup("<p> </p>")):
            with self.assertRaisesRegex(UserError, "not emptied"):
                self.edit(self.clerk, mine, body, attachment_ids=[])
        self.edit(self.clerk, mine, "y", attachment_ids=[])
        self.assertEqual(mine.attachment_ids.mapped("name"), ["x.txt"])

    def test_minutes_are_within_a_day(self):
        for minutes in (-1, 1441):
            with self.assertRaisesRegex(UserError, "at most"):
                self.env["res.config.settings"].create({"kehu_note_edit_minutes": minutes})


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
            {"res_model": "res.partner", "res_id": self.customer.id}, {"res_id": 0},
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

    def test_file_of_the_case_alone_is_deleted(self):
        loose = self.env["ir.attachment"].with_user(self.clerk).create({
            "name": "draft.txt", "raw": b"draft", "res_model": "kehu.test.case", "res_id": self.case.id})
        loose.write({"raw": b"better"})
        loose.unlink()

    def test_reminder_of_another_stays(self):
        self.case.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id, summary="A major one has come in")
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
            lambda: mine.write({"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.customer.id}),
        ):
            with self.assertRaisesRegex(AccessError, "somebody else"), self.env.cr.savepoint():
                attack()
        self.assertEqual(self.case.sudo().activity_ids, reminder)
        errand = self.env["mail.activity"].with_user(self.clerk).create({
            "res_model_id": self.env["ir.model"]._get_id("kehu.test.case"), "res_id": self.case.id, "user_id": self.manager.id})
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
        activity = self.case.activity_schedule("mail.mail_activity_data_todo", user_id=self.clerk.id).with_user(self.clerk)
        attachment = self.env["ir.attachment"].with_user(self.clerk).create({
            "name": "a.txt", "raw": b"a", "res_model": "mail.activity", "res_id": activity.id})
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
        posted = self.call("/mail/message/post", thread_model="kehu.test.case", thread_id=self.case.id, post_data=forged)
        message = self.env["mail.message"].browse(posted["message_id"])
        self.assertRecordValues(message, [{"author_id": self.clerk.partner_id.id, "message_type": "comment"}])
        self.call("/mail/message/update_content", message_id=message.id, update_data={"body": "y"})
        self.env.invalidate_all()
        self.assertIn("y", message.body)
        self.call("/mail/message/reaction", message_id=message.id, content="👍", action="add")
        message.with_user(self.clerk).toggle_message_starred()
        self.assertTrue(message.with_user(self.clerk).starred)
