from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveMessages(ArchiveCase):
    """A9: the chatter of a customer with an archive belongs to the archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_message_admin", "base.group_system", name="Admin")
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.customer.id})

    def test_messages_are_kept_from_the_archive_on(self):
        before = self.contact.with_user(self.clerk).message_post(body="A lead.")
        self.assertFalse(before._kehu_kept())
        self.file_archive(partner_id=self.customer.id)
        said = before | self.customer.with_user(self.clerk).message_post(body="Pays late.")
        for user in (self.clerk, self.manager, self.admin):
            for message in said:
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    message.with_user(user).write({"body": "Pays in time."})
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    message.with_user(user).unlink()

    def test_messages_of_contact_without_archive_are_core(self):
        message = self.contact.with_user(self.clerk).message_post(body="x", author_id=self.salesman.partner_id.id)
        self.assertEqual(message.author_id, self.salesman.partner_id)
        self.assertFalse(message._kehu_kept())

    def test_new_message_writes_no_tracking_of_another(self):
        self.file_archive(partner_id=self.customer.id)
        lone = self.env["res.partner"].create({"name": "No archive"})
        value = self.env["mail.tracking.value"].search([], limit=1)
        before = (value.mail_message_id, value.new_value_char)
        for user in (self.clerk, self.admin):
            for commands in (
                [Command.update(value.id, {"new_value_char": "forged"})],
                [Command.link(value.id)],
                "x",
                [["x"]],
            ):
                call_kw(
                    self.env["mail.message"].with_user(user),
                    "create",
                    [[{"model": "res.partner", "res_id": lone.id, "body": "x", "tracking_value_ids": commands}]],
                    {},
                )
        value.invalidate_recordset()
        self.assertEqual((value.mail_message_id, value.new_value_char), before)

    def test_messages_of_merged_contacts_move_together(self):
        self.file_archive(partner_id=self.customer.id)
        other = self.env["res.partner"].create({"name": "Customer Co.", "is_company": True})
        said = self.customer.with_user(self.clerk).message_post(body="Pays late.", attachments=[("bill.txt", b"bill")])
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.admin).sudo().create({})
        wizard._merge((self.customer | other).ids, other)
        self.env.invalidate_all()
        self.assertEqual(said.res_id, other.id)
        self.assertEqual(said.attachment_ids.res_id, other.id)
        with self.assertRaises(AccessError):
            said.with_user(self.admin).unlink()

    def test_nobody_writes_a_preview_of_a_link(self):
        message = self.customer.with_user(self.clerk).message_post(body="Pays late.")
        said = {"source_url": "https://x.example.com", "og_title": "Qian: I agree"}
        preview = self.env["mail.link.preview"].create(said)
        shown = self.env["mail.message.link.preview"].create({"message_id": message.id, "link_preview_id": preview.id})
        other = self.customer.with_user(self.clerk).message_post(body="Pays in time.")
        previews, links = preview.with_user(self.admin), shown.with_user(self.admin)
        for attack in (
            lambda: previews.create({**said, "source_url": "https://y.example.com"}),
            lambda: previews.write({"og_title": "Qian: I refuse"}),
            lambda: links.create({"message_id": other.id, "link_preview_id": preview.id}),
            lambda: links.write({"message_id": other.id}),
        ):
            with self.assertRaisesRegex(AccessError, "made by the system"), self.env.cr.savepoint():
                attack()

    def test_nobody_reacts_in_the_name_of_others(self):
        self.file_archive(partner_id=self.customer.id)
        message = self.customer.with_user(self.clerk).message_post(body="Pays late.")
        reactions = self.env["mail.message.reaction"].with_user(self.admin)
        values = {"message_id": message.id, "content": "+"}
        theirs = reactions.sudo().create({**values, "partner_id": self.clerk.partner_id.id}).sudo(False)
        for attack in (
            lambda: reactions.create({**values, "partner_id": self.officer.partner_id.id}),
            lambda: reactions.with_context(default_partner_id=self.officer.partner_id.id).create(values),
            lambda: theirs.write({"content": "-"}),
            lambda: theirs.write({"partner_id": self.admin.partner_id.id}),
            theirs.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "are kept"), self.env.cr.savepoint():
                attack()
        mine = reactions.create({**values, "partner_id": self.admin.partner_id.id})
        with self.assertRaisesRegex(AccessError, "are kept"), self.env.cr.savepoint():
            mine.write({"partner_id": self.officer.partner_id.id})
        mine.unlink()
