"""Whoever gets or loses a right that confidentiality rests on leaves a trace (X5), from whichever side it is given."""
from contextlib import contextmanager

from odoo import api, models

WATCHED = (
    "kehu_archive.group_clearance_confidential",
    "kehu_archive.group_clearance_top_secret",
    "kehu_archive.group_tier_officer",
    "kehu_archive.group_tier_auditor",
    "kehu_archive.group_confidential_export",
)


class ResGroups(models.Model):
    _inherit = "res.groups"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        with self._kehu_rights_noted():
            groups = super().create(vals_list)
        groups.all_user_ids.partner_id._check_kehu_tier()
        return groups

    def write(self, vals):
        if not {"user_ids", "implied_ids", "implied_by_ids"} & vals.keys():
            return super().write(vals)
        with self._kehu_rights_noted():
            result = super().write(vals)
        # An employee cannot be a classified customer.
        self.all_user_ids.partner_id._check_kehu_tier()
        return result

    # === BUSINESS ===

    @api.model
    @contextmanager
    def _kehu_rights_noted(self):
        before = self._kehu_rights()
        yield
        for group, members in self._kehu_rights().items():
            came, went = members - before.get(group, members.browse()), before.get(group, members.browse()) - members
            for users, sign in ((came, "+"), (went, "−")):
                if users:
                    self.env["kehu.access.log"]._log_right(users, f"{sign} {group.full_name}")

    @api.model
    def _kehu_rights(self):
        """Return ``{group: users}`` for the groups on which confidentiality rests."""
        groups = [self.env.ref(name, raise_if_not_found=False) for name in WATCHED]
        return {group: group.sudo().with_context(active_test=False).all_user_ids for group in groups if group}
