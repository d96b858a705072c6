"""Profiles keep what requests write to the database, for all administrators to read (X3)."""

from odoo import api, models
from odoo.exceptions import UserError


class IrProfile(models.Model):
    _inherit = "ir.profile"

    @api.model
    def set_profiling(self, profile=None, collectors=None, params=None):
        """Profile administrators without clearance alone: others would not know, as any page can open this address.

        :raise UserError: the user reads confidential records, or no profiles
        """
        user = self.env.user
        if profile and (not user._is_system() or user.sudo()._kehu_filter_guarded()):
            raise UserError(self.env._("Only requests of administrators without clearance are profiled."))
        return super().set_profiling(profile=profile, collectors=collectors, params=params)
