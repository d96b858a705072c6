from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_grading.tests.common import GradingCase


class DiscountCase(GradingCase):
    """A customer whose grade allows 10 %, and a seller."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.seller = new_test_user(
            cls.env,
            "test_seller",
            "sales_team.group_sale_salesman_all_leads,sale.group_discount_per_so_line",
            company_id=cls.company.id,
        )
        cls.customer, cls.ungraded = cls.new_customer("Graded"), cls.new_customer("New")
        cls.grade_b.discount_limit = 10
        cls.env["kehu.evaluation"].sudo().create(
            {"partner_id": cls.customer.id, "company_id": cls.company.id, "proposed_grade_id": cls.grade_b.id}
        )._take_effect()
        cls.product_a.list_price = 100

    def quote(self, *lines, customer=None):
        return (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "order_line": [Command.create({"product_id": self.product_a.id, **line}) for line in lines],
                }
            )
        )

    def assertRefused(self, work, limit=10):
        with self.assertRaisesRegex(ValidationError, f"{limit} % at most|最多"), self.env.cr.savepoint():
            work()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDiscountLimit(DiscountCase):
    """G7, G10: nobody offers a customer more than the grade or the special terms allow."""

    def test_an_order_is_not_sent_or_confirmed_beyond_the_limit(self):
        for lines in (
            [{"discount": 11}],
            [{"price_unit": 89}],
            [{"price_unit": 95, "discount": 10}],
            [{}, {"discount": 30}],
        ):
            quote = self.quote(*lines)
            self.assertRefused(quote.action_quotation_sent)
            self.assertRefused(quote.action_confirm)
            self.assertRefused(lambda quote=quote: quote.sudo().action_confirm())
            self.assertRefused(lambda quote=quote: quote.write({"state": "sent"}))
        quote = self.quote({"discount": 10})
        quote.action_quotation_sent()
        quote.action_confirm()
        self.assertEqual(quote.state, "sale")

    def test_what_was_sent_is_not_made_cheaper(self):
        quote = self.quote({"discount": 15}, {"discount": 0})
        quote.action_quotation_sent()
        cheap, dear = quote.order_line
        for attack in (
            lambda: cheap.write({"discount": 30}),
            lambda: quote.write({"order_line": [Command.update(cheap.id, {"price_unit": 50})]}),
            lambda: dear.unlink(),
            lambda: quote.write({"order_line": [Command.create({"product_id": self.product_a.id, "discount": 90})]}),
        ):
            self.assertRefused(attack)

    def test_the_wizard_for_discounts_is_held_to_it(self):
        self.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service"}
        )
        quote = self.quote({})
        quote.action_quotation_sent()
        self.assertRefused(
            lambda: (
                self.env["sale.order.discount"]
                .with_user(self.seller)
                .create({"sale_order_id": quote.id, "discount_type": "so_discount", "discount_percentage": 0.2})
                .action_apply_discount()
            )
        )

    def test_negative_line_counts_as_discount(self):
        rebate = self.env["product.product"].create({"name": "Rebate", "type": "service", "list_price": 0})
        for line in (
            {"product_id": rebate.id, "price_unit": -50},
            {"product_id": rebate.id, "price_unit": -99},
            {"price_unit": -11},
            {"price_unit": 100, "product_uom_qty": -1},
            {"product_id": rebate.id, "price_unit": 11, "product_uom_qty": -1},
            {"product_id": rebate.id, "price_unit": -50, "is_downpayment": True},
            {"product_id": rebate.id, "price_unit": 50, "product_uom_qty": -1, "is_downpayment": True},
            {"price_unit": 100, "discount": 150},
        ):
            quote = self.quote({}, line)
            self.assertRefused(quote.action_quotation_sent)
            self.assertRefused(quote.action_confirm)
            self.assertRefused(lambda quote=quote: quote.write({"state": "sale"}))
        quote = self.quote({}, {"product_id": rebate.id, "price_unit": -10})
        quote.action_confirm()
        self.assertEqual((quote.state, quote.amount_untaxed), ("sale", 90))

    def test_negative_line_alone_is_refused(self):
        self.assertRefused(self.quote({"price_unit": -50}).action_confirm)
        self.assertRefused(self.quote({"price_unit": 0}, {"price_unit": -50}).action_confirm)

    def test_negative_line_is_not_added_to_a_sent_order(self):
        quote = self.quote({}, {})
        quote.action_quotation_sent()
        line = quote.order_line[0]
        for attack in (
            lambda: quote.write({"order_line": [Command.create({"product_id": self.product_a.id, "price_unit": -50})]}),
            lambda: line.write({"price_unit": -50}),
            lambda: line.write({"product_uom_qty": -1}),
        ):
            self.assertRefused(attack)

    def test_down_payment_flag_hides_no_cheap_line(self):
        self.assertRefused(self.quote({}, {"price_unit": 1, "is_downpayment": True}).action_confirm)

    def test_down_payment_is_no_discount(self):
        quote = self.quote({})
        quote.action_confirm()
        for price in (30, -30):
            self.env["sale.order.line"].sudo().create(
                {
                    "order_id": quote.id,
                    "is_downpayment": True,
                    "product_uom_qty": 0,
                    "price_unit": price,
                    "name": "Down payment",
                }
            )
        quote.with_user(self.seller)._check_discount_limit()
        self.assertFalse(quote._find_beyond_limit())

    def test_what_is_given_away_counts_as_discount(self):
        for lines in ([{"price_unit": 0, "product_uom_qty": 10}], [{}, {"price_unit": 0, "product_uom_qty": 9}]):
            quote = self.quote(*lines)
            self.assertRefused(quote.action_quotation_sent)
            self.assertRefused(quote.action_confirm)
        sample = self.env["product.product"].create({"name": "Sample", "list_price": 0})
        self.quote({}, {"product_id": sample.id, "price_unit": 0}).action_confirm()

    def test_combo_counts_with_the_prices_of_its_parts(self):
        combo = self.env["product.combo"].create(
            {"name": "Choice", "combo_item_ids": [Command.create({"product_id": self.product_a.id})]}
        )
        bundle = self.env["product.product"].create(
            {"name": "Bundle", "type": "combo", "list_price": 100, "combo_ids": [Command.link(combo.id)]}
        )

        def bundled(**part):
            quote = self.quote({"product_id": bundle.id})
            quote.write(
                {
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_a.id,
                                "combo_item_id": combo.combo_item_ids.id,
                                "linked_line_id": quote.order_line.id,
                                **part,
                            }
                        )
                    ]
                }
            )
            return quote

        quote = bundled()
        self.assertEqual(quote.amount_untaxed, 100)
        quote.action_confirm()
        self.assertRefused(bundled(discount=20).action_confirm)

    def test_limit_of_customer_who_pays_counts(self):
        quote = self.quote({"discount": 90}, customer=self.ungraded)
        quote.partner_invoice_id = self.customer
        self.assertRefused(quote.action_confirm)
        quote.partner_invoice_id = self.ungraded
        quote.action_confirm()
        self.assertRefused(lambda: quote.write({"partner_invoice_id": self.customer.id}))

    def price_list(self, name):
        return self.env["product.pricelist"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 30})],
            }
        )

    def test_price_list_of_the_grade_is_no_discount(self):
        own, others = self.price_list("Own"), self.price_list("Others")
        self.grade_b.with_company(self.company).pricelist_id = own
        self.customer = self.new_customer("Graded with prices")
        self.env["kehu.evaluation"].sudo().create(
            {"partner_id": self.customer.id, "company_id": self.company.id, "proposed_grade_id": self.grade_b.id}
        )._take_effect()
        quote = self.quote({})
        self.assertEqual(quote.pricelist_id, own)
        elsewhere = self.setup_other_company(name="Elsewhere")["company"]
        self.seller.company_ids += elsewhere
        quote.with_context(allowed_company_ids=[elsewhere.id, self.company.id]).action_confirm()
        stranger = self.quote({})
        stranger.write({"pricelist_id": others.id})
        stranger.action_update_prices()
        self.assertRefused(stranger.action_confirm)
        # Rewritten after it was approved with the grade: what is cheaper than that is a discount.
        base = self.price_list("Base")
        for rewritten in (
            {"compute_price": "fixed", "fixed_price": 1},
            {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": base.id},
        ):
            own.item_ids.write(rewritten)
            self.assertRefused(self.quote({}).action_confirm)
        own.item_ids.write(
            {"compute_price": "percentage", "percent_price": 10, "base": "list_price", "base_pricelist_id": False}
        )
        self.quote({}).action_confirm()

    def test_price_list_that_no_grade_gave_is_a_discount(self):
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        cheap = self.price_list("Cheap")
        self.env.flush_all()
        self.env.cr.flush()  # as in another request than the one that created the customer
        messages = self.customer.message_ids
        # The tests of accounting track nothing.
        mine = self.customer.with_user(self.seller).with_context(tracking_disable=False, mail_notrack=False)
        mine.specific_property_product_pricelist = cheap
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertIn(
            "Cheap", str((self.customer.message_ids - messages).sudo().tracking_value_ids.mapped("new_value_char"))
        )
        quote = self.quote({})
        self.assertEqual((quote.pricelist_id, quote.amount_untaxed), (cheap, 70))
        self.assertRefused(quote.action_confirm)

    def test_general_prices_are_those_of_the_country_of_then(self):
        """G7: whoever sells moves no customer to a country with cheaper prices; who had no country gets one."""
        fiji, china = self.env.ref("base.fj"), self.env.ref("base.cn")
        group = self.env["res.country.group"].create({"name": "South", "country_ids": [Command.set(fiji.ids)]})
        self.price_list("South").country_group_ids = group
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        # The tests of accounting track nothing.
        mine = self.customer.with_user(self.seller).with_context(tracking_disable=False, mail_notrack=False)
        for country in china, fiji:
            self.env.flush_all()
            self.env.cr.flush()  # as in a request of its own
            mine.country_id = country
        self.env.flush_all()
        self.env.cr.flush()
        quote = self.quote({})
        self.assertEqual((quote.pricelist_id.name, quote.amount_untaxed), ("South", 70))
        self.assertRefused(quote.action_confirm)
        mine.country_id = china
        self.price_list("Everybody's").sequence = 0
        self.quote({}).action_confirm()

    def test_general_price_list_is_no_discount(self):
        self.env["product.pricelist"].search([("company_id", "in", [self.company.id, False])]).active = False
        general = self.price_list("Everybody's")
        quote = self.quote({})
        self.assertEqual((quote.pricelist_id, quote.amount_untaxed), (general, 70))
        quote.action_confirm()

    def test_special_terms_allow_more(self):
        today = fields.Date.context_today(self.customer)
        terms = (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create(
                {
                    "name": "Trade fair",
                    "partner_id": self.customer.id,
                    "content": "20 %",
                    "discount_limit": 20,
                    "date_from": today,
                }
            )
        )
        quote = self.quote({"discount": 20})
        self.assertRefused(quote.action_confirm)
        terms.workflow_move("submit")
        for user in (self.financier, self.marketing):
            terms.with_user(user).action_approval_approve()
        quote.action_confirm()
        self.env.cr.execute(
            "UPDATE kehu_special_terms SET date_from = %s, date_to = %s", [today - timedelta(9), today - timedelta(1)]
        )
        terms.invalidate_recordset()
        self.assertRefused(self.quote({"discount": 20}).action_confirm)

    def test_who_has_no_limit_is_sold_to_as_before(self):
        self.quote({"discount": 60}, customer=self.ungraded).action_confirm()

    def test_customer_accepts_what_was_offered(self):
        quote = self.quote({"discount": 10})
        quote.action_quotation_sent()
        self.grade_b.discount_limit = 5
        quote.with_user(self.env.ref("base.public_user")).sudo().action_confirm()
        self.assertEqual(quote.state, "sale")

    def test_branch_is_held_to_the_grade_of_the_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.seller.company_ids += branch
        orders = self.env["sale.order"].with_user(self.seller).with_context(allowed_company_ids=branch.ids)

        def quote(discount):
            line = {"product_id": self.product_a.id, "discount": discount, "tax_ids": False}
            return orders.create({"partner_id": self.customer.id, "order_line": [Command.create(line)]})

        self.assertEqual(quote(10).company_id, branch)
        self.assertRefused(quote(11).action_confirm)
        self.env["kehu.evaluation"].sudo().create(
            {"partner_id": self.customer.id, "company_id": branch.id, "proposed_grade_id": self.grade_a.id}
        )._take_effect()
        quote(90).action_confirm()  # graded there, without a limit
        self.assertRefused(self.quote({"discount": 11}).action_confirm)
