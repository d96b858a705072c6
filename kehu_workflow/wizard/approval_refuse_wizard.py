from odoo import api, fields, models


class ApprovalRefuseWizard(models.TransientModel):
    """Asks for the reason of a refusal.

    It holds no right of its own: the refusal is made, and checked, as its user.
    """

    _name = "kehu.approval.refuse.wizard"
    _description = "Reason of a Refusal"

    approval_ids = fields.Many2many("kehu.approval", string="Approvals", required=True)
    reason = fields.Text(required=True)

    # === ACTIONS ===

    @api.model
    def _action_open(self, approvals):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_ids": approvals.ids},
        }

    def action_confirm(self):
        """Refuse the approvals, with the reason."""
        self.ensure_one()
        self.approval_ids.refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
