from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            ("kehu_archive.group_marketing_director", "kehu_workflow.kehu_approval_action_mine"),
            ("kehu_archive.group_archive_user", "kehu_archive.kehu_archive_action"),
            ("kehu_archive.group_finance", "kehu_workflow.kehu_approval_action_mine"),
            *super()._kehu_home_actions(),
        ]
