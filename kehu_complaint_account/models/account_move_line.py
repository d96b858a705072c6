from odoo import api, models
from odoo.fields import Domain

from odoo.addons.kehu_complaint.models.payout.payout_mixin import PayoutPermit


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "kehu.complaint.payout.line.mixin"]
    _payout_document = "move_id"
    # A payment may be undone, or never have been matched: what was posted once is posted again.
    _payout_gone_out = Domain("move_id.posted_before", "=", True)

    # === COMPUTE ===

    @api.depends("parent_state", "move_id.posted_before", "move_id.amount_residual", "move_id.reversal_move_ids.state")
    def _compute_kehu_counts(self):
        return super()._compute_kehu_counts()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_payout()
        return lines

    def write(self, vals):
        self.move_id._check_payout_impartial()
        result = super().write(vals)
        self._check_payout()
        return result

    def unlink(self):
        self.move_id._check_payout_impartial()
        moves = self.move_id._payout_documents()
        result = super().unlink()
        moves.exists()._check_payout()
        return result

    # === BUSINESS ===

    def _payout_counts(self):
        return (self.parent_state != "cancel" or self.move_id.posted_before) and not self.move_id._payout_is_reversed()

    def _payout_is_paid(self):
        return self.parent_state == "posted"

    def _payout_taken_back(self):
        reversals = self.move_id.reversal_move_ids.filtered(lambda move: move.state == "posted")
        paid, back = (sum(abs(move.amount_total_signed) for move in moves) for moves in (self.move_id, reversals))
        return min(back / paid, 1.0) if paid else 0.0

    def _check_payout(self):
        # The server looks at the whole when it is complete.
        if not isinstance(self.env.context.get("kehu_payout_permit"), PayoutPermit):
            self.move_id._check_payout_impartial()
            self.move_id._check_payout()
