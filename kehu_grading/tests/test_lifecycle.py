from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kehu_grading.models.customer import lifecycle

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestLifecycle(GradingCase):
    """Who is lost is judged by the customer's own rhythm, not by one number for all (G8)."""

    def buys(self, name, *days, amount=100):
        customer = self.new_customer(name, type_id=self.env.ref("kehu_archive.archive_type_customer").id)
        for day in days:
            self.invoice(customer, amount, day)
        return customer

    def stand(self, customer):
        return self.env["kehu.customer.lifecycle"].search([("partner_id", "=", customer.id)])

    def find(self, day):
        with freeze_time(day):
            self.job("lifecycle")

    def test_each_is_lost_by_own_rhythm(self):
        start = date(2026, 1, 1)
        weekly = self.buys("Weekly", *(start + timedelta(days=7 * week) for week in range(20)))
        yearly = self.buys("Yearly", *(date(year, 5, 1) for year in (2023, 2024, 2025)))
        wild = self.buys("Wild", *(start + timedelta(days=gap) for gap in (0, 5, 100, 110, 150)))
        once = self.buys("Once", date(2026, 2, 1))
        never = self.buys("Never")
        self.find("2026-07-01")
        self.assertEqual(
            [
                (self.stand(customer).stage, self.stand(customer).gap_days)
                for customer in (weekly, yearly, wild, once, never)
            ],
            [("churned", 7), ("general", 365.5), ("general", 25), ("general", 0), ("target", 0)],
        )
        # Weekly: 7 + 2 × 3.5 is less than the 30 days that everybody has. Wild: the quartiles of 5, 10, 40, 95 lie 45
        # days apart.
        self.assertEqual(self.stand(weekly).date_expected, start + timedelta(days=7 * 19 + 30))
        self.assertEqual(self.stand(wild).date_expected, start + timedelta(days=150 + 25 + 2 * 45))
        self.assertEqual(self.stand(once).date_expected, date(2027, 2, 1))

    def test_few_purchases_borrow_the_rhythm_of_the_company(self):
        start = date(2026, 1, 1)
        monthly = self.buys("Monthly", *(start + timedelta(days=30 * number) for number in range(31)))
        once = self.buys("Once", date(2028, 6, 1))
        twice = self.buys("Twice", date(2028, 1, 1), date(2028, 3, 31))  # 90 days apart
        self.find("2028-07-11")
        # All gaps: thirty of 30 days, one of 90: median 30, no spread, so half the gap counts.
        self.assertEqual(self.stand(monthly).date_expected, start + timedelta(days=30 * 30 + 60))
        self.assertEqual(self.stand(once).date_expected, date(2028, 6, 1) + timedelta(days=60))
        usual = (1 * 90 + 2 * 30) / 3
        self.assertEqual(self.stand(twice).date_expected, date(2028, 3, 31) + timedelta(days=2 * usual))
        self.assertEqual(self.stand(twice).gap_days, 90, "the own gap is shown")
        self.assertEqual([self.stand(customer).stage for customer in (once, twice)], ["general", "churned"])

    def test_idle_days_are_shown_as_a_share_of_those_allowed(self):
        customer = self.buys("Once", date(2026, 2, 1))
        never = self.buys("Never")
        self.find("2026-03-01")
        with freeze_time("2026-08-02 12:00:00"):
            self.assertEqual(self.stand(customer).idle_share, 0.5)
            self.assertEqual(self.stand(never).idle_share, 0)

    def test_invoice_of_nothing_is_no_purchase(self):
        customer = self.buys("Free", date(2026, 2, 1), amount=0)
        self.find("2026-06-01")
        self.assertEqual((self.stand(customer).purchase_count, self.stand(customer).stage), (0, "target"))

    def test_who_stops_buying_is_to_be_won_back_once(self):
        lost = self.buys("Lost", *(date(2026, 1, 1) + timedelta(days=30 * number) for number in range(6)))
        gone = self.buys("Gone long ago", date(2020, 1, 1))
        self.find("2026-07-01")
        self.assertEqual(self.stand(lost).stage, "general")
        self.assertFalse(self.stand(gone).activity_ids, "nobody runs after those who were lost before we looked")
        self.find("2026-10-01")
        self.find("2026-10-01")
        self.find("2026-10-02")
        stand = self.stand(lost)
        self.assertEqual(
            (stand.stage, stand.previous_stage, stand.date_since), ("churned", "general", date(2026, 10, 1))
        )
        self.assertEqual(stand.activity_ids.user_id, self.salesman)
        self.assertEqual(len(stand.activity_ids), 1)
        self.assertEqual(stand.churn_rate, 100)
        stand.with_user(self.salesman).write({"winback_reason": "Bought from somebody else"})
        self.invoice(lost, 50, date(2026, 10, 10))
        self.find("2026-10-11")
        self.assertEqual((stand.stage, stand.winback_outcome), ("general", "won"))
        self.assertFalse(stand.activity_ids, "nothing is left to do")

    def test_those_not_asked_for_yet_are_asked_for_later(self):
        customers = [
            self.buys(f"Lost {place}", *(date(2026, 1, 1) + timedelta(days=30 * number) for number in range(6)))
            for place in range(3)
        ]
        self.find("2026-07-01")
        with patch.object(lifecycle, "PORTION", 2):
            self.find("2026-10-01")
        stands = self.env["kehu.customer.lifecycle"].search([("partner_id", "in", [one.id for one in customers])])
        self.assertEqual([len(stand.activity_ids) for stand in stands], [1, 1, 1])
        # Killed after the first portion: the next job asks for the rest, and for nobody twice.
        stands[2].sudo().activity_ids.unlink()
        stands[2].sudo().write({"winback_asked": False, "winback_user_id": False})
        self.find("2026-10-02")
        self.assertEqual([len(stand.activity_ids) for stand in stands], [1, 1, 1])

    def test_a_key_customer_is_one_of_a_key_grade(self):
        customer = self.buys("Key", date(2026, 6, 1))
        self.grade_a.is_key = True
        self.env["kehu.evaluation"].sudo().create(
            {"partner_id": customer.id, "company_id": self.company.id, "proposed_grade_id": self.grade_a.id}
        )._take_effect()
        self.find("2026-07-01")
        self.assertEqual(self.stand(customer).stage, "key")

    def test_nobody_writes_where_a_customer_stands(self):
        customer = self.buys("Steady", date(2026, 6, 1))
        self.find("2026-07-01")
        stand = self.stand(customer).with_user(self.salesman)
        for vals in ({"stage": "key"}, {"date_expected": "2030-01-01"}, {"partner_id": self.salesman.partner_id.id}):
            with self.assertRaisesRegex(AccessError, "found by the system"):
                stand.write(vals)
        with self.assertRaises(AccessError):
            self.env["kehu.customer.lifecycle"].with_user(self.grading_manager).create(
                {"partner_id": customer.id, "stage": "key"}
            )
        with self.assertRaises(AccessError):
            stand.unlink()
        customer.sudo().kehu_tier = "2"
        self.assertFalse(
            self.env["kehu.customer.lifecycle"].with_user(self.financier).search([("partner_id", "=", customer.id)])
        )

    def test_places_are_among_all_who_bought(self):
        self.env["kehu.customer.lifecycle"].search([]).sudo().unlink()
        best, second, third = (
            self.buys(name, date(2026, 6, 1), amount=amount) for name, amount in (("A", 800), ("B", 150), ("C", 50))
        )
        self.buys("D")
        self.find("2026-07-01")
        Ranking = self.env["kehu.customer.ranking"].with_user(self.salesman)
        self.assertEqual(
            [
                (row.partner_id, row.place, row.percentile, row.amount, row.share, row.cumulated_share)
                for row in Ranking.search([])
            ],
            [(best, 1, 34, 800, 80, 80), (second, 2, 67, 150, 15, 95), (third, 3, 100, 50, 5, 100)],
        )
        best.sudo().write({"kehu_tier": "2", "user_id": False})
        self.env.invalidate_all()
        rows = Ranking.search([])
        self.assertEqual(rows.mapped("place"), [2, 3], "who is hidden keeps the place")
        self.assertEqual([(row.share, row.cumulated_share) for row in rows], [(75, 75), (25, 100)])

    def test_days_since_are_those_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        customer = self.buys("Today", date(2026, 7, 1))
        self.find("2026-06-30 17:00:00")  # 1 July in Shanghai
        for moment, days in (("2026-06-30 17:00:00", 0), ("2026-07-02 15:00:00", 1), ("2026-07-02 17:00:00", 2)):
            with freeze_time(moment):
                self.env.invalidate_all()
                row = self.env["kehu.customer.ranking"].search([("partner_id", "=", customer.id)])
                self.assertEqual(row.recency, days, moment)

    def test_refunds_are_no_purchase(self):
        customer = self.buys("Returns", date(2026, 1, 1))
        self.invoice(customer, 100, date(2026, 6, 1), refund=True)
        self.find("2026-07-01")
        stand = self.stand(customer)
        self.assertEqual((stand.purchase_count, stand.date_last, stand.amount_total), (1, date(2026, 1, 1), 0))
