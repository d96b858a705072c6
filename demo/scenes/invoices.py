"""A year of invoices, from which customers are graded: most of them paid in time, some late, the last ones open."""

from dateutil.relativedelta import relativedelta
from odoo.fields import Command

# Paid so many days after they were due; customers that are not named have not paid yet.
LATE = {"hongtu": 0, "suyuan": 20, "qianjiang": 3, "nanfang": 0}
# (customer, months ago, days to pay, product, quantity, price)
INVOICES = (
    ("hongtu", 11, 30, "camera", 900, 470),
    ("hongtu", 8, 30, "camera", 1200, 465),
    ("hongtu", 5, 30, "camera", 1100, 465),
    ("hongtu", 2, 30, "camera", 1400, 460),
    ("suyuan", 10, 60, "controller", 20, 12800),
    ("suyuan", 6, 60, "controller", 24, 12500),
    ("suyuan", 3, 60, "controller", 18, 12600),
    ("qianjiang", 9, 30, "module", 300, 860),
    ("qianjiang", 4, 30, "module", 150, 850),
    ("yuexing", 7, 15, "module", 120, 860),
    ("nanfang", 10, 0, "camera", 80, 480),
    ("nanfang", 1, 0, "camera", 60, 480),
)


def play(stage):
    invoices = stage.env["account.move"]
    for customer, months, term, product, quantity, price in INVOICES:
        date = stage.day(day=1, months=-months) + relativedelta(days=12)
        invoices += invoices.create(
            {
                "move_type": "out_invoice",
                "partner_id": stage[f"archive_{customer}"].partner_id.id,
                "invoice_date": date,
                "invoice_date_due": date + relativedelta(days=term),
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": stage[f"product_{product}"].id, "quantity": quantity, "price_unit": price}
                    )
                ],
            }
        )
    invoices.action_post()
    invoices.partner_id.category_id = stage["tag_buyer"]
    for invoice, (customer, months, *_terms) in zip(invoices, INVOICES, strict=True):
        if customer in LATE and (months > 3 or not LATE[customer]):
            stage.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(
                {"payment_date": invoice.invoice_date_due + relativedelta(days=LATE[customer])}
            ).action_create_payments()
