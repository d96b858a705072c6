from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from .complaint import MONEY


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    move_line_ids = fields.One2many(
        "account.move.line", "kehu_compensation_id", string="Lines of Credit Notes", groups=NO_ACCESS
    )

    @api.depends(
        "move_line_ids.kehu_counts",
        "move_line_ids.parent_state",
        "move_line_ids.move_id.reversal_move_ids.state",
        "move_line_ids.move_id.reversal_move_ids.amount_total_signed",
    )
    def _compute_amount_paid(self):
        return super()._compute_amount_paid()

    @api.model
    def _payout_line_models(self):
        return super()._payout_line_models() | {"account.move.line": MONEY}
