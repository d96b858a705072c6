from odoo import api, models

from odoo.addons.kehu_complaint.models.payout import PayoutPermit


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "kehu.complaint.payout.line.mixin"]

    _kehu_compensation_uniq = models.UniqueIndex(
        "(kehu_compensation_id) WHERE kehu_compensation_id IS NOT NULL AND parent_state != 'cancel'",
        "There is a credit note for this compensation already.")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_payout()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self._check_payout()
        return result

    def unlink(self):
        moves = self.move_id._payout_documents()
        result = super().unlink()
        moves.exists()._check_payout()
        return result

    def _check_payout(self):
        # The server looks at the whole when it is complete.
        if not isinstance(self.env.context.get("kehu_payout_permit"), PayoutPermit):
            self.move_id._check_payout()
