from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .major_common import MajorCase


class DismissalCase(MajorCase):
    @classmethod
    def propose(cls, complaints=None, kind="spam", user=None, **vals):
        """Propose to take complaints out, as a clerk unless said otherwise; return the proposals in sudo."""
        complaints = complaints or cls.complain()
        complaints.with_user(user or cls.taker).action_propose_dismissal(kind, "An advertisement.", **vals)
        return complaints.sudo().dismissal_ids.filtered(lambda dismissal: dismissal.state == "proposed")

    @classmethod
    def take_out(cls, complaints=None, **vals):
        dismissals = cls.propose(complaints, **vals)
        dismissals.with_user(cls.supervisor).action_approval_approve()
        return dismissals.complaint_id

    def summaries(self, record, user):
        return record.sudo().activity_ids.filtered(lambda activity: activity.user_id == user).mapped("summary")


@tagged("post_install", "-at_install")
class TestDismissal(DismissalCase):
    """C1: a clerk proposes to take out what is no complaint, somebody else decides."""

    def test_supervisor_takes_out_what_a_clerk_proposed(self):
        dismissal = self.propose()
        complaint = dismissal.complaint_id
        self.assertEqual((complaint.state, dismissal.state), ("received", "proposed"))
        self.assertTrue(self.summaries(dismissal, self.supervisor))
        self.assertFalse(self.summaries(dismissal, self.taker))
        self.assertTrue(complaint.with_user(self.supervisor).is_dismissal_mine)
        self.assertFalse(complaint.with_user(self.taker).is_dismissal_mine)
        complaint.with_user(self.supervisor).action_approve_dismissal()
        self.assertEqual((complaint.state, dismissal.state), ("dismissed", "approved"))
        self.assertEqual(
            (complaint.dismissal, complaint.dismissal_user_id, complaint.dismissed_by_id),
            ("spam", self.taker, self.supervisor),
        )
        self.assertIn("What you asked for is approved", self.summaries(dismissal, self.taker))
        self.assertFalse(complaint.activity_ids, "it is nobody's turn")
        self.assertFalse(complaint.is_confirmation_due)

    def test_supervisor_keeps_it_and_the_clerk_is_told(self):
        dismissal = self.propose()
        dismissal.approval_ids.with_user(self.supervisor).refuse("It is a customer of ours.")
        self.assertEqual((dismissal.state, dismissal.complaint_id.state), ("kept", "received"))
        self.assertIn("What you asked for is returned: read the reason", self.summaries(dismissal, self.taker))
        self.assertEqual(self.propose(dismissal.complaint_id).state, "proposed")

    def test_many_are_taken_out_at_once(self):
        complaints = (
            self.complain().browse().union(*(self.complain(product_id=False, serial=False) for _number in range(3)))
        )
        dismissals = self.propose(complaints, kind="foreign")
        dismissals.with_user(self.supervisor).action_approval_approve()
        self.assertEqual(set(complaints.mapped("dismissal")), {"foreign"})

    def test_proposer_never_decides(self):
        dismissal = self.propose(user=self.supervisor)
        with self.assertRaises(UserError):
            dismissal.with_user(self.supervisor).action_approval_approve()
        with self.assertRaises(AccessError):
            dismissal.approval_ids.with_user(self.supervisor).approve()
        with self.assertRaises(AccessError):
            self.propose().approval_ids.with_user(self.handler).approve()
        dismissal.with_user(self.director).action_approval_approve()
        self.assertEqual(dismissal.complaint_id.state, "dismissed")

    def test_proposer_withdraws(self):
        dismissal = self.propose()
        with self.assertRaises(AccessError):
            dismissal.with_user(self.handler).workflow_move("withdraw", "x")
        dismissal.with_user(self.taker).workflow_move("withdraw", "I was wrong.")
        self.assertEqual(dismissal.state, "kept")
        with self.assertRaises(UserError):
            dismissal.approval_ids.with_user(self.supervisor).approve()

    def test_weighty_complaint_takes_the_rule_above(self):
        compensation = [Command.create({"kind": "damages", "amount": 5})]
        for number, vals in enumerate(
            (
                {"major_reason_ids": self.media.ids},
                {"accused_user_ids": self.employee.ids},
                {"compensation_ids": compensation},
            )
        ):
            with self.subTest(number):
                dismissal = self.propose(self.complain(**vals))
                self.assertTrue(dismissal.is_weighty)
                with self.assertRaises(AccessError):
                    dismissal.approval_ids.with_user(self.supervisor).approve()
                dismissal.with_user(self.director).action_approval_approve()
                self.assertEqual(dismissal.state, "proposed")
                dismissal.with_user(self.general_manager).action_approval_approve()
                self.assertEqual(dismissal.complaint_id.state, "dismissed")

    def test_what_becomes_weighty_meanwhile_is_not_taken_out(self):
        dismissal = self.propose()
        dismissal.complaint_id.with_user(self.supervisor).major_reason_ids = self.media
        with self.assertRaises(UserError):
            dismissal.approval_ids.with_user(self.supervisor).approve()
        self.assertEqual(dismissal.complaint_id.state, "received")

    def test_proposal_ends_when_the_complaint_goes_on(self):
        complaint = self.complain()
        self.bring_to(complaint, "investigating")
        dismissal = self.propose(complaint)
        complaint.with_user(self.investigator).write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "course": "x",
                "responsible": "x",
                "conclusion": "x",
                "remedy": "x",
                "prevention": "x",
            }
        )
        complaint.with_user(self.investigator).workflow_move("report")
        self.assertEqual(dismissal.state, "kept")
        with self.assertRaisesRegex(UserError, "beyond the investigation"):
            self.propose(complaint)

    def test_nothing_goes_on_with_what_is_taken_out(self):
        complaint = self.take_out()
        with self.assertRaises(UserError):
            complaint.with_user(self.supervisor).workflow_move("accept")
        with self.assertRaises(UserError):
            complaint.with_user(self.supervisor).name = "Something else"
        with self.assertRaises(UserError):
            self.propose(complaint)

    # === ATTACKS ===

    def test_proposals_and_outcomes_cannot_be_forged(self):
        complaint = self.complain()
        Dismissal = self.env["kehu.complaint.dismissal"]
        vals = {
            "complaint_id": complaint.id,
            "kind": "spam",
            "reason": "x",
            "state": "approved",
            "user_id": self.handler.id,
        }
        for user in (self.taker, self.supervisor, self.director):
            with self.assertRaises(AccessError):
                Dismissal.with_user(user).create(vals)
            with self.assertRaises(AccessError):
                complaint.with_user(user).write({"dismissal_ids": [Command.create(vals)]})
            with self.assertRaises(AccessError):
                complaint.with_user(user).state = "dismissed"
            with self.assertRaises(AccessError):
                complaint.with_user(user).dismissal = "spam"
            for move in ("dismiss", "put_back_received"):
                with self.assertRaises(AccessError):
                    complaint.with_user(user).workflow_move(move, "x")
        context = {
            "default_state": "dismissed",
            "default_dismissal": "spam",
            "default_dismissed_by_id": self.handler.id,
        }
        with self.assertRaises(AccessError):
            self.env["kehu.complaint"].with_user(self.taker).with_context(**context).create({"name": "x"})
        del context["default_state"]
        self.assertFalse(
            self.env["kehu.complaint"].with_user(self.taker).with_context(**context).create({"name": "x"}).dismissal
        )
        dismissal = self.propose(complaint)
        for user in (self.taker, self.supervisor):
            for values in (
                {"state": "approved"},
                {"kind": "foreign"},
                {"user_id": self.handler.id},
                {"complaint_id": self.complain().id},
            ):
                with self.assertRaises(AccessError):
                    dismissal.with_user(user).write(values)
            with self.assertRaises(AccessError):
                dismissal.with_user(user).unlink()
            for move in ("grant", "return", "propose"):
                with self.assertRaises(AccessError):
                    dismissal.with_user(user).workflow_move(move, "x")
        with self.assertRaises(UserError):
            dismissal.with_user(self.env.ref("base.user_root")).unlink()

    def test_context_makes_nobody_else_the_proposer(self):
        complaint = self.complain()
        context = {"default_user_id": self.handler.id, "default_state": "approved", "default_state_before": "closed"}
        complaint.with_user(self.supervisor).with_context(**context).action_propose_dismissal("spam", "x")
        dismissal = complaint.sudo().dismissal_ids
        self.assertEqual(
            (dismissal.user_id, dismissal.state, dismissal.state_before), (self.supervisor, "proposed", False)
        )

    def test_clients_call_with_anything(self):
        complaint = self.complain()
        model = self.env["kehu.complaint"].with_user(self.taker)
        for arguments in (
            ["nothing", "x"],
            [{}, "x"],
            ["spam", ""],
            ["spam", None],
            ["spam", ["x"]],
            [1, "x"],
            [[], "x"],
        ):
            with self.assertRaises(UserError):
                call_kw(model, "action_propose_dismissal", [complaint.ids, *arguments], {})

    def test_strangers_and_the_accused_propose_and_read_nothing(self):
        for user in (self.employee, self.investigator):
            with self.assertRaises(AccessError):
                self.complain().with_user(user).action_propose_dismissal("spam", "x")
        complaint = self.complain(self.taker, accused_user_ids=self.director.ids)
        dismissal = self.propose(self.complain(accused_user_ids=self.employee.ids))
        self.assertFalse(dismissal.with_user(self.employee).has_access("read"))
        # Of the director it is only proposed; nobody is left for the step of the directors.
        with self.assertRaisesRegex(UserError, "Not enough people"):
            self.propose(complaint.sudo())
        with self.assertRaises(AccessError):
            complaint.with_user(self.director).action_propose_dismissal("spam", "x")


@tagged("post_install", "-at_install")
class TestDismissalClocks(DismissalCase):
    """C7: what is taken out is neither met nor missed; put back, its clocks go on from their first start."""

    def test_clocks_are_taken_out_even_if_late(self):
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self.complain()
        with freeze_time("2026-03-20 08:00:00"):
            self.take_out(complaint)
        self.assertEqual(set(complaint.deadline_ids.mapped("state")), {"taken_out"})
        complaint.sudo().priority = "2"
        self.assertEqual(set(complaint.deadline_ids.mapped("state")), {"taken_out"}, "nothing starts any more")

    def test_clocks_go_on_from_their_first_start(self):
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self.complain()
        first = complaint.sudo().deadline_ids
        due = {clock.rule_id: clock.date_due for clock in first}
        with freeze_time("2026-03-03 08:00:00"):
            self.take_out(complaint)
        dismissal = complaint.sudo().dismissal_ids
        with freeze_time("2026-03-12 08:00:00"):
            with self.assertRaises(AccessError):
                dismissal.with_user(self.handler).workflow_move("reverse", "x")
            with self.assertRaises(UserError):
                dismissal.with_user(self.supervisor).workflow_move("reverse", " ")
            dismissal.with_user(self.supervisor).workflow_move("reverse", "They are a customer after all.")
            self.assertEqual((complaint.state, dismissal.state, complaint.dismissal), ("received", "reversed", False))
            running = complaint.sudo().deadline_ids - first
            self.assertEqual({clock.rule_id: clock.date_due for clock in running}, due)
            self.assertEqual(running.previous_id, first)
            self.assertEqual(complaint.deadline_state, "late")
            self.assertIn(
                "What you proposed to take out goes on: see the reason", self.summaries(dismissal, self.taker)
            )
            # Taken out and put back once more: what went on already does not start twice.
            self.take_out(complaint)
            (complaint.sudo().dismissal_ids - dismissal).with_user(self.supervisor).workflow_move("reverse", "Again.")
            self.assertEqual(
                len(complaint.sudo().deadline_ids.filtered(lambda clock: clock.state == "running")), len(first)
            )

    def test_put_back_goes_on_in_its_state(self):
        complaint = self.bring_to(self.complain(), "investigating")
        mine = complaint.with_user(self.handler)
        mine.write(
            {
                "opinion": "<p>Ours.</p>",
                "opinion_way": "phone",
                "opinion_to": "Ms. Huang",
                "opinion_on": fields.Datetime.now(),
            }
        )
        mine.action_give_opinion()
        self.take_out(complaint)
        complaint.sudo().dismissal_ids.with_user(self.supervisor).workflow_move("reverse", "It is one.")
        self.assertEqual(complaint.state, "investigating")
        opinion = complaint.sudo().deadline_ids.filtered(
            lambda clock: clock.rule_id == self.env.ref("kehu_complaint.deadline_rule_opinion")
        )
        self.assertEqual(opinion.mapped("state"), ["met"], "what was met before stays met")

    def test_mail_of_a_machine_taken_out_is_no_customers(self):
        complaint = self.complain()
        complaint.sudo().is_automatic = True
        self.take_out(complaint)
        self.assertTrue(complaint.is_automatic)
