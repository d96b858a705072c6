from datetime import timedelta

from odoo import api, fields, models

AWAY = timedelta(days=3)  # switched off for longer, a user has left the company


class ResUsers(models.Model):
    _inherit = "res.users"

    kehu_date_off = fields.Datetime(
        string="Switched Off On", compute="_compute_kehu_date_off", store=True, groups=fields.NO_ACCESS
    )

    # === COMPUTE ===

    @api.depends("active")
    def _compute_kehu_date_off(self):
        now = fields.Datetime.now()
        for user in self:
            user.kehu_date_off = not user.active and (user.kehu_date_off or now)

    # === CRUD ===

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Say in the user's language what Odoo keeps in English: whom nobody has seen yet is invited."""
        fields_ = super().fields_get(allfields, attributes)
        if selection := fields_.get("state", {}).get("selection"):
            fields_["state"]["selection"] = [
                (value, self.env._("Invited") if label == "Invited" else label) for value, label in selection
            ]
        return fields_

    # === BUSINESS ===

    @api.model
    def _kehu_home_actions(self):
        """Return ``[(group, action), …]``, external ids: with the action of their first group users begin (hook)."""
        return []

    def _kehu_home_default(self):
        """Return the external id of the action with which a user of none of these groups begins (hook)."""
        return "kehu_workflow.kehu_approval_action_mine"

    def _kehu_home_action_id(self):
        """Return the page with which the user begins: an app of their work, or what waits for them."""
        self.ensure_one()
        actions = (action for group, action in self._kehu_home_actions() if self.has_group(group))
        return self.env["ir.model.data"]._xmlid_to_res_id(next(actions, self._kehu_home_default()))

    def _kehu_filter_left(self):
        """Return the users who have left: those who are switched off for a while only are waited for (A6)."""
        since = fields.Datetime.now() - AWAY
        return self.filtered(lambda user: not user.active and (not (off := user.sudo().kehu_date_off) or off <= since))
