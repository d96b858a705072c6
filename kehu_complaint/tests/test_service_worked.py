from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ComplaintCase


class WorkedCase(ComplaintCase):
    def assert_no_caller(self, document, user):
        for writer in (user, self.supervisor):
            with self.assertRaisesRegex(UserError, "does not call back"), self.env.cr.savepoint():
                document.with_user(writer).write({"callback_user_id": user.id})


@tagged("post_install", "-at_install")
class TestServiceWorked(WorkedCase):
    """C4, C6: who did the work neither calls back nor reviews it, whoever has the role by now."""

    def test_handler_who_hands_over_does_not_call_back(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.with_user(self.handler).user_id = self.supervisor
        self.assert_no_caller(complaint, self.handler)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            complaint.with_user(self.handler).write(
                {"worked_user_ids": [Command.clear()], "callback_user_id": self.handler.id}
            )
        complaint.with_user(self.handler).write({"callback_user_id": self.taker.id})
        complaint.with_user(self.handler).workflow_move("call_back")
        complaint.with_user(self.taker).write({"satisfaction": "4"})
        complaint.with_user(self.taker).workflow_move("close")
        self.assertEqual(complaint.state, "closed")

    def test_colleague_who_replied_does_not_call_back(self):
        complaint = self.bring_to(self.complain(), "executing")
        complaint.with_user(self.supervisor).write({"execution_note": "Sent.", "reply": "<p>On their way.</p>"})
        complaint.with_user(self.taker).workflow_move("reply")
        self.assert_no_caller(complaint, self.taker)
        self.assert_no_caller(complaint, self.supervisor)

    def test_caller_who_worked_meanwhile_does_not_close(self):
        complaint = self.bring_to(self.complain(), "executing")
        complaint.with_user(self.handler).write({"callback_user_id": self.taker.id})
        complaint.with_user(self.handler).write({"execution_note": "Sent.", "reply": "<p>On their way.</p>"})
        complaint.with_user(self.taker).workflow_move("reply")
        mine = complaint.with_user(self.taker)
        for attack in (
            lambda: mine.write({"satisfaction": "5"}),
            lambda: mine.write({"callback_note": "All is well."}),
            lambda: complaint.with_user(self.handler).workflow_move("call_back"),
        ):
            with self.assertRaisesRegex(UserError, "does not call back"), self.env.cr.savepoint():
                attack()
        complaint.with_user(self.supervisor).callback_user_id = self.director
        complaint.with_user(self.handler).workflow_move("call_back")
        complaint.with_user(self.director).satisfaction = "5"
        complaint.with_user(self.director).workflow_move("close")

    def test_work_before_the_acceptance_counts(self):
        complaint = self.complain(reply="<p>We look into it.</p>")
        complaint.with_user(self.director).write({"reply": "<p>We do.</p>"})
        self.bring_to(complaint, "replied")
        for user in (self.taker, self.director):
            self.assert_no_caller(complaint, user)

    def test_whoever_was_chosen_before_it_began_may_call_back(self):
        complaint = self.complain(user_id=self.taker.id)
        complaint.with_user(self.supervisor).user_id = self.handler
        self.assertEqual(self.bring_to(complaint, "closed").callback_user_id, self.taker)

    def test_handlers_are_not_offered_for_the_call_back(self):
        complaint = self.bring_to(self.complain(), "executing")
        complaint.sudo().executor_id = self.supervisor
        domain = complaint.fields_get(["callback_user_id"], ["domain"])["callback_user_id"]["domain"]
        values = {name: complaint[name].id for name in ("user_id", "executor_id", "company_id")}
        offered = self.env["res.users"].search(safe_eval(domain, values))
        self.assertFalse(offered & (self.handler | self.supervisor))
        self.assertLessEqual(self.taker | self.director, offered)

    def test_writer_of_compensation_does_not_call_back(self):
        complaint = self.complain()
        self.env["kehu.complaint.compensation"].with_user(self.taker).create(
            {"complaint_id": complaint.id, "kind": "gift", "amount": 5}
        )
        self.assert_no_caller(complaint, self.taker)

    def test_report_is_reviewed_by_none_who_wrote_it(self):
        other = self.service_user("test_other_supervisor", "service_supervisor", "Lu")
        complaint = self.bring_to(self.complain(), "accepted")
        complaint.with_user(self.handler).investigator_id = other
        complaint.with_user(self.handler).workflow_move("investigate")
        mine = complaint.with_user(other)
        mine.write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "course": "A",
                "responsible": "B",
                "conclusion": "C",
                "remedy": "D",
                "prevention": "E",
            }
        )
        mine.write({"investigator_id": self.handler.id})
        complaint.with_user(self.handler).workflow_move("report")
        for move, reason in (("review", None), ("revise", "To be better")):
            with self.assertRaisesRegex(UserError, "another supervisor has to review"), self.env.cr.savepoint():
                mine.workflow_move(move, reason=reason)
        self.assertNotIn(other, complaint.sudo()._workflow_role_reviewers()[complaint.id])
        complaint.with_user(self.supervisor).workflow_move("revise", reason="The course is short")
        complaint.with_user(self.handler).workflow_move("report")
        complaint.with_user(self.supervisor).workflow_move("review")
        self.assertEqual(complaint.state, "proposal")
