from odoo import api, models

from ...groups import EVALUATOR


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _kehu_home_actions(self):
        return [
            *super()._kehu_home_actions(),
            (EVALUATOR, "kehu_grading.kehu_evaluation_action"),
        ]
