from datetime import date, timedelta

from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(GradingCase):
    """G3, G8, A14: graded customers become one, and the history of both stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept, cls.gone = cls.new_customer("Kept"), cls.new_customer("Gone")
        cls.invoice(cls.kept, 900, date(2026, 6, 1))
        cls.invoice(cls.gone, 300, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}))
        cls.run_ = cls.measure(cls.scheme)
        cls.today = cls.company._kehu_today()
        cls.keeper = new_test_user(
            cls.env,
            "test_keeper",
            "kehu_archive.group_archive_manager,base.group_partner_manager",
            company_id=cls.company.id,
        )

    def in_force(self, customer, grade, day):
        evaluation = (
            self.env["kehu.evaluation"]
            .sudo()
            .create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "proposed_grade_id": grade.id,
                    "date_from": day,
                    "reason": "x",
                }
            )
        )
        evaluation.flush_recordset()
        self.env.cr.execute(
            "UPDATE kehu_evaluation SET state = 'approved', date_from = %s WHERE id = %s", [day, evaluation.id]
        )
        evaluation.invalidate_recordset()
        evaluation._take_effect()
        return evaluation

    def merge_into(self, kept, gone):
        self.env["base.partner.merge.automatic.wizard"].with_user(self.keeper).create({})._merge(
            (kept + gone).ids, kept.with_user(self.keeper)
        )

    def merge(self):
        evaluations = self.env["kehu.evaluation"].sudo().search([("partner_id", "in", (self.kept + self.gone).ids)])
        self.merge_into(self.kept, self.gone)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(evaluations.partner_id, self.kept)
        self.assertEqual(len(evaluations.exists()), len(evaluations))

    def test_later_of_two_grades_stays_in_force(self):
        earlier = self.in_force(self.kept, self.grade_a, self.today - timedelta(days=30))
        later = self.in_force(self.gone, self.grade_c, self.today - timedelta(days=1))
        self.merge()
        self.assertEqual((earlier.state, later.state, later.merged_from), ("past", "in_force", "Gone"))
        self.assertEqual(earlier.date_to, self.today)
        self.assertEqual(self.kept.with_company(self.company).kehu_grade_id, self.grade_c)
        self.assertEqual(earlier.workflow_log_ids[:1].move, "supersede")

    def test_customer_that_was_merged_is_merged_again(self):
        earlier = self.in_force(self.kept, self.grade_a, self.today - timedelta(days=30))
        later = self.in_force(self.gone, self.grade_c, self.today - timedelta(days=1))
        self.merge()
        last = self.new_customer("Last")
        self.merge_into(last, self.kept)
        self.env.invalidate_all()
        self.assertEqual((earlier + later).mapped("merged_from"), ["Kept", "Gone"])
        self.assertEqual((last.kehu_grade_id, later.state, earlier.state), (self.grade_c, "in_force", "past"))

    def test_stricter_of_two_grades_of_a_day_stays_in_force(self):
        strict = self.in_force(self.kept, self.grade_c, self.today)
        lax = self.in_force(self.gone, self.grade_a, self.today)
        self.merge()
        self.assertEqual((strict.state, lax.state), ("in_force", "past"))
        self.assertEqual(self.kept.with_company(self.company).kehu_grade_id, self.grade_c)

    def test_run_keeps_both_sheets_and_decides_one(self):
        sheets = {sheet.partner_id: sheet for sheet in self.run_.sudo().evaluation_ids}
        kept, gone = sheets[self.kept], sheets[self.gone]
        self.merge()
        self.assertEqual((kept.state, gone.state, gone.merged_from), ("draft", "cancelled", "Gone"))
        self.assertEqual(kept.run_id, gone.run_id)

    def test_life_cycle_keeps_what_people_wrote(self):
        stages = self.env["kehu.customer.lifecycle"].sudo()
        stages._find(self.company)
        kept, gone = (stages.search([("partner_id", "=", customer.id)]) for customer in (self.kept, self.gone))
        self.assertTrue(kept and gone)
        gone.winback_reason = "Too dear"
        self.merge()
        self.assertFalse(gone.exists())
        self.assertEqual(kept.winback_reason, "Too dear")
        self.assertIn("Too dear", "".join(kept.message_ids.mapped("body")))
        stages._find(self.company)

    def test_closed_archive_has_no_stage_until_reopened(self):
        stages = self.env["kehu.customer.lifecycle"].sudo()
        stages._find(self.company)
        stand = stages.search([("partner_id", "=", self.kept.id)])
        self.kept.kehu_archive_id.workflow_move("close", "Moved away")
        stages._find(self.company)
        self.assertEqual((stand.active, stages.search([("partner_id", "=", self.kept.id)])), (False, stages))
        self.kept.kehu_archive_id.workflow_move("reopen", "Came back")
        stages._find(self.company)
        self.assertTrue(stand.active)

    def test_votes_terms_and_ratings_stay(self):
        terms = self.env["kehu.special.terms"].create(
            {
                "name": "Rebate",
                "partner_id": self.gone.id,
                "company_id": self.company.id,
                "date_from": self.today,
                "date_to": self.today,
            }
        )
        self.merge()
        self.assertEqual(terms.partner_id, self.kept)
