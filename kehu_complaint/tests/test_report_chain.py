from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestReportChain(ComplaintCase):
    """C4: the report is reviewed by one supervisor, or by the steps of a rule of the authority table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("kehu_complaint.approval_rule_report")
        (cls.investigator | cls.supervisor | cls.director | cls.general_manager).lang = "en_US"

    def reported(self):
        """Return a complaint whose report is handed in under the rule, and what was asked for."""
        self.rule.active = True
        complaint = self.bring_to(self.complain(), "reviewing")
        return complaint, complaint.approval_ids

    def test_without_a_rule_one_supervisor_reviews(self):
        self.assertFalse(self.rule.active)
        complaint = self.bring_to(self.complain(), "reviewing")
        self.assertFalse(complaint.approval_ids)
        complaint.with_user(self.supervisor).workflow_move("review")
        self.assertEqual(complaint.state, "proposal")

    def test_rule_that_does_not_fit_leaves_it_to_a_supervisor(self):
        self.rule.domain = "[('is_major', '=', True)]"
        complaint, approval = self.reported()
        self.assertFalse(approval)
        complaint.with_user(self.supervisor).workflow_move("review")
        self.assertEqual(complaint.state, "proposal")

    def test_report_that_waits_when_a_rule_begins_is_asked_for(self):
        complaint = self.bring_to(self.complain(), "reviewing")
        self.rule.active = True
        mine = complaint.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "must be asked for again"), self.env.cr.savepoint():
            mine.workflow_move("review")
        mine.workflow_move("revise", "A rule says who reviews it now.")
        complaint.with_user(self.investigator).workflow_move("report")
        self.assertEqual((complaint.approval_ids.kind, complaint.approval_ids.state), ("report", "pending"))

    def test_report_goes_up_step_by_step(self):
        complaint, approval = self.reported()
        self.assertEqual(
            (approval.kind, approval.state, approval.requester_id), ("report", "pending", self.investigator)
        )
        for user in (self.supervisor, self.director, self.general_manager):
            self.assertTrue(complaint.with_user(user).approval_is_mine)
            self.assertEqual(complaint.state, "reviewing")
            approval.with_user(user).approve("Seen.")
        self.assertEqual((approval.state, complaint.state), ("approved", "proposal"))
        self.assertEqual(approval.decision_ids.mapped("reason"), ["Seen."] * 3)
        self.assertIn("The report that was handed in:", "".join(complaint.sudo().message_ids.mapped("body")))

    def test_nobody_reviews_past_the_chain(self):
        complaint, approval = self.reported()
        for user in (self.supervisor, self.director):
            self.assertFalse({"review", "revise"} & set(complaint.with_user(user).workflow_moves))
            for move, reason in (("review", None), ("revise", "Too short.")):
                with self.assertRaisesRegex(UserError, "is decided by its approval"), self.env.cr.savepoint():
                    complaint.with_user(user).workflow_move(move, reason)
        for user in (self.investigator, self.handler):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                approval.with_user(user).approve()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).write({"state": "proposal"})
        approval.sudo()._lapse()
        with self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("review")
        complaint.with_user(self.supervisor).workflow_move("revise", "Once more.")
        complaint.with_user(self.investigator).workflow_move("report")
        self.assertEqual(complaint.approval_ids.filtered(lambda row: row.state == "pending").kind, "report")

    def test_refused_report_is_revised_and_asked_for_again(self):
        complaint, approval = self.reported()
        approval.with_user(self.supervisor).approve()
        approval.with_user(self.director).refuse("Who measured it?")
        self.assertEqual((approval.state, complaint.state), ("refused", "investigating"))
        mine = complaint.with_user(self.investigator)
        mine.course = "Measured by the works."
        mine.workflow_move("report")
        again = complaint.approval_ids - approval
        self.assertEqual((again.state, again.step_id.name), ("pending", "Service supervisor"))

    def test_writers_of_the_report_do_not_decide_on_it(self):
        other = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        self.env.ref("kehu_complaint.group_service_supervisor").user_ids = self.supervisor | other
        self.rule.active = True
        complaint = self.complain()
        self.bring_to(complaint, "accepted")
        complaint.with_user(self.handler).investigator_id = other
        complaint.with_user(self.handler).workflow_move("investigate")
        complaint.with_user(other).course = "Begun by the supervisor."
        complaint.with_user(self.handler).investigator_id = self.investigator
        complaint.with_user(self.investigator).write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "responsible": "A",
                "conclusion": "B",
                "remedy": "C",
                "prevention": "D",
            }
        )
        complaint.with_user(self.investigator).workflow_move("report")
        approval = complaint.approval_ids
        for user in (other, self.investigator):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                approval.with_user(user).approve()
        approval.with_user(self.supervisor).approve()
        self.assertEqual(approval.step_id.name, "Service director")

    def test_approver_is_reminded_and_no_supervisor_beside(self):
        other = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        self.env.ref("kehu_complaint.group_service_supervisor").user_ids = self.supervisor | other
        self.rule.step_ids[0].write({"group_ids": False, "user_ids": self.supervisor})
        complaint, _approval = self.reported()
        self.assertEqual(complaint.sudo().activity_ids.user_id, self.supervisor)

    def test_investigator_takes_no_proposal_back(self):
        complaint, approval = self.reported()
        for user in (self.supervisor, self.director, self.general_manager):
            approval.with_user(user).approve()
        complaint.with_user(self.handler).proposal = "Nothing."
        self.kind.is_paid = False
        complaint.with_user(self.handler).workflow_move("propose")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.investigator).workflow_move("withdraw", "Mine.")
        complaint.with_user(self.handler).workflow_move("withdraw", "Asked by me.")
        self.assertEqual(complaint.state, "proposal")
