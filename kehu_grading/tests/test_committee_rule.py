from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestCommitteeRule(GradingCase):
    """G3: a change of the scheme's committee rule reaches no evaluation that exists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Big")
        cls.invoice(cls.customer, 900, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=2)
        cls.managed_scheme = cls.scheme.with_user(cls.grading_manager)

    def vote(self, evaluation, grade, count=2):
        for member in self.members[:count]:
            self.env["kehu.evaluation.vote"].with_user(member).create(
                {"evaluation_id": evaluation.id, "grade_id": grade.id}
            )

    def approve(self, document):
        for user in (self.financier, self.marketing):
            document.with_user(user).action_approval_approve()

    def change_rule(self, **rule):
        self.managed_scheme.write(rule)
        self.env.flush_all()
        self.env.invalidate_all()

    def new_change(self):
        return (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.customer.id, "proposed_grade_id": self.grade_c.id, "reason": "Pays no more"})
        )

    def grades(self, evaluation):
        return evaluation.committee_grade_id, evaluation.grade_id, evaluation.previous_grade_id, evaluation.is_changed

    @freeze_time("2027-03-25")
    def test_rule_changed_leaves_decided_grades(self):
        run = self.measure(self.scheme)
        evaluation = run.evaluation_ids
        self.vote(evaluation, self.grade_b)
        run.workflow_move("submit")
        states = []
        for step in (lambda: None, lambda: self.approve(run), lambda: self.job("take_effect"), self._supersede):
            step()
            states.append(evaluation.state)
            for needed in (3, 1, 2):
                self.change_rule(committee_needed=needed)
                self.assertEqual(
                    self.grades(evaluation),
                    (self.grade_b, self.grade_b, self.env["kehu.grade"], True),
                    (states, needed),
                )
        self.assertEqual(states, ["draft", "approved", "in_force", "past"])

    def _supersede(self, grade=None):
        self.env["kehu.evaluation"].sudo().create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "proposed_grade_id": (grade or self.grade_d).id,
            }
        )._take_effect()

    def test_sheet_kept_back_asks_the_committee_when_it_changes(self):
        self.change_rule(committee_for="changed")
        self._supersede(self.grade_c)
        kept = self.new_change()
        self.assertFalse(kept.is_changed)
        self._supersede(self.grade_d)
        self.assertEqual((kept.previous_grade_id, kept.is_changed), (self.grade_d, True))
        with self.assertRaisesRegex(UserError, "takes 2 votes"), self.env.cr.savepoint():
            kept.workflow_move("submit")
        self.vote(kept, self.grade_c)
        kept.workflow_move("submit")
        self.approve(kept)
        self.assertEqual((kept.state, self.customer.kehu_grade_id), ("in_force", self.grade_c))

    def test_grade_that_takes_effect_meanwhile_holds_older_sheets(self):
        change = self.new_change()
        self.vote(change, self.grade_c)
        change.workflow_move("submit")
        self._supersede(self.grade_d)
        with self.assertRaisesRegex(UserError, "not what was approved"), self.env.cr.savepoint():
            self.approve(change)
        change.workflow_move("withdraw", reason="Compared with another grade")
        self.assertEqual(change.previous_grade_id, self.grade_d)
        day = self.company._kehu_today() + timedelta(days=30)
        change.date_from = day
        change.workflow_move("submit")
        self.approve(change)
        self._supersede(self.grade_b)
        with freeze_time(day):
            self.job("take_effect")
        self.assertEqual((change.state, self.customer.kehu_grade_id), ("approved", self.grade_b))
        self.assertTrue(change.sudo().activity_ids)

    def test_other_archive_type_for_a_while_evades_no_committee(self):
        archive, other = self.customer.kehu_archive_id.sudo(), self.env["kehu.archive.type"].create({"name": "Other"})
        lax = self.new_scheme(("amount", {"best": 1000}), committee_for="nobody", type_ids=[Command.set(other.ids)])
        archive.type_id = other
        change = self.new_change()
        self.assertEqual((change.scheme_id, change.committee_for), (lax, "nobody"))
        archive.type_id = self.archive_type
        self.assertEqual((change.scheme_id, change.committee_for), (self.scheme, "all"))
        with self.assertRaisesRegex(UserError, "takes 2 votes"), self.env.cr.savepoint():
            change.workflow_move("submit")
        archive.type_id = other
        change.workflow_move("submit")
        archive.type_id = self.archive_type
        with self.assertRaisesRegex(UserError, "takes 2 votes"), self.env.cr.savepoint():
            self.approve(change)
        archive.type_id = other  # for good
        self.approve(change)
        self.assertEqual(change.state, "in_force")

    def test_rule_loosened_does_not_let_a_run_pass(self):
        run = self.measure(self.scheme)
        self.vote(run.evaluation_ids, self.grade_b, 1)
        for rule in ({"committee_needed": 1}, {"committee_for": "nobody"}):
            self.change_rule(**rule)
            self.assertEqual((run.evaluation_ids.grade_id, run.waiting_count), (self.grade_a, 1))
            with self.assertRaisesRegex(UserError, "1 evaluations"), self.env.cr.savepoint():
                run.workflow_move("submit")

    def test_rule_loosened_does_not_let_a_change_pass(self):
        change = self.new_change()
        self.vote(change, self.grade_b, 1)
        for rule in ({"committee_needed": 1}, {"committee_for": "nobody"}):
            self.change_rule(**rule)
            self.customer.kehu_archive_id.sudo().type_id = self.archive_type  # the same one
            self.assertFalse(change.committee_grade_id)
            with self.assertRaisesRegex(UserError, "2 votes for one grade"), self.env.cr.savepoint():
                change.workflow_move("submit")

    def test_rule_changed_counts_for_later_evaluations(self):
        self.change_rule(committee_needed=1)
        change = self.new_change()
        self.vote(change, self.grade_b, 1)
        self.assertEqual((change.committee_needed, change.grade_id), (1, self.grade_b))
        run = self.measure(self.scheme)
        self.change_rule(committee_for="nobody", committee_needed=3)
        run.workflow_move("again")
        run.sudo()._measure()
        self.assertEqual((run.evaluation_ids.committee_for, run.evaluation_ids.committee_needed), ("all", 1))

    def test_scheme_switched_off_does_not_let_a_change_pass(self):
        for off, on in (
            ({"active": False}, {"active": True}),
            (
                {"type_ids": [Command.set(self.env["kehu.archive.type"].create({"name": "Other"}).ids)]},
                {"type_ids": [Command.set(self.archive_type.ids)]},
            ),
        ):
            self.change_rule(**off)
            change = self.new_change()
            self.change_rule(**on)
            self.assertEqual((change.committee_for, change.committee_needed), ("all", 2))
            with self.assertRaisesRegex(UserError, "takes 2 votes"), self.env.cr.savepoint():
                change.workflow_move("submit")
        self.vote(change, self.grade_c)
        change.workflow_move("submit")
        self.assertEqual(change.state, "pending")

    def test_client_cannot_set_rule_of_evaluation(self):
        lax = self.new_scheme(("amount", {"best": 1000}), committee_for="nobody", committee_needed=1)
        forged = {"committee_for": "nobody", "committee_needed": 1, "scheme_id": lax.id}
        change = self.new_change()
        for user in (self.salesman, self.grading_manager):
            for name, value in forged.items():
                with self.assertRaises(AccessError, msg=name):
                    change.with_user(user).write({name: value})
            for context in ({}, {f"default_{name}": value for name, value in forged.items()}):
                made = (
                    self.env["kehu.evaluation"]
                    .with_user(user)
                    .with_context(**context)
                    .create({"partner_id": self.customer.id, **({} if context else forged)})
                )
                self.assertEqual((made.committee_for, made.committee_needed, made.scheme_id), ("all", 2, self.scheme))

    def test_decided_evaluation_is_not_computed_again(self):
        other = self.new_customer("Other")
        change = self.new_change()
        self.vote(change, self.grade_b)
        for state in ("approved", "in_force", "past", "cancelled"):
            self.env.flush_all()
            self.env.cr.execute("UPDATE kehu_evaluation SET state = %s WHERE id = %s", [state, change.id])
            self.env.invalidate_all()
            before = self.grades(change)
            change.sudo().vote_ids[:1].is_current = False
            self.env.cr.execute("UPDATE kehu_evaluation SET partner_id = %s WHERE id = %s", [other.id, change.id])
            self.env["kehu.evaluation"].sudo().create(
                {"partner_id": other.id, "company_id": self.company.id, "proposed_grade_id": self.grade_d.id}
            )
            for name in ("committee_for", "committee_grade_id", "grade_id", "previous_grade_id", "is_changed"):
                self.env.add_to_compute(change._fields[name], change.sudo())
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.grades(change), before, state)
            self.assertEqual((change.committee_for, change.committee_needed), ("all", 2))
