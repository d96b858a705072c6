from odoo import api, models

from ..groups import STAFF, SUPERVISOR


class SetupStep(models.TransientModel):
    _inherit = "kehu.setup.step"

    @api.model
    def _find_steps(self):
        application, company = self.env._("Complaints and Service"), self.env.company
        return super()._find_steps() + [
            self._step(
                application,
                self.env._("Desks, each with an address for mails"),
                self._find_desks_without_address(company),
                "kehu_complaint.kehu_service_desk_action",
            ),
            self._step(
                application,
                self.env._("Somebody who takes calls"),
                self._find_too_few(STAFF),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("A supervisor, who decides on complaints"),
                self._find_too_few(SUPERVISOR),
                "base.action_res_users",
            ),
        ]

    @api.model
    def _find_desks_without_address(self, company):
        desks = self.env["kehu.service.desk"].search([("company_id", "=", company.id)])
        if not desks:
            return self.env._("There is no desk: mails of customers arrive nowhere.")
        return ", ".join(desks.filtered(lambda desk: not desk.alias_email).mapped("name"))
