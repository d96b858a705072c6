from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.kehu_confidential.models.rights.right_change import REASON
from odoo.addons.kehu_workflow.workflow import clean_reason


class Handover(models.TransientModel):
    _name = "kehu.archive.handover"
    _description = "Hand Archives Over"

    archive_ids = fields.Many2many("kehu.archive", string="Archives", required=True)
    custodian_id = fields.Many2one("res.users", string="New Custodian", required=True, domain=[("share", "=", False)])
    reason = fields.Text(required=True)

    @api.constrains("reason")
    def _check_reason(self):
        if any(not clean_reason(dialog.reason) for dialog in self):
            raise UserError(self.env._("Say why the archives are handed over."))

    def action_apply(self):
        """Hand the archives over with the rights of the current user, and tell the new custodian."""
        for dialog in self:
            dialog.archive_ids.with_context(**{REASON: dialog.reason}).write(
                {"kehu_custodian_id": dialog.custodian_id.id}
            )
        return True
