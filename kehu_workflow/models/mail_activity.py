from odoo import api, fields, models
from odoo.exceptions import AccessError


class MailActivity(models.Model):
    """Reminders of clocks and approvals, which go when those end."""

    _inherit = "mail.activity"

    kehu_deadline_id = fields.Many2one("kehu.deadline", "Deadline", readonly=True, index="btree_not_null", ondelete="cascade")
    kehu_approval_id = fields.Many2one("kehu.approval", "Approval", readonly=True, index="btree_not_null", ondelete="cascade")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        # Looked at afterwards: the context can give defaults, too.
        if not self.env.su and any(activity.kehu_deadline_id or activity.kehu_approval_id for activity in activities.sudo()):
            self._kehu_refuse_forged()
        return activities

    def write(self, vals):
        if not self.env.su and {"kehu_deadline_id", "kehu_approval_id"} & vals.keys():
            self._kehu_refuse_forged()
        return super().write(vals)

    @api.model
    def _kehu_refuse_forged(self):
        raise AccessError(self.env._("Only the server reminds of clocks and approvals: leave their fields empty."))
