from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import WINDOW_END, GradingCase


@tagged("post_install", "-at_install")
class TestGradesStay(GradingCase):
    """G3, G7: without a new decision no grade in force changes, nor what it means, nor the history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Customer")
        cls.invoice(cls.customer, 500, WINDOW_END)
        cls.scheme = cls.new_scheme(("amount", {"worst": 0, "best": 1000}))
        cls.term, cls.other_term = cls.env["account.payment.term"].create([{"name": "30 days"}, {"name": "A year"}])
        cls.grade = cls.grade_b.with_company(cls.company)
        cls.grade.write({"discount_limit": 5, "payment_term_id": cls.term.id})
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids += cls.env.ref("kehu_grading.group_grading_manager")

    def change(self, grade=None, **vals):
        return (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.customer.id,
                    "proposed_grade_id": (grade or self.grade_b).id,
                    "reason": "Pays in time",
                    **vals,
                }
            )
        )

    def approve(self, document):
        for user in (self.financier, self.marketing):
            document.with_user(user).action_approval_approve()

    def in_force(self):
        change = self.change()
        change.workflow_move("submit")
        self.approve(change)
        self.assertEqual(change.state, "in_force")
        return change

    def loosen(self):
        self.grade.with_user(self.grading_manager).write({"discount_limit": 90, "payment_term_id": self.other_term.id})

    def test_policy_changed_later_counts_for_later_decisions(self):
        self.in_force()
        self.loosen()
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 5})
        later = self.in_force()
        self.assertEqual(later._get_policy()["discount_limit"], 90)
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 90})

    def test_policy_changed_after_submission_does_not_count(self):
        change = self.change()
        change.workflow_move("submit")
        self.loosen()
        self.approve(change)
        self.assertEqual(self.customer.with_company(self.company).property_payment_term_id, self.term)
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 5})

    def test_policy_of_a_run_is_that_of_its_submission(self):
        self.invoice(self.customer, 200, WINDOW_END)
        run = self.measure(self.scheme)
        run.workflow_move("submit")
        self.loosen()
        self.approve(run)
        self.job("take_effect")
        self.assertEqual((run.state, self.customer.kehu_grade_id), ("done", self.grade_b))
        self.assertEqual(self.customer.with_company(self.company).property_payment_term_id, self.term)
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 5})

    def test_policy_that_names_what_is_gone_stops_nobody(self):
        change = self.change(date_from=self.company._kehu_today() + timedelta(days=1))
        change.workflow_move("submit")
        self.approve(change)
        self.grade.payment_term_id = False
        self.term.unlink()
        change.sudo()._take_effect()
        self.assertEqual(change.state, "in_force")

    def test_grade_that_was_given_keeps_name_and_rank(self):
        self.in_force()
        for user in (self.grading_manager, self.admin):
            grade = self.grade_b.with_user(user)
            for attack in (
                lambda grade=grade: grade.write({"name": "A"}),
                lambda grade=grade: grade.sudo().write({"meaning": "Key customer"}),
                lambda grade=grade: grade.write({"sequence": 1}),
                lambda grade=grade: grade.update_field_translations("name", {"en_US": "A"}),
            ):
                with self.assertRaisesRegex(UserError, "Decisions refer to"), self.env.cr.savepoint():
                    attack()
        self.grade_b.write({"name": "B", "color": 3})
        self.env["kehu.grade"].create({"name": "E"}).name = "F"

    def test_grade_that_somebody_chose_keeps_name_and_rank(self):
        chosen, voted, credit = self.env["kehu.grade"].create([{"name": name} for name in "EFG"])
        change = self.change(chosen)
        change.with_user(self.financier).credit_grade_id = credit
        self.env["kehu.evaluation.vote"].with_user(self.members[0]).create(
            {"evaluation_id": change.id, "grade_id": voted.id}
        )
        for grade in (chosen, voted, credit):
            for vals in ({"name": "A"}, {"sequence": 1}):
                with self.assertRaisesRegex(UserError, "Decisions refer to"), self.env.cr.savepoint():
                    grade.with_user(self.grading_manager).write(vals)

    def test_parts_of_a_scheme_are_changed_in_the_open(self):
        scheme = self.scheme.with_user(self.grading_manager)
        scheme.line_ids.write({"method": "bands", "band_ids": [Command.create({"start": 0, "points": 1})]})
        for row, vals in (
            (scheme.line_ids, {"weight": 9}),
            (scheme.line_ids.indicator_id, {"higher_is_better": False}),
            (scheme.line_ids.band_ids, {"points": 100}),
            (scheme.threshold_ids[0], {"minimum": 81}),
        ):
            log = self.env["kehu.access.log"].sudo()
            lines = [("res_model", "=", row._name), ("res_id", "=", row.id)]
            before = log.search_count(lines)
            row.write(vals)
            self.assertEqual(log.search_count(lines), before + 1, row._name)

    def test_measured_indicator_keeps_its_meaning(self):
        run = self.measure(self.scheme)
        indicator = self.scheme.line_ids.indicator_id.with_user(self.grading_manager)
        before = run.evaluation_ids[0].breakdown
        for vals in ({"name": "Margin"}, {"unit": "percent"}, {"measure": "margin"}, {"definition": "Something else"}):
            with self.assertRaisesRegex(UserError, "Decisions refer to"), self.env.cr.savepoint():
                indicator.write(vals)
        self.assertEqual(run.evaluation_ids[0].breakdown, before)

    def test_scheme_with_runs_stays_in_its_company(self):
        self.measure(self.scheme)
        other = self.setup_other_company(name="Elsewhere")["company"]
        with self.assertRaisesRegex(UserError, "Decisions refer to"):
            self.scheme.company_id = other

    def test_decided_evaluation_is_changed_by_nobody(self):
        change = self.in_force()
        attacks = {
            "grade_id": self.grade_a.id,
            "proposed_grade_id": self.grade_a.id,
            "credit_grade_id": self.grade_a.id,
            "reason": "Other",
            "date_from": "2020-01-01",
            "date_to": "2020-01-01",
            "date_approved": "2020-01-01",
            "policies": {},
            "score": 100.0,
            "partner_id": self.new_customer("Other").id,
            "committee_for": "nobody",
            "previous_grade_id": self.grade_a.id,
        }
        for user in (self.salesman, self.financier, self.grading_manager, self.admin):
            for name, value in attacks.items():
                with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                    change.with_user(user).write({name: value})
        for name, value in attacks.items():  # as a scheduled automation does
            with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                change.sudo().write({name: value})
        for attack in (
            lambda: change.sudo().unlink(),
            lambda: self.customer.with_user(self.grading_manager).write(
                {"kehu_evaluation_ids": [Command.delete(change.id)]}
            ),
            lambda: self.customer.with_user(self.grading_manager).write(
                {"kehu_evaluation_ids": [Command.update(change.id, {"grade_id": self.grade_a.id})]}
            ),
            lambda: self.customer.with_user(self.grading_manager).write(
                {"kehu_evaluation_ids": [Command.unlink(change.id)]}
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()

    def test_grade_of_a_customer_is_not_written_by_automations(self):
        self.in_force()
        with self.assertRaisesRegex(AccessError, "comes from an evaluation"):
            self.customer.sudo().kehu_grade_id = self.grade_a
        with self.assertRaisesRegex(AccessError, "comes from an evaluation"):
            self.customer.sudo().kehu_grade_id = False
        made = (
            self.env["res.partner"]
            .sudo()
            .with_context(default_kehu_grade_id=self.grade_a.id)
            .create({"name": "New", "kehu_grade_id": self.grade_a.id})
        )
        self.assertFalse(made.kehu_grade_id)
        for company in (False, self.company.id):
            with self.assertRaisesRegex(ValidationError, "no default"), self.env.cr.savepoint():
                self.env["ir.default"].with_user(self.admin).set(
                    "res.partner", "kehu_grade_id", self.grade_a.id, company_id=company
                )

    def test_default_of_what_grades_give_is_noted(self):
        # The value of each grade that has none in the company.
        self.env["ir.default"].with_user(self.admin).set("kehu.grade", "credit_limit", 9999999.0)
        line = self.env["kehu.access.log"].sudo().search([("res_model", "=", "ir.default")])
        self.assertIn("9999999", line.note)

    def test_run_that_was_submitted_stays_as_it_is(self):
        run = self.measure(self.scheme)
        run.workflow_move("submit")
        for vals in ({"name": "Another year"}, {"frozen": {}}, {"policies": {}}, {"date_effective": "2030-01-01"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                run.sudo().write(vals)
        for vals in (
            {"score": 100.0},
            {"facts": []},
            {"proposed_grade_id": self.grade_a.id},
            {"date_from": "2030-01-01"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                run.sudo().evaluation_ids.write(vals)

    def test_copy_of_a_decided_evaluation_is_a_draft(self):
        copied = self.in_force().copy()
        self.assertEqual((copied.state, copied.kind), ("draft", "change"))
        self.assertFalse(
            copied.proposed_grade_id or copied.grade_id or copied.date_approved or copied.policies or copied.score
        )

    def test_merge_keeps_the_decided_grade(self):
        decided = self.in_force()
        twin = self.new_customer("Customer, too")
        self.env.cr.execute(
            "UPDATE kehu_archive SET state = 'formal', date_filed = %s WHERE partner_id = %s",
            [self.company._kehu_today(), twin.id],
        )
        self.env.invalidate_all()
        self.scheme.provisional_grade_id = self.grade_a
        self.scheme._grade_new_customers(self.company._kehu_today() + timedelta(days=1))
        self.assertEqual(twin.kehu_grade_id, self.grade_a)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((twin + self.customer).ids, twin)
        self.env.invalidate_all()
        self.assertEqual((decided.state, twin.kehu_grade_id), ("in_force", self.grade_b))
        self.assertEqual(twin._kehu_discount_limits(self.company), {twin.id: 5})

    def test_provisional_grade_is_for_archives_filed_since(self):
        today = self.company._kehu_today()
        newcomer = self.new_customer("Newcomer")
        for customer, day in ((self.customer, today - timedelta(days=1)), (newcomer, today)):
            self.env.cr.execute(
                "UPDATE kehu_archive SET state = 'formal', date_filed = %s WHERE partner_id = %s", [day, customer.id]
            )
        self.env.invalidate_all()
        scheme = self.scheme.with_user(self.grading_manager)
        scheme.provisional_grade_id = self.grade_a
        with self.assertRaisesRegex(AccessError, "filled by the system"):
            scheme.provisional_since = today - timedelta(days=9)
        self.job("cycle")
        self.assertEqual((newcomer.kehu_grade_id, self.customer.kehu_grade_id), (self.grade_a, self.env["kehu.grade"]))
        self.assertTrue(
            self.env["kehu.access.log"].sudo().search([("res_model", "=", scheme._name), ("res_id", "=", scheme.id)])
        )

    def test_comment_of_a_rating_is_its_authors(self):
        rating = (
            self.env["kehu.customer.rating"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.customer.id,
                    "indicator_id": self.env.ref("kehu_grading.indicator_potential").id,
                    "value": 8,
                }
            )
        )
        with self.assertRaisesRegex(ValidationError, "add a new one"):
            rating.with_user(self.financier).comment = "Not so"
        rating.comment = "Two new works"

    def test_days_of_payment_terms_are_changed_in_the_open(self):
        accountant = self.grader("terms_accountant", "account.group_account_manager")
        line = self.term.with_user(accountant).line_ids
        line.nb_days = 900
        log = self.env["kehu.access.log"].sudo().search([("res_model", "=", line._name), ("res_id", "=", line.id)])
        self.assertIn("900", log.filtered(lambda note: note.user_id == accountant).note)
