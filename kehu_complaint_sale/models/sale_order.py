from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order of replacements delivers to the customer who complained what was approved, without price (C5)."""
    _name = "sale.order"
    _inherit = ["sale.order", "kehu.complaint.payout.mixin"]

    # === CRUD ===

    def write(self, vals):
        if vals.get("state") == "sale":
            self._check_payout_impartial()
            self._payout_documents().order_line.kehu_compensation_id._check_worth()
        result = super().write(vals)
        self._check_payout()
        return result

    # === BUSINESS ===

    def _check_payout(self):
        """
        :raise UserError: an order for a complaint that is not just what was approved
        """
        for order in self._payout_documents().filtered(lambda order: order.state != "cancel"):
            if (
                order.partner_id.commercial_partner_id != order.kehu_complaint_id.customer_id
                or order.company_id != order.kehu_complaint_id.company_id
                or not order._payout_is_customers()
                or not all(line._is_promised() for line in order.order_line if not line.display_type)
            ):
                raise UserError(self.env._(
                    "This order delivers what was approved for a complaint: these products, no more of them, without price, to the "
                    "customer who complained. More takes another proposal."))

    def _payout_note(self):
        return self.env._("An order of replacements was made: %s", self.name)
