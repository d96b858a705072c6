from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestLinkedRows(TierCase):
    """X5: what is noted of menus, views and rules is noted when groups write the same relation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.groups = cls.env["res.groups"].with_user(cls.admin)
        cls.group = cls.groups.create({"name": "Nobody"})
        cls.menu = cls.env.ref("kehu_confidential.kehu_right_change_menu")

    def noted(self, model):
        return (
            self.env["kehu.access.log"]
            .search([("user_id", "=", self.admin.id), ("action", "=", "right"), ("res_model", "=", model)])
            .mapped("note")
        )

    def told(self, model):
        return self.env["kehu.right.change"].search([("res_model", "=", model), ("requester_id", "=", self.admin.id)])

    def test_menu_of_a_group_is_told(self):
        self.group.menu_access = [Command.link(self.menu.id)]
        self.assertEqual(self.menu.group_ids, self.group.sudo())
        self.assertIn("Nobody", str(self.noted("ir.ui.menu")))
        self.group.menu_access = [Command.clear()]
        self.assertEqual(len(self.told("ir.ui.menu")), 2)

    def test_menu_of_a_new_and_of_a_deleted_group_is_told(self):
        group = self.groups.create({"name": "Few", "menu_access": [Command.link(self.menu.id)]})
        self.assertIn("Few", str(self.noted("ir.ui.menu")))
        group.unlink()
        self.assertEqual(len(self.told("ir.ui.menu")), 2)

    def test_view_and_rule_of_a_group_are_told(self):
        view = self.env.ref("kehu_workflow.kehu_approval_view_form")
        rule = self.env.ref("base.res_partner_rule")
        self.group.write({"view_access": [Command.link(view.id)], "rule_groups": [Command.link(rule.id)]})
        for model in ("ir.ui.view", "ir.rule"):
            self.assertIn("Nobody", str(self.noted(model)))
            self.assertEqual(len(self.told(model)), 1)

    def test_what_stays_and_other_menus_are_free(self):
        other = self.env["ir.ui.menu"].create({"name": "Other"})
        self.menu.group_ids = self.group.sudo()
        self.group.menu_access = [Command.link(self.menu.id), Command.link(other.id)]
        self.assertEqual(other.group_ids, self.group.sudo())
        self.assertFalse(self.noted("ir.ui.menu"))
