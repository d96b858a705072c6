from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD ===

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._check_discount_limit()
        return result

    # === CONSTRAINT ===

    @api.constrains(
        "order_id",
        "product_id",
        "product_uom_id",
        "product_no_variant_attribute_value_ids",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "combo_item_id",
        "linked_line_id",
    )
    def _check_discount_limit(self):
        self.order_id._check_discount_limit()

    # === BUSINESS ===

    def _is_priced(self):
        """Return whether the line sells a product, if only for nothing; a replacement for a complaint was approved
        there.
        """
        self.ensure_one()
        replaces = "kehu_compensation_id" in self._fields and self.sudo().kehu_compensation_id
        return bool(self.product_id and self.price_unit >= 0 and not (self.display_type or replaces))

    def _is_in_combo(self):
        """Return whether the line is part of a combo of the order, whose own line has the list price."""
        item, combo = self.sudo().combo_item_id, self.sudo().linked_line_id  # as Odoo reads combos for whoever sells
        return (
            bool(item)
            and item.product_id == self.product_id
            and self.product_uom_id == self.product_id.uom_id
            and combo.order_id == self.order_id
            and item.combo_id in combo.product_template_id.combo_ids
        )

    def _is_optional(self):
        """Return whether the customer chooses the quantity, where Odoo's app for it is installed."""
        return hasattr(self, "_is_line_optional") and self._is_line_optional()

    def _list_and_own_price(self):
        """Return the unit price before any discount, and by the price list of the order, without taxes.

        The first is the sales price of the product, whatever the rules of the price list rest on.
        """
        self.ensure_one()
        line = self.with_company(self.company_id)
        taxes, mapped, position = line._own_taxes()
        asked = {**line._get_pricelist_kwargs(), "date": line._price_date()}
        no_rule = line.env["product.pricelist.item"]
        own_rule = no_rule.browse(line.order_id.pricelist_id._get_product_rule(product=line.product_id, **asked) or ())
        asked["product"] = line.product_id.with_context(**line._get_product_price_context())
        return tuple(
            line._without_taxes(
                line.product_id._get_tax_included_unit_price_from_price(
                    price, product_taxes=taxes, fiscal_position=position
                ),
                mapped,
            )
            for price in (no_rule._compute_base_price(**asked), own_rule._compute_price(**asked))
        )

    def _own_taxes(self):
        """Return the taxes of the product, those that take their place in the order, and by which fiscal position."""
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        position = self.order_id.fiscal_position_id
        return taxes, position.map_tax(taxes) if position else taxes, position

    def _asked_price(self):
        """Return what one unit costs the customer, without taxes. A tax below zero is a discount, unless it is the
        product's own.
        """
        self.ensure_one()
        price = self._without_taxes(self.price_unit, self.tax_ids) * (1 - self.discount / 100)
        _taxes, own, _position = self._own_taxes()
        below = (self.tax_ids - own).flatten_taxes_hierarchy().filtered(lambda tax: tax.amount < 0)
        if not below:
            return price
        return below.sudo().compute_all(price, self.currency_id, product=self.product_id, handle_price_include=False)[
            "total_included"
        ]

    def _price_date(self):
        """Return when the order has its prices, however it is dated: not before it was made, and not in the future."""
        now = fields.Datetime.now()
        return min(max(self.order_id.date_order or now, self.order_id.create_date or now), now)

    def _without_taxes(self, price, taxes):
        """Return a unit price without those ``taxes`` that it includes."""
        if not any(taxes.flatten_taxes_hierarchy().mapped("price_include")):
            return price
        partner = self.order_id.partner_id
        return taxes.sudo().compute_all(price, self.currency_id, product=self.product_id, partner=partner)[
            "total_excluded"
        ]
