from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestGivenGroups(TierCase):
    """X2, X5: a group gives what was asked for, and no more than the officer who gives it may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_erp_manager", name="Zhao")
        cls.low = new_test_user(
            cls.env,
            "test_officer_2",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_confidential,base.group_erp_manager",
            name="Feng",
        )
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer | cls.low
        cls.confidential = cls.env.ref("kehu_confidential.group_clearance_confidential")
        cls.top_secret = cls.env.ref("kehu_confidential.group_clearance_top_secret")
        cls.helpers = cls.env["res.groups"].create(
            {"name": "Helpers", "implied_ids": [Command.link(cls.confidential.id)]}
        )
        cls.earlier = cls.env["kehu.right.change"].search([])  # of the demo company

    def give(self, group, giver):
        self.salesman.with_user(giver).write({"group_ids": [Command.link(group.id)]})
        return self.env["kehu.right.change"].search([("state", "=", "pending")], limit=1) - self.earlier

    def test_officer_gives_groups_up_to_own_clearance(self):
        self.assertFalse(self.give(self.confidential, self.low))
        self.assertEqual(self.salesman.kehu_clearance, "2")
        board = self.env["res.groups"].create({"name": "Board", "implied_ids": [Command.link(self.top_secret.id)]})
        for group in (
            self.top_secret,
            board,
            self.env.ref("kehu_confidential.group_tier_officer"),
            self.env.ref("kehu_confidential.group_tier_auditor"),
            self.env.ref("kehu_confidential.group_confidential_export"),
        ):
            with self.subTest(group.name):
                change = self.give(group, self.low)
                self.assertNotIn(group, self.salesman.group_ids)
                self.assertEqual((change.tier, change.activity_ids.user_id), ("3", self.officer))
                with self.assertRaises(AccessError):
                    change.with_user(self.low).workflow_move("confirm")
                change.with_user(self.officer).workflow_move("refuse", "no")
        change = self.give(self.top_secret, self.low)
        change.with_user(self.officer).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "3")

    def test_group_that_gives_what_was_asked_is_confirmed(self):
        change = self.give(self.helpers, self.admin)
        self.assertIn(self.confidential.display_name, change.value_label)
        change.with_user(self.low).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "2")

    def test_implication_without_members_is_noted_and_told(self):
        self.helpers.with_user(self.admin).implied_ids = [Command.link(self.top_secret.id)]
        self.helpers.with_user(self.admin).implied_ids = [Command.unlink(self.confidential.id)]
        notes = (
            self.env["kehu.access.log"]
            .search([("res_model", "=", "res.groups"), ("user_id", "=", self.admin.id)])
            .mapped("note")
        )
        self.assertEqual(len(notes), 2)
        self.assertIn(f"+ {self.top_secret.full_name}", str(notes))
        changes = self.env["kehu.right.change"].search(
            [("res_model", "=", "res.groups"), ("requester_id", "=", self.admin.id)]
        )
        self.assertEqual((len(changes), changes.activity_ids.user_id), (2, self.officer | self.low))
