from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestRunCancelledSheet(GradingCase):
    """G2, G4: a cancelled evaluation, or a run that cannot be measured, stops nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.poor = cls.new_customer("Good"), cls.new_customer("Poor")
        for customer, amount in ((cls.good, 900), (cls.poor, 100)):
            cls.invoice(customer, amount, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=2)

    def sheet(self, run, customer):
        return run.sudo().evaluation_ids.filtered(
            lambda sheet: sheet.partner_id == customer and sheet.state != "cancelled"
        )

    def cancel(self, sheet):
        sheet.with_user(self.grading_manager).workflow_move("cancel", reason="Being wound up")

    def vote(self, sheet):
        for member in self.members[:2]:
            self.env["kehu.evaluation.vote"].with_user(member).create(
                {"evaluation_id": sheet.id, "grade_id": self.grade_b.id}
            )

    def waiting_run(self):
        run = (
            self.env["kehu.grading.run"]
            .with_user(self.grading_manager)
            .create({"scheme_id": self.scheme.id, "date_to": date(2026, 12, 31)})
        )
        run.workflow_move("measure")
        return run

    def test_run_with_cancelled_sheet_is_submitted(self):
        run = self.measure(self.scheme)
        self.cancel(self.sheet(run, self.poor))
        self.assertEqual((run.evaluation_count, run.changed_count, run.waiting_count), (1, 1, 1))
        with self.assertRaisesRegex(UserError, "1 evaluations"), self.env.cr.savepoint():
            run.workflow_move("submit")
        self.vote(self.sheet(run, self.good))
        run.workflow_move("submit")
        for user in (self.financier, self.marketing):
            run.with_user(user).action_approval_approve()
        self.job("take_effect")
        self.assertEqual((run.state, self.good.kehu_grade_id), ("done", self.grade_b))
        self.assertFalse(self.poor.kehu_grade_id)

    def test_run_with_all_sheets_cancelled_is_refused(self):
        run = self.measure(self.scheme)
        self.cancel(self.sheet(run, self.poor))
        self.cancel(self.sheet(run, self.good))
        with self.assertRaisesRegex(UserError, "evaluated nobody"):
            run.workflow_move("submit")

    def test_measuring_again_keeps_cancelled_sheet(self):
        run = self.measure(self.scheme)
        cancelled = self.sheet(run, self.poor)
        self.cancel(cancelled)
        run.workflow_move("again")
        self.job("measure")
        self.assertEqual((run.state, run.evaluation_count, cancelled.state), ("measured", 2, "cancelled"))
        self.assertEqual(cancelled.workflow_log_ids[:1].move, "cancel")
        self.assertTrue(self.sheet(run, self.poor))

    def test_measuring_again_keeps_what_people_left(self):
        run = self.measure(self.scheme)
        sheet, other = self.sheet(run, self.poor).sudo(), self.sheet(run, self.good).sudo()
        file = self.env["ir.attachment"].create(
            {"name": "proof.txt", "raw": b"proof", "res_model": sheet._name, "res_id": sheet.id}
        )
        other.kehu_own_tier = "3"
        run.workflow_move("again")
        self.job("measure")
        self.assertEqual(
            (sheet.exists().state, other.exists().state, file.exists().res_id), ("cancelled", "cancelled", sheet.id)
        )
        raised = self.sheet(run, self.good).sudo().filtered(lambda anew: anew.state == "draft")
        self.assertEqual((raised.kehu_own_tier, raised.kehu_tier), ("3", "3"))
        self.assertFalse(raised.with_user(self.members[0]).has_access("read"))
        anew = self.sheet(run, self.poor).sudo().filtered(lambda anew: anew.state == "draft")
        self.assertEqual(anew.kehu_own_tier, "0")
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(anew._name),
                "res_id": anew.id,
                "user_id": self.grading_manager.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            }
        )
        run.workflow_move("again")
        self.job("measure")
        self.assertEqual(anew.exists().state, "cancelled")

    def test_merge_decides_the_sheet_that_is_not_cancelled(self):
        run = self.measure(self.scheme)
        cancelled = self.sheet(run, self.poor)
        self.cancel(cancelled)
        counting = self.sheet(run, self.good)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.good + self.poor).ids, self.poor)
        self.env.invalidate_all()
        self.assertEqual((counting.state, cancelled.state, counting.partner_id), ("draft", "cancelled", self.poor))

    def test_job_failing_on_one_run_measures_the_others(self):
        self.company.partner_id.lang = "en_US"  # of what jobs write
        Run = type(self.env["kehu.grading.run"])
        measure_query = Run._measure_query
        for error, said in (
            (UserError("No such indicator"), "No such indicator"),
            (ZeroDivisionError("secret"), "log of the server"),
        ):
            first, second = self.waiting_run(), self.waiting_run()

            def failing(run, error=error, first=first):
                if run.id == first.id:
                    run.env["res.partner"].create({"name": "Half done"})
                    raise error
                return measure_query(run)

            with (
                patch.object(Run, "_measure_query", failing),
                self.assertLogs("odoo.addons.kehu_grading", "ERROR") as logs,
            ):
                self.job("measure")
            self.assertEqual((first.state, second.state), ("measuring", "measured"))
            self.assertFalse(self.env["res.partner"].search([("name", "=", "Half done")]))
            self.assertIn(said, first.message_ids[0].body)
            self.assertNotIn("secret", "".join(first.message_ids.mapped("body")))
            self.assertIn(str(error), "".join(logs.output))
            self.job("measure")
            self.assertEqual(first.state, "measured", "the next job tries it again")

    def test_calendar_job_failing_on_one_scheme_opens_the_others(self):
        self.company.partner_id.lang = "en_US"  # of what jobs write
        today = self.company._kehu_today()
        empty = self.new_scheme(cycle="year", date_next=today, name="Empty")
        good = self.new_scheme(("amount", {"worst": 0, "best": 100}), cycle="year", date_next=today, name="Good")
        self.assertLess(empty.id, good.id)
        with self.assertLogs("odoo.addons.kehu_grading", "ERROR"):
            self.job("cycle")
        runs = self.env["kehu.grading.run"].search([("scheme_id", "in", (empty + good).ids)])
        self.assertEqual([(run.scheme_id, run.state) for run in runs], [(good, "measuring")])
        self.assertEqual(empty.date_next, today, "it is still due")
        self.assertIn("no indicators", empty.message_ids[0].body)
