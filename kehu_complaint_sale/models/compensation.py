from odoo import api, fields, models
from odoo.fields import NO_ACCESS


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    order_line_ids = fields.One2many(
        "sale.order.line", "kehu_compensation_id", string="Lines of Orders", groups=NO_ACCESS
    )

    @api.depends(
        "order_line_ids.kehu_counts",
        "order_line_ids.state",
        "order_line_ids.product_uom_qty",
        "order_line_ids.qty_delivered",
        "order_line_ids.qty_delivered_method",
    )
    def _compute_amount_paid(self):
        return super()._compute_amount_paid()

    @api.model
    def _payout_line_models(self):
        return super()._payout_line_models() | {"sale.order.line": ("replacement",)}
