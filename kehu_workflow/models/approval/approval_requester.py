from odoo import api, models

from ...groups import WORKFLOW_MANAGER


class ApprovalMixin(models.AbstractModel):
    """Who takes back what waits for a decision (A6): whoever asked for it, or a rule manager in their place."""

    _inherit = "kehu.approval.mixin"

    def _workflow_role_approval_requester(self):
        managers = self.env.ref(WORKFLOW_MANAGER).sudo().all_user_ids
        # Of several kinds, the newest: what was approved before it led to it.
        requesters = {
            approval.res_id: approval.requester_id for approval in self._approval_of("pending", "approved").sorted("id")
        }
        return {document.id: requesters.get(document.id, managers) | managers for document in self}

    @api.model
    def _workflow_label_of_role(self, role):
        if role == "approval_requester":
            return self.env._("Who asked for the approval, or a rule manager")
        return super()._workflow_label_of_role(role)
