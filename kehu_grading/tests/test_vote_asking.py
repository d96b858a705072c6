from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestVoteAsking(GradingCase):
    """G3: the committee is told that its votes are waited for, finds what waits, and votes on many sheets at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].union(*(cls.new_customer(f"Firm {number}") for number in range(3)))
        for number, customer in enumerate(cls.customers):
            cls.invoice(customer, 400 * (number + 1), date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="changed", committee_needed=2)
        cls.member, cls.second, cls.third = cls.members
        # Those of the demo company vote on nothing here.
        cls.env.ref("kehu_grading.group_grading_committee").user_ids = cls.member | cls.second | cls.third

    def dialog(self, sheets, user):
        action = sheets.with_user(user).action_vote()
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def vote(self, sheets, user, choice="score", grade=None):
        with self.dialog(sheets, user) as dialog:
            dialog.choice = choice
            if grade:
                dialog.grade_id = grade
        dialog.record.action_vote()

    def grades(self, sheets, user):
        votes = sheets.sudo().vote_ids.filtered(lambda vote: vote.is_current and vote.user_id == user)
        return [vote.grade_id for vote in votes.sorted(lambda vote: vote.evaluation_id.id)]

    def waiting(self, user):
        return self.env["kehu.evaluation"].with_user(user).search([("waits_for_my_vote", "=", True)])

    # === MANY AT ONCE ===

    def test_one_dialog_votes_on_all_selected(self):
        sheets = self.measure(self.scheme).evaluation_ids.sorted("id")
        self.vote(sheets, self.member)
        self.assertEqual(self.grades(sheets, self.member), [sheet.computed_grade_id for sheet in sheets])
        self.vote(sheets, self.second, "grade", self.grade_b)
        self.assertEqual(self.grades(sheets, self.second), [self.grade_b] * 3)
        self.assertFalse(sheets.filtered(lambda sheet: sheet.vote_count != 2))

    def test_proposals_of_sales_are_voted_for_at_once(self):
        sheets = self.measure(self.scheme).evaluation_ids.sorted("id")
        sheets[0].with_user(self.salesman).write({"proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        self.vote(sheets, self.member, "proposal")
        self.assertEqual(
            self.grades(sheets, self.member), [self.grade_a, *(sheet.computed_grade_id for sheet in sheets[1:])]
        )

    def test_sheets_of_own_customers_are_left_out(self):
        sheets = self.measure(self.scheme).evaluation_ids
        mine = sheets[0]
        mine.partner_id.sudo().user_id = self.member
        dialog = self.dialog(sheets, self.member)
        self.assertEqual((dialog.votable_count, dialog.left_out), (2, mine.display_name))
        dialog.save().action_vote()
        self.assertFalse(mine.vote_ids)
        self.assertEqual((sheets - mine).mapped("vote_count"), [1, 1])

    def test_vote_on_none_is_refused_in_words(self):
        run = self.measure(self.scheme)
        sheets = run.evaluation_ids
        for user in (self.member, self.second):
            self.vote(sheets, user)
        run.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "You vote on none of these"):
            self.dialog(sheets, self.third).save().action_vote()

    def test_sheet_without_score_wants_a_grade(self):
        by_hand = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.customers[0].id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        dialog = (
            self.env["kehu.evaluation.vote.wizard"]
            .with_user(self.member)
            .create({"evaluation_ids": [Command.set(by_hand.ids)]})
        )
        with self.assertRaisesRegex(UserError, "none by score"):
            dialog.action_vote()

    def test_who_is_no_member_votes_on_nothing(self):
        sheets = self.measure(self.scheme).evaluation_ids
        with self.assertRaises(AccessError):
            self.env["kehu.evaluation.vote.wizard"].with_user(self.salesman).create(
                {"evaluation_ids": [Command.set(sheets.ids)]}
            )

    def test_votes_cost_the_same_for_many(self):
        counts = []
        for number in (1, 20, 100):
            tag = self.env["res.partner.category"].create({"name": f"Many {number}"})
            for index in range(number):
                self.new_customer(f"Many {number}/{index}", category_id=tag.ids)
            scheme = self.new_scheme(
                ("amount", {"best": 1000}), committee_for="all", domain=[("category_id", "in", tag.ids)]
            )
            sheets = self.measure(scheme).evaluation_ids
            wizard = (
                self.env["kehu.evaluation.vote.wizard"]
                .with_user(self.member)
                .create({"evaluation_ids": [Command.set(sheets.ids)], "choice": "grade", "grade_id": self.grade_b.id})
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_vote()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(sheets), number)
            self.assertEqual(set(sheets.mapped("vote_count")), {1})
        self.assertLess(counts[2], counts[0] + 20, counts)

    # === TOLD ===

    def test_members_are_told_when_a_run_is_measured(self):
        run = self.measure(self.scheme)
        self.assertEqual(self.asked(run), self.member | self.second | self.third)
        self.assertEqual(
            run.with_user(self.member).action_open_evaluations()["context"], {"search_default_waits_for_my_vote": 1}
        )
        self.assertEqual(
            run.with_user(self.salesman).action_open_evaluations()["context"], {"search_default_changed": 1}
        )

    def test_reminder_ends_with_the_last_vote(self):
        run = self.measure(self.scheme)
        sheets = run.evaluation_ids
        self.vote(sheets[:2], self.member)
        self.assertIn(self.member, self.asked(run))
        self.vote(sheets[2:] | sheets[1], self.member)
        self.assertEqual(self.asked(run), self.second | self.third)
        self.vote(sheets, self.second)
        self.assertFalse(self.asked(run), "the committee has agreed")

    def test_dismissed_reminder_does_not_come_back_with_a_vote(self):
        run = self.measure(self.scheme)
        run.activity_ids.filtered(lambda activity: activity.user_id == self.third).with_user(self.third).action_done()
        self.vote(run.evaluation_ids, self.member)
        self.assertEqual(self.asked(run), self.second)

    def test_reminders_end_with_a_cancelled_run(self):
        run = self.measure(self.scheme)
        run.workflow_move("cancel", "By mistake")
        self.assertFalse(self.asked(run))

    def test_proposal_by_hand_asks_those_who_may_vote(self):
        self.customers[0].user_id = self.third
        sheet = (
            self.env["kehu.evaluation"]
            .with_user(self.third)
            .create({"partner_id": self.customers[0].id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        self.assertEqual(self.asked(sheet), self.member | self.second)
        self.env["kehu.evaluation.vote"].with_user(self.member).create(
            {"evaluation_id": sheet.id, "grade_id": self.grade_a.id}
        )
        self.assertEqual(self.asked(sheet), self.second)

    def test_members_who_may_not_read_are_not_told(self):
        sheet = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.customers[0].id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        self.assertTrue(self.asked(sheet))
        self.customers[1].sudo().kehu_tier = "3"
        hidden = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.customers[1].id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        self.assertFalse(self.asked(hidden))
        self.assertNotIn(hidden, self.waiting(self.member))

    def test_finance_is_asked_for_credit_grades_once_a_run(self):
        run = self.measure(self.scheme)
        sheets = run.evaluation_ids.with_user(self.financier)
        self.assertIn(self.financier, self.asked(run, "Set the credit grades"))
        self.assertFalse(self.asked(sheets, "Set the credit grades"))
        sheets[:2].write({"credit_grade_id": self.grade_b.id})
        self.assertIn(self.financier, self.asked(run, "Set the credit grades"))
        sheets[2].write({"credit_grade_id": self.grade_b.id})
        self.assertFalse(self.asked(run, "Set the credit grades"))

    def test_finance_begins_with_what_waits_for_approval(self):
        mine = self.env.ref("kehu_workflow.kehu_approval_action_mine")
        self.assertEqual(self.financier._kehu_home_action_id(), mine.id)

    def test_finance_that_sells_sets_no_credit_grade(self):
        self.customers.user_id = self.financier
        run = self.measure(self.scheme)
        self.assertNotIn(self.financier, self.asked(run, "Set the credit grades"))

    def test_salespeople_are_asked_for_proposals_once_a_run(self):
        other = self.grader("other_salesman", "grading_user")
        self.customers[2].sudo().user_id = other
        run = self.measure(self.scheme)
        self.assertEqual(self.asked(run, "Propose"), self.salesman | other)
        mine = run.evaluation_ids.filtered(lambda sheet: sheet.partner_id != self.customers[2]).with_user(self.salesman)
        mine[0].write({"proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        run.activity_ids.filtered(lambda activity: activity.user_id == other).with_user(other).action_done()
        mine[1].write({"proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        self.assertFalse(self.asked(run, "Propose"), "proposed for all, or not wanted")

    def test_managers_are_told_when_the_last_vote_is_in(self):
        run = self.measure(self.scheme)
        self.vote(run.evaluation_ids, self.member)
        self.assertFalse(self.asked(run, "No vote"))
        self.assertNotIn("submit", run.workflow_moves or [])
        self.assertNotIn("again", run.workflow_moves or [])
        self.vote(run.evaluation_ids, self.second)
        self.assertIn(self.grading_manager, self.asked(run, "No vote"))
        self.assertFalse(self.asked(run) | self.asked(run, "Propose"))
        self.env.invalidate_all()
        self.assertIn("submit", run.workflow_moves or [])
        run.workflow_move("submit")
        self.assertFalse(self.asked(run, "No vote"))
        run.sudo().approval_ids.with_user(self.financier).refuse("Too many of A")
        self.assertFalse(self.asked(run, "No vote"), "the requester is told to read the reason")

    def test_manager_who_also_votes_is_told_what_there_is_to_do(self):
        self.grading_manager.sudo().group_ids += self.env.ref("kehu_grading.group_grading_committee")
        run = self.measure(self.scheme)
        for user in (self.member, self.second):
            self.vote(run.evaluation_ids, user)
        self.assertFalse(self.asked(run))
        self.assertIn(self.grading_manager, self.asked(run, "No vote"))

    def test_proposer_is_told_that_the_committee_agreed(self):
        sheet = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.customers[0].id, "proposed_grade_id": self.grade_a.id, "reason": "Grows"})
        )
        self.assertNotIn("submit", sheet.workflow_moves or [])
        for user in (self.member, self.second):
            self.vote_one(sheet, user)
        self.assertEqual(self.asked(sheet, "No vote"), self.salesman)
        sheet.with_user(self.salesman).workflow_move("submit")
        self.assertFalse(self.asked(sheet, "No vote"))

    def vote_one(self, sheet, user):
        self.env["kehu.evaluation.vote"].with_user(user).create(
            {"evaluation_id": sheet.id, "grade_id": self.grade_a.id}
        )

    # === SAID ===

    def test_votes_on_many_sheets_are_counted(self):
        run = self.measure(self.scheme)
        self.assertTrue(run.with_user(self.member).waits_for_my_vote)
        self.assertFalse(run.with_user(self.salesman).waits_for_my_vote)
        dialog = self.dialog(run.evaluation_ids, self.member)
        dialog.choice = "score"
        self.assertIn("3", dialog.save().action_vote()["params"]["message"])
        self.env.invalidate_all()
        self.assertFalse(run.with_user(self.member).waits_for_my_vote)

    def test_nobody_abstains_by_mistake(self):
        sheet = self.measure(self.scheme).evaluation_ids[0]
        Vote = self.env["kehu.evaluation.vote"].with_user(self.member)
        for values in ({}, {"grade_id": self.grade_a.id, "is_abstention": True}):
            with self.assertRaisesRegex(ValidationError, "say that you abstain"), self.env.cr.savepoint():
                Vote.create({"evaluation_id": sheet.id, **values})
        form = Form(Vote.with_context(default_evaluation_id=sheet.id))
        form.grade_id = self.grade_a
        form.is_abstention = True
        self.assertFalse(form.save().grade_id)
        self.assertEqual(self.asked(sheet.run_id), self.member | self.second | self.third, "two sheets are left")

    def test_run_is_named_after_its_scheme(self):
        form = Form(self.env["kehu.grading.run"].with_user(self.grading_manager))
        self.assertFalse(form.name)
        form.scheme_id = self.scheme
        self.assertEqual(form.name, f"{self.scheme.name} {form.date_to}")

    # === FOUND ===

    def test_list_shows_what_waits_for_my_vote(self):
        run = self.measure(self.scheme)
        sheets = run.evaluation_ids
        self.assertEqual(self.waiting(self.member), sheets)
        self.assertFalse(self.waiting(self.salesman))
        sheets[0].partner_id.sudo().user_id = self.member
        sheets[0].partner_id.sudo().user_id = self.salesman
        sheets[1].with_user(self.grading_manager).proposed_grade_id = self.grade_d
        self.assertEqual(self.waiting(self.member), sheets[1:], "who sold to the customer since does not vote")
        self.env["kehu.evaluation.vote"].with_user(self.member).create(
            {"evaluation_id": sheets[1].id, "grade_id": self.grade_d.id}
        )
        self.assertEqual(self.waiting(self.member), sheets[2:])
        self.assertTrue(sheets[2].with_user(self.member).waits_for_my_vote)
        self.assertFalse(sheets[1].with_user(self.member).waits_for_my_vote)
