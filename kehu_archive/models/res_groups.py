"""Whoever gets or loses a right that confidentiality rests on leaves a trace (X5), from whichever side it is given."""
from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

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
        after = self._kehu_rights()
        for sign, changed in (("+", after - before), ("\u2212", before - after)):
            for group_id in sorted({group_id for group_id, _user_id in changed}):
                users = self.env["res.users"].browse(sorted(user for group, user in changed if group == group_id))
                self.env["kehu.access.log"]._log_right(users, f"{sign} {self.sudo().browse(group_id).full_name}")

    @api.model
    def _kehu_rights(self):
        """Return ``{(group id, user id)}`` for the groups on which confidentiality rests, implied ones included.

        By SQL: this runs amid changes of just these relations, and must not fill a cache with what is about to change.
        """
        groups = [group.id for name in WATCHED if (group := self.env.ref(name, raise_if_not_found=False))]
        return set(self.env.execute_query(SQL(
            """
            WITH RECURSIVE implying(root, gid) AS (
                SELECT id, id FROM res_groups WHERE id = ANY(%s)
                UNION
                SELECT i.root, r.gid FROM res_groups_implied_rel r JOIN implying i ON r.hid = i.gid
            )
            SELECT i.root, u.uid FROM implying i JOIN res_groups_users_rel u ON u.gid = i.gid
            """, groups)))
