"""Two years of trade with the market: orders, deliveries, invoices, payments and a few credit notes, each month's at
once. Two customers pay late, three have not bought for a year, one buys less and less.
"""

from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo.fields import Command

from .market import MARKET

MONTHS = range(25, 0, -1)
PRODUCT = {
    "team_consumer": ("camera", 480),
    "team_industrial": ("controller", 12800),
    "team_automotive": ("module", 860),
}
# profile → (buys every so many months, for about so much, paid so many days after it is due)
PROFILES = {
    "large": (3, 260_000, 0),
    "medium": (4, 40_000, 2),
    "growing": (4, 50_000, 0),
    "small": (7, 15_000, 5),
    "late": (4, 40_000, 40),
    "churned": (5, 30_000, 10),
    "fallen": (3, 240_000, 0),
}
TERM = 30  # days until an invoice is due
CREDITED = {8, 20, 33}  # places in the market of those who were given something back


def play(stage):
    paid = defaultdict(list)
    for month in MONTHS:
        day = stage.day(day=1, months=-month) + relativedelta(days=19)
        with stage.at(stage.morning(day)):
            bought = [
                (place, customer, amount)
                for place, customer in enumerate(MARKET)
                if (amount := _amount(place, customer["profile"], month))
            ]
            invoices = _sell(stage, day, bought)
            for invoice, (_place, customer, _) in zip(invoices, bought, strict=True):
                if days := _late(customer["profile"], month):
                    paid[invoice.invoice_date_due + relativedelta(days=days - 1)].append(invoice.id)
            _give_back(stage, invoices, day, month)
    _pay(stage, paid)


def _amount(place, profile, month):
    """What a customer buys in a month, so many months ago, without tax; nothing in most months."""
    every, amount, _days = PROFILES[profile]
    if (month + place) % every:
        return 0
    amount *= 1 + (place * 37 + month * 11) % 30 / 100
    if profile == "growing":
        return amount * (1.6 if month < 13 else 0.8)
    if profile == "churned":
        return amount if month > 12 else 0
    if profile == "fallen":
        return amount if month > 19 else amount / 8
    return amount


def _late(profile, month):
    """So many days after it was due an invoice is paid, counted from one; nothing: it is not."""
    _every, _amount_, days = PROFILES[profile]
    if profile == "fallen" and month <= 19:
        days = 45
    if profile in ("late", "fallen"):
        return days + 1 if month > 6 else 0
    return days + 1


def _sell(stage, day, bought):
    """Orders, delivered in full, and their invoices."""
    lines = []
    for place, customer, amount in bought:
        product, price = PRODUCT[customer["unit"]]
        lines.append((stage[f"market_{place + 1}"].partner_id, stage[f"product_{product}"], max(1, amount // price)))
    orders = stage.env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "team_id": partner.kehu_team_id.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
            for partner, product, quantity in lines
        ]
    )
    orders.action_confirm()
    # Beside `stock` what was delivered is counted from its moves.
    for line in orders.order_line.filtered(lambda line: line.qty_delivered_method == "manual"):
        line.qty_delivered = line.product_uom_qty
    invoices = stage.env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": order.partner_id.id,
                "invoice_user_id": order.user_id.id,
                "invoice_origin": order.name,
                "invoice_date": day,
                "invoice_date_due": day + relativedelta(days=TERM),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "quantity": line.product_uom_qty,
                            "price_unit": line.price_unit,
                            "sale_line_ids": [Command.link(line.id)],
                        }
                    )
                    for line in order.order_line
                ],
            }
            for order in orders
        ]
    )
    invoices.action_post()
    return invoices


def _give_back(stage, invoices, day, month):
    """One piece of an invoice of three customers, within the last year."""
    credited = stage.named(*(f"market_{place + 1}" for place in sorted(CREDITED))).partner_id
    chosen = invoices.filtered(lambda invoice: month in (5, 6, 7, 8) and invoice.partner_id in credited)
    notes = stage.env["account.move"].create(
        [
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_origin": invoice.name,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": line.product_id.id, "quantity": 1, "price_unit": line.price_unit})
                    for line in invoice.invoice_line_ids
                ],
            }
            for invoice in chosen
        ]
    )
    notes.action_post()


def _pay(stage, paid):
    for day in sorted(paid):
        if day > stage.day():
            continue
        with stage.at(stage.morning(day)):
            stage.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=paid[day]
            ).create({"payment_date": day, "group_payment": True}).action_create_payments()
