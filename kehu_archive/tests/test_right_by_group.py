from odoo import Command
from odoo.tests import tagged

from .right_change_common import RightChangeCase


@tagged("post_install", "-at_install")
class TestRightByGroup(RightChangeCase):
    """X2, X5: membership of groups that give reading is decided by those who gain nothing by it."""

    def test_clearance_from_any_side_waits(self):
        user, group = self.salesman.with_user(self.admin), self.top_secret.with_user(self.admin)
        implying = self.env["res.groups"].create({"name": "Bosses", "user_ids": [Command.link(self.salesman.id)]})
        ways = {
            "user": lambda: user.write({"group_ids": [Command.link(group.id)]}),
            "user, all": lambda: user.write({"group_ids": [Command.set((self.salesman.group_ids | group).ids)]}),
            "group": lambda: group.write({"user_ids": [Command.link(user.id)]}),
            "group, all": lambda: group.write({"all_user_ids": [Command.link(user.id)]}),
            "implied": lambda: implying.with_user(self.admin).write({"implied_ids": [Command.link(group.id)]}),
            "implying": lambda: group.write({"implied_by_ids": [Command.link(implying.id)]}),
            "new group": lambda: (
                self.env["res.groups"]
                .with_user(self.admin)
                .create({"name": "New", "implied_ids": [Command.link(group.id)], "user_ids": [Command.link(user.id)]})
            ),
            "load": lambda: self.assertFalse(
                self.env["res.users"]
                .with_user(self.admin)
                .load([".id", "group_ids/.id"], [[str(user.id), f"{self.env.ref('base.group_user').id},{group.id}"]])[
                    "messages"
                ]
            ),
        }
        for label, attack in ways.items():
            with self.subTest(label):
                attack()
                self.env.invalidate_all()
                self.assertLess(self.salesman.kehu_clearance, "2")
                self.assertFalse(self.reads(self.salesman))
                self.assertTrue(self.salesman._is_internal())
                change = self.requests()
                self.assertIn(self.salesman, change.beneficiary_ids)
                change.with_user(self.officer).workflow_move("refuse", "no")

    def test_confirmed_membership_is_given_and_logged(self):
        self.salesman.with_user(self.admin).write({"group_ids": [Command.link(self.top_secret.id)]})
        self.assertFalse(self.log("+ %Top Secret").filtered(lambda entry: entry.res_id == self.salesman.id))
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "3")
        entry = self.log("+ %Top Secret").filtered(lambda entry: entry.res_id == self.salesman.id)
        self.assertEqual(entry.user_id, self.officer)

    def test_implied_membership_is_confirmed(self):
        bosses = self.env["res.groups"].create({"name": "Bosses", "user_ids": [Command.link(self.salesman.id)]})
        bosses.with_user(self.admin).write({"implied_ids": [Command.link(self.top_secret.id)]})
        change = self.requests(res_model="res.groups")
        self.assertEqual(change.beneficiary_ids, self.salesman)
        change.with_user(self.officer).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "3")

    def test_request_lapses_when_its_group_comes_to_give_more(self):
        helpers = self.env["res.groups"].create(
            {
                "name": "Helpers",
                "implied_ids": [Command.link(self.env.ref("kehu_confidential.group_clearance_confidential").id)],
            }
        )
        self.salesman.with_user(self.admin).write({"group_ids": [Command.link(helpers.id)]})
        change = self.requests()
        self.assertTrue(change)
        helpers.with_user(self.admin).write({"implied_ids": [Command.link(self.top_secret.id)]})
        self.assertEqual(change.state, "withdrawn")

    def test_new_user_is_made_without_watched_groups(self):
        user = (
            self.env["res.users"]
            .with_user(self.admin)
            .with_context(no_reset_password=True)
            .create({"name": "Qin", "login": "qin", "group_ids": [Command.set([self.top_secret.id])]})
        )
        self.assertTrue(user._is_internal())
        self.assertEqual(user.kehu_clearance, "1")
        copy = self.officer.with_user(self.admin).with_context(no_reset_password=True).copy({"login": "twin"})
        self.assertEqual(copy.kehu_clearance, "1")
        self.assertFalse(copy.has_group("kehu_confidential.group_tier_officer"))
        self.assertEqual(self.requests().beneficiary_ids, user | copy)

    def test_leaver_loses_at_once_and_returns_with_confirmation(self):
        self.salesman.group_ids += self.top_secret
        self.salesman.with_user(self.admin).active = False
        self.assertFalse(self.reads(self.salesman))
        self.assertTrue(self.log("− %Top Secret").filtered(lambda entry: entry.res_id == self.salesman.id))
        self.salesman.with_user(self.admin).active = True
        self.assertEqual(self.salesman.kehu_clearance, "1")
        self.assertEqual(self.requests().beneficiary_ids, self.salesman)

    def test_membership_taken_away_acts_at_once(self):
        self.salesman.group_ids += self.top_secret
        self.salesman.with_user(self.admin).write({"group_ids": [Command.unlink(self.top_secret.id)]})
        self.assertLess(self.salesman.kehu_clearance, "2")
        self.assertFalse(self.requests())
        changes = self.requests(state="direct", is_taken=True, requester_id=self.admin.id)
        self.assertIn(self.top_secret.full_name, changes.mapped("before_label"))
        self.assertIn(self.salesman.display_name, changes.mapped("document_names"))
        for change in changes:
            self.assertEqual(self.told(change), self.officer | self.colleague)

    def test_leavers_clearance_is_told(self):
        self.cleared_top.with_user(self.admin).active = False
        self.assertTrue(self.requests(state="direct", is_taken=True, requester_id=self.admin.id))

    def test_group_of_rule_administrators_is_noted(self):
        self.salesman.with_user(self.admin).write(
            {"group_ids": [Command.link(self.env.ref("kehu_workflow.group_workflow_manager").id)]}
        )
        self.assertTrue(self.log("+ %Rule Administrator").filtered(lambda entry: entry.res_id == self.salesman.id))
        self.assertFalse(self.requests())
