import inspect
from contextlib import suppress
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import Callbacks

from .common import ArchiveCase

AUTOMATION = {"__action_done": {}}  # as base_automation passes it


class ServerActionCase(ArchiveCase):
    """An administrator without clearance, a confidential customer and an open one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,base.group_partner_manager", name="Zhou")
        cls.customer, cls.visible = cls.env["res.partner"].create(
            [{"name": "Marker Ltd", "is_company": True, "kehu_tier": "2"}, {"name": "Open Ltd", "is_company": True}]
        )
        cls.customer.user_id = cls.salesman
        cls.branch = cls.env["res.partner"].create({"name": "Open Branch"})

    def action(self, model="res.partner", author=None, **vals):
        return (
            self.env["ir.actions.server"]
            .with_user(author or self.admin)
            .create({"name": "Act", "model_id": self.env["ir.model"]._get_id(model), **vals})
        )

    def run_for(self, action, user, records, **context):
        records = records.with_user(user)
        return (
            action.with_user(user)
            .with_context(active_model=records._name, active_id=records[:1].id, active_ids=records.ids, **context)
            .run()
        )

    def automate(self, action, user, records):
        """Run an action as an automation rule does when ``user`` saves the records."""
        return self.run_for(action.with_user(user).sudo(), user, records, **AUTOMATION)

    def sent(self, action, user, records):
        """Return what a webhook would send after the transaction."""
        calls = []
        with (
            patch.object(Callbacks, "add", lambda _callbacks, call: calls.append(call)),
            mute_logger("odoo.addons.base.models.ir_actions"),
        ):
            self.automate(action, user, records)
        return [
            inspect.getclosurevars(call).nonlocals.get("json_values")
            for call in calls
            if call.__name__ == "_add_post_commit"
        ]


@tagged("post_install", "-at_install")
class TestServerActions(ServerActionCase):
    """X3: what administrators make without code reaches no further than they do."""

    # === TIERS ===

    def test_no_server_action_lowers_a_tier(self):
        lower = self.action(
            state="object_write", update_path="kehu_tier", evaluation_type="value", value="0", author=self.env.user
        )
        for user in (self.salesman, self.officer, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action = (
                    lower.with_user(user)
                    .sudo()
                    .with_context(
                        active_model="res.partner",
                        active_id=self.customer.id,
                        active_ids=self.customer.ids,
                        **AUTOMATION,
                    )
                )
                action.run()
        self.assertEqual(self.customer.kehu_tier, "2")

    def test_superuser_mode_lowers_no_tier(self):
        customer = self.customer.with_user(self.officer).sudo()
        person = self.env["res.partner"].create({"name": "Person", "parent_id": customer.id})
        for attack in (
            lambda: customer.write({"kehu_tier": "0"}),
            lambda: person.with_user(self.officer).write({"parent_id": self.visible.id}),
            lambda: person.with_user(self.officer).sudo().write({"parent_id": self.visible.id}),
            lambda: person.with_user(self.officer).write({"commercial_partner_id": self.visible.id}),
            lambda: customer.with_context(kehu_lowering_permit=True).write({"kehu_tier": "0"}),
        ):
            with (
                self.assertRaisesRegex(AccessError, "on request|above your own|filled by the system"),
                self.env.cr.savepoint(),
            ):
                attack()
                self.env.flush_all()
        self.assertEqual((self.customer.kehu_tier, person.kehu_tier), ("2", "2"))

    def test_superuser_mode_lowers_no_document(self):
        line = self.env["kehu.archive.journal"].create(
            {
                "partner_id": self.visible.id,
                "kind_id": self.env["kehu.archive.journal.kind"].search([], limit=1).id,
                "summary": "x",
                "kehu_own_tier": "2",
            }
        )
        with self.assertRaisesRegex(AccessError, "on request"):
            line.with_user(self.officer).sudo().kehu_own_tier = "0"

    # === WHAT THE AUTHOR MAY NOT READ ===

    def test_automation_skips_what_its_author_may_not_read(self):
        note = self.action(state="object_write", update_path="ref", value="seen")
        self.automate(note, self.salesman, self.customer)
        self.assertFalse(self.customer.ref)
        self.automate(note, self.salesman, self.customer + self.visible)
        self.assertEqual(self.customer.mapped("ref") + self.visible.mapped("ref"), [False, "seen"])

    def test_automation_as_superuser_skips_it_too(self):
        note = self.action(state="object_write", update_path="ref", value="seen")
        self.automate(note, self.env.ref("base.user_root"), self.customer)
        self.assertFalse(self.customer.ref)

    def test_path_to_a_hidden_record_is_not_followed(self):
        account = self.env["res.partner.category"].create(
            {"name": "Tag", "partner_ids": [Command.link(self.customer.id)]}
        )
        deep = self.action("res.partner.category", state="object_write", update_path="partner_ids.ref", value="seen")
        self.automate(deep, self.salesman, account)
        with self.assertRaisesRegex(AccessError, "may not read"):
            self.run_for(deep, self.admin, account)
        self.assertFalse(self.customer.ref)

    def test_hidden_record_is_not_copied(self):
        copy = self.action(
            state="object_copy", crud_model_id=self.env["ir.model"]._get_id("res.partner"), author=self.env.user
        )
        copy.resource_ref = self.customer
        self.env.flush_all()
        copy.with_user(self.admin).name = "Copied"
        self.env.flush_all()
        before = self.env["res.partner"].search_count([])
        for user in (self.admin, self.salesman):
            with self.assertRaisesRegex(AccessError, "may not read"), self.env.cr.savepoint():
                self.run_for(copy, user, self.visible)
        self.automate(copy, self.salesman, self.visible)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_own_records_are_changed_by_hand_only(self):
        """Our documents are guarded against their users, not against superuser mode."""
        archive = self.file_archive(self.clerk, partner_id=self.visible.id)
        rename = self.action("kehu.archive", state="object_write", update_path="number", value="X-1")
        number = archive.number
        for user in (self.clerk, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.automate(rename, user, archive)
        create = self.action(
            state="object_create", crud_model_id=self.env["ir.model"]._get_id("kehu.archive"), value="x"
        )
        with self.assertRaisesRegex(AccessError, "by hand"):
            self.run_for(create, self.admin, self.visible)
        self.assertEqual(archive.number, number)

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_reminder_about_our_document_is_not_changed(self):
        archive = self.file_archive(self.clerk, partner_id=self.visible.id)
        self.env["mail.activity"]._kehu_remind(
            self.env["mail.activity"]._kehu_prepare_reminders(
                archive._name, [(self.officer, {"res_id": archive.id})], lambda lang: "Look"
            )
        )
        reminder = archive.sudo().activity_ids
        for path, value in (("summary", "Nothing"), ("date_deadline", "2099-01-01"), ("user_id", self.admin.id)):
            action = self.action(
                "mail.activity",
                state="object_write",
                update_path=path,
                **({"resource_ref": f"res.users,{value}"} if path == "user_id" else {"value": value}),
            )
            for run in (self.run_for, self.automate):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    run(action, self.admin, reminder)
        self.assertEqual((reminder.summary, reminder.user_id), ("Look", self.officer))

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_guarded_rows_are_written_as_their_user(self):
        archive = self.file_archive(self.clerk, partner_id=self.visible.id)
        message = archive.with_user(self.officer).message_post(
            body="Said", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "kehu.access.log")], limit=1)
        rule = self.env["ir.rule"].search([("model_id.model", "=", "kehu.leak.report")], limit=1)
        officers = self.env["ir.model.data"].search(
            [("module", "=", "kehu_confidential"), ("name", "=", "group_tier_officer")]
        )
        for record, path, value in (
            (rights, "name", "x"),
            (rule, "domain_force", "[(1,'=',1)]"),
            (officers, "name", "gone"),
            (message, "subject", "forged"),
            (message, "date", "2020-01-01 00:00:00"),
        ):
            action, before = (
                self.action(record._name, state="object_write", update_path=path, value=value),
                record[path],
            )
            for run, user in (
                (self.automate, self.admin),
                (self.automate, self.env.ref("base.user_root")),
                (self.run_for, self.admin),
            ):
                with self.subTest(model=record._name, name=path), suppress(AccessError), self.env.cr.savepoint():
                    run(action, user, record)
                self.assertEqual(record[path], before)

    def test_automation_skips_document_that_its_author_may_not_read(self):
        """Our documents have readers of their own, whatever the tier of the customer."""
        report = (
            self.env["kehu.leak.report"]
            .with_user(self.salesman)
            .create({"name": "x", "what": "x", "remedy": "x", "supervisor_id": self.leader.id})
        )
        note = self.action("kehu.leak.report", state="object_write", update_path="name", value="seen")
        self.automate(note, self.salesman, report)
        self.assertEqual(report.name, "x")

    # === WEBHOOKS ===

    def test_webhook_sends_nothing_of_a_classified_record(self):
        fields = self.env["ir.model.fields"]._get("res.partner", "name")
        for author in (self.admin, self.env.user):
            hook = self.action(
                state="webhook",
                webhook_url="https://example.com",
                webhook_field_ids=[Command.set(fields.ids)],
                author=author,
            )
            for user in (self.salesman, self.env.ref("base.user_root")):
                self.assertEqual(self.sent(hook, user, self.customer), [])
            self.assertIn("Open Ltd", self.sent(hook, self.salesman, self.visible)[0])

    def test_webhook_sends_no_message_about_a_classified_record(self):
        message = self.customer.message_post(body="Marker", subject="Marker")
        fields = self.env["ir.model.fields"]._get("mail.message", "body")
        hook = self.action(
            "mail.message",
            state="webhook",
            webhook_url="https://example.com",
            webhook_field_ids=[Command.set(fields.ids)],
            author=self.env.user,
        )
        self.assertEqual(self.sent(hook, self.salesman, message), [])

    # === ORDINARY WORK ===

    def test_actions_on_ordinary_records_go_on(self):
        note = self.action(state="object_write", update_path="ref", value="seen")
        self.run_for(note, self.clerk, self.visible)
        self.automate(note, self.clerk, self.branch)
        self.assertEqual((self.visible.ref, self.branch.ref), ("seen", "seen"))

    def test_cleared_author_automates_classified_records(self):
        note = self.action(state="object_write", update_path="ref", value="seen", author=self.env.user)
        self.automate(note, self.salesman, self.customer)
        self.assertEqual(self.customer.ref, "seen")
