from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestVotesKept(GradingCase):
    """G3: what was voted on stays, with the votes, whatever becomes of the run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voted, cls.proposed, cls.untouched = (cls.new_customer(name) for name in ("Voted", "Proposed", "Untouched"))
        for customer in (cls.voted, cls.proposed, cls.untouched):
            cls.invoice(customer, 900, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=2)
        cls.run_ = cls.measure(cls.scheme)

    def sheet(self, customer):
        return self.run_.sudo().evaluation_ids.filtered(
            lambda sheet: sheet.partner_id == customer and sheet.state != "cancelled"
        )

    def vote(self, sheet):
        return (
            self.env["kehu.evaluation.vote"]
            .with_user(self.members[0])
            .create({"evaluation_id": sheet.id, "grade_id": self.grade_d.id})
        )

    def propose(self, sheet):
        sheet.with_user(self.salesman).write({"proposed_grade_id": self.grade_b.id, "reason": "Grows"})

    def test_run_with_votes_is_not_measured_again(self):
        sheet = self.sheet(self.voted)
        vote = self.vote(sheet)
        with self.assertRaisesRegex(UserError, "votes stay"), self.env.cr.savepoint():
            self.run_.with_user(self.grading_manager).workflow_move("again")
        self.job("measure")
        self.assertEqual((self.run_.state, sheet.vote_ids, vote.grade_id), ("measured", vote, self.grade_d))

    def test_measuring_again_keeps_proposals(self):
        sheet = self.sheet(self.proposed)
        self.propose(sheet)
        self.run_.with_user(self.grading_manager).workflow_move("again")
        self.job("measure")
        self.assertEqual(
            (sheet.state, sheet.proposed_grade_id, sheet.workflow_log_ids[:1].move),
            ("cancelled", self.grade_b, "discard"),
        )
        self.assertEqual((self.run_.state, self.run_.evaluation_count), ("measured", 3))
        self.assertTrue(self.sheet(self.proposed))

    def test_cancelled_run_keeps_votes_and_proposals(self):
        voted, proposed, untouched = (self.sheet(customer) for customer in (self.voted, self.proposed, self.untouched))
        vote = self.vote(voted)
        self.propose(proposed)
        self.run_.with_user(self.grading_manager).workflow_move("cancel", reason="The books were not closed")
        self.assertEqual(
            (voted.state, proposed.state, vote.exists().grade_id), ("cancelled", "cancelled", self.grade_d)
        )
        self.assertFalse(untouched.exists(), "of what was only measured nobody said anything")

    def test_sheets_of_a_run_that_was_submitted_stay(self):
        scheme = self.new_scheme(("amount", {"best": 1000}))
        run = self.measure(scheme)
        sheets = run.evaluation_ids
        run.workflow_move("submit")
        run.with_user(self.financier).approval_ids.refuse("Books of June are missing")
        self.assertEqual(run.state, "measured")
        run.workflow_move("again")
        self.assertEqual(set(sheets.exists().mapped("state")), {"cancelled"})
        self.assertEqual(len(sheets.exists()), 3)

    def test_vote_keeps_the_proposal_it_was_given_for(self):
        sheet = self.sheet(self.voted)
        self.propose(sheet)
        vote = self.vote(sheet)
        sheet.with_user(self.salesman).with_context(tracking_disable=True).write(
            {"proposed_grade_id": self.grade_a.id, "reason": "Other"}
        )
        self.env.flush_all()
        vote.invalidate_recordset()
        self.assertEqual((vote.proposed_grade_id, vote.reason), (self.grade_b, "Grows"))
        forged = {"proposed_grade_id": self.grade_d.id, "reason": "forged"}
        for context in ({}, {f"default_{name}": value for name, value in forged.items()}):
            later = (
                self.env["kehu.evaluation.vote"]
                .with_user(self.members[1])
                .with_context(**context)
                .create({"evaluation_id": sheet.id, "is_abstention": True, **({} if context else forged)})
            )
            self.assertEqual((later.proposed_grade_id, later.reason), (self.grade_a, "Other"))

    def test_sheet_of_a_run_under_approval_is_not_cancelled(self):
        run = self.measure(self.new_scheme(("amount", {"best": 1000})))
        run.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "withdraw the run first"):
            run.evaluation_ids[0].with_user(self.grading_manager).workflow_move("cancel", reason="Not this one")

    def test_database_keeps_what_was_voted_on(self):
        sheet = self.sheet(self.voted)
        vote = self.vote(sheet)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM kehu_evaluation WHERE id = %s", [sheet.id])
        for values in (
            {"grade_id": self.grade_a.id},
            {"user_id": self.members[1].id},
            {"comment": "No"},
            {"is_current": True},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                vote.sudo().write(values)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            sheet.sudo().unlink()

    def test_sheet_with_words_of_others_is_not_deleted(self):
        def propose(sheet):
            sheet.with_user(self.salesman).write({"proposed_grade_id": self.grade_a.id, "reason": "Grows"})

        def set_credit(sheet):
            sheet.with_user(self.financier).credit_grade_id = self.grade_d

        def say(sheet):
            sheet.with_user(self.salesman).message_post(body="They pay late")

        mine = self.env["kehu.evaluation"].with_user(self.grading_manager)
        for leave in (propose, set_credit, say):
            sheet = mine.create({"partner_id": self.voted.id})
            leave(sheet)
            self.env.invalidate_all()
            with self.assertRaisesRegex(AccessError, "proposal of one's own"), self.env.cr.savepoint():
                sheet.unlink()
        sheet = mine.create({"partner_id": self.voted.id})
        sheet.message_post(body="A slip")
        sheet.unlink()

    def test_who_writes_the_reason_proposes(self):
        sheet = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.voted.id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        sheet.with_user(self.grading_manager).reason = "Grows no more"
        self.assertEqual(sheet.proposed_user_id, self.grading_manager)
        self.assertEqual(sheet.proposer_ids, self.salesman | self.grading_manager)
