from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestCarriedOut(GradingCase):
    """A6: what takes effect is compared with what was approved, in the transaction in which it takes effect."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.new_customer("Customer"), cls.new_customer("Other")
        for customer in (cls.customer, cls.other):
            cls.invoice(customer, 500, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"worst": 0, "best": 1000}))

    def approve(self, document):
        for user in (self.financier, self.marketing):
            document.with_user(user).action_approval_approve()
        self.assertEqual(document.state, "approved")

    def evaluation(self, customer):
        evaluation = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": customer.id,
                    "proposed_grade_id": self.grade_b.id,
                    "reason": "Pays in time",
                    "date_from": "2027-02-01",
                }
            )
        )
        evaluation.workflow_move("submit")
        self.approve(evaluation)
        return evaluation

    def forge(self, records, **values):
        """Change a column as no approver saw it."""
        records.flush_recordset()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    value,
                    records.ids,
                )
            )
        records.invalidate_recordset()

    def test_changed_evaluation_is_held_and_others_take_effect(self):
        with freeze_time("2027-01-10"):
            forged, kept = self.evaluation(self.customer), self.evaluation(self.other)
        self.forge(forged, grade_id=self.grade_a.id)
        with freeze_time("2027-02-01"):
            self.job("take_effect")
            self.job("take_effect")
            with self.assertRaisesRegex(UserError, "not what was approved"):
                forged.sudo()._take_effect()
        self.assertEqual((forged.state, kept.state), ("approved", "in_force"))
        self.assertFalse(self.customer.kehu_grade_id)
        self.assertEqual(self.other.kehu_grade_id, self.grade_b)
        told = forged.activity_ids.filtered(lambda activity: activity.user_id == self.grading_manager)
        self.assertEqual(len(told), 1)
        forged.with_user(self.grading_manager).workflow_move("cancel", "Not what was approved")
        self.assertEqual(forged.state, "cancelled")

    def run_of(self, day):
        with freeze_time("2027-01-10"):
            run = self.measure(self.scheme, date_effective=day)
            run.workflow_move("submit")
        return run

    def test_changed_grade_of_run_holds_the_run(self):
        run = self.run_of(date(2027, 2, 1))
        with freeze_time("2027-01-10"):
            self.approve(run)
            single = self.evaluation(self.new_customer("Third"))
        self.forge(run.evaluation_ids[0], grade_id=self.grade_a.id)
        with freeze_time("2027-02-01"):
            self.job("take_effect")
            with self.assertRaisesRegex(UserError, "not what was approved"):
                run.sudo().evaluation_ids._take_effect()
        self.assertEqual((run.state, single.state), ("approved", "in_force"))
        self.assertFalse((self.customer | self.other).kehu_grade_id)
        self.assertIn(self.grading_manager, run.activity_ids.user_id)

    def test_newer_grade_holds_the_sheet_of_an_older_run(self):
        run = self.run_of(date(2027, 2, 1))
        sheet = run.sudo().evaluation_ids.filtered(lambda evaluation: evaluation.partner_id == self.customer)
        with freeze_time("2027-01-10"):
            self.approve(run)
            self.env["kehu.evaluation"].sudo().create(
                {"partner_id": self.customer.id, "company_id": self.company.id, "proposed_grade_id": self.grade_d.id}
            )._take_effect()
        with freeze_time("2027-02-01"):
            self.job("take_effect")
            self.assertEqual(
                (sheet.state, run.state, self.customer.kehu_grade_id), ("approved", "approved", self.grade_d)
            )
            self.assertTrue(self.other.kehu_grade_id)
            self.assertIn(self.grading_manager, sheet.activity_ids.user_id)
            sheet.with_user(self.grading_manager).workflow_move("cancel", "Decided since")
            self.job("take_effect")
        self.assertEqual(run.state, "done")

    def test_changed_grade_of_run_is_not_approved(self):
        run = self.run_of(date(2027, 2, 1))
        self.forge(run.evaluation_ids[0], grade_id=self.grade_a.id)
        with freeze_time("2027-01-10"), self.assertRaises(UserError):
            self.approve(run)

    def test_cancelled_evaluation_leaves_the_run_as_approved(self):
        run = self.run_of(date(2027, 2, 1))
        with freeze_time("2027-01-10"):
            self.approve(run)
            evaluation = run.evaluation_ids.filtered(lambda evaluation: evaluation.partner_id == self.customer)
            evaluation.with_user(self.grading_manager).workflow_move("cancel", "Moved away")
        with freeze_time("2027-02-01"):
            self.job("take_effect")
        self.assertEqual((run.state, evaluation.state), ("done", "cancelled"))
        self.assertTrue(self.other.kehu_grade_id)

    @freeze_time("2027-01-10")
    def test_changed_special_terms_allow_nothing(self):
        self.grade_b.discount_limit = 5
        self.forge(self.evaluation(self.customer), date_from="2027-01-10")
        self.job("take_effect")
        terms = (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create({"name": "Trade fair", "partner_id": self.customer.id, "content": "20 %", "discount_limit": 20})
        )
        terms.workflow_move("submit")
        self.approve(terms)
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 20})
        self.forge(terms, discount_limit=60)
        self.assertEqual(self.customer._kehu_discount_limits(self.company), {self.customer.id: 5})
