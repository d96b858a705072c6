from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestHiddenCustomers(GradingCase):
    """X3: grading all customers tells nothing of those who are hidden from the grading manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open, cls.hidden = cls.new_customer("Open"), cls.new_customer("Hidden Holding", ref="7431")
        cls.invoice(cls.open, 1000, date(2026, 5, 1))
        cls.invoice(cls.hidden, 3333, date(2026, 6, 1))
        cls.hidden.sudo().write({"kehu_tier": "3", "user_id": False})
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}))
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_condition_asks_for_nothing_private(self):
        scheme = self.scheme.with_user(self.grading_manager)
        for domain in (
            f"[('id', '=', {self.hidden.id})]",
            "[('ref', '=like', '7%')]",
            "['!', ('ref', '=like', '7%')]",
            "['|', ('is_company', '=', True), ('name', 'ilike', 'holding')]",
            "[('kehu_tier', '=', '3')]",
            "[('category_id.partner_ids.name', 'ilike', 'holding')]",
            "[('category_id', 'any', [('partner_ids.name', 'ilike', 'holding')])]",
            "[('country_id', 'not any', [('code', '=', 'CN')])]",
        ):
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, "may ask only for: .*Country"), self.env.cr.savepoint():
                scheme.domain = domain
        with self.assertRaisesRegex(ValidationError, "cannot be understood"), self.env.cr.savepoint():
            scheme.domain = "[('name', "

    def test_condition_on_the_kind_of_customer_is_kept(self):
        self.scheme.with_user(self.grading_manager).domain = (
            "[('is_company', '=', True), '|', ('country_id', '=', False), ('country_id', 'ilike', 'China')]")
        self.assertEqual(self.measure(self.scheme).sudo().evaluation_ids.partner_id, self.open + self.hidden)

    def test_counts_are_of_what_the_reader_reads(self):
        run = self.measure(self.scheme)
        counts = [(
            reader.evaluation_count, reader.changed_count) for reader in (run.with_user(self.grading_manager), run.sudo())]
        self.assertEqual(counts, [(1, 1), (2, 2)])
        run.with_user(self.grading_manager).workflow_move("submit")
        self.assertEqual(run.state, "pending", "hidden ones are decided with the others")

    def test_shares_are_among_those_whom_the_reader_sees(self):
        with freeze_time("2026-07-01"):
            self.job("lifecycle")
        rows = self.env["kehu.customer.ranking"].with_user(self.grading_manager).search([("partner_id", "in", (self.open + self.hidden).ids)])
        self.assertEqual([(row.partner_id, row.place, row.share, row.cumulated_share) for row in rows], [(self.open, 2, 100, 100)])
