from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestMeasures(GradingCase):
    """Each indicator against what one adds up by hand (G1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big, cls.late, cls.silent = (cls.new_customer(name) for name in ("Big", "Late", "Silent"))
        # Before the window; in it; taken back in part; after it.
        cls.invoice(cls.big, 1000, date(2025, 6, 1))
        paid = cls.invoice(cls.big, 3000, date(2026, 3, 1), due=date(2026, 3, 31), quantity=3.0, price_unit=1000)
        cls.invoice(cls.big, 1000, date(2026, 11, 1), due=date(2026, 12, 1))
        cls.invoice(cls.big, 800, date(2026, 11, 20), refund=True)
        cls.invoice(cls.big, 5000, date(2027, 1, 1))
        cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.big.id,
                "invoice_date": date(2026, 5, 1),
                "invoice_line_ids": [Command.create({"product_id": cls.product_a.id, "price_unit": 99999})],
            }
        )  # a draft is no sale
        cls.pay(paid, date(2026, 3, 20))
        # 600 paid 10 days late, 400 open for 30 days at the end of the window.
        half = cls.invoice(cls.late, 1000, date(2026, 11, 1), due=date(2026, 12, 1))
        cls.pay(half, date(2026, 12, 11), amount=600)
        cls.pay(half, date(2027, 2, 1), amount=400)  # after the window: still open for it

    def values(self, measure, customers=None):
        scheme = self.new_scheme((measure, {"worst": 0, "best": 100}))
        facts = self.facts(self.measure(scheme))
        self.assertEqual(set(facts), {self.big, self.late, self.silent})
        return [facts[customer][0] for customer in (self.big, self.late, self.silent)]

    def test_sales_amount_is_net_of_credit_notes_and_of_the_window(self):
        self.assertEqual(self.values("amount"), [3200, 1000, 0])

    def test_quantity_is_counted_in_the_products_own_unit(self):
        self.invoice(self.silent, 10, date(2026, 2, 2), product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self.assertEqual(self.values("quantity"), [3 + 1 - 1, 1, 12])

    def test_margin_is_of_products_whose_cost_is_known(self):
        free = self._create_product(name="Without cost", standard_price=0.0)
        self.invoice(self.late, 500, date(2026, 2, 2), product_id=free.id)
        self.assertEqual(self.values("profit"), [3200 - 800 * 3, 200, None])
        big = (3200 - 800 * 3) * 100 / 3200
        self.assertEqual(self.values("margin"), [big, 20, None])

    def test_price_level_compares_with_the_list(self):
        self.assertEqual(self.values("price_level"), [round(3200 * 100 / 3000, 6), 100, None])

    def test_price_level_leaves_out_taxes_that_the_list_includes(self):
        self.product_a.taxes_id = self.env["account.tax"].create(
            {
                "name": "13 % in the price",
                "amount": 13,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        self.product_a.list_price = 1130
        self.assertEqual(self.values("price_level"), [round(3200 * 100 / 3000, 6), 100, None])

    def test_price_level_compares_in_the_currency_of_the_company(self):
        main = self.env["res.company"]._get_main_company()
        if main.currency_id == self.company.currency_id:
            main.currency_id = self.setup_other_currency("CHF")
        self.env["res.currency.rate"].search([("currency_id", "in", main.currency_id.ids)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": main.currency_id.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 0.5}
        )
        self.product_a.list_price = 500  # of the main company's: 1000 of ours
        self.assertEqual(self.values("price_level"), [round(3200 * 100 / 3000, 6), 100, None])
        self.product_a.write({"company_id": self.company.id, "list_price": 1000})
        self.assertEqual(self.values("price_level"), [round(3200 * 100 / 3000, 6), 100, None])

    def test_exchange_difference_is_as_punctual_as_its_payment(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0), ("2026-03-15", 2.5)])
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.silent.id,
                "invoice_date": date(2026, 2, 3),
                "currency_id": currency.id,
                "invoice_date_due": date(2026, 3, 20),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product_a.id, "price_unit": 100, "tax_ids": [Command.clear()]})
                ],
            }
        )
        move.action_post()
        self.pay(move, date(2026, 3, 18))
        exchange = (
            move.line_ids.matched_credit_ids.exchange_move_id | move.line_ids.matched_credit_ids.credit_move_id.move_id
        )
        self.assertTrue(
            exchange.filtered(lambda entry: entry.date > date(2026, 3, 20)), "entered at the end of the month"
        )
        self.assertEqual(self.values("share_late")[2], 0)
        self.assertEqual(self.values("days_late")[2], 0)

    def test_days_late_count_what_is_open_to_the_end(self):
        # Big: 3000 in time, 1000 open for 30 days, 1000 of the year before for 578, of which the credit note of 800 that
        # is not matched yet is taken off.
        self.assertEqual(self.values("days_late"), [(1000 * 30 + 200 * 578) / 5000, (600 * 10 + 400 * 30) / 1000, None])

    def test_credited_amounts_are_neither_due_nor_late(self):
        invoice = self.invoice(self.silent, 700, date(2026, 2, 1), due=date(2026, 3, 1))
        note = self.invoice(self.silent, 700, date(2026, 8, 1), refund=True)
        (invoice + note).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.values("days_late")[2], None)
        self.assertEqual(self.values("overdue")[2], 0)

    def test_share_late_and_overdue(self):
        self.assertEqual(self.values("share_late"), [24, 100, None])
        self.assertEqual(self.values("overdue"), [1200, 400, 0])

    def test_overdue_remembers_what_was_due_before_the_window(self):
        self.invoice(self.silent, 70, date(2024, 1, 1))
        self.assertEqual(self.values("overdue"), [1200, 400, 70])

    def entry(self, customer, amount, day, due=None):
        """Post a plain entry of what a customer owes (less than 0: of what was received)."""
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": customer.id,
                            "date_maturity": due,
                            "debit": max(sign * amount, 0),
                            "credit": max(-sign * amount, 0),
                        }
                    )
                    for account, sign in ((receivable, 1), (self.company_data["default_account_revenue"], -1))
                ],
            }
        )
        entry.action_post()
        return entry

    def test_opening_balances_are_due(self):
        self.entry(self.silent, 5000, date(2026, 1, 1), due=date(2026, 1, 31))
        self.entry(self.silent, 70, date(2026, 12, 1), due=date(2027, 1, 31))
        self.assertEqual(self.values("overdue"), [1200, 400, 5000])
        self.assertEqual(self.values("days_late")[2], (date(2026, 12, 31) - date(2026, 1, 31)).days)

    def test_payments_on_account_come_off_the_oldest(self):
        self.entry(self.silent, 300, date(2026, 1, 1), due=date(2026, 1, 31))
        self.entry(self.silent, 500, date(2026, 6, 1), due=date(2026, 6, 30))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.silent.id,
                "amount": 400,
                "date": date(2026, 7, 1),
            }
        )
        payment.action_post()
        self.assertEqual(self.values("overdue")[2], 400)
        self.assertEqual(self.values("days_late")[2], 400 * (date(2026, 12, 31) - date(2026, 6, 30)).days / 800)

    def test_money_paid_back_is_not_due(self):
        note = self.invoice(self.silent, 90, date(2026, 2, 1), refund=True)
        self.pay(note, date(2026, 3, 1))
        self.assertEqual(self.values("overdue"), [1200, 400, 0])

    def test_frequency_growth_and_returns(self):
        self.assertEqual(self.values("frequency"), [2, 1, 0])
        self.assertEqual(self.values("growth"), [220, None, None])
        self.assertEqual(
            self.values("returns"), [20, 0, None], "who bought and returned nothing, and who bought nothing"
        )

    def test_foreign_currency_counts_in_the_companys(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        move = self.invoice(self.silent, 500, date(2026, 2, 2))
        self.assertEqual(move.amount_untaxed_signed, 500)
        foreign = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.silent.id,
                "invoice_date": date(2026, 2, 3),
                "currency_id": currency.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product_a.id, "price_unit": 100, "tax_ids": [Command.clear()]})
                ],
            }
        )
        foreign.action_post()
        self.assertEqual(self.values("amount")[2], 550)

    def test_another_companys_invoices_do_not_count(self):
        other = self.setup_other_company(name="Elsewhere")
        move = (
            self.env["account.move"]
            .with_company(other["company"])
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.silent.id,
                    "invoice_date": date(2026, 2, 3),
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 100, "tax_ids": [Command.clear()]})
                    ],
                }
            )
        )
        move.action_post()
        self.assertEqual(self.values("amount")[2], 0)

    def test_contacts_buy_for_their_company(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.silent.id})
        self.invoice(buyer, 40, date(2026, 2, 2), due=date(2026, 2, 2))
        self.assertEqual(self.values("amount")[2], 40)
        self.assertEqual(self.values("quantity")[2], 1)
        self.assertEqual(self.values("overdue")[2], 40)

    def test_completeness_is_the_share_of_the_card_that_is_filled(self):
        before = self.values("completeness")[2]
        self.silent.kehu_archive_id.legal_representative = "Lin"
        self.assertAlmostEqual(self.values("completeness")[2] - before, 100 / 16, 5)
        self.silent.kehu_archive_id.write({"registered_capital": 0, "business_scope": " "})
        self.assertAlmostEqual(
            self.values("completeness")[2] - before, 100 / 16, 5, "what a form saves without an entry"
        )
        self.silent.kehu_archive_id.registered_capital = 5
        self.assertAlmostEqual(self.values("completeness")[2] - before, 200 / 16, 5)

    def test_person_lacks_nothing_that_only_companies_have(self):
        self.silent.kehu_archive_id.write({"company_type": "person", "phone": False})
        before = self.values("completeness")[2]
        self.silent.kehu_archive_id.legal_representative = "Lin"
        self.assertAlmostEqual(self.values("completeness")[2], before, 5)
        self.silent.kehu_archive_id.phone = "0755-12345678"
        self.assertAlmostEqual(self.values("completeness")[2] - before, 100 / 11, 5)

    def test_ratings_count_by_the_last_one_in_the_window(self):
        potential = self.env.ref("kehu_grading.indicator_potential")
        self.env["kehu.customer.rating"].create(
            [
                {
                    "partner_id": self.big.id,
                    "indicator_id": potential.id,
                    "value": value,
                    "date": day,
                    "company_id": self.company.id,
                }
                for value, day in ((9, date(2026, 2, 1)), (4, date(2026, 3, 1)))
            ]
        )
        self.env["kehu.customer.rating"].create(
            {
                "partner_id": self.late.id,
                "indicator_id": potential.id,
                "value": 9,
                "date": date(2025, 2, 1),
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.values(potential), [4, None, None])

    def test_scheme_of_all_types_leaves_suppliers_out(self):
        supplier = self.new_customer("Supplier", type_id=self.env.ref("kehu_archive.archive_type_supplier").id)
        customer = self.new_customer("Customer")
        scheme = self.new_scheme(("amount", {"worst": 0, "best": 100}), type_ids=[Command.clear()])
        population = self.env["res.partner"].search(scheme._population_domain())
        self.assertIn(customer, population)
        self.assertNotIn(supplier, population)
