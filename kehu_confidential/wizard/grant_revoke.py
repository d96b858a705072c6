from odoo import fields, models


class GrantRevoke(models.TransientModel):
    _name = "kehu.grant.revoke"
    _description = "Revoke Access"

    grant_ids = fields.Many2many("kehu.grant", string="Grants", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Revoke the grants, with the reason."""
        for dialog in self:
            dialog.grant_ids.revoke(dialog.reason)
        return True
