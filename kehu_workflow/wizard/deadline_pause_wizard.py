from odoo import fields, models


class DeadlinePauseWizard(models.TransientModel):
    """Asks why clocks must stand still (C7). It holds no right of its own."""

    _name = "kehu.deadline.pause.wizard"
    _description = "Pause of Clocks"

    deadline_ids = fields.Many2many("kehu.deadline", required=True)
    reason = fields.Char(required=True)

    # === ACTIONS ===

    def action_pause(self):
        """Stop the clocks, with the reason."""
        self.ensure_one()
        self.deadline_ids.action_pause(self.reason)
        return {"type": "ir.actions.act_window_close"}
