from odoo import models


class GradingRun(models.Model):
    """Users who sell to its customers, or proposed a grade, undo no decision of others (G3)."""

    _inherit = "kehu.grading.run"

    def _workflow_filter_movable_by_user(self, move):
        movable = super()._workflow_filter_movable_by_user(move)
        if move.name not in ("cancel", "withdraw"):
            return movable
        asked = movable.filtered(lambda run: run.state in ("pending", "approved"))
        recused = asked._impartial_recused()
        own = asked.sudo()._workflow_users_in_role("approval_requester") if move.name == "withdraw" else {}
        return movable - asked.filtered(
            lambda run: self.env.user in recused[run.id] and self.env.user not in own.get(run.id, ())
        )
