from odoo import api, models

from ..groups import COMMITTEE, GRADING_MANAGER


class SetupStep(models.TransientModel):
    _inherit = "kehu.setup.step"

    @api.model
    def _find_steps(self):
        application, company = self.env._("Customer Grading"), self.env.company
        return super()._find_steps() + [
            self._step(
                application,
                self.env._("A scheme by which customers are graded"),
                self._find_missing_scheme(company),
                "kehu_grading.kehu_grading_scheme_action",
            ),
            self._step(
                application,
                self.env._("A grading manager"),
                self._find_too_few(GRADING_MANAGER),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("A committee, which votes"),
                self._find_too_few(COMMITTEE, 2),
                "base.action_res_users",
            ),
        ]

    @api.model
    def _find_missing_scheme(self, company):
        known = self.env["kehu.grading.scheme"].search_count([("company_id", "in", (False, company.id))], limit=1)
        return not known and self.env._("There is no scheme.")
