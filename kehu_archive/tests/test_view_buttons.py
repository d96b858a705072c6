from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestViewButtons(ArchiveCase):
    """X5: wherever a button of ours is shown, it says what it does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.plain = new_test_user(cls.env, "test_plain", "base.group_user", name="Plain")
        cls.window = cls.env.ref("kehu_workflow.kehu_approval_action")

    def extend(self, arch):
        return (
            self.env["ir.ui.view"]
            .with_user(self.admin)
            .create(
                {
                    "name": "x",
                    "model": "res.partner",
                    "inherit_id": self.env.ref("base.view_partner_form").id,
                    "arch": f'<xpath expr="//field[@name=\'vat\']" position="after">{arch}</xpath>',
                }
            )
        )

    def embed(self, user, **vals):
        return (
            self.env["ir.embedded.actions"]
            .with_user(user)
            .create(
                {
                    "name": "History",
                    "parent_action_id": self.window.id,
                    "parent_res_model": self.window.res_model,
                    **vals,
                }
            )
        )

    def assert_refused(self, sentence, call, *args, **kwargs):
        with self.assertRaisesRegex(AccessError, sentence), self.env.cr.savepoint():
            call(*args, **kwargs)

    # === VIEWS OF OTHER MODELS ===

    def test_nested_list_renames_no_button(self):
        approve = '<button name="action_approval_approve" type="object" string="Open"/>'
        for arch in (
            f'<field name="kehu_archive_ids"><list><field name="name"/>{approve}</list></field>',
            f'<field name="kehu_archive_ids"><form>{approve}</form></field>',
            f'<field name="child_ids"><list><field name="name"/></list><form><field name="kehu_archive_ids"><list>'
            f"{approve}</list></field></form></field>",
        ):
            with self.subTest(arch):
                self.assert_refused("keep what they do", self.extend, arch)
        view = self.extend('<field name="kehu_archive_ids"><list><field name="name"/></list></field>')
        self.assert_refused(
            "keep what they do", view.write, {"arch": view.arch.replace("</list>", f"{approve}</list>")}
        )

    def test_method_of_ours_gets_no_other_label(self):
        arch = '<button name="action_kehu_raise_tier" type="object" string="Open"/>'
        self.assert_refused("keep what they do", self.extend, arch)

    def test_button_as_it_is_elsewhere_may_be_nested(self):
        button = '<button name="action_kehu_raise_tier" type="object" string="Raise Tier"/>'
        self.extend(f'<field name="kehu_archive_ids"><list><field name="name"/>{button}</list></field>')

    def test_views_of_other_models_are_free(self):
        self.extend('<button name="action_archive" type="object" string="Put Away"/>')

    # === EMBEDDED ACTIONS ===

    def test_embedded_action_calls_no_method_of_ours(self):
        partners = self.env.ref("contacts.action_contacts")
        for user in (self.plain, self.admin):
            for vals in (
                {"python_method": "approve"},
                {"python_method": "approve", "user_id": user.id},
                {"python_method": "approve", "parent_action_id": partners.id},
            ):
                with self.subTest(user=user.name, **vals):
                    self.assert_refused("keep what they do", self.embed, user, **vals)
        own = self.embed(self.plain, action_id=self.window.id, user_id=self.plain.id)
        self.assert_refused("keep what they do", own.write, {"action_id": False, "python_method": "approve"})
        shared = self.embed(self.admin, action_id=self.window.id)
        self.assert_refused("Only administrators", shared.with_user(self.plain).write, {"name": "Approve"})
        self.assert_refused("Only administrators", shared.with_user(self.plain).unlink)

    def test_embedded_action_of_others_is_administrators(self):
        for vals in ({}, {"user_id": self.officer.id}):
            self.assert_refused("Only administrators", self.embed, self.plain, action_id=self.window.id, **vals)
        own = self.embed(self.plain, action_id=self.window.id, user_id=self.plain.id)
        own.name = "Mine"
        self.assert_refused("Only administrators", own.write, {"user_id": self.officer.id})
        own.unlink()
        self.embed(self.admin, action_id=self.window.id)
        notes = self.env["kehu.access.log"].search([("res_model", "=", "ir.embedded.actions")])
        self.assertEqual(notes.user_id, self.admin)

    def test_embedded_actions_of_other_apps_are_free(self):
        partners = self.env.ref("contacts.action_contacts")
        self.embed(
            self.plain, parent_action_id=partners.id, parent_res_model="res.partner", python_method="action_archive"
        )
