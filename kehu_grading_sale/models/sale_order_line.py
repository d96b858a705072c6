from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD ===

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._check_discount_limit()
        return result

    # === CONSTRAINT ===

    @api.constrains("order_id", "product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount")
    def _check_discount_limit(self):
        self.order_id._check_discount_limit()

    # === BUSINESS ===

    def _is_priced(self):
        """Return whether the line sells a product at a price of its own."""
        self.ensure_one()
        return bool(
            self.product_id and self.price_unit > 0 and self.product_uom_qty > 0
            and not (self.display_type or self.combo_item_id))

    def _list_and_own_price(self):
        """Return the unit price before any discount, and by the price list of the order, with taxes as the order has them."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        return tuple(
            line.product_id._get_tax_included_unit_price_from_price(
                price, product_taxes=taxes, fiscal_position=line.order_id.fiscal_position_id)
            for price in (line._get_pricelist_price_before_discount(), line._get_pricelist_price()))
