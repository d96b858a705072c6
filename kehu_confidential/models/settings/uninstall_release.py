from odoo import api, models
from odoo.exceptions import AccessError

from ...groups import OFFICER
from ..rule.tier import CONFIDENTIAL


class UninstallRelease(models.Model):
    """The confidentiality officers answer for what is opened."""

    _inherit = "kehu.uninstall.release"

    @api.model
    def _check_may_release(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("Only a confidentiality officer releases uninstalling."))

    @api.model
    def _way(self):
        return self.env._(
            "A confidentiality officer can release it for one day: Confidentiality › Release of Uninstalling."
        )


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _kehu_lost_with(self, names):
        lost = super()._kehu_lost_with(names)
        if "kehu_confidential" in names:
            # In sudo: hidden customers count, too.
            customers = self.env["res.partner"].sudo().with_context(active_test=False)
            if count := customers.search_count([("kehu_tier", ">=", CONFIDENTIAL), ("parent_id", "=", False)]):
                lost.insert(
                    0, (self.env._("Customers of tier Confidential and above, whom every employee would read"), count)
                )
            # Not kept by the mixin, since it is deleted by time.
            if count := self.env["kehu.access.log"].sudo().search_count([]):
                lost.append((self.env["ir.model"]._get("kehu.access.log").name, count))
        return lost
