from odoo import models


class ApprovalMixin(models.AbstractModel):
    """Moves that people make by themselves, except where a rule of the authority table asks for an approval (A6)."""

    _inherit = "kehu.approval.mixin"

    def _approval_filter_ruled(self, kind):
        """Return the documents for which a rule says who decides ``kind``."""
        return self.browse(self.env["kehu.approval.rule"]._match(self.sudo(), kind))

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        kinds = {move.granted, move.returned} - {None}
        if not move.is_for_people or not kinds:
            return barred
        asked = self._approval_of("pending", "approved").filtered(lambda approval: approval.kind in kinds)
        barred |= {
            approval.res_id: self.env._("“%s” is decided by its approval.", self._approval_label(approval.kind))
            for approval in asked
            if approval.state == "pending"
        }
        if move.granted:
            # What was asked for ended without a decision: nobody grants it alone.
            unasked = self.browse(set(self.ids).difference(asked.mapped("res_id")))
            barred |= {
                document.id: self.env._(
                    "“%s” must be asked for again: have it returned first.", self._approval_label(move.granted)
                )
                for document in unasked._approval_filter_ruled(move.granted)
            }
        return barred
