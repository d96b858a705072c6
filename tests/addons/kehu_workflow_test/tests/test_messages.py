from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CaseCommon


class MessageCommon(CaseCommon):
    """What the clerk and the manager said on a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "message_admin", groups="base.group_system,base.group_erp_manager", email="admin@example.com"
        )
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
        forged = {
            "body": "forged",
            "author_id": self.manager.partner_id.id,
            "model": "kehu.test.case",
            "res_id": self.case.id,
        }
        for command in (
            Command.create(forged), Command.update(self.note.id, {"body": "x"}), Command.delete(self.note.id),
            Command.unlink(self.note.id), Command.clear(), Command.set([self.answer.id]),
        ):  # fmt: skip
            for case in (
                self.case.with_user(self.clerk),
                self.case.with_user(self.admin),
                self.case.with_user(self.clerk).sudo(),
            ):
                with self.subTest(command=command, uid=case.env.uid), self.assertRaises(AccessError):
                    case.write({"message_ids": [command]})
        with self.assertRaises(AccessError):
            self.case.with_user(self.clerk).copy(
                {"message_ids": [Command.create({"body": "x", "model": "kehu.test.case"})]}
            )
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
                body="x", partner_ids=self.customer.ids, author_id=self.customer.id, email_from="x@example.com"
            )
        self.assert_own(notified.sudo(), self.clerk, "user_notification")
        unbound = (
            self.env["mail.thread"]
            .with_user(self.clerk)
            .message_notify(
                body="x",
                partner_ids=self.customer.ids,
                author_id=self.customer.id,
                model="kehu.test.case",
                res_id=self.case.id,
            )
        )
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
        # Odoo has a rule for it, which an administrator can lift.
        self.env.ref("mail.ir_rule_mail_scheduled_message_user").active = False
        with self.assertRaisesRegex(AccessError, "a colleague's"):
            scheduled.with_user(self.clerk).write({"body": "Not fine."})
        scheduled.with_user(self.manager).post_message()
        posted = self.case.message_ids.filtered(lambda message: "Fine." in message.body)
        self.assertEqual(posted.author_id, self.manager.partner_id)

    def test_absent_colleague_answers_in_own_name(self):
        self.manager.write({
            "out_of_office_from": fields.Datetime.subtract(fields.Datetime.now(), days=1), "out_of_office_message": "I am away.",
        })  # fmt: skip
        self.post(self.clerk, "Please look.", partner_ids=self.manager.partner_id.ids)
        answer = self.case.message_ids.filtered(lambda message: "I am away." in message.body)
        self.assertRecordValues(answer, [{"author_id": self.manager.partner_id.id, "message_type": "out_of_office"}])

    def test_tracking_cannot_be_changed(self):
        message = self.case._message_log(
            body="x", tracking_value_ids=[Command.create({"old_value_char": "a", "new_value_char": "b"})]
        )
        tracking = message.sudo().tracking_value_ids.with_user(self.admin)
        with self.assertRaises(AccessError):
            tracking.write({"new_value_char": "c"})
        with self.assertRaises(AccessError):
            tracking.unlink()
        with self.assertRaises(AccessError):
            tracking.create({"mail_message_id": self.note.id, "new_value_char": "c"})

    def test_nobody_is_untold_by_an_administrator(self):
        message = self.post(self.clerk, "Look.", partner_ids=self.manager.partner_id.ids)
        told = message.sudo().notification_ids.filtered(lambda row: row.res_partner_id == self.manager.partner_id)
        self.assertTrue(told)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            told.with_user(self.admin).unlink()

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

    def test_mail_of_client_leaves_in_no_other_name(self):
        mail = self.env["mail.mail"].with_user(self.admin)
        letter = {"body_html": "We pay", "email_to": "customer@example.com"}
        colleague = self.manager.partner_id
        own = mail.create({**letter, "email_from": self.admin.email_formatted})
        for forged in (
            {"author_id": colleague.id, "email_from": "somebody@example.com"},
            {"email_from": self.manager.email_formatted},
            {"email_from": f"{self.admin.email_formatted}, {self.manager.email}"},
        ):
            with self.subTest(forged=forged), self.assertRaisesRegex(AccessError, "in the name of who writes it"):
                mail.create({**letter, **forged})
            with self.subTest(written=forged), self.assertRaises(AccessError), self.env.cr.savepoint():
                own.write(forged)
        self.assertEqual(own.author_id, self.admin.partner_id)
        theirs = self.env["mail.mail"].create({**letter, "email_from": self.manager.email_formatted})
        with self.assertRaisesRegex(AccessError, "in the name of who writes it"):
            theirs.with_user(self.admin).body_html = "We pay twice"
        theirs.with_user(self.admin).cancel()

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
            message.with_context(lang="en_US"), body=body, **values
        )

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
            body="x", author_id=self.clerk.partner_id.id, message_type="comment", subtype_xmlid="mail.mt_note"
        )
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
        self.assert_no_edit(
            self.clerk, self.post(self.clerk, "x", subtype_xmlid="mail.mt_note", partner_ids=self.customer.ids)
        )
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

    def test_followers_are_told_whatever_a_subtype_says(self):
        said = self.env.ref("mail.mt_comment")
        said.with_user(self.admin).default = False
        self.case.sudo().message_unsubscribe((self.manager | self.clerk).partner_id.ids)
        self.case.with_user(self.clerk).message_subscribe(self.manager.partner_id.ids)
        self.assertIn(said, self.case.message_follower_ids.subtype_ids)
        message = self.post(self.clerk, "x", subtype_xmlid="mail.mt_comment")
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)
        subtypes = self.env["mail.message.subtype"]
        self.assertIn(said.id, subtypes._get_auto_subscription_subtypes("kehu.test.case")[1])
        self.assertNotIn(said.id, subtypes._get_auto_subscription_subtypes("res.partner")[1])
        self.customer.message_subscribe(self.manager.partner_id.ids)
        self.assertNotIn(said, self.customer.message_follower_ids.subtype_ids)

    def test_minutes_are_within_a_day(self):
        for minutes in (-1, 1441):
            with self.assertRaisesRegex(UserError, "at most"):
                self.env["res.config.settings"].create({"kehu_note_edit_minutes": minutes})
