from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestOrderChanges(TransactionCase):
    """X3: users without clearance change and cancel the orders of a confidential customer."""

    def test_order_is_changed_and_cancelled(self):
        user = new_test_user(
            self.env, "changes_sales", "sales_team.group_sale_salesman_all_leads,stock.group_stock_user"
        )  # beside purchases, Odoo lets only people of the stock cancel a delivery
        goods = self.env["product.product"].create({"name": "Thing", "type": "consu", "list_price": 100.0})
        customer = self.env["res.partner"].create({"name": "Customer", "kehu_tier": "2"})
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "order_line": [Command.create({"product_id": goods.id})]}
        )
        mine = order.with_user(user)

        def ask(call):
            """Call as a request of its own does."""
            self.env.flush_all()
            self.env.invalidate_all()
            with patch.object(self.env.transaction, "default_env", self.env(user=user, su=False)):
                call()
                self.env.flush_all()

        ask(lambda: self.assertTrue(mine._get_lang()))  # in which discounts and down payments are worded
        ask(mine.action_cancel)
        self.assertEqual(order.state, "cancel")
        ask(mine.action_draft)
        ask(mine.action_confirm)
        ask(mine.action_cancel)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(mine.partner_id.has_access("read"))
