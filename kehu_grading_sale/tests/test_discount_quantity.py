from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.kehu_grading_sale.models.sale_order_line import SaleOrderLine

from .test_discount_limit import DiscountCase


@tagged("post_install", "-at_install")
class TestDiscountQuantity(DiscountCase):
    """G7: the limit holds for what is invoiced, whatever quantity was ordered, and for prices without taxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.invoice_policy = "delivery"
        cls.sheet = cls.env["kehu.evaluation"].sudo().search([("partner_id", "=", cls.customer.id)])

    def delivered(self, quote, *quantities):
        quote.action_confirm()
        for line, quantity in zip(quote.order_line, quantities, strict=True):
            line.sudo().qty_delivered = quantity
        return quote

    def test_line_of_no_quantity_is_compared_by_itself(self):
        dear = {"product_uom_qty": 1000}
        for quote in (
            self.quote({"product_uom_qty": 0, "discount": 90}),
            self.quote(dear, {"product_uom_qty": 0, "discount": 90}),
        ):
            self.assertRefused(quote.action_quotation_sent)
            self.assertRefused(quote.action_confirm)
        self.quote({}, {"product_uom_qty": 0, "discount": 10}).action_confirm()

    def test_more_than_was_ordered_is_compared_by_itself(self):
        lines = {"product_uom_qty": 1000}, {"discount": 90}
        quote = self.delivered(self.quote(*lines), 0, 100)
        self.assertRefused(quote._create_invoices)
        quote.order_line[1].sudo().qty_delivered = 1
        self.assertEqual(quote._create_invoices().sudo().amount_untaxed, 10, "what was ordered is invoiced as agreed")

    def test_discount_before_the_dear_goods_is_told(self):
        lines = {"product_uom_qty": 1000}, {"product_uom_qty": 100, "discount": 90}
        quote = self.delivered(self.quote(*lines), 0, 60)
        before, told = self.sheet.activity_ids, []
        for dear, cheap in ((0, 60), (0, 100), (1000, 100)):
            quote.order_line[0].sudo().qty_delivered = dear
            quote.order_line[1].sudo().qty_delivered = cheap
            quote._create_invoices()
            told.append(self.sheet.activity_ids - before)
        self.assertIn(self.grading_manager, told[0].user_id)
        self.assertIn(quote.name, self.sheet.message_ids[0].body)
        self.assertEqual(told[1:], [told[0]] * 2, "once for an order")

    def test_goods_within_the_limit_are_not_told(self):
        quote = self.delivered(self.quote({"product_uom_qty": 10, "discount": 5}, {"discount": 10}), 0, 1)
        before = self.sheet.activity_ids
        quote._create_invoices()
        self.assertEqual(self.sheet.activity_ids, before)

    def test_more_than_was_ordered_within_the_limit_is_invoiced(self):
        quote = self.delivered(self.quote({"discount": 10}), 3)
        self.assertEqual(quote._create_invoices().sudo().amount_untaxed, 270)

    def test_line_is_taken_out_of_a_confirmed_order(self):
        quote = self.quote({"product_uom_qty": 10}, {"discount": 20})
        quote.action_confirm()
        quote.order_line[1].product_uom_qty = 0
        self.assertEqual(quote.amount_untaxed, 1000)

    def test_what_the_customer_chooses_is_compared_by_itself(self):
        with patch.object(SaleOrderLine, "_is_optional", lambda line: line.sequence == 99):
            for lines in (
                [{"product_uom_qty": 1000}, {"discount": 90, "sequence": 99}],
                [{"discount": 20}, {"product_uom_qty": 1000, "sequence": 99}],
            ):
                self.assertRefused(self.quote(*lines).action_quotation_sent)
            self.quote({"discount": 10}, {"discount": 10, "sequence": 99}).action_quotation_sent()

    def bundled(self, **part):
        """Return a quotation of one combo of 100 and a part of it."""
        combo = self.env["product.combo"].create(
            {"name": "Choice", "combo_item_ids": [Command.create({"product_id": self.product_a.id})]}
        )
        bundle = self.env["product.product"].create(
            {"name": "Bundle", "type": "combo", "list_price": 100, "combo_ids": [Command.link(combo.id)]}
        )
        quote = self.quote({"product_id": bundle.id})
        values = {
            "product_id": self.product_a.id,
            "combo_item_id": combo.combo_item_ids.id,
            "linked_line_id": quote.order_line.id,
        }
        quote.write({"order_line": [Command.create({**values, **part})]})
        return quote

    def test_no_more_pieces_ride_on_a_combo_than_it_has(self):
        self.assertRefused(self.bundled(product_uom_qty=1000, price_unit=0.1).action_confirm)
        self.assertRefused(self.bundled(product_uom_qty=50, price_unit=1).action_confirm)
        self.assertRefused(
            self.bundled(price_unit=100, product_uom_id=self.env.ref("uom.product_uom_dozen").id).action_confirm
        )
        self.product_a.list_price = 1000
        quote = self.delivered(self.bundled(), 1, 1000)
        self.assertRefused(quote._create_invoices)

    def test_tax_in_the_price_is_no_price(self):
        dear, usual = (
            self.env["account.tax"]
            .sudo()
            .create(
                [
                    {"name": f"In the price {amount}", "amount": amount, "price_include_override": "tax_included"}
                    for amount in (40, 13)
                ]
            )
        )
        quote = self.quote({"tax_ids": [Command.set(dear.ids)]})
        self.assertRefused(quote.action_confirm)
        quote = self.quote({})
        quote.action_confirm()
        self.assertRefused(lambda: quote.order_line.write({"tax_ids": [Command.set(dear.ids)]}))
        self.product_a.taxes_id = usual
        quote = self.quote({"discount": 10})
        self.assertEqual(quote.order_line.tax_ids, usual)
        quote.action_confirm()
        self.assertEqual(quote.amount_total, 90)
