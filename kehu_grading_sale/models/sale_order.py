from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError

TOLERANCE = 0.1  # per cent: unit prices are rounded


class SaleOrder(models.Model):
    """No order is sent or confirmed with more discount in all than the policy of the customer's grade allows, unless special
    terms say so (G7, G10).

    The customer's own price list is no discount: it was approved with the grade. Neither are lines without price. Every line
    with a negative amount is one: rebates, Odoo's own discounts, and products taken back.
    """
    _inherit = "sale.order"

    # === CONSTRAINT ===

    @api.constrains("state", "partner_id", "company_id")
    def _check_discount_limit(self):
        """
        :raise ValidationError: naming the discount and what is allowed; not the grade
        """
        if self.env.uid == SUPERUSER_ID or not self.env.user._is_internal():
            return  # customers accept what was offered to them, jobs what was accepted
        offered = self.filtered(lambda order: order.state in ("sent", "sale"))
        for company, orders in offered.grouped("company_id").items():
            limits = orders.partner_id.commercial_partner_id._kehu_discount_limits(company)
            for order in orders:
                limit = limits.get(order.partner_id.commercial_partner_id.id)
                if limit is None:
                    continue
                discount, own = order._compare_with_list_price()
                if discount > max(limit, own) + TOLERANCE:
                    raise ValidationError(self.env._(
                        "%(order)s is %(discount)s %% below list prices. For this customer %(limit)s %% at most are allowed: "
                        "offer less discount, or have special terms approved.",
                        order=order.name, discount=f"{discount:.1f}", limit=f"{limit:g}"))

    # === BUSINESS ===

    def _compare_with_list_price(self):
        """Return by how much per cent the order is below list prices, and by how much it would be at the customer's own prices."""
        self.ensure_one()
        at_list = at_own = asked = 0.0
        has_own_prices = self.pricelist_id == self.partner_id.with_company(self.company_id).property_product_pricelist
        for line in self.order_line:
            amount = line.price_unit * (1 - line.discount / 100) * line.product_uom_qty
            if line._is_priced():
                list_price, own_price = line._list_and_own_price()
                at_list += list_price * line.product_uom_qty
                at_own += (own_price if has_own_prices else list_price) * line.product_uom_qty
                asked += amount
            elif amount < 0:  # a down payment has no quantity, whatever the flag says
                asked += amount
        if at_list <= 0:
            return (100.0 if asked < 0 else 0.0), 0.0
        return (1 - asked / at_list) * 100, (1 - at_own / at_list) * 100
