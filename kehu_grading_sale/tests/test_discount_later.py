import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .test_discount_limit import DiscountCase


@tagged("post_install", "-at_install")
class TestDiscountLater(DiscountCase):
    """G7: the limit holds for drafts that customers accept by their link, and until the order is invoiced."""

    def as_customer(self, quote):
        return quote.with_user(self.env.ref("base.public_user")).sudo()

    def test_draft_beyond_the_limit_is_not_accepted_by_link(self):
        quote = self.quote({"discount": 90})
        quote.sudo().write({"require_signature": True, "require_payment": True, "prepayment_percent": 1})
        theirs = self.as_customer(quote)
        self.assertFalse(
            theirs._has_to_be_signed() or theirs._has_to_be_paid() or theirs._is_confirmation_amount_reached()
        )
        self.assertRefused(theirs._validate_order)
        self.assertRefused(theirs.action_confirm)
        theirs.action_quotation_sent()
        self.assertEqual(quote.state, "draft")

    def test_draft_within_the_limit_is_accepted_by_link(self):
        quote = self.quote({"discount": 10})
        quote.sudo().require_signature = True
        self.assertTrue(self.as_customer(quote)._has_to_be_signed())
        self.as_customer(quote)._validate_order()
        self.assertEqual(quote.state, "sale")

    def test_surplus_of_one_line_pays_for_no_other(self):
        handling = self.env["product.product"].create({"name": "Handling", "type": "service", "list_price": 1})
        self.assertRefused(
            self.quote(
                {"product_uom_qty": 10, "discount": 90}, {"product_id": handling.id, "price_unit": 900}
            ).action_confirm
        )
        self.quote({"discount": 10}, {"product_id": handling.id, "price_unit": 900}).action_confirm()

    def test_currency_is_not_changed_after_confirming(self):
        quote = self.quote({})
        quote.action_confirm()
        cheap = self.setup_other_currency("HRK")
        for rate in cheap.rate_ids:
            rate.rate = 100
        self.assertRefused(lambda: quote.write({"currency_id": cheap.id}))

    def test_customer_who_comes_later_has_a_limit(self):
        shell = self.env["res.partner"].create({"name": "Shell", "is_company": True})
        quotes = [self.quote({"discount": 90}, customer=shell) for _place in range(2)]
        for quote in quotes:
            quote.action_confirm()
            quote.order_line.sudo().qty_delivered = 1
        self.assertEqual(quotes[0]._create_invoices().sudo().amount_untaxed, 10)
        shell.write({"is_company": False, "parent_id": self.customer.id})
        self.env.invalidate_all()
        self.assertRefused(quotes[1]._create_invoices)

    def test_goods_for_a_graded_customer_keep_the_limit(self):
        shell = self.env["res.partner"].create({"name": "Shell", "is_company": True})
        quote = self.quote({"discount": 90}, customer=shell)
        quote.partner_shipping_id = self.customer
        self.assertRefused(quote.action_confirm)

    def test_order_is_invoiced_as_it_was_confirmed(self):
        quote = self.quote({"discount": 10})
        quote.action_confirm()
        quote.order_line.sudo().qty_delivered = 1
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kehu_evaluation SET policies = %s WHERE partner_id = %s",
            [json.dumps({str(self.grade_b.id): {"customer": {}, "discount_limit": 5}}), self.customer.id],
        )
        self.env.invalidate_all()
        self.assertRefused(self.quote({"discount": 10}).action_confirm, limit=5)
        self.assertEqual(quote._create_invoices().sudo().amount_untaxed, 90)

    def new_list(self, **rule):
        return self.env["product.pricelist"].create(
            {"name": "Prices", "company_id": self.company.id, "item_ids": [Command.create(rule)]}
        )

    def test_list_price_rests_on_no_rule_of_a_price_list(self):
        self.product_a.standard_price = 40
        fixed = self.new_list(compute_price="fixed", fixed_price=40)
        based = {"base": "pricelist", "base_pricelist_id": fixed.id}
        for cheap in (
            fixed,
            self.new_list(compute_price="formula", base="standard_price"),
            self.new_list(compute_price="formula", **based),
            self.new_list(compute_price="percentage", percent_price=0, **based),
        ):
            quote = self.quote({})
            quote.pricelist_id = cheap
            quote.action_update_prices()
            self.assertEqual(quote.amount_untaxed, 40)
            self.assertRefused(quote.action_confirm)

    def test_prices_are_those_of_when_the_order_was_made(self):
        self.env["product.pricelist"].search([("company_id", "in", [self.company.id, False])]).active = False
        now = fields.Datetime.now()
        for days in (-365, 365):
            day = now + timedelta(days=days)
            self.new_list(
                compute_price="percentage",
                percent_price=50,
                date_start=day - timedelta(days=3),
                date_end=day + timedelta(days=3),
            ).sequence = 0
            quote = self.quote({})
            quote.date_order = day
            quote.action_update_prices()
            self.assertEqual(quote.amount_untaxed, 50)
            self.assertRefused(quote.action_quotation_sent)
            self.assertRefused(quote.action_confirm)
            quote.sudo().pricelist_id.active = False

    def test_context_of_the_client_changes_no_list_price(self):
        quote = self.quote({"price_unit": 40}).with_context(no_variant_attributes_price_extra=-60)
        self.assertRefused(quote.action_quotation_sent)
        self.assertRefused(quote.action_confirm)

    def test_attribute_chosen_later_costs_what_it_costs(self):
        gold = self.env["product.attribute"].create(
            {
                "name": "Gold",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": name}) for name in ("no", "yes")],
            }
        )
        phone = self.env["product.template"].create(
            {
                "name": "Phone",
                "list_price": 100,
                "taxes_id": False,
                "attribute_line_ids": [
                    Command.create({"attribute_id": gold.id, "value_ids": [Command.set(gold.value_ids.ids)]})
                ],
            }
        )
        plain, golden = phone.attribute_line_ids.product_template_value_ids
        golden.price_extra = 900
        for state in ("sent", "sale"):
            quote = self.quote(
                {
                    "product_id": phone.product_variant_id.id,
                    "product_no_variant_attribute_value_ids": [Command.set(plain.ids)],
                }
            )
            quote.action_quotation_sent() if state == "sent" else quote.action_confirm()
            chosen = {"product_no_variant_attribute_value_ids": [Command.set(golden.ids)]}
            self.assertRefused(lambda quote=quote, chosen=chosen: quote.order_line.write(chosen))

    def test_totals_follow_from_the_price(self):
        """Odoo's data for the computation of taxes can say what a line costs in all."""
        quote = self.quote({"tax_ids": [Command.clear()]})
        entered = {
            "currency_id": quote.currency_id.id,
            "price_unit": 100.0,
            "discount": 0.0,
            "quantity": 1.0,
            "manual_total_excluded_currency": 1.0,
            "manual_total_excluded": 1.0,
            "manual_tax_amounts": {"0": {}},
        }
        line = {"product_id": self.product_a.id, "tax_ids": [Command.clear()]}
        quote.order_line.write({"extra_tax_data": entered})
        quote.write({"order_line": [Command.create({**line, "extra_tax_data": entered})]})
        quote.with_context(default_extra_tax_data=entered).write({"order_line": [Command.create(line)]})
        self.assertEqual(quote.amount_total, 300)
        quote.action_confirm()
        quote.order_line[0].extra_tax_data = entered
        quote.order_line.qty_delivered = 1
        self.assertEqual(quote._create_invoices().sudo().amount_total, 300)
        # The total is read while the line is added, of which Odoo posts a message.
        with patch.object(self.registry["sale.order"], "message_post", lambda order, **kwargs: order.amount_total):
            quote.order_line.create({**line, "order_id": quote.id, "extra_tax_data": entered})
        self.assertEqual(quote.amount_total, 400)

    def test_tax_below_zero_is_a_discount(self):
        tax = self.env["account.tax"].create(
            {"name": "Withheld", "amount": -50, "type_tax_use": "sale", "company_id": self.company.id}
        )
        for price_include in ("tax_excluded", "tax_included"):
            tax.price_include_override = price_include
            price = 50 if price_include == "tax_included" else 100
            quote = self.quote({"tax_ids": [Command.set(tax.ids)], "price_unit": price})
            self.assertRefused(quote.action_confirm)
        tax.price_include_override = "tax_excluded"
        self.product_a.taxes_id = tax
        quote = self.quote({"tax_ids": [Command.set(tax.ids)]})
        quote.action_confirm()
        self.assertEqual(quote.state, "sale", "it is the product's own")
