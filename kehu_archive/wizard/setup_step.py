from odoo import api, models

from ..groups import ARCHIVE_CLERK, ARCHIVE_MANAGER, GENERAL_MANAGER


class SetupStep(models.TransientModel):
    _inherit = "kehu.setup.step"

    @api.model
    def _find_steps(self):
        application, company = self.env._("Customer Archives"), self.env.company
        return super()._find_steps() + [
            self._step(
                application,
                self.env._("Business units, each with a leader"),
                self._find_units_without_leader(company),
                "kehu_archive.kehu_business_unit_action",
            ),
            self._step(
                application,
                self.env._("Somebody who files archives"),
                self._find_too_few(ARCHIVE_CLERK),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("An archive manager"),
                self._find_too_few(ARCHIVE_MANAGER),
                "base.action_res_users",
            ),
            self._step(
                application,
                self.env._("A general manager, who decides at last"),
                self._find_too_few(GENERAL_MANAGER),
                "base.action_res_users",
            ),
        ]

    @api.model
    def _find_units_without_leader(self, company):
        units = self.env["crm.team"].search([("company_id", "in", (False, company.id))])
        if not units:
            return self.env._("There is no business unit: no archive becomes formal without one.")
        return ", ".join(units.filtered(lambda unit: not unit.user_id.active).mapped("name"))
