import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_complaint.models.payout.payout_mixin import PayoutPermit
from odoo.addons.kehu_complaint.tests.common import ComplaintCase

REPLACEMENT = {"kind": "replacement", "quantity": 3, "amount": 270}


@tagged("post_install", "-at_install")
class TestReplacement(ComplaintCase):
    """C2, C5: the order is looked up; replacements are ordered from an approved proposal only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "test_seller", "sales_team.group_sale_salesman_all_leads", name="Tao")
        cls.chief = new_test_user(cls.env, "test_chief_seller", "sales_team.group_sale_manager", name="Du")
        cls.product.list_price = 99

    def replaced(self):
        complaint = self.approve(self.complain(), REPLACEMENT, {"kind": "gift", "amount": 20})
        complaint.with_user(self.handler).action_create_replacement()
        return complaint, complaint.sudo().replacement_order_ids

    def test_seller_outside_the_service_opens_the_complaint(self):
        complaint, order = self.replaced()
        order.user_id = self.salesman
        self.salesman.group_ids += self.env.ref("sales_team.group_sale_salesman")
        mine = complaint.with_user(self.salesman)
        self.env.invalidate_all()
        self.assertEqual(Form(mine).replacement_order_count, 1)
        self.assertEqual(
            self.env["sale.order"].with_user(self.salesman).search(mine.action_open_replacements()["domain"]), order
        )

    def test_product_renamed_after_approval_is_not_ordered(self):
        _complaint, order = self.replaced()
        self.product.name = "Gold bar"
        with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
            order.with_user(self.chief).action_confirm()
        self.product.name = "Charger"
        order.with_user(self.chief).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_orders_of_the_customer_are_found_by_number(self):
        contact = self.env["res.partner"].create({"name": "Their buyer", "parent_id": self.customer.id})
        order = self.env["sale.order"].create({"partner_id": contact.id, "client_order_ref": "PO-77"})
        others = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "Another"}).id})
        by_name, by_reference, wrong = (
            self.complain(order_reference=number, verification="open")
            for number in (order.name, " PO-77 ", others.name)
        )
        complaints = by_name + by_reference + wrong
        complaints.with_user(self.handler).action_verify_order()
        self.assertEqual(complaints.mapped("verification"), ["verified", "verified", "unknown"])
        self.assertEqual(by_name.sale_order_id | by_reference.sale_order_id, order)
        self.assertFalse(wrong.sale_order_id)
        with self.assertRaisesRegex(UserError, "number of the order"), self.env.cr.savepoint():
            self.complain().action_verify_order()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            by_name.with_user(self.salesman).action_verify_order()
        with self.assertRaisesRegex(ValidationError, "not one of the customer"), self.env.cr.savepoint():
            by_name.with_user(self.handler).sale_order_id = others

    def test_verifying_many_takes_no_query_for_each(self):
        orders = self.env["sale.order"].create([{"partner_id": self.customer.id}])
        complaints = self.env["kehu.complaint"].concat(
            *(self.complain(order_reference=orders.name, verification="open") for _index in range(12))
        )
        counts = []
        for some in (complaints[:2], complaints[2:]):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            some.sudo().with_context(tracking_disable=True).action_verify_order()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 8)

    def test_replacements_are_ordered_without_price(self):
        complaint, order = self.replaced()
        self.assertRecordValues(
            order.order_line,
            [{"product_id": self.product.id, "product_uom_qty": 3, "price_unit": 0, "price_subtotal": 0}],
        )
        self.assertEqual((order.state, order.user_id), ("draft", self.salesman))
        self.assertEqual(complaint.compensation_ids.mapped("is_carried_out"), [True, False])
        self.assertIn(self.chief, order.activity_ids.user_id, "the salesperson of the customer reads no orders")
        self.assertEqual(complaint.compensation_paid, 0)
        order.with_user(self.seller).action_confirm()
        self.assertEqual((order.state, order.amount_total), ("sale", 0))
        self.assertEqual(complaint.compensation_paid, 297, "what the goods were approved with")

    def test_nothing_is_ordered_before_approval_nor_by_others(self):
        complaint = self.bring_to(self.complain(), "pending")
        with self.assertRaisesRegex(UserError, "before the proposal is approved"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_replacement()
        complaint.approval_ids.with_user(self.supervisor).approve()
        for user in (self.employee, self.seller):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(user).action_create_replacement()

    def test_each_replacement_is_ordered_once(self):
        complaint, order = self.replaced()
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_replacement()
        permit = PayoutPermit(frozenset(complaint.ids), frozenset(complaint.compensation_ids.ids))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.env["sale.order.line"].with_context(kehu_payout_permit=permit).create(
                {
                    "order_id": order.id,
                    "product_id": self.product.id,
                    "price_unit": 0,
                    "kehu_compensation_id": complaint.compensation_ids[0].id,
                }
            )
            self.env.flush_all()
        order.with_user(self.seller)._action_cancel()
        complaint.with_user(self.handler).action_create_replacement()
        self.assertEqual(sorted(complaint.sudo().replacement_order_ids.mapped("state")), ["cancel", "draft"])

    def test_delivered_replacement_is_not_ordered_again(self):
        complaint, order = self.replaced()
        mine, line = order.with_user(self.seller), order.order_line.with_user(self.seller)
        mine.action_confirm()
        other = self.env["sale.order"].with_user(self.seller).create({"partner_id": self.customer.id})
        with self.assertRaisesRegex(UserError, "no more of them"), self.env.cr.savepoint():
            line.qty_delivered = 300
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.order_id = other
        line.qty_delivered = 3
        mine._action_cancel()
        self.assertIn("was cancelled", complaint.message_ids[0].body)
        for attack in (
            lambda: line.write({"qty_delivered": 0}),
            lambda: line.unlink(),
            lambda: order.with_user(self.chief).unlink(),
        ):
            with self.assertRaisesRegex(UserError, "for a complaint"), self.env.cr.savepoint():
                attack()
            self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_replacement()
        mine.action_draft()
        mine.action_confirm()
        self.assertEqual((order.state, line.qty_delivered), ("sale", 3))

    def test_deleted_order_is_noted_and_made_again(self):
        complaint, order = self.replaced()
        order.with_user(self.chief).unlink()
        self.assertIn("was deleted", complaint.message_ids[0].body)
        complaint.with_user(self.handler).action_create_replacement()
        self.assertEqual(len(complaint.sudo().replacement_order_ids), 1)

    def test_accused_seller_neither_changes_nor_undoes_it(self):
        complaint, order = self.replaced()
        complaint.accused_user_ids = self.chief
        mine, line = order.with_user(self.chief), order.order_line.with_user(self.chief)
        for attack in (
            lambda: line.write({"product_uom_qty": 30}),
            lambda: line.unlink(),
            lambda: line.create({"order_id": order.id, "product_id": self.product.id, "price_unit": 0}),
            lambda: mine.write({"order_line": [Command.update(line.id, {"product_uom_qty": 30})]}),
            lambda: mine._action_cancel(),
            lambda: mine.unlink(),
        ):
            with self.assertRaisesRegex(AccessError, "leave it to a colleague"), self.env.cr.savepoint():
                attack()
            self.env.invalidate_all()
        self.assertEqual((order.state, line.sudo().product_uom_qty), ("draft", 3))

    def test_the_order_delivers_what_was_approved(self):
        complaint, order = self.replaced()
        mine, line = order.with_user(self.seller), order.order_line.with_user(self.seller)
        other = self.env["product.product"].create({"name": "A dearer one", "list_price": 900})
        more = {"product_id": other.id, "product_uom_qty": 1, "price_unit": 0}
        for attack in (
            lambda: line.write({"product_uom_qty": 4}),
            lambda: line.write({"product_id": other.id}),
            lambda: line.write({"price_unit": 5}),
            lambda: line.create({"order_id": order.id, **more}),
            lambda: mine.write({"order_line": [Command.create(more)]}),
            lambda: mine.write({"partner_id": self.env["res.partner"].create({"name": "Somebody else"}).id}),
            lambda: mine.action_update_prices() or self.env.flush_all(),
        ):
            with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
                attack()
        line.write({"product_uom_qty": 2})
        with self.assertRaisesRegex(UserError, "as many as were approved"), self.env.cr.savepoint():
            mine.action_confirm()
        line.write({"product_uom_qty": 3})
        mine.action_confirm()
        with self.assertRaisesRegex(UserError, "as many as were approved"), self.env.cr.savepoint():
            line.write({"product_uom_qty": 0})

    def test_replacement_gets_no_attribute_that_costs_more(self):
        gold = self.env["product.attribute"].create(
            {
                "name": "Gold",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": name}) for name in ("no", "yes")],
            }
        )
        values = {"attribute_id": gold.id, "value_ids": [Command.set(gold.value_ids.ids)]}
        phone = self.env["product.template"].create(
            {"name": "Phone", "list_price": 90, "attribute_line_ids": [Command.create(values)]}
        )
        plain, golden = phone.attribute_line_ids.product_template_value_ids
        golden.price_extra = 900
        complaint = self.approve(self.complain(), {**REPLACEMENT, "product_id": phone.product_variant_id.id})
        complaint.with_user(self.handler).action_create_replacement()
        order = complaint.sudo().replacement_order_ids
        line = order.with_user(self.chief).order_line
        line.product_no_variant_attribute_value_ids = plain
        with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
            line.product_no_variant_attribute_value_ids = golden
        order.with_user(self.chief).action_confirm()
        with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
            line.product_no_variant_attribute_value_ids = golden

    def test_replacements_go_to_addresses_of_the_customer(self):
        _complaint, order = self.replaced()
        mine = order.with_user(self.seller)
        friend = self.env["res.partner"].create({"name": "Friend of the seller"})
        works = self.env["res.partner"].create(
            {"name": "Their works", "parent_id": self.customer.id, "type": "delivery"}
        )
        for name in ("partner_shipping_id", "partner_invoice_id"):
            with self.assertRaisesRegex(UserError, "to the customer who complained"), self.env.cr.savepoint():
                mine.write({name: friend.id})
        mine.write({"partner_shipping_id": works.id})
        works.parent_id = friend
        with self.assertRaisesRegex(UserError, "to the customer who complained"), self.env.cr.savepoint():
            mine.action_confirm()
        works.parent_id = self.customer
        mine.action_confirm()
        self.assertEqual((order.state, order.partner_shipping_id), ("sale", works))

    def test_link_tells_the_accused_of_no_complaint(self):
        complaint, order = self.replaced()
        seller = new_test_user(
            self.env,
            "test_seller_clerk",
            "sales_team.group_sale_salesman_all_leads,kehu_complaint.group_service_user",
            name="Lu",
        )
        domain, names = [("kehu_complaint_id", "!=", False)], ["kehu_complaint_id"]
        Order, Line = (self.env[model].with_user(seller) for model in ("sale.order", "sale.order.line"))
        self.assertEqual(Order.search_read(domain, names)[0]["kehu_complaint_id"][0], complaint.id)
        complaint.accused_user_ids = seller
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(Order.search(domain))
        self.assertFalse(Order.search([("kehu_complaint_id", "=", complaint.id)]))
        self.assertFalse(Line.search([("kehu_compensation_id", "!=", False)]))
        self.assertEqual(Order._read_group([("id", "=", order.id)], names, ["__count"])[0][0].id, False)
        self.assertFalse(Order.browse(order.id).read(names)[0]["kehu_complaint_id"])
        self.assertFalse(
            Order.browse(order.id).web_read({"kehu_complaint_id": {"fields": {"display_name": {}}}})[0][
                "kehu_complaint_id"
            ]
        )
        self.assertFalse(Line.browse(order.order_line.ids).read(["kehu_compensation_id"])[0]["kehu_compensation_id"])

    def test_order_of_what_became_dearer_is_not_confirmed(self):
        complaint, order = self.replaced()
        self.assertEqual(complaint.compensation_ids[0].amount, 297, "three at their price, whatever was entered")
        self.product.list_price = 9000
        with self.assertRaisesRegex(UserError, "worth more than was approved"), self.env.cr.savepoint():
            order.with_user(self.seller).action_confirm()
        order.with_user(self.seller)._action_cancel()
        with self.assertRaisesRegex(UserError, "worth more than was approved"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_replacement()
        self.product.list_price = 99
        complaint.with_user(self.handler).action_create_replacement()

    def test_nobody_links_an_order_by_hand(self):
        complaint, order = self.replaced()
        Order = self.env["sale.order"].with_user(self.seller)
        forger = new_test_user(
            self.env,
            "test_forger",
            "sales_team.group_sale_salesman_all_leads,kehu_complaint.group_service_user",
            name="Ma",
        )
        values = {"partner_id": self.customer.id}
        own = Order.create(values)
        for attack in (
            lambda: Order.create({**values, "kehu_complaint_id": complaint.id}),
            lambda: Order.with_context(default_kehu_complaint_id=complaint.id).create(values),
            lambda: own.with_user(forger).write({"kehu_complaint_id": complaint.id}),
            lambda: own.with_user(forger).write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "kehu_compensation_id": complaint.compensation_ids[1].id}
                        )
                    ]
                }
            ),
            lambda: complaint.with_user(forger).write({"replacement_order_ids": [Command.link(own.id)]}),
            lambda: order.with_user(forger).write({"kehu_complaint_id": False}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()

    def test_the_accused_does_not_confirm_and_is_not_named(self):
        complaint = self.approve(self.complain(), REPLACEMENT)
        complaint.accused_user_ids = self.seller | self.salesman
        complaint.with_user(self.handler).action_create_replacement()
        order = complaint.sudo().replacement_order_ids
        self.assertFalse(order.user_id)
        for attack in (
            lambda: order.with_user(self.seller).action_confirm(),
            lambda: order.with_user(self.seller).write({"state": "sale"}),
        ):
            with self.assertRaisesRegex(AccessError, "leave it to a colleague"), self.env.cr.savepoint():
                attack()
