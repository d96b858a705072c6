from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestWhoDecides(ApprovalCommon):
    """A6: separation of duties, at the moment of deciding."""

    def test_no_candidate_no_decision(self):
        approval = self.submit()
        for stranger in (self.outsider, self.director, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(AccessError, "not yours to decide"):
                approval.with_user(stranger).approve()
            with self.assertRaisesRegex(AccessError, "not yours to decide"):
                approval.with_user(stranger).sudo().refuse("no")
        self.assert_undecided(approval)

    def test_requester_decides_no_own_request(self):
        self.directors.user_ids += self.clerk
        self.rule.step_ids[0].unlink()
        approval = self.submit()
        self.assertFalse(approval.with_user(self.clerk).is_mine)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.clerk).approve()
        self.assert_undecided(approval)

    def test_creator_does_not_decide(self):
        case = self.env["kehu.test.case"].with_user(self.manager).create({"name": "own", "manager_id": self.manager.id})
        with self.assertRaisesRegex(UserError, "Not enough people can decide step “Manager”"), self.env.cr.savepoint():
            self.submit(case)
        self.rule.step_ids[0].group_ids = self.directors
        approval = self.submit(case)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.manager).approve()
        self.assertFalse(approval.decision_ids)

    def test_beneficiary_does_not_decide_even_if_named_later(self):
        self.case.beneficiary_id = self.director
        approval = self.submit()
        approval.with_user(self.manager).approve()
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.director).approve()
        self.patch(type(self.case), "_approval_excluded_users", lambda cases: {case.id: self.deputy for case in cases})
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "pending")

    def test_nobody_decides_two_steps(self):
        self.directors.user_ids += self.manager
        approval = self.submit()
        approval.with_user(self.manager).approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.with_user(self.manager).approve()
        self.assertEqual(len(approval.decision_ids), 1)

    def test_one_person_for_two_steps_is_found_out_when_asking(self):
        self.directors.user_ids = self.manager
        with self.assertRaisesRegex(UserError, "step “Director”"), self.env.cr.savepoint():
            self.submit()
        self.assertEqual(self.case.state, "new")

    def test_vote_needed_at_later_step_is_left_to_others(self):
        self.directors.user_ids = self.director
        self.rule.step_ids[0].group_ids = self.directors
        approval = self.submit()
        with self.assertRaisesRegex(UserError, "Leave step “Manager” .* you are needed for step “Director”"):
            approval.with_user(self.director).approve()
        self.assert_undecided(approval)
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")

    def test_vote_is_free_when_others_remain_for_later_steps(self):
        self.rule.step_ids[0].group_ids = self.directors
        approval = self.submit()
        approval.with_user(self.director).approve()
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")

    def test_number_of_votes_keeps_people_for_later_steps(self):
        self.rule.step_ids[0].write({"group_ids": [Command.set(self.directors.ids)], "quorum": "count", "needed": 2})
        approval = self.submit()
        approval.with_user(self.director).approve()
        with self.assertRaisesRegex(UserError, "you are needed for step “Director”"):
            approval.with_user(self.deputy).approve()
        approval.with_user(self.manager).approve()
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")

    def test_all_of_a_step_are_missing_at_later_steps(self):
        self.directors.user_ids = self.director
        self.rule.step_ids[0].write({"group_ids": [Command.set(self.directors.ids)], "quorum": "all"})
        with self.assertRaisesRegex(UserError, "step “Director”"), self.env.cr.savepoint():
            self.submit()
        self.assertEqual(self.case.state, "new")

    def test_values_changed_behind_its_back_stop_the_decision(self):
        approval = self.submit()
        self.env.cr.execute("UPDATE kehu_test_case SET amount = 9999 WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not those that were asked for"):
            approval.with_user(self.manager).approve()
        self.assert_undecided(approval)

    def test_snapshot_changed_behind_its_back_stops_the_decision(self):
        approval = self.submit()
        self.env.cr.execute(
            "UPDATE kehu_approval SET snapshot = jsonb_set(snapshot, '{amount}', '9999') WHERE id = %s", [approval.id]
        )
        self.env.cr.execute("UPDATE kehu_test_case SET amount = 9999 WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not those that were asked for"):
            approval.with_user(self.manager).approve()
        self.assert_undecided(approval)

    def test_member_who_left_group_decides_no_more(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.directors.user_ids -= self.director
        self.assertFalse(self.env["kehu.approval"].with_user(self.director).search([("is_mine", "=", True)]))
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.director).approve()

    def test_members_when_step_begins_decide(self):
        approval = self.submit()
        implying = self.env["res.groups"].create({"name": "Board", "implied_ids": [Command.link(self.directors.id)]})
        self.outsider.group_ids += implying
        approval.with_user(self.manager).approve()
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")

    def test_changed_role_counts_for_next_request(self):
        self.case.user_id = self.deputy
        approval = self.submit()
        self.rule.step_ids[0].role = "user_id"
        approval.invalidate_recordset()
        self.assertFalse(approval.with_user(self.deputy).is_mine)
        again = self.submit(self.create_cases(1, user_id=self.deputy.id, manager_id=self.manager.id))
        self.assertEqual(again.asked_user_ids, self.deputy)

    def test_changed_manager_does_not_pass_decision_on(self):
        approval = self.submit()
        self.case.with_user(self.clerk).manager_id = self.outsider
        self.refresh_candidates()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()
        activities = self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)])
        self.assertEqual(activities.user_id, self.manager)
        approval.with_user(self.manager).approve()

    def test_changed_manager_counts_for_later_step(self):
        self.rule.step_ids[0].sequence = 9
        self.rule.invalidate_recordset()
        approval = self.submit()
        self.case.manager_id = self.outsider
        approval.with_user(self.director).approve()
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")

    def test_document_that_cannot_be_read_cannot_be_decided(self):
        approval = self.submit()
        self.env["ir.rule"].create(
            {
                "name": "none",
                "model_id": self.env["ir.model"]._get_id("kehu.test.case"),
                "domain_force": "[('id', '=', 0)]",
            }
        )
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).approve()

    def test_all_and_a_number_of_them(self):
        director_step = self.rule.step_ids[1]
        director_step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")
        director_step.write({"quorum": "count", "needed": 2})
        case = self.create_cases(1, manager_id=self.manager.id, beneficiary_id=self.director.id)
        with self.assertRaisesRegex(UserError, "step “Director”"):
            self.submit(case)

    def test_two_kinds_of_one_case_are_decided_at_once(self):
        self.create_rule(
            name="Copy", kind="copy", step_ids=[Command.create({"name": "?", "user_ids": self.director.ids})]
        )
        filing = self.submit()
        filing.with_user(self.manager).approve()
        copy = self.case.with_user(self.clerk)._approval_ask("copy")
        (filing + copy).with_user(self.director).approve()
        self.assertEqual((filing + copy).mapped("state"), ["approved", "approved"])
        self.assertEqual(self.case.state, "filed")

    def test_one_refusal_among_many_ends_it(self):
        self.rule.step_ids[1].quorum = "all"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        approval.with_user(self.deputy).refuse("too risky")
        self.assertEqual((approval.state, self.case.state), ("refused", "new"))
