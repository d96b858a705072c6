from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_complaint.tests.common import ComplaintCase


@tagged("post_install", "-at_install")
class TestReplacementDelivery(ComplaintCase):
    """C5: where stock delivers them, replacements go to addresses of the customer alone, as many as were approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({"type": "consu", "list_price": 99})
        cls.keeper = new_test_user(cls.env, "test_keeper", "stock.group_stock_user", name="Bai")
        cls.chief = new_test_user(cls.env, "test_chief_seller", "sales_team.group_sale_manager", name="Du")
        cls.friend = cls.env["res.partner"].create({"name": "Friend of the keeper"})

    def ordered(self):
        """Return an approved complaint, its confirmed order of three and the delivery, as the warehouse has it."""
        complaint = self.approve(self.complain(), {"kind": "replacement", "quantity": 3, "amount": 297})
        complaint.with_user(self.handler).action_create_replacement()
        order = complaint.sudo().replacement_order_ids
        order.with_user(self.chief).action_confirm()
        return complaint, order, order.picking_ids.with_user(self.keeper)

    def deliver(self, delivery, quantity):
        delivery.move_ids.write({"quantity": quantity, "picked": True})
        delivery.with_context(skip_backorder=True).button_validate()

    def assertRefused(self, work):
        with self.assertRaisesRegex(UserError, "to the customer who complained"), self.env.cr.savepoint():
            work()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_delivery_goes_to_addresses_of_the_customer(self):
        _complaint, _order, delivery = self.ordered()
        works = self.env["res.partner"].create(
            {"name": "Their works", "parent_id": self.customer.id, "type": "delivery"}
        )
        friends = delivery.sudo().copy({"partner_id": self.friend.id, "move_ids": []})
        gold = self.env["product.product"].create({"name": "Gold", "type": "consu"})
        for attack in (
            lambda: delivery.write({"partner_id": self.friend.id}),
            lambda: delivery.write({"sale_id": False}),
            lambda: delivery.move_ids.write({"sale_line_id": False}),
            lambda: delivery.move_ids.write({"picking_id": friends.id}),
            lambda: delivery.move_ids.write({"partner_id": self.friend.id}),
            lambda: delivery.move_ids.write({"product_id": gold.id}),
        ):
            self.assertRefused(attack)
        delivery.partner_id = works
        self.assertEqual(delivery.partner_id, works)

    def test_no_more_than_approved_is_delivered(self):
        complaint, order, delivery = self.ordered()
        self.assertRefused(lambda: self.deliver(delivery, 300))
        self.deliver(delivery, 3)
        self.assertEqual((delivery.state, order.order_line.qty_delivered), ("done", 3))
        self.assertEqual(complaint.compensation_paid, 297)
        self.assertRefused(lambda: delivery.sudo().move_line_ids.write({"quantity": 300}))

    def test_product_that_became_another_one_is_not_delivered(self):
        _complaint, _order, delivery = self.ordered()
        self.product.name = "Gold bar"
        self.assertRefused(lambda: self.deliver(delivery, 3))

    def test_what_is_not_delivered_is_not_carried_out(self):
        complaint, order, delivery = self.ordered()
        self.assertRefused(lambda: order.order_line.with_user(self.chief).write({"product_uom_qty": 0}))
        self.assertEqual(complaint.compensation_paid, 0)
        self.assertTrue(complaint.compensation_ids._payout_left(is_paid=True))
        self.deliver(delivery, 2)
        self.assertEqual((order.order_line.qty_delivered, complaint.compensation_paid), (2, 0))
        rest = order.picking_ids.with_user(self.keeper) - delivery
        self.deliver(rest, 1)
        self.assertEqual(complaint.compensation_paid, 297)

    def test_goods_of_another_product_do_not_leave_instead(self):
        """C5: neither in the lines of a move, before or after it is done, nor beside it in the same delivery."""
        _complaint, _order, delivery = self.ordered()
        move, gold = delivery.move_ids, self.env["product.product"].create({"name": "Gold", "type": "consu"})
        stored = self.env["product.product"].create({"name": "Silver", "type": "consu", "is_storable": True})
        quant = self.env["stock.quant"].create(
            {"product_id": stored.id, "location_id": move.location_id.id, "quantity": 9}
        )
        places = {"location_id": move.location_id.id, "location_dest_id": move.location_dest_id.id}
        line = {"move_id": move.id, "picking_id": delivery.id, "product_id": gold.id, "quantity": 3, **places}
        beside = {"picking_id": delivery.id, "product_id": gold.id, **places}
        attacks = (
            lambda: move.move_line_ids.create(line),
            lambda: move.move_line_ids.write({"quant_id": quant.id}),
            lambda: move.move_line_ids.create({**beside, "quantity": 3}),
        )
        for attack in (*attacks, lambda: move.create({**beside, "product_uom_qty": 3})):
            self.assertRefused(attack)
        self.deliver(delivery, 3)
        self.assertRefused(lambda: move.move_line_ids.write({"quantity": 0}) and attacks[0]())
        self.assertRefused(attacks[2])

    def test_unit_of_what_was_delivered_does_not_become_greater(self):
        _complaint, order, delivery = self.ordered()
        self.deliver(delivery, 3)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertRefused(lambda: delivery.move_line_ids.write({"product_uom_id": dozen.id}))
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_what_goes_elsewhere_is_not_delivered(self):
        complaint, _order, delivery = self.ordered()
        loss = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.env.company.id)], limit=1
        )
        self.assertRefused(lambda: delivery.move_line_ids.write({"location_dest_id": loss.id}))
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.product.id, "scrap_qty": 1, "picking_id": delivery.id}
        )
        scrap.do_scrap()  # what breaks on the way is no delivery
        self.deliver(delivery, 3)
        self.assertEqual(complaint.compensation_paid, 297)
