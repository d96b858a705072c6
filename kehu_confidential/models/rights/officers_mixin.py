from odoo import api, models

from ...groups import OFFICER


class OfficersMixin(models.AbstractModel):
    """The confidentiality officers as a role, for moves and clocks of documents that are theirs."""

    _name = "kehu.officers.mixin"
    _description = "Documents of the confidentiality officers"
    _inherit = ["kehu.workflow.mixin"]

    @api.model
    def _kehu_officers(self):
        return self.env.ref(OFFICER).sudo().all_user_ids.filtered("active")

    def _workflow_role_officers(self):
        return dict.fromkeys(self.ids, self._kehu_officers())

    @api.model
    def _workflow_label_of_role(self, role):
        return self.env._("Confidentiality Officers") if role == "officers" else super()._workflow_label_of_role(role)
