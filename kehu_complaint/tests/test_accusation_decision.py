from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestAccusationDecision(AccusationCase):
    """C8: what a decision on an accusation, or its withdrawal, gives back and takes."""

    def test_rejection_gives_roles_and_sight_back(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up of names.")
        self.assertEqual((complaint.user_id, complaint.conflicted_user_ids.ids), (self.handler, []))
        self.assertTrue(complaint.with_user(self.handler).has_access("write"))
        self.assertEqual(
            (accusation.decided_user_id, accusation.decision_reason, bool(accusation.date_decided)),
            (self.supervisor, "A mix-up of names.", True),
        )
        self.assertEqual(accusation.activity_ids.user_id, self.taker, "the proposer is told")
        self.assertFalse(accusation.with_user(self.handler).has_access("read"), "not even afterwards")
        self.assertNotRegex("".join(complaint.message_ids.mapped("body")), "ccus|vacant")
        tracked = complaint.message_ids.tracking_value_ids.field_id
        self.assertNotIn("user_id", tracked.mapped("name"))

    def test_withdrawal_gives_roles_and_sight_back(self):
        complaint, accusation = self.accuse(self.handler)
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            accusation.with_user(self.taker).workflow_move("withdraw", " ")
        accusation.with_user(self.taker).workflow_move("withdraw", "I mistook them for somebody else.")
        self.assertEqual(
            (accusation.state, accusation.decided_user_id, accusation.decision_reason),
            ("withdrawn", self.taker, "I mistook them for somebody else."),
        )
        self.assertEqual((complaint.user_id, complaint.conflicted_user_ids.ids), (self.handler, []))
        self.assertTrue(complaint.with_user(self.handler).has_access("write"))
        self.assertFalse(accusation.activity_ids, "nobody has anything to do")
        self.assertFalse(accusation.with_user(self.handler).has_access("read"), "not even afterwards")
        self.assertNotRegex("".join(complaint.message_ids.mapped("body")), "ccus|vacant")
        with self.assertRaisesRegex(UserError, "kept as evidence"), self.env.cr.savepoint():
            accusation.unlink()
        for user, move in ((self.taker, "withdraw"), (self.supervisor, "reject"), (self.supervisor, "confirm")):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                accusation.with_user(user).workflow_move(move, "After all")

    def test_withdrawn_accusation_may_be_proposed_again(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.taker).workflow_move("withdraw", "Too early.")
        _complaint, again = self.accuse(self.handler, complaint)
        self.assertNotEqual(again, accusation)
        self.assertEqual((again.state, accusation.state), ("proposed", "withdrawn"))

    def test_decided_accusation_is_not_withdrawn(self):
        for move in ("confirm", "reject"):
            _complaint, accusation = self.accuse(self.handler)
            accusation.with_user(self.supervisor).workflow_move(move, "So it is.")
            with self.assertRaisesRegex(UserError, "It is"), self.env.cr.savepoint():
                accusation.with_user(self.taker).workflow_move("withdraw", "After all")

    def test_rejection_replaces_deputy_unless_work_went_on(self):
        complaint, accusation = self.accuse(self.handler)
        complaint.with_user(self.taker).user_id = self.taker
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up.")
        self.assertEqual(complaint.user_id, self.handler)
        other, accusation = self.accuse(self.handler, self.complain(serial="SN-2", product_id=False))
        other.with_user(self.taker).user_id = self.taker
        other.with_user(self.supervisor).workflow_move("accept")
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up.")
        self.assertEqual(other.user_id, self.taker)

    def test_rejection_keeps_parts_of_complaint_as_they_were(self):
        complaint = self.complain()
        action = self.env["kehu.corrective.action"].create(
            {
                "name": "Measure coils",
                "complaint_ids": complaint.ids,
                "owner_id": self.supervisor.id,
                "verifier_id": self.director.id,
            }
        )
        complaint.message_subscribe(self.supervisor.partner_id.ids)
        _complaint, accusation = self.accuse(self.supervisor, complaint)
        self.accuse(self.employee, complaint)  # at once, which excludes nobody else for good
        self.assertFalse(action.with_user(self.supervisor).has_access("read"))
        accusation.with_user(self.director).workflow_move("reject", "No.")
        self.assertEqual(action.owner_id, self.supervisor)
        self.assertIn(self.supervisor.partner_id, complaint.sudo().message_partner_ids)

    def test_rejection_lets_approver_decide_again(self):
        complaint = self.bring_to(self.complain(), "pending", amount=5000).sudo()
        _complaint, accusation = self.accuse(self.supervisor, complaint)
        approval = complaint.approval_ids
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.supervisor).approve()
        accusation.with_user(self.director).workflow_move("reject", "No.")
        approval.with_user(self.supervisor).approve()

    def test_confirmation_excludes_for_good_and_asks_for_substitute(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.supervisor).workflow_move("confirm", "The recording says so.")
        self.assertEqual((complaint.accused_user_ids, complaint.user_id.ids), (self.handler, []))
        vacant = complaint.activity_ids.filtered(lambda activity: "is vacant" in activity.summary)
        self.assertEqual(vacant.user_id, self.supervisor)
        with self.assertRaisesRegex(AccessError, "takes that back"), self.env.cr.savepoint():
            complaint.with_user(self.taker).accused_user_ids = [Command.clear()]
        with self.assertRaises(UserError), self.env.cr.savepoint():
            accusation.with_user(self.supervisor).workflow_move("reject", "After all")
        complaint.with_user(self.supervisor).write(
            {"accused_user_ids": [Command.clear()], "accusation_reason": "Another was meant"}
        )
        self.assertFalse(complaint.conflicted_user_ids)

    def test_confirmed_unit_stays_accused(self):
        complaint = self.complain()
        complaint.accused_team_ids = self.unit
        complaint.sudo().accusation_ids.with_user(self.supervisor).workflow_move("confirm", "They did.")
        self.assertEqual(complaint.sudo().accused_team_ids, self.unit)
        with self.assertRaisesRegex(AccessError, "takes that back"), self.env.cr.savepoint():
            complaint.accused_team_ids = [Command.clear()]

    def test_same_person_is_proposed_once(self):
        complaint, accusation = self.accuse(self.supervisor)
        self.accuse(self.supervisor, complaint, by=self.handler)
        self.assertEqual(complaint.accusation_ids, accusation)
        accusation.with_user(self.director).workflow_move("reject", "No.")
        with self.assertRaisesRegex(UserError, "rejected an accusation"), self.env.cr.savepoint():
            self.accuse(self.supervisor, complaint)
        self.assertTrue(complaint.with_user(self.supervisor).has_access("read"))

    def test_role_waits_for_the_other_accusation(self):
        self.unit.member_ids += self.handler
        complaint, first = self.accuse(self.handler)
        complaint.with_user(self.taker).accused_team_ids = self.unit
        second = complaint.accusation_ids - first
        first.with_user(self.supervisor).workflow_move("reject", "Not in person.")
        self.assertFalse(complaint.user_id)
        second.with_user(self.supervisor).workflow_move("reject", "Nor the unit.")
        self.assertEqual(complaint.user_id, self.handler)

    def test_vote_of_the_accused_grants_nothing(self):
        complaint = self.bring_to(self.complain(), "pending", amount=5000)
        approval = complaint.approval_ids
        approval.with_user(self.supervisor).approve()
        self.assertEqual((approval.state, approval.decision_ids.user_id), ("pending", self.supervisor))
        self.accuse(self.supervisor, complaint, by=self.general_manager)
        self.assertIn(self.supervisor, complaint.sudo().conflicted_user_ids)
        with self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
            approval.with_user(self.director).approve()
        approval.with_user(self.director).refuse("Decided by somebody who is complained about")
        self.assertEqual((approval.state, complaint.state), ("refused", "proposal"))

    def test_late_decision_climbs(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint, accusation = self.accuse(self.handler)
        self.assertEqual(str(accusation.deadline_ids.date_due)[:10], "2026-03-03")
        for moment, told in (
            ("2026-03-03 12:00:00", self.supervisor),
            ("2026-03-05 02:00:00", self.superiors),
            ("2026-03-09 12:00:00", self.superiors | self.lawyer),
        ):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            late = accusation.activity_ids.filtered("kehu_deadline_id")
            self.assertEqual(late.user_id & (self.superiors | self.lawyer), told, moment)
        self.assertNotIn(self.handler, accusation.activity_ids.user_id)
        accusation.with_user(self.supervisor).workflow_move("confirm", "Late, but so it is.")
        self.assertEqual(accusation.deadline_ids.state, "missed")


@tagged("post_install", "-at_install")
class TestAccusationAttacked(AccusationCase):
    """C8, C14: what a client sends changes no decision, and the named find no trace."""
