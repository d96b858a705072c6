from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestDeputyTold(ApprovalCommon):
    """A6: deputies hear of the delegation and of each document that waits, and see in whose place they decide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.clerk | cls.manager | cls.outsider | cls.director | cls.deputy
        people.write({"lang": "en_US", "tz": "UTC"})
        cls.manager.name, cls.outsider.name = "Zhao", "Qian"

    def delegate(self, delegator, delegate, start=0, end=3):
        today = fields.Date.today()
        values = {
            "delegate_id": delegate.id,
            "date_from": today + timedelta(days=start),
            "date_to": today + timedelta(days=end),
        }
        return self.env["kehu.approval.delegation"].with_user(delegator).create(values)

    def reminders(self, approval):
        activities = self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)])
        return {activity.user_id: activity.summary for activity in activities}

    def test_deputy_is_told_of_the_delegation(self):
        delegation = self.delegate(self.manager, self.outsider)
        told = delegation.sudo().activity_ids
        self.assertEqual(told.user_id, self.outsider)
        self.assertIn("in the place of Zhao", told.summary)
        delegation.with_user(self.manager).delegate_id = self.deputy
        self.assertEqual(delegation.sudo().activity_ids.user_id, self.deputy)
        with freeze_time(fields.Datetime.now() + timedelta(days=9)):
            self.refresh_candidates()
        self.env.invalidate_all()
        self.assertFalse(delegation.sudo().activity_ids)

    def test_deputy_is_asked_with_the_candidate_and_sees_for_whom(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.assertEqual(self.reminders(approval), {self.manager: "Filing", self.outsider: "Filing (for Zhao)"})
        self.assertEqual(approval.candidates, "Zhao (deputy: Qian)")
        self.assertEqual(
            [approval.with_user(user).in_place_of for user in (self.outsider, self.manager)], ["Zhao", False]
        )
        self.assertEqual(self.case.with_user(self.outsider).approval_in_place_of, "Zhao")
        self.assertFalse(self.case.with_user(self.manager).approval_in_place_of)
        approval.with_user(self.outsider).approve()
        self.assertEqual(set(self.reminders(approval)), {self.director, self.deputy})

    def test_deputy_is_asked_for_what_waits_already_until_the_end(self):
        approval = self.submit()
        delegation = self.delegate(self.manager, self.outsider)
        self.refresh_candidates()
        self.assertIn(self.outsider, self.reminders(approval))
        delegation.with_user(self.manager).unlink()
        self.refresh_candidates()
        self.assertEqual(set(self.reminders(approval)), {self.manager})

    def test_reminder_ends_when_either_has_decided(self):
        self.rule.step_ids[1].quorum = "all"
        self.rule.step_ids[0].unlink()
        self.delegate(self.director, self.outsider)
        approval = self.submit()
        self.assertEqual(set(self.reminders(approval)), {self.director, self.deputy, self.outsider})
        approval.with_user(self.outsider).approve()
        self.assertEqual(set(self.reminders(approval)), {self.deputy})

    def test_deputy_who_dismisses_is_left_in_peace(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        asked = self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)])
        asked.filtered(lambda activity: activity.user_id == self.outsider).with_user(self.outsider).action_done()
        self.refresh_candidates()
        self.assertEqual(set(self.reminders(approval)), {self.manager})

    def test_requester_and_strangers_are_not_asked_as_deputies(self):
        self.delegate(self.manager, self.clerk)
        self.delegate(self.outsider, self.deputy)
        self.assertEqual(set(self.reminders(self.submit())), {self.manager})

    def test_outcome_reminder_ends_when_it_is_asked_for_anew(self):
        def told():
            return self.case.activity_ids.filtered("kehu_outcome_id")

        approval = self.submit()
        approval.with_user(self.manager).refuse("no licence")
        self.assertEqual(told().user_id, self.clerk)
        again = self.submit() - approval
        self.assertFalse(told())
        again.with_user(self.manager).approve()
        again.with_user(self.director).approve()
        self.assertEqual(told().user_id, self.clerk)
        self.case.with_user(self.clerk).workflow_move("revise", "New address")
        self.assertFalse(told(), "it counts no more")

    def test_approver_is_shown_what_is_decided(self):
        self.case.beneficiary_id = self.outsider
        cases = self.case | self.create_cases(1, manager_id=self.manager.id)
        cases.with_user(self.clerk).workflow_move("submit")
        approvals = self.approval_of(cases).with_user(self.manager)
        shown = approvals.filtered(lambda approval: approval.res_id == self.case.id).essentials
        self.assertRegex(shown, r"Amount: .*1,000\.00")
        self.assertIn("Beneficiary: Qian", shown)
        answer = approvals.action_approve()["params"]["message"]
        self.assertIn("(2)", answer)
        self.assertIn(self.case.name, answer)
        self.assertEqual(len(approvals.decision_ids), 2)
