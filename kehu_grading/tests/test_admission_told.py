from psycopg2.errors import NotNullViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_admission import AdmissionCase


@tagged("post_install", "-at_install")
class TestAdmissionTold(AdmissionCase):
    """G9: whoever has to go on with an admission is told, and a vote says what it is for."""

    def told(self, admission):
        kind = self.env.ref("kehu_workflow.mail_activity_type_turn")
        activities = admission.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        return {(activity.user_id, activity.summary.partition(":")[0]) for activity in activities}

    def test_who_is_next_is_told(self):
        admission = self.before_the_committee()
        self.assertNotIn("submit", admission.workflow_moves or [])
        self.vote(admission, "yes", "yes")
        self.assertEqual(self.told(admission), {(self.salesman, "No vote is waited for any more")})
        admission.workflow_move("submit")
        self.assertFalse(self.told(admission))
        for user in (self.financier, self.marketing):
            admission.with_user(user).action_approval_approve()
        self.assertEqual(self.told(admission), {(self.salesman, "The admission is approved")})
        self.sign(admission)
        self.assertIn((self.grading_manager, "The contract is entered"), self.told(admission))
        self.assertNotIn(self.salesman, {user for user, _summary in self.told(admission)})
        refused = self.before_the_committee(partner_id=self.new_customer("Other").id)
        self.vote(refused, "no", "no")
        self.assertIn((self.salesman, "The committee is against it"), self.told(refused))

    def test_next_step_is_told_whatever_the_last_one_was_called(self):
        admission = self.before_the_committee()
        self.vote(admission, "yes", "yes")
        admission.sudo().activity_ids.filtered("kehu_turn").summary = "As it was translated then"
        self.vote(admission, "no", "no")
        self.assertIn((self.salesman, "The committee is against it"), self.told(admission))

    def test_vote_without_a_verdict_is_refused(self):
        admission = self.before_the_committee()
        with mute_logger("odoo.sql_db"), self.assertRaises(NotNullViolation), self.env.cr.savepoint():
            self.vote(admission, False)
