from datetime import date

from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestTermsGivenBack(GradingCase):
    """What a grade gave ends with it; the customer's own comes back (G7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Falling")
        cls.term = cls.env["account.payment.term"].create({"name": "90 days"})
        cls.own_term = cls.env["account.payment.term"].create({"name": "10 days"})
        cls.grade_a.with_company(cls.company).write({"credit_limit": 500000, "payment_term_id": cls.term.id})
        cls.customer.write({"credit_limit": 80000, "property_payment_term_id": cls.own_term.id})

    def grade(self, grade, day, **vals):
        sheet = (
            self.env["kehu.evaluation"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "proposed_grade_id": grade.id,
                    "date_from": day,
                    **vals,
                }
            )
        )
        sheet._take_effect()
        return sheet

    def terms(self):
        self.customer.invalidate_recordset()
        return self.customer.credit_limit, self.customer.property_payment_term_id

    def test_customers_own_terms_come_back_with_a_fall(self):
        self.grade(self.grade_a, date(2026, 1, 1))
        self.assertEqual(self.terms(), (500000, self.term))
        self.grade(self.grade_d, date(2026, 2, 1))
        self.assertEqual(self.terms(), (80000, self.own_term))

    def test_terms_come_back_after_years_in_the_same_grade(self):
        self.grade(self.grade_a, date(2025, 1, 1))
        self.grade(self.grade_a, date(2026, 1, 1))
        self.grade(self.grade_d, date(2026, 2, 1))
        self.assertEqual(self.terms(), (80000, self.own_term))

    def test_terms_come_back_through_another_grade_with_terms(self):
        self.grade_b.with_company(self.company).credit_limit = 200000
        self.grade(self.grade_a, date(2026, 1, 1))
        self.grade(self.grade_b, date(2026, 2, 1))
        self.assertEqual(self.terms(), (200000, self.own_term))
        self.grade(self.grade_d, date(2026, 3, 1))
        self.assertEqual(self.terms(), (80000, self.own_term))

    def test_what_somebody_changed_since_stays(self):
        self.grade(self.grade_a, date(2026, 1, 1))
        self.customer.credit_limit = 60000
        self.grade(self.grade_d, date(2026, 2, 1))
        self.assertEqual(self.terms(), (60000, self.own_term))

    def test_own_terms_that_are_gone_are_not_written(self):
        self.grade(self.grade_a, date(2026, 1, 1))
        self.own_term.unlink()
        self.grade(self.grade_d, date(2026, 2, 1))
        self.assertEqual(self.terms(), (80000, self.env["account.payment.term"]))

    def test_merged_customer_has_own_terms_back(self):
        other = self.new_customer("Twice")
        other.credit_limit = 7000
        self.grade(self.grade_a, date(2026, 1, 1))
        keeper = new_test_user(
            self.env,
            "test_keeper",
            "base.group_partner_manager,kehu_archive.group_archive_manager",
            company_id=self.company.id,
        )
        self.env["base.partner.merge.automatic.wizard"].with_user(keeper).create({})._merge(
            (self.customer + other).ids, other.with_user(keeper)
        )
        self.env.invalidate_all()
        self.customer = other
        self.assertEqual(self.terms()[0], 500000)
        self.grade(self.grade_d, date(2026, 2, 1))
        self.assertEqual(self.terms()[0], 7000)

    def test_queries_do_not_grow_with_customers(self):
        counts = []
        for number in (1, 20, 100):
            customers = [self.new_customer(f"Many {number}-{place}") for place in range(number)]
            sheets = self.env["kehu.evaluation"].sudo()
            for customer in customers:
                self.customer = customer
                sheets |= self.grade(self.grade_a, date(2026, 1, 1))
            falls = (
                self.env["kehu.evaluation"]
                .sudo()
                .create(
                    [
                        {
                            "partner_id": customer.id,
                            "company_id": self.company.id,
                            "proposed_grade_id": self.grade_d.id,
                            "date_from": date(2026, 2, 1),
                        }
                        for customer in customers
                    ]
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            falls._change_terms(
                {fall.id: sheet.terms for fall, sheet in zip(falls, sheets)}, dict.fromkeys(falls.ids, {})
            )
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(max(counts), counts[0] + 25, counts)

    def test_credit_grade_stays_on_the_card(self):
        sheet = self.grade(self.grade_b, date(2026, 1, 1), credit_grade_id=self.grade_c.id)
        self.assertEqual(self.customer.kehu_credit_grade_id, self.grade_c)
        self.grade(self.grade_a, date(2026, 2, 1))
        self.assertEqual(sheet.state, "past")
        self.assertEqual(self.customer.kehu_credit_grade_id, self.grade_c)
        self.assertEqual(self.customer.kehu_archive_ids.kehu_credit_grade_id, self.grade_c)
        self.grade(self.grade_a, date(2026, 3, 1), credit_grade_id=self.grade_d.id)
        self.assertEqual(self.customer.kehu_credit_grade_id, self.grade_d)

    def test_credit_grade_waits_until_it_takes_effect(self):
        self.env["kehu.evaluation"].sudo().create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "credit_grade_id": self.grade_c.id,
            }
        )
        self.assertFalse(self.customer.kehu_credit_grade_id)
