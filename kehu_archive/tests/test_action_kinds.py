from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_server_actions import ServerActionCase


@tagged("post_install", "-at_install")
class TestActionKinds(ServerActionCase):
    """X3, A9: of the actions without code, none does what its author could not do by hand, and none
    speaks for others.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.group_ids += cls.env.ref("kehu_archive.group_archive_manager")
        cls.archive = cls.file_archive(cls.clerk, partner_id=cls.visible.id)
        cls.archive.message_subscribe(cls.officer.partner_id.ids)

    def attempt(self, action, records, users=None):
        """Run an action by hand, and as an automation rule for others."""
        for run, user in (
            (self.run_for, self.admin),
            (self.automate, self.admin),
            (self.automate, self.env.ref("base.user_root")),
        ):
            with (
                suppress(AccessError, UserError),
                mute_logger("odoo.addons.base.models.ir_actions"),
                self.env.cr.savepoint(),
            ):
                run(action, user, records)

    # === FOLLOWERS ===

    def test_colleague_is_taken_off_by_no_action(self):
        action = self.action(
            "kehu.archive",
            state="remove_followers",
            followers_type="specific",
            partner_ids=[Command.set(self.officer.partner_id.ids)],
        )
        self.attempt(action, self.archive)
        self.assertIn(self.officer.partner_id, self.archive.message_partner_ids)

    def test_outsider_follows_no_confidential_record(self):
        spy = self.env["res.partner"].create({"name": "Spy", "email": "spy@evil.example"})
        self.admin.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        self.customer.sudo().user_id = self.admin
        action = self.action(state="followers", followers_type="specific", partner_ids=[Command.set(spy.ids)])
        self.attempt(action, self.customer)
        self.assertNotIn(spy, self.customer.message_partner_ids)

    # === CREATING AND COPYING ===

    def test_what_an_action_makes_is_linked_as_its_user(self):
        models, fields = self.env["ir.model"], self.env["ir.model.fields"]
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "kehu.access.log")], limit=1)
        self.env["mail.activity"]._kehu_remind(
            self.env["mail.activity"]._kehu_prepare_reminders(
                "kehu.archive", [(self.officer, {"res_id": self.archive.id})], lambda lang: "Look"
            )
        )
        reminder, pal = self.archive.sudo().activity_ids, new_test_user(self.env, "test_pal")
        helpers = self.env["res.groups"].create({"name": "Helpers"})
        for record, field, made in (
            (rights, "group_id", helpers),
            (self.officer, "partner_id", "res.partner"),
            (reminder, "user_id", pal),
            (self.archive, "partner_id", "res.partner"),
        ):
            is_copy = not isinstance(made, str)
            action = self.action(
                record._name,
                state="object_copy" if is_copy else "object_create",
                value="Spy",
                crud_model_id=models._get_id(made._name if is_copy else made),
                link_field_id=fields._get(record._name, field).id,
                **({"resource_ref": f"{made._name},{made.id}"} if is_copy else {}),
            )
            before = record[field]
            with self.subTest(record._name):
                self.attempt(action, record)
                self.assertEqual(record[field], before)

    def test_guarded_rows_are_not_copied(self):
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "kehu.access.log")], limit=1)
        message = self.archive.with_user(self.officer).message_post(
            body="Said", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for record in (rights, message):
            action = self.action(state="object_copy", crud_model_id=self.env["ir.model"]._get_id(record._name))
            with suppress(AccessError, UserError), self.env.cr.savepoint():
                action.resource_ref = f"{record._name},{record.id}"
            before = record.search_count([])
            with self.subTest(record._name):
                self.attempt(action, self.visible)
                self.assertEqual(record.search_count([]), before)

    # === SPEAKING ===

    def test_posted_text_is_said_by_its_author(self):
        for vals in ({}, {"email_from": "officer@example.com"}):
            template = (
                self.env["mail.template"]
                .with_user(self.admin)
                .create(
                    {
                        "name": "t",
                        "model_id": self.env["ir.model"]._get_id("kehu.archive"),
                        "body_html": "<p>I approve</p>",
                        "use_default_to": False,
                        **vals,
                    }
                )
            )
            self.officer.sudo().email = "officer@example.com"
            for method in ("comment", "note", "email"):
                action = self.action(
                    "kehu.archive", state="mail_post", template_id=template.id, mail_post_method=method
                )
                for run, user in (
                    (self.run_for, self.admin),
                    (self.automate, self.officer),
                    (self.automate, self.admin),
                ):
                    before = self.archive.sudo().message_ids
                    with suppress(AccessError, UserError), self.env.cr.savepoint():
                        run(action, user, self.archive)
                    said = self.archive.sudo().message_ids - before
                    with self.subTest(vals=vals, method=method, run=run.__name__, user=user.login):
                        self.assertNotIn(self.officer.partner_id, said.author_id)
                        self.assertNotIn("officer@example.com", str(said.mapped("email_from")))

    # === ORDINARY WORK ===

    def test_ordinary_actions_go_on(self):
        friend = self.env["res.partner"].create({"name": "Friend"})
        tag = self.action(
            state="object_create",
            value="Tagged",
            crud_model_id=self.env["ir.model"]._get_id("res.partner.category"),
            link_field_id=self.env["ir.model.fields"]._get("res.partner", "category_id").id,
        )
        activity = self.action(
            state="next_activity",
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            activity_summary="Call",
            activity_user_type="specific",
            activity_user_id=self.clerk.id,
        )
        template = (
            self.env["mail.template"]
            .with_user(self.admin)
            .create({"name": "t", "model_id": self.env["ir.model"]._get_id("res.partner"), "body_html": "<p>Hello</p>"})
        )
        post = self.action(state="mail_post", template_id=template.id, mail_post_method="note")
        follow = self.action(state="followers", followers_type="specific", partner_ids=[Command.set(friend.ids)])
        unfollow = self.action(
            state="remove_followers", followers_type="specific", partner_ids=[Command.set(friend.ids)]
        )
        for action in (tag, activity, post, follow):
            self.run_for(action, self.admin, self.visible)
        self.assertEqual(self.visible.category_id.name, "Tagged")
        self.assertEqual(self.visible.activity_ids.user_id, self.clerk)
        self.assertIn("Hello", str(self.visible.message_ids.mapped("body")))
        self.assertIn(friend, self.visible.message_partner_ids)
        self.automate(unfollow, self.clerk, self.visible)
        self.assertNotIn(friend, self.visible.message_partner_ids)
