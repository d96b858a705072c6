from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestMergedSteps(ApprovalCommon):
    """A6: a rule says whether one person may fill several of its steps, which then fall together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.merges_steps = True
        cls.directors.user_ids += cls.manager

    def test_agreement_counts_at_the_later_step(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "approved")
        first, second = approval.decision_ids
        self.assertEqual((first.user_id, second.user_id), (self.manager, self.manager))
        self.assertEqual((first.is_merged, second.is_merged), (False, True))
        self.assertEqual(second.step_id, self.rule.step_ids[1])
        self.assertIn("agreed at an earlier step", "".join(self.case.message_ids.mapped("body")))

    def test_rule_without_it_takes_another_person(self):
        self.rule.merges_steps = False
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "pending")
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")

    def test_one_person_for_all_steps_can_be_asked(self):
        self.directors.user_ids = self.manager
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "approved")

    def test_step_of_others_between_is_still_decided_by_them(self):
        self.rule.step_ids[0].sequence = 0
        self.env["kehu.approval.step"].create(
            {"rule_id": self.rule.id, "sequence": 1, "name": "Clerk", "user_ids": [Command.set(self.outsider.ids)]}
        )
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual((approval.state, approval.step_id.name), ("pending", "Clerk"))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            approval.with_user(self.manager).approve()
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")

    def test_all_of_a_step_wait_for_the_others(self):
        self.rule.step_ids[1].quorum = "all"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")

    def test_number_of_votes_counts_the_earlier_one(self):
        self.rule.step_ids[1].write({"quorum": "count", "needed": 2})
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertEqual((approval.state, len(approval.decision_ids)), ("pending", 2))
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")

    def test_rule_changed_meanwhile_changes_nothing(self):
        self.rule.merges_steps = False
        approval = self.submit()
        self.rule.merges_steps = True
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "pending")

    def test_member_who_left_the_later_group_does_not_count_there(self):
        approval = self.submit()
        self.directors.user_ids -= self.manager
        approval.with_user(self.manager).approve()
        self.assertEqual((approval.state, approval.step_id), ("pending", self.rule.step_ids[1]))

    def test_principal_of_a_deputy_is_not_asked_again(self):
        today = fields.Date.context_today(self.rule)
        self.env["kehu.approval.delegation"].with_user(self.manager).create(
            {
                "delegate_id": self.outsider.id,
                "date_from": today - timedelta(days=1),
                "date_to": today + timedelta(days=1),
            }
        )
        approval = self.submit()
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")
        self.assertEqual(approval.decision_ids[1].principal_id, self.manager)

    def test_requester_fills_no_step(self):
        self.directors.user_ids += self.clerk
        self.case.manager_id = self.clerk
        with self.assertRaisesRegex(UserError, "Not enough people"), self.env.cr.savepoint():
            self.submit()

    def test_decision_is_merged_by_the_server_alone(self):
        approval = self.submit()
        decisions = self.env["kehu.approval.decision"].with_user(self.manager)
        values = {
            "approval_id": approval.id,
            "res_model": approval.res_model,
            "res_id": approval.res_id,
            "step_id": self.rule.step_ids[1].id,
            "user_id": self.manager.id,
            "principal_id": self.manager.id,
            "verdict": "approved",
            "is_merged": True,
        }
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            decisions.create(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.manager).write({"merges_steps": True})
