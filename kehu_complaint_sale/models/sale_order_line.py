from odoo import api, models
from odoo.tools import float_compare, float_is_zero


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "kehu.complaint.payout.line.mixin"]

    _kehu_compensation_uniq = models.UniqueIndex(
        "(kehu_compensation_id) WHERE kehu_compensation_id IS NOT NULL AND state != 'cancel'",
        "There is an order for this compensation already.")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._check_payout()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.order_id._check_payout()
        return result

    # === BUSINESS ===

    def _is_promised(self):
        """Return whether the line delivers no more than its compensation says, for nothing."""
        self.ensure_one()
        promised = self.kehu_compensation_id
        quantity = self.product_uom_id._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)
        return (
            promised.complaint_id == self.order_id.kehu_complaint_id
            and promised.product_id == self.product_id
            and float_compare(quantity, promised.quantity, precision_rounding=self.product_id.uom_id.rounding) <= 0
            and float_is_zero(self.price_unit, precision_digits=6)
        )
