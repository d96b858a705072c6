from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintStory(ComplaintCase):
    """C1–C7: from the first call to the call-back, each step by whom it belongs to."""

    def test_from_the_first_call_to_the_call_back(self):
        complaint = self.complain()
        self.assertRegex(complaint.number, r"^TS-\d{5}$")
        self.assertEqual((complaint.contact_phone, complaint.team_id), ("0755 1234567", self.unit))
        self.bring_to(complaint, "closed")
        self.assertEqual(
            complaint.workflow_log_ids.sorted("id").mapped("move"),
            ["accept", "investigate", "report", "review", "propose", "grant", "execute", "reply", "call_back", "close"],
        )
        reply = complaint.message_ids.filtered(lambda message: "on their way" in message.body)
        self.assertEqual(reply.partner_ids, self.customer)
        self.assertTrue(complaint.date_replied and complaint.date_closed)
        self.assertEqual(set(complaint.sudo().deadline_ids.mapped("state")), {"met"})

    def test_a_supervisor_decides_whether_it_is_justified(self):
        complaint = self.complain()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).workflow_move("accept")
        with self.assertRaisesRegex(UserError, "Reply"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("decline")
        complaint.with_user(self.handler).reply = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "empty"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("decline")
        complaint.with_user(self.handler).reply = "<p>Thank you. The warranty ended in 2020.</p>"
        complaint.with_user(self.supervisor).workflow_move("decline")
        self.assertIn("warranty ended", complaint.message_ids.filtered("partner_ids").body)
        complaint.with_user(self.handler).workflow_move("end")
        self.assertEqual(complaint.state, "closed")

    def test_order_or_serial_number_is_checked_first(self):
        complaint = self.complain(verification="open")
        with self.assertRaisesRegex(UserError, "serial number is ours"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("accept")

    def test_nobody_reviews_own_report(self):
        complaint = self.bring_to(self.complain(), "accepted")
        complaint.with_user(self.handler).investigator_id = self.supervisor
        complaint.with_user(self.handler).workflow_move("investigate")
        complaint.with_user(self.supervisor).write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "course": "…",
                "responsible": "…",
                "conclusion": "…",
                "remedy": "…",
                "prevention": "…",
            }
        )
        complaint.with_user(self.supervisor).workflow_move("report")
        with self.assertRaisesRegex(UserError, "another supervisor has to review"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("review")
        self.assertFalse({"review", "revise"} & {*complaint.with_user(self.supervisor).workflow_moves})
        why = complaint.with_user(self.supervisor).action_workflow_explain()
        self.assertIn("another supervisor has to review", self.env[why["res_model"]].browse(why["res_id"]).body)
        self.assertLessEqual({"review", "revise"}, {*complaint.with_user(self.director).workflow_moves})
        complaint.with_user(self.director).workflow_move("review")

    def test_the_amount_says_who_approves(self):
        complaint = self.bring_to(self.complain(), "pending", amount=20000)
        approval = complaint.approval_ids
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.handler).approve()
        self.assertFalse(approval.with_user(self.handler).amount)
        for user in (self.supervisor, self.director):
            self.assertIn("20,000", approval.with_user(user).amount)
            approval.with_user(user).approve()
            self.assertEqual(complaint.state, "pending")
        approval.with_user(self.general_manager).approve()
        self.assertEqual(complaint.state, "approved")

    def test_what_was_approved_is_what_is_paid(self):
        complaint = self.bring_to(self.complain(), "approved")
        line = complaint.compensation_ids.with_user(self.handler)
        for attack in (
            lambda: line.write({"amount": 5000}),
            lambda: line.write({"kind": "refund"}),
            lambda: line.write({"quantity": 30}),
            lambda: line.unlink(),
            lambda: line.create({"complaint_id": complaint.id, "kind": "gift", "amount": 1}),
            lambda: complaint.with_user(self.handler).write(
                {"compensation_ids": [Command.update(line.id, {"amount": 1})]}
            ),
            lambda: complaint.with_user(self.handler).write({"proposal": "More."}),
            lambda: line.write({"complaint_id": self.complain().id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        self.assertEqual(complaint.compensation_amount, 500)

    def test_a_paid_kind_takes_a_compensation(self):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.handler).proposal = "We are sorry."
        with self.assertRaisesRegex(UserError, "compensation"), self.env.cr.savepoint():
            complaint.with_user(self.handler).workflow_move("propose")

    def test_whoever_handled_it_does_not_call_back(self):
        complaint = self.bring_to(self.complain(), "replied")
        with self.assertRaisesRegex(UserError, "does not call back"), self.env.cr.savepoint():
            complaint.with_user(self.handler).callback_user_id = self.handler
        with self.assertRaisesRegex(UserError, "stays as it is"), self.env.cr.savepoint():
            complaint.with_user(self.handler).write({"callback_user_id": self.taker.id, "executor_id": self.taker.id})
        with self.assertRaisesRegex(UserError, "does not call back"), self.env.cr.savepoint():
            complaint.sudo().write({"callback_user_id": self.taker.id, "executor_id": self.taker.id})

    def test_whoever_takes_part_writes_own_part_only(self):
        complaint = self.bring_to(self.complain(), "investigating")
        mine = complaint.with_user(self.investigator)
        mine.course = "As I found it."
        for vals in (
            {"user_id": self.investigator.id},
            {"compensation_ids": [Command.create({"kind": "gift", "amount": 1})]},
            {"waiting_reason": "Holidays"},
            {"name": "Nothing"},
            {"date_received": "2020-01-01"},
            {"kehu_own_tier": "3"},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write(vals)
        self.assertFalse(complaint.with_user(self.employee).has_access("read"))

    def test_state_number_and_times_cannot_be_forged(self):
        Complaint = self.env["kehu.complaint"].with_user(self.taker)
        for vals in ({"state": "closed"}, {"state": "approved"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.complain(**vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Complaint.with_context(default_state="approved").create({"name": "x"})
        forged = Complaint.with_context(default_number="TS-1", default_date_closed="2020-01-01").create(
            {"name": "x", "number": "TS-2", "date_closed": "2020-01-01", "date_replied": "2020-01-01"}
        )
        self.assertNotIn(forged.number, ("TS-1", "TS-2"))
        self.assertFalse(forged.date_closed or forged.date_replied)
        with self.assertRaisesRegex(UserError, "future"), self.env.cr.savepoint():
            self.complain(date_received="2099-01-01")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            forged.unlink()

    def test_what_was_said_stays_after_the_decision(self):
        complaint = self.bring_to(self.complain(), "accepted")
        with self.assertRaisesRegex(AccessError, "corrected by a supervisor"), self.env.cr.savepoint():
            complaint.with_user(self.handler).description = "<p>Nothing</p>"
        complaint.with_user(self.supervisor).demand = "Ten new chargers"

    def test_clocks_of_the_policy(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.complain()
        due = {clock.rule_id: str(clock.date_due) for clock in complaint.sudo().deadline_ids}
        self.assertEqual(due[self.env.ref("kehu_complaint.deadline_rule_opinion")], "2026-03-04 02:00:00")
        self.assertEqual(due[self.env.ref("kehu_complaint.deadline_rule_settle")][:10], "2026-03-09")

    def test_waiting_for_the_customer_stops_the_clocks(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.complain()
            complaint.waiting_reason = "Photos of the chargers"
        opinion = complaint.sudo().deadline_ids.filtered(
            lambda clock: clock.rule_id == self.env.ref("kehu_complaint.deadline_rule_opinion")
        )
        self.assertEqual((opinion.state, opinion.pause_ids.reason), ("paused", "Photos of the chargers"))
        with freeze_time("2026-03-03 02:00:00"):
            complaint.waiting_reason = " "
        self.assertEqual((opinion.state, str(opinion.date_due)), ("running", "2026-03-05 02:00:00"))

    def test_late_complaints_climb_to_the_general_manager_once(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.complain()
            rule = self.env.ref("kehu_complaint.deadline_rule_opinion")
        told = complaint.sudo().activity_ids
        for hour, user in (
            ("2026-03-04 02:30:00", self.handler),
            ("2026-03-04 10:30:00", self.supervisor),
            ("2026-03-05 02:30:00", self.director),
            ("2026-03-06 02:30:00", self.general_manager),
        ):
            for _run in range(2):
                with freeze_time(hour), self.enter_registry_test_mode():
                    self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            news = (
                complaint.sudo().activity_ids.filtered(lambda activity: activity.kehu_deadline_id.rule_id == rule)
                - told
            )
            self.assertEqual(news.user_id & user, user, hour)
            self.assertEqual(len(set(news.mapped(lambda activity: (activity.user_id, activity.summary)))), len(news))
            told |= news

    def test_totals_and_companies_cannot_be_forged(self):
        complaint = self.bring_to(self.complain(), "proposal")
        other = self.env["res.company"].create({"name": "Another company"})
        line = (
            self.env["kehu.complaint.compensation"]
            .with_user(self.handler)
            .create({"complaint_id": complaint.id, "kind": "refund", "amount": 20000, "company_id": other.id})
        )
        self.assertEqual(line.company_id, complaint.company_id)
        for record, vals in (
            (complaint, {"compensation_amount": 1}),
            (complaint, {"kehu_tier": "0"}),
            (line, {"company_id": other.id}),
        ):
            with self.assertRaisesRegex(AccessError, "filled by the system"), self.env.cr.savepoint():
                record.with_user(self.handler).write(vals)
        self.assertEqual(complaint.compensation_amount, 20000)

    def test_complaint_is_journal_line_hidden_from_accused(self):
        complaint = self.complain(accused_user_ids=[Command.link(self.supervisor.id)])
        line = self.env["kehu.archive.journal"].search(
            [("res_model", "=", "kehu.complaint"), ("res_id", "=", complaint.id)]
        )
        self.assertEqual((line.partner_id, line.user_id), (self.customer, self.handler))
        self.assertIn(complaint.number, line.summary)
        self.assertTrue(line.with_user(self.taker).has_access("read"))
        self.assertFalse(line.with_user(self.supervisor).has_access("read"))
        self.assertFalse(line.with_user(self.supervisor).search([("id", "=", line.id)]))
