from odoo import api, models

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER

from ...groups import DIRECTOR, STAFF


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            (GENERAL_MANAGER, "kehu_workflow.kehu_approval_action_mine"),
            (DIRECTOR, "kehu_workflow.kehu_approval_action_mine"),
            (STAFF, "kehu_complaint.kehu_complaint_action"),
            *super()._kehu_home_actions(),
        ]
