from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lending_common import LendingCase


@tagged("post_install", "-at_install")
class TestApprovalLending(LendingCase):
    """X2, X5, A6: an approval lends reading to those who decided it when it was asked for; an officer confirms who
    comes later.
    """

    # === ASKED FOR ===

    def test_candidate_when_asked_reads_and_officers_are_told(self):
        approval = self.submit()
        self.assertEqual(approval.kehu_lent_user_ids, self.director)  # the leader reads anyway
        self.assertFalse(self.reads(self.director))
        self.assertIn("Director", self.log().note)
        self.assertEqual((self.log().partner_id, self.log().user_id), (self.archive.partner_id, self.clerk))
        change = self.requests("direct")
        self.assertEqual(change.beneficiary_ids, self.director)
        self.assertEqual(change.activity_ids.user_id, self.officer | self.colleague)
        approval.with_user(self.leader).approve()
        self.assertTrue(self.reads(self.director))
        approval.with_user(self.director).approve()
        self.assertFalse(self.reads(self.director))

    def test_officers_are_told_once_of_candidate_of_rule(self):
        approval = self.submit()
        approval.with_user(self.clerk).withdraw()
        self.archive.with_user(self.clerk).workflow_move("submit")
        self.assertEqual(len(self.log()), 2)
        self.assertEqual(len(self.requests("direct")), 1)

    def test_unclassified_customer_lends_nothing(self):
        approval = self.submit("1")
        self.join(self.employee)
        self.assertFalse(
            approval.kehu_lent_user_ids | self.requests().beneficiary_ids | self.requests("direct").beneficiary_ids
        )
        self.env["kehu.approval"].search([("state", "=", "pending")])._refresh_candidates()
        self.assertNotIn(self.employee, self.told(approval))
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.employee).approve()

    # === CHANGED STEPS, GROUPS, DELEGATIONS, TIERS ===

    def test_rule_manager_adds_nobody_to_what_is_pending(self):
        approval = self.submit()
        for user in (self.employee, self.rule_manager, self.cleared):
            self.step.with_user(self.rule_manager).user_ids = [Command.link(user.id)]
            approval._refresh_candidates()
            with self.assertRaises(AccessError):
                approval.with_user(user).approve()
        self.assertFalse(self.reads(self.employee) or self.reads(self.rule_manager))
        self.assertFalse(self.requests())
        self.assertEqual(len(self.log()), 1)
        self.assertTrue(
            self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", "+ % / Business unit")])
        )

    def test_members_who_come_later_wait_for_officer(self):
        approval = self.submit()
        for user in (self.employee, self.rule_manager):
            self.join(user)
            self.assertFalse(self.reads(user))
            with self.assertRaises(AccessError):
                approval.with_user(user).approve()
        requests = self.requests()
        self.assertEqual(requests.beneficiary_ids, self.employee | self.rule_manager)
        self.assertEqual(requests.requester_id, self.admin)
        self.assertEqual(requests.activity_ids.user_id, self.officer | self.colleague)
        self.assertEqual(len(self.log()), 1)

    def test_accepted_newcomer_does_not_change_number(self):
        self.step.write({"quorum": "count", "needed": 2})
        self.deputies.user_ids = self.cleared
        approval = self.submit()
        self.join(self.employee)
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertEqual((approval.needed, approval.asked_user_ids), (2, self.leader | self.cleared | self.employee))
        approval.with_user(self.employee).approve()
        self.assertEqual(approval.step_id, self.step)
        approval.with_user(self.leader).approve()
        self.assertEqual(approval.step_id, self.later_step)

    def test_where_all_must_agree_nobody_joins(self):
        self.step.quorum = "all"
        self.deputies.user_ids = self.cleared
        approval = self.submit()
        self.join(self.employee)
        self.assertFalse(self.requests())
        self.assertEqual((approval.needed, approval.asked_user_ids), (2, self.leader | self.cleared))

    def test_rule_manager_confirms_nothing(self):
        self.submit()
        self.join(self.employee)
        for user in (self.rule_manager, self.employee, self.admin):
            with self.assertRaises(UserError):  # or AccessError, which is one: nothing is told to the employee
                self.requests().with_user(user).workflow_move("confirm")
        self.assertFalse(self.reads(self.employee))

    def test_confirmed_newcomer_is_told_and_decides(self):
        approval = self.submit()
        self.join(self.employee)
        approval._refresh_candidates()
        self.assertNotIn(self.employee, self.told(approval))
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertTrue(self.reads(self.employee))
        self.assertIn(self.employee, self.told(approval))
        line = self.log()[0]
        self.assertEqual(line.user_id, self.officer)
        self.assertIn(self.employee.name, line.note)
        approval.with_user(self.employee).approve()
        self.assertFalse(self.reads(self.employee))

    def test_refused_newcomer_is_not_asked_for_again(self):
        approval = self.submit()
        self.join(self.employee)
        self.requests().with_user(self.officer).workflow_move("refuse", "Not concerned")
        approval._refresh_candidates()
        self.assertFalse(self.requests())
        self.assertFalse(self.reads(self.employee))

    def test_request_ends_with_its_approval(self):
        approval = self.submit()
        self.join(self.employee)
        change = self.requests()
        approval.with_user(self.clerk).withdraw()
        self.assertEqual(change.state, "withdrawn")
        self.assertFalse(change.activity_ids)

    def test_newcomer_taken_off_the_step_gains_nothing(self):
        self.submit()
        self.join(self.employee)
        self.employee.with_user(self.admin).group_ids = [Command.unlink(self.deputies.id)]
        with self.assertRaisesRegex(UserError, "not concerned"):
            self.requests().with_user(self.officer).workflow_move("confirm")

    def test_later_step_changed_meanwhile_waits_too(self):
        approval = self.submit()
        self.join(self.employee, group=self.env.ref("kehu_archive.group_marketing_director"))
        self.assertEqual(self.requests().requester_id, self.admin)
        approval.with_user(self.leader).approve()
        self.assertFalse(self.reads(self.employee))
        self.assertEqual(self.told(approval), self.director)

    def test_newcomer_with_clearance_is_asked_next_time(self):
        approval = self.submit()
        self.join(self.cleared)
        self.assertFalse(self.requests())
        approval._refresh_candidates()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.cleared).approve()

    def test_officer_lends_directly_but_not_to_oneself(self):
        self.env.ref("base.group_erp_manager").user_ids |= self.officer | self.colleague
        approval = self.submit("3")
        self.join(self.employee, by=self.officer)
        self.assertIn(self.employee, approval.kehu_lent_user_ids & approval.asked_user_ids)
        self.assertTrue(self.reads(self.employee))
        self.colleague.group_ids -= self.env.ref("kehu_confidential.group_clearance_top_secret")
        for user in (self.colleague, self.rule_manager):
            self.join(user, by=self.colleague)
        self.assertFalse(self.reads(self.colleague) or self.reads(self.rule_manager))
        self.assertEqual(self.requests().beneficiary_ids, self.colleague | self.rule_manager)

    def test_officer_at_work_lends_to_nobody_unasked(self):
        approval = self.submit()
        self.env.cr.execute(  # as a role changes, without a word to the approval
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)", [self.deputies.id, self.employee.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.join(self.rule_manager)
        self.requests().filtered(lambda change: change.beneficiary_ids == self.rule_manager).with_user(
            self.officer
        ).workflow_move("confirm")
        self.assertEqual(approval.kehu_lent_user_ids, self.director | self.rule_manager)
        self.assertFalse(self.reads(self.employee))

    def test_new_member_of_step_group_waits_and_is_logged(self):
        approval = self.submit()
        approval.with_user(self.leader).approve()
        group = self.env.ref("kehu_archive.group_marketing_director")
        self.employee.with_user(self.admin).group_ids = [Command.link(group.id)]
        self.assertFalse(self.reads(self.employee))
        self.assertEqual((self.requests().requester_id, self.requests().beneficiary_ids), (self.admin, self.employee))
        self.assertTrue(
            self.env["kehu.access.log"].search(
                [
                    ("action", "=", "right"),
                    ("res_model", "=", "res.users"),
                    ("res_id", "=", self.employee.id),
                    ("note", "=", f"+ {group.full_name}"),
                ]
            )
        )

    def test_group_of_rule_managers_gives_no_reading(self):
        self.submit()
        self.admin.with_user(self.admin).group_ids = [
            Command.link(self.env.ref("kehu_workflow.group_workflow_manager").id)
        ]
        self.step.with_user(self.admin).user_ids = [Command.link(self.admin.id)]
        self.assertFalse(self.reads(self.admin) or self.requests())

    def test_delegate_waits_unless_there_when_asked(self):
        today = fields.Date.today()
        dates = {"date_from": today - timedelta(days=1), "date_to": today + timedelta(days=3)}
        Delegation = self.env["kehu.approval.delegation"].with_user(self.leader)
        Delegation.create({"delegate_id": self.employee.id, **dates})
        self.assertTrue(self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", "+ Chen: ")]))
        approval = self.submit()
        self.assertTrue(self.reads(self.employee))
        Delegation.create({"delegate_id": self.rule_manager.id, **dates})
        self.assertFalse(self.reads(self.rule_manager))
        self.assertEqual(
            (self.requests().requester_id, self.requests().beneficiary_ids), (self.leader, self.rule_manager)
        )
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertTrue(self.reads(self.rule_manager))
        approval.with_user(self.rule_manager).approve()

    def test_tier_raised_meanwhile_takes_reading_until_confirmed(self):
        approval = self.submit("1")
        approval.with_user(self.leader).approve()
        self.archive.sudo().kehu_tier = "2"
        self.assertFalse(self.reads(self.director))
        approval._refresh_candidates()
        self.assertEqual(self.requests().beneficiary_ids, self.director)
        self.requests().with_user(self.officer).workflow_move("confirm")
        approval.with_user(self.director).approve()
        self.assertEqual(self.archive.state, "formal")

    def test_who_goes_on_reading_what_was_raised_is_noted(self):
        approval = self.submit()
        approval.with_user(self.leader).approve()
        told = self.requests("direct")
        self.archive.partner_id.with_user(self.officer).kehu_tier = "3"
        self.assertTrue(self.reads(self.director))
        change = self.requests("direct") - told
        self.assertEqual((change.beneficiary_ids, change.tier), (self.director, "3"))
        self.assertEqual(change.activity_ids.user_id, self.colleague)
        self.assertTrue(
            self.env["kehu.access.log"].search([("res_model", "=", "kehu.approval"), ("note", "like", "Director")])
        )

    def test_responsible_is_warned_when_all_wait(self):
        approval = self.submit("1")
        approval.with_user(self.leader).approve()
        self.archive.sudo().kehu_tier = "2"
        self.env.invalidate_all()
        approval._refresh_candidates()
        self.assertIn("Nobody can decide", approval.rule_id.activity_ids.mapped("summary")[0])
