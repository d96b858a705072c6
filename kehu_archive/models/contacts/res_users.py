from odoo import api, models

from ...groups import ARCHIVE_CLERK, FINANCE, MARKETING_DIRECTOR


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            (MARKETING_DIRECTOR, "kehu_workflow.kehu_approval_action_mine"),
            (ARCHIVE_CLERK, "kehu_archive.kehu_archive_action"),
            (FINANCE, "kehu_workflow.kehu_approval_action_mine"),
            *super()._kehu_home_actions(),
        ]
