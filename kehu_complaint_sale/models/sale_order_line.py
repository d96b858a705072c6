from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare, float_is_zero


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "kehu.complaint.payout.line.mixin"]
    _payout_document = "order_id"
    _payout_gone_out = Domain("qty_delivered", ">", 0)

    # === COMPUTE ===

    @api.depends("state", "qty_delivered")
    def _compute_kehu_counts(self):
        return super()._compute_kehu_counts()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._check_payout_impartial()
        lines.order_id._check_payout()
        return lines

    def write(self, vals):
        self.order_id._check_payout_impartial()
        if "qty_delivered" in vals:
            self._check_delivered(vals["qty_delivered"])
        result = super().write(vals)
        self.order_id._check_payout()
        return result

    def unlink(self):
        self.order_id._check_payout_impartial()
        return super().unlink()

    # === BUSINESS ===

    def _payout_counts(self):
        return self.state != "cancel" or self.qty_delivered > 0

    def _payout_is_paid(self):
        # A confirmed order alone moves no goods, where the warehouse delivers them.
        if self.state != "sale" or self.qty_delivered_method != "stock_move":
            return self.state == "sale"
        uom = self.product_uom_id
        return float_compare(self.qty_delivered, self.product_uom_qty, precision_rounding=uom.rounding) >= 0

    def _check_delivered(self, quantity):
        """Refuse changes by which deliveries would not count.

        :raise UserError: replacements that were delivered would count as not delivered, or more of them than was
            ordered
        """
        if any(
            not line.qty_delivered <= quantity <= line.product_uom_qty
            for line in self.sudo().filtered("kehu_compensation_id")
        ):
            raise UserError(
                self.env._(
                    "Replacements for a complaint are delivered once, and no more of them than was ordered: goods "
                    "that come back are "
                    "received as a return."
                )
            )

    def _is_promised(self):
        """Return whether the line delivers what its compensation says, for nothing; a draft may say less."""
        self.ensure_one()
        promised = self.kehu_compensation_id
        quantity = self.product_uom_id._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)
        more = float_compare(quantity, promised.quantity, precision_rounding=self.product_id.uom_id.rounding)
        return (
            promised.complaint_id == self.order_id.kehu_complaint_id
            and promised.product_id == self.product_id
            # Attributes that make no variant are no part of the product that was approved.
            and not any(self.product_no_variant_attribute_value_ids.mapped("price_extra"))
            and (more == 0 or (more < 0 and self.state != "sale"))
            and float_is_zero(self.price_unit, precision_digits=6)
        )
