from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestMailLeaks(ArchiveCase):
    """X3: chatter, followers, activities and mail of a hidden customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.employee, cls.salesman, cls.officer):
            user.email = f"{user.login}@example.com"
        cls.archive = cls.file_archive(cls.clerk, name="Marker Ltd", email="marker@example.com")
        cls.customer = cls.archive.partner_id
        cls.open = cls.file_archive(cls.clerk, name="Open Ltd")
        for document in (cls.archive, cls.customer):
            document.sudo().message_subscribe((cls.employee + cls.salesman + cls.officer).partner_id.ids)
            document.sudo().message_post(
                body="Marker text",
                subject="Marker subject",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=cls.employee.partner_id.ids,
            )
            document.sudo().activity_schedule(
                "mail.mail_activity_data_todo", note="Marker note", user_id=cls.employee.id
            )
        cls.messages = cls.archive.message_ids + cls.customer.message_ids
        cls.activities = cls.archive.activity_ids + cls.customer.activity_ids
        cls.env.flush_all()
        cls.customer.with_user(cls.officer).kehu_custodian_id = cls.officer
        cls.customer.sudo().kehu_tier = "3"
        cls.env.flush_all()

    def assertHidden(self, read):
        with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
            read()
        self.assertNotIn("Marker", str(refused.exception))

    def test_messages_are_hidden_even_from_those_who_got_them(self):
        messages = self.env["mail.message"].with_user(self.employee)
        self.assertFalse(messages.search([("id", "in", self.messages.ids)]))
        self.assertFalse(messages.search([("body", "ilike", "Marker")]))
        self.assertHidden(lambda: messages.browse(self.messages.ids).read(["body", "subject", "record_name"]))
        for notification in (
            self.env["mail.notification"]
            .with_user(self.employee)
            .search([("mail_message_id", "in", self.messages.ids)])
        ):
            self.assertNotIn("Marker", str(notification.read(["mail_message_id", "author_id", "res_partner_id"])))
        self.assertTrue(self.env["mail.message"].with_user(self.officer).search([("id", "in", self.messages.ids)]))

    def test_followers_and_activities_end_with_the_right_to_read(self):
        for document in (self.archive, self.customer):
            followers = document.sudo().message_partner_ids
            self.assertNotIn(self.employee.partner_id, followers)
            self.assertIn(self.officer.partner_id, followers)
        self.assertFalse(self.activities.exists())
        self.assertHidden(lambda: self.archive.with_user(self.employee).message_get_followers())

    def test_who_may_not_read_gets_no_mail(self):
        for document in (self.archive, self.customer):
            document.sudo().message_subscribe((self.employee + self.officer).partner_id.ids)
            self.assertNotIn(self.employee.partner_id, document.sudo().message_partner_ids)
            message = document.with_user(self.officer).message_post(
                body="Marker",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.employee.partner_id.ids,
            )
            self.assertNotIn(self.employee.partner_id, message.sudo().notified_partner_ids)
            self.assertHidden(lambda document=document: document.with_user(self.employee).message_post(body="x"))
        self.assertTrue(
            self.open.with_user(self.clerk)
            .message_post(body="x", partner_ids=self.employee.partner_id.ids, message_type="comment")
            .sudo()
            .notified_partner_ids
        )

    def test_an_activity_tells_nothing_of_another_record(self):
        mine = (
            self.open.with_user(self.employee)
            .sudo()
            .activity_schedule("mail.mail_activity_data_todo", user_id=self.employee.id)
            .sudo(False)
            .with_user(self.employee)
        )
        self.assertHidden(lambda: mine.write({"res_id": self.archive.id}))
        self.assertHidden(
            lambda: mine.write(
                {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.customer.id}
            )
        )
        self.assertHidden(
            lambda: (
                self.env["mail.activity"]
                .with_user(self.employee)
                .create({"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.customer.id})
            )
        )
        with self.assertRaisesRegex(ValidationError, "may not read"):
            self.archive.with_user(self.officer).activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.employee.id
            )
        stale = self.archive.with_user(self.officer).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        self.env.cr.execute("UPDATE mail_activity SET user_id = %s WHERE id = %s", [self.employee.id, stale.id])
        self.env.invalidate_all()
        self.assertFalse(self.env["mail.activity"].with_user(self.employee).search([("id", "=", stale.id)]))
        self.assertHidden(lambda: stale.with_user(self.employee).read(["res_name"]))
        self.assertNotIn("Marker", str(self.employee.with_user(self.employee)._get_activity_groups()))
        self.assertIn("Marker", stale.sudo().res_name)

    def test_the_chat_client_gets_a_mask(self):
        for user, shown in ((self.employee, False), (self.officer, True)):
            for partner in (self.customer.with_user(user), self.customer.with_user(user).sudo()):
                data = str(Store().add(partner).get_result())
                self.assertEqual("Marker" in data, shown)
                self.assertEqual("marker@example.com" in data, shown)
        self.assertNotIn(
            "Marker", str(self.env["res.partner"].with_user(self.employee).get_mention_suggestions("Mark"))
        )

    def test_members_of_a_conversation_are_pushed_no_hidden_name(self):
        portal = new_test_user(self.env, "test_member_portal", "base.group_portal", name="Marker person")
        portal.partner_id.sudo().parent_id = self.customer
        for colleague, is_pushed in ((self.employee, False), (self.officer, True)):
            channel = self.env["discuss.channel"].create({"name": "Talk", "channel_type": "group"})
            channel.add_members((colleague.partner_id + portal.partner_id).ids, post_joined_message=False)
            message = channel.with_user(portal).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            for pushed in (message, channel.with_user(portal).self_member_id):
                data = str(Store(bus_channel=channel).add(pushed).get_result())
                self.assertEqual("Marker" in data, is_pushed, data)
            self.assertIn("Hello", str(Store(bus_channel=channel).add(message).get_result()))

    def test_a_document_with_a_hidden_follower_opens(self):
        self.open.sudo().message_subscribe(self.customer.ids)
        self.open.sudo().message_post(body="Hello", author_id=self.customer.id, partner_ids=self.customer.ids)
        opened = self.open.with_user(self.employee)
        store = opened.message_get_followers()
        self.assertNotIn("Marker", str(store))
        messages = (
            self.env["mail.message"]
            .with_user(self.employee)
            .search([("model", "=", "kehu.archive"), ("res_id", "=", opened.id)])
        )
        data = str(Store().add(messages).get_result())
        self.assertIn("Hello", data)
        self.assertNotIn("Marker", data)
        self.assertNotIn("marker@", data)

    def test_address_of_hidden_contact_finds_nobody(self):
        threads, mine = self.env["mail.thread"].with_user(self.employee), self.open.with_user(self.employee)
        for emails in (["marker@example.com"], ["Marker <MARKER@example.com>"], ["nobody@example.com"]):
            for thread in (threads, mine):
                self.assertFalse(thread._partner_find_from_emails_single(emails, no_create=True), emails)
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                self.env["res.partner"].with_user(self.employee).find_or_create(emails[0])
            self.assertNotIn("#", str(refused.exception))

    def test_contact_created_with_hidden_address_is_a_new_one(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        for address in ("Typed <marker@example.com>", "Typed <nobody@example.com>"):
            created = partners.find_or_create(address)
            self.assertNotEqual(created, self.customer)
            self.assertEqual((created.name, created.phone, created.commercial_partner_id), ("Typed", False, created))
            self.assertEqual(partners._find_or_create_from_emails([address]), [created])
        self.assertEqual(
            self.env["res.partner"].sudo()._find_or_create_from_emails(["marker@example.com"]),
            [self.customer],
            "mail that comes in is the customer's",
        )

    def test_reply_to_hidden_author_suggests_the_mask_only(self):
        message = self.open.sudo().message_post(
            body="Hello", author_id=self.customer.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.env.invalidate_all()
        suggested = self.open.with_user(self.employee)._message_get_suggested_recipients(
            reply_message=message.sudo(False)
        )
        self.assertNotIn("arker", str(suggested))
        self.assertIn(self.customer.id, [recipient["partner_id"] for recipient in suggested])

    def test_typed_address_of_hidden_contact_is_not_suggested(self):
        self.env.invalidate_all()
        for address in ("marker@example.com", "nobody@example.com"):
            suggested = self.open.with_user(self.employee)._message_get_suggested_recipients(primary_email=address)
            self.assertIn((address, False), [(recipient["email"], recipient["partner_id"]) for recipient in suggested])
            self.assertNotIn(self.customer.id, [recipient["partner_id"] for recipient in suggested])

    def test_avatar_of_hidden_author_is_none(self):
        self.customer.sudo().image_1920 = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        message = self.open.sudo().message_post(body="Hello", author_id=self.customer.id)
        self.env.invalidate_all()
        theirs = message.with_user(self.employee).sudo(False)
        self.assertFalse(theirs.read(["author_avatar"])[0]["author_avatar"])
        with self.assertRaises(MissingError):
            self.env["ir.binary"].with_user(self.employee)._record_to_stream(theirs, "author_avatar")

    def test_dialog_is_read_by_who_opened_it(self):
        dialogs = (
            self.env["kehu.tier.raise"]
            .with_user(self.officer)
            .create({"partner_ids": self.customer.ids, "tier": "3", "reason": "Marker reason"})
        )
        theirs = dialogs.with_user(self.clerk)
        self.assertFalse(theirs.search([]))
        for attack in (
            lambda: theirs.read(["reason"]),
            lambda: theirs.write({"reason": "x"}),
            lambda: theirs.action_apply(),
        ):
            self.assertHidden(attack)
        self.assertEqual(dialogs.read(["reason"])[0]["reason"], "Marker reason")

    def test_customer_still_gets_mail(self):
        portal = new_test_user(self.env, "test_mail_portal", "base.group_portal", email="portal@example.com")
        portal.partner_id.parent_id = self.customer
        self.customer.sudo().message_subscribe(portal.partner_id.ids)
        message = self.customer.with_user(self.officer).message_post(
            body="Dear customer", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn(portal.partner_id, message.sudo().notified_partner_ids)

    def test_what_browsers_are_told_is_read_by_nobody(self):
        """Not even by an administrator, who can give access rights; the browser of whoever may read gets it."""
        admin = new_test_user(self.env, "test_admin", "base.group_user,base.group_system")
        bus, push = (self.env[name].with_user(admin) for name in ("bus.bus", "mail.push"))
        for model in (bus, push):
            self.env["ir.model.access"].with_user(admin).create(
                {
                    "name": "All",
                    "model_id": self.env["ir.model"]._get_id(model._name),
                    "group_id": self.env.ref("base.group_system").id,
                    "perm_read": True,
                    "perm_unlink": True,
                }
            )
        self.env["bus.bus"]._sendone(self.officer.partner_id, "test", {"body": "Marker text"})
        self.env.cr.precommit.run()
        row = self.env["bus.bus"].search([("message", "ilike", "Marker text")])
        device = self.env["mail.push.device"].create(
            {"partner_id": self.officer.partner_id.id, "endpoint": "https://push.example.com", "keys": "{}"}
        )
        pushed = self.env["mail.push"].create({"mail_push_device_id": device.id, "payload": "Marker text"})
        self.assertTrue(row and pushed)
        for model, record in ((bus, row), (push, pushed)):
            self.assertFalse(model.search([]))
            self.assertHidden(lambda record=record: record.with_user(admin).read())
            self.assertHidden(lambda record=record: record.with_user(admin).unlink())
        self.assertHidden(lambda: device.with_user(admin).read(["endpoint"]))
        self.assertHidden(
            lambda: device.with_user(admin).create(
                {"partner_id": self.officer.partner_id.id, "endpoint": "https://evil.example.com", "keys": "{}"}
            )
        )
        told = self.env["bus.bus"].with_user(self.officer)._poll([self.officer.partner_id], row[0].id - 1)
        self.assertIn({"body": "Marker text"}, [each["message"]["payload"] for each in told])
