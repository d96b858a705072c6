from odoo import api, models

from odoo.addons.kehu_workflow.caches import forget


class CrmTeam(models.Model):
    """A business unit. The rule of tiers is cached with the units that a user leads."""
    _inherit = "crm.team"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        forget(self.env)
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            forget(self.env)
        return result
