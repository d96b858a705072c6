"""What a line costs follows from its price: Odoo's own dialogs alone enter totals that take the place of it (G7)."""

from dataclasses import dataclass

from odoo import api, models

# In the data for Odoo's computation of taxes: totals and taxes instead of those that follow from price and quantity.
_ENTERED = "manual_"


@dataclass(frozen=True, slots=True, eq=False)
class TotalsPermit:
    """Lets Odoo's own dialogs enter the totals of lines; no client can send an instance in a context."""


def _follows_from_price(data):
    return not isinstance(data, dict) or not any(str(name).startswith(_ENTERED) for name in data)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Looked at afterwards: it can come as a default, too.
        lines._drop_entered_totals()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "extra_tax_data" in vals:
            self._drop_entered_totals()
        return result

    # === BUSINESS ===

    def _drop_entered_totals(self):
        if self.env.su or isinstance(self.env.context.get("kehu_totals_permit"), TotalsPermit):
            return
        for line in self:
            if not _follows_from_price(line.extra_tax_data):
                line.sudo().extra_tax_data = {
                    name: value for name, value in line.extra_tax_data.items() if not str(name).startswith(_ENTERED)
                }
                line.modified(["price_unit"])  # for Odoo, the totals of line and order do not depend on them


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _create_down_payment_lines_from_base_lines(self, down_payment_base_lines):
        order = self.with_context(kehu_totals_permit=TotalsPermit())
        lines = super(SaleOrder, order)._create_down_payment_lines_from_base_lines(down_payment_base_lines)
        return lines.with_env(self.env)


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    def _create_discount_lines(self):
        return super(SaleOrderDiscount, self.with_context(kehu_totals_permit=TotalsPermit()))._create_discount_lines()
