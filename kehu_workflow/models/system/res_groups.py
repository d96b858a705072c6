from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _get_view_group_hierarchy(self):
        """Say in the user's language what stands where a right is not given: Odoo keeps it in English."""
        hierarchy = super()._get_view_group_hierarchy()
        words = {"No": self.env._("No"), "View": self.env._("View")}
        privileges = {
            privilege_id: {**privilege, "placeholder": words.get(privilege["placeholder"], privilege["placeholder"])}
            for privilege_id, privilege in hierarchy["privileges"].items()
        }
        return {**hierarchy, "privileges": privileges}
