from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            *super()._kehu_home_actions(),
            ("kehu_grading.group_grading_user", "kehu_grading.kehu_evaluation_action"),
        ]
