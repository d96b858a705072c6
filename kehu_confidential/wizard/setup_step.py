from odoo import api, models

from ..groups import AUDITOR, OFFICER, TOP_SECRET_CLEARANCE


class SetupStep(models.TransientModel):
    _inherit = "kehu.setup.step"

    @api.model
    def _find_steps(self):
        application = self.env._("Confidentiality")
        return super()._find_steps() + [
            self._step(
                application,
                self.env._("Two confidentiality officers: one cannot lower a tier alone"),
                self._find_too_few(OFFICER, 2),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("An auditor, who is told what officers do"),
                self._find_too_few(AUDITOR),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("Somebody who may read top secret customers"),
                self._find_too_few(TOP_SECRET_CLEARANCE),
                "base.action_res_users",
            ),
        ]
