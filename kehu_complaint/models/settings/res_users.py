from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            ("kehu_archive.group_general_manager", "kehu_workflow.kehu_approval_action_mine"),
            ("kehu_complaint.group_service_director", "kehu_workflow.kehu_approval_action_mine"),
            ("kehu_complaint.group_service_user", "kehu_complaint.kehu_complaint_action"),
            *super()._kehu_home_actions(),
        ]
