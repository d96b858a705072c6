"""The application of sales, and the orders that the complaints cite."""

from odoo.fields import Command

# (number, customer, days ago, product, quantity)
ORDERS = (
    ("SO-26-0211", "hongtu", 60, "module", 40),
    ("SO-26-0305", "hongtu", 24, "power_bank", 600),
    ("SO-26-0318", "hongtu", 12, "power_bank", 200),
)


def play(stage):
    # Odoo shows it with `sale_management` only.
    stage["sale.sale_menu_root"].active = True
    orders = stage.env["sale.order"]
    for number, customer, days, product, quantity in ORDERS:
        order = orders.create(
            {
                "name": number,
                "partner_id": stage[f"archive_{customer}"].partner_id.id,
                "user_id": stage["user_sales1"].id,
                "order_line": [
                    Command.create({"product_id": stage[f"product_{product}"].id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        order.date_order = stage.ago(days=days)
