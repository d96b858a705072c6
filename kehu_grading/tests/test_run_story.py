from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import SUPERUSER_ID, Command
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestRunStory(GradingCase):
    """A year is graded: measured, proposed, voted on, approved, in force (G2–G5, G7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.fair, cls.poor = cls.customers = [cls.new_customer(name) for name in ("Good", "Fair", "Poor")]
        for customer, amount in zip(cls.customers, (900, 500, 100)):
            cls.invoice(customer, amount, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(
            ("amount", {"worst": 0, "best": 1000}), committee_for="changed", committee_needed=2, hysteresis=5.0
        )

    def evaluation(self, run, customer):
        return run.evaluation_ids.filtered(lambda evaluation: evaluation.partner_id == customer)

    def vote(self, evaluation, grade, *members):
        for member in members:
            self.env["kehu.evaluation.vote"].with_user(member).create(
                {"evaluation_id": evaluation.id, "grade_id": grade.id}
            )

    def approve(self, document):
        for user in (self.financier, self.marketing):
            document.with_user(user).action_approval_approve()

    def decided(self, **vals):
        """Return a run on which the committee agreed with every score, approved."""
        run = self.measure(self.scheme, **vals)
        for evaluation in run.evaluation_ids:
            self.vote(evaluation, evaluation.computed_grade_id, *self.members[:2])
        run.workflow_move("submit")
        self.approve(run)
        return run

    def test_new_run_offers_the_schemes(self):
        self.assertFalse(self.env["kehu.grading.run"].fields_get(["scheme_id"])["scheme_id"].get("domain"))

    @freeze_time("2027-03-25")
    def test_a_year_is_graded(self):
        run = self.measure(self.scheme, date_effective=date(2027, 4, 1))
        self.assertEqual(run.state, "measured")
        self.assertEqual(
            [
                (evaluation.score, evaluation.grade_id)
                for evaluation in (self.evaluation(run, customer) for customer in self.customers)
            ],
            [(90, self.grade_a), (50, self.grade_c), (10, self.grade_d)],
        )
        self.assertFalse(self.good.kehu_grade_id, "nothing counts before it is approved")
        self.assertIn("2027-03-30", str(run.deadline_date), "five days to decide")

        fair = self.evaluation(run, self.fair)
        fair.with_user(self.salesman).write({"proposed_grade_id": self.grade_b.id, "reason": "A large order is coming"})
        self.assertEqual((fair.grade_id, fair.proposed_user_id), (self.grade_b, self.salesman))
        with self.assertRaisesRegex(UserError, "3 evaluations"):
            run.workflow_move("submit")
        self.vote(fair, self.grade_a, self.members[0])
        self.vote(fair, self.grade_c, self.members[1])
        self.assertEqual(fair.grade_id, self.grade_b, "the committee has not agreed")
        self.vote(fair, self.grade_c, self.members[0])
        self.assertEqual(fair.grade_id, self.grade_c, "two of three against the proposal")
        self.assertEqual(len(fair.vote_ids), 3, "what was said first is kept")
        for customer, grade in ((self.good, self.grade_a), (self.poor, self.grade_d)):
            self.vote(self.evaluation(run, customer), grade, *self.members[:2])
        fair.with_user(self.financier).credit_grade_id = self.grade_d
        self.assertEqual(run.waiting_count, 0)

        run.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "nothing of it is changed any more"):
            fair.with_user(self.salesman).proposed_grade_id = self.grade_a
        with self.assertRaisesRegex(UserError, "committee does not vote on this now"):
            self.vote(fair, self.grade_a, self.members[2])
        self.approve(run)
        self.assertEqual(run.state, "approved")
        self.job("take_effect")
        self.assertFalse(self.good.kehu_grade_id, "only from its day on")
        with freeze_time("2027-04-01"):
            self.job("take_effect")
        self.assertEqual(
            [customer.kehu_grade_id for customer in self.customers], [self.grade_a, self.grade_c, self.grade_d]
        )
        self.assertEqual(run.state, "done")
        self.assertEqual(fair.state, "in_force")

    def test_the_grade_before_is_history(self):
        with freeze_time("2027-03-25"):
            self.decided(date_effective=date(2027, 3, 25))
            self.job("take_effect")
        self.invoice(self.fair, 500, date(2027, 6, 1))
        with freeze_time("2028-01-10"):
            run = self.measure(self.scheme, date_to=date(2027, 12, 31), date_effective=date(2028, 1, 10))
            self.assertEqual(self.evaluation(run, self.good).previous_grade_id, self.grade_a)
            self.assertEqual(self.evaluation(run, self.good).grade_id, self.grade_d, "bought nothing")
            self.assertEqual(self.evaluation(run, self.fair).grade_id, self.grade_c)
            self.assertEqual(run.waiting_count, 1, "nobody votes on a grade that stays")
            self.vote(self.evaluation(run, self.good), self.grade_d, *self.members[:2])
            run.workflow_move("submit")
            self.approve(run)
            self.job("take_effect")
            self.job("take_effect")  # again: nothing happens twice
        history = self.env["kehu.evaluation"].search([("partner_id", "=", self.good.id)], order="date_from")
        self.assertEqual(history.mapped("state"), ["past", "in_force"])
        self.assertEqual((history[0].date_from, history[0].date_to), (date(2027, 3, 25), date(2028, 1, 9)))
        compared = (
            self.env["kehu.grade.migration.wizard"]
            .with_user(self.salesman)
            .create({"date_before": date(2028, 1, 9), "date_after": date(2028, 1, 10)})
            .action_compare()
        )
        migration = self.env["kehu.grade.migration"].with_user(self.salesman).with_context(compared["context"])
        rows = {
            row.partner_id: row
            for row in migration.search([("partner_id", "in", [customer.id for customer in self.customers])])
        }
        good, fair = rows[self.good], rows[self.fair]
        self.assertEqual(
            (good.grade_before_id, good.grade_after_id, good.direction), (self.grade_a, self.grade_d, "down")
        )
        self.assertEqual(
            (fair.grade_before_id, fair.grade_after_id, fair.direction), (self.grade_c, self.grade_c, "same")
        )
        # Of two that took effect on one day, the later one is what the customer has.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kehu_evaluation SET date_from = '2028-01-10', date_to = '2028-01-10', grade_id = %s WHERE id = %s",
            [self.grade_d.id, history[0].id],
        )
        self.env.cr.execute("UPDATE kehu_evaluation SET grade_id = %s WHERE id = %s", [self.grade_a.id, history[1].id])
        self.env.invalidate_all()
        self.assertEqual(migration.search([("partner_id", "=", self.good.id)]).grade_after_id, self.grade_a)
        forged = migration.with_context(kehu_grades_before="'; DROP TABLE kehu_grade; --", kehu_grades_after=[1])
        self.assertEqual(forged._days(), self.env["kehu.grade.migration"]._days(), "what is no day is not believed")
        forged.search([])

    def test_hysteresis_is_measured_from_the_grade_in_force(self):
        with freeze_time("2027-03-25"):
            self.decided(date_effective=date(2027, 3, 25))
            self.job("take_effect")
        # 76 points: below A (80), within five points of it.
        self.invoice(self.good, 760, date(2027, 6, 1))
        self.invoice(self.poor, 340, date(2027, 6, 1))
        run = self.measure(self.scheme, date_to=date(2027, 12, 31))
        self.assertEqual(self.evaluation(run, self.good).grade_id, self.grade_a)
        self.assertEqual(self.evaluation(run, self.poor).grade_id, self.grade_d, "34 does not clear 30 by five")

    def test_measuring_again_and_a_changed_scheme(self):
        run = self.measure(self.scheme)
        self.scheme.line_ids.best = 500
        self.assertEqual(self.evaluation(run, self.good).score, 90, "a run keeps the scheme it began with")
        self.assertIn("100 points at", self.evaluation(run, self.good).breakdown[0]["why"])
        self.assertIn("1,000", self.evaluation(run, self.good).breakdown[0]["why"])
        run.workflow_move("again")
        self.assertFalse(run.evaluation_ids)
        run.sudo()._measure()
        self.assertEqual(self.evaluation(run, self.good).score, 90)

    @freeze_time("2027-03-25")
    def test_a_run_is_cancelled_until_its_grades_are_in_force(self):
        run = self.decided(date_effective=date(2027, 4, 1))
        with self.assertRaises(AccessError):
            run.with_user(self.salesman).workflow_move("cancel", reason="No")
        run.workflow_move("cancel", reason="The books were not closed")
        self.assertEqual((run.state, set(run.evaluation_ids.mapped("state"))), ("cancelled", {"cancelled"}))
        with freeze_time("2027-04-01"):
            self.job("take_effect")
            self.assertFalse(self.good.kehu_grade_id)
            again = self.decided(date_effective=date(2027, 4, 1))
            self.job("take_effect")
            self.assertEqual((again.state, self.good.kehu_grade_id), ("done", self.grade_a))
            with self.assertRaises(UserError):
                again.workflow_move("cancel", reason="Too late")
            self.env.cr.execute(
                "UPDATE kehu_grading_run SET state = 'approved' WHERE id = %s", [again.id]
            )  # between two portions of the job
            again.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "in force"):
                again.workflow_move("cancel", reason="Too late")

    def test_the_job_measures_what_waits(self):
        run = (
            self.env["kehu.grading.run"]
            .with_user(self.grading_manager)
            .create({"scheme_id": self.scheme.id, "date_to": date(2026, 12, 31)})
        )
        run.workflow_move("measure")
        self.assertEqual(run.state, "measuring")
        self.job("measure")
        self.assertEqual((run.state, run.evaluation_count), ("measured", 3))

    def test_window_ends_with_a_short_month(self):
        for months, end, since, before in (
            (6, date(2026, 6, 30), date(2026, 1, 1), date(2025, 7, 1)),
            (1, date(2026, 2, 28), date(2026, 2, 1), date(2026, 1, 1)),
            (12, date(2026, 12, 31), date(2026, 1, 1), date(2025, 1, 1)),
            (3, date(2026, 5, 20), date(2026, 2, 21), date(2025, 11, 21)),
        ):
            self.assertEqual(self.env["kehu.grading.scheme"].new({"months": months})._window(end), (since, before))

    def test_window_has_a_month_and_ten_years_at_most(self):
        for name, months in (("months", 0), ("months", 121), ("provisional_months", 0), ("provisional_months", 121)):
            with (
                self.subTest(name, months=months),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.scheme.write({name: months})
                self.env.flush_all()
        self.scheme.months = 120

    def test_the_breakdown_adds_up_to_the_score(self):
        potential = self.env["kehu.grading.indicator"].create({"name": "Potential"})
        scheme = self.new_scheme(
            ("amount", {"weight": 3, "method": "pareto", "band_ids": [Command.create({"start": 80, "points": 90})]}),
            ("frequency", {"weight": 2, "method": "percentile"}),
            ("days_late", {"weight": 2, "worst": 30, "best": 0}),
            (potential, {"weight": 3, "missing": "exclude"}),
            ("growth", {"weight": 1, "missing": "zero"}),
        )
        run = self.measure(scheme)
        for evaluation in run.evaluation_ids:
            self.assertEqual(round(sum(row["adds"] for row in evaluation.breakdown), 2), evaluation.score)
            self.assertTrue(all(row["why"] for row in evaluation.breakdown))
        scheme.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            potential.with_user(self.grading_manager).unlink()
        potential.with_user(SUPERUSER_ID).with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        run.evaluation_ids.invalidate_recordset()
        self.assertIn("No longer measured", [row["name"] for row in run.evaluation_ids[0].breakdown])

    @freeze_time("2027-05-05")
    def test_a_single_customer_is_lowered_by_two_departments(self):
        change = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create({"partner_id": self.good.id, "proposed_grade_id": self.grade_b.id, "reason": "Pays no more"})
        )
        self.assertEqual((change.kind, change.scheme_id, change.grade_id), ("change", self.scheme, self.grade_b))
        with self.assertRaisesRegex(UserError, "2 votes for one grade"):
            change.workflow_move("submit")
        self.vote(change, self.grade_b, *self.members[:2])
        change.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "yours to decide"):
            change.with_user(self.salesman).action_approval_approve()
        self.assertEqual(change.state, "pending", "there is nothing to decide")
        self.approve(change)
        self.assertEqual((change.state, change.date_approved), ("in_force", date(2027, 5, 5)))
        self.assertEqual(self.good.kehu_grade_id, self.grade_b)

    def test_the_day_begins_where_the_company_is(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        change = (
            self.env["kehu.evaluation"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.good.id,
                    "proposed_grade_id": self.grade_b.id,
                    "reason": "Grows",
                    "date_from": date(2027, 5, 6),
                }
            )
        )
        self.vote(change, self.grade_b, *self.members[:2])
        with freeze_time("2027-05-05 15:00:00"):
            change.workflow_move("submit")
            self.approve(change)
            self.assertEqual(change.state, "approved", "eleven at night")
        with freeze_time("2027-05-05 16:30:00"):
            self.job("take_effect")
        self.assertEqual((change.state, change.date_approved), ("in_force", date(2027, 5, 5)))

    @freeze_time("2027-05-05")
    def test_the_policy_of_the_grade_reaches_the_customer(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        term = self.env.ref("account.account_payment_term_end_following_month")
        pricelist = self.env["product.pricelist"].create({"name": "For the best"})
        self.grade_a.with_company(self.company).write(
            {"payment_term_id": term.id, "credit_limit": 50000, "pricelist_id": pricelist.id}
        )
        self.grade_a.service_priority = 30
        self.decided(date_effective=date(2027, 5, 5))
        self.job("take_effect")
        good, poor = (customer.with_company(self.company) for customer in (self.good, self.poor))
        self.assertEqual((good.property_payment_term_id, good.credit_limit), (term, 50000))
        self.assertEqual(good.property_product_pricelist, pricelist)
        self.assertFalse(poor.property_payment_term_id, "what the policy leaves open stays the customer's own")
        priorities = (good + poor)._kehu_service_priority()
        self.assertGreater(priorities[good.id], priorities[poor.id])

    def test_each_company_has_its_own_grade_of_a_customer(self):
        with freeze_time("2027-03-25"):
            self.decided(date_effective=date(2027, 3, 25))
            self.job("take_effect")
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.assertEqual(self.good.with_company(self.company).kehu_grade_id, self.grade_a)
        self.assertFalse(self.good.with_company(other).kehu_grade_id)

    def test_cycles_stay_at_the_end_of_months(self):
        self.scheme.write({"cycle": "half", "date_next": date(2026, 12, 31)})
        for day in (date(2027, 6, 30), date(2027, 12, 31), date(2028, 6, 30)):
            with freeze_time(self.scheme.date_next):
                self.job("cycle")
            self.assertEqual(self.scheme.date_next, day)

    def test_the_calendar_opens_runs_and_grades_newcomers(self):
        self.env["kehu.grading.scheme"].search([("id", "!=", self.scheme.id)]).active = False
        self.scheme.write({"cycle": "year", "date_next": date(2027, 3, 25), "provisional_grade_id": self.grade_c.id})
        with freeze_time("2027-03-24"):
            self.job("cycle")
        self.assertFalse(self.env["kehu.grading.run"].search([("scheme_id", "=", self.scheme.id)]))
        self.assertFalse(self.good.kehu_grade_id, "no formal archive yet")
        self.env.cr.execute(
            "UPDATE kehu_archive SET state = 'formal', date_filed = '2027-03-25' WHERE partner_id = %s", [self.good.id]
        )
        self.env.invalidate_all()
        with freeze_time("2027-03-25"):
            self.job("cycle")
            self.job("cycle")
        run = self.env["kehu.grading.run"].search([("scheme_id", "=", self.scheme.id)])
        self.assertEqual((len(run), run.state, run.date_to), (1, "measuring", date(2027, 3, 25)))
        self.assertEqual(self.scheme.date_next, date(2028, 3, 25))
        self.assertEqual(self.good.kehu_grade_id, self.grade_c)
        newcomer = self.env["kehu.evaluation"].search([("partner_id", "=", self.good.id)])
        self.assertEqual((newcomer.kind, newcomer.state), ("provisional", "in_force"))
        run._move("cancel", reason="Not now")
        with freeze_time("2027-09-24"):
            self.job("cycle")
        self.assertEqual(self.env["kehu.grading.run"].search_count([("scheme_id", "=", self.scheme.id)]), 1)
        with freeze_time("2027-09-25"):
            self.job("cycle")
            self.job("cycle")
            second = self.env["kehu.grading.run"].search([("scheme_id", "=", self.scheme.id), ("only_new", "=", True)])
            self.assertEqual(len(second), 1)
            second._measure()
        self.assertEqual(second.evaluation_ids.partner_id, self.good, "who is new no longer, and nobody else")

    def test_taking_effect_costs_the_same_for_one_and_for_many(self):
        self.grade_b.with_company(self.company).write(
            {
                "pricelist_id": self.env["product.pricelist"].create({"name": "For good ones"}).id,
                "credit_limit": 9000,
                "payment_term_id": self.env.ref("account.account_payment_term_end_following_month").id,
            }
        )

        def statements(count):
            customers = [self.new_customer(f"New {count} {number}") for number in range(count)]
            evaluations = (
                self.env["kehu.evaluation"]
                .sudo()
                .create(
                    [
                        {"partner_id": customer.id, "company_id": self.company.id, "proposed_grade_id": self.grade_b.id}
                        for customer in customers
                    ]
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            evaluations._take_effect()
            return self.env.cr.sql_log_count - before

        statements(2)
        few = statements(1)
        self.assertEqual(statements(20), few)
        self.assertEqual(statements(100), few)
