from odoo import Command, api, fields, models
from odoo.tools import frozendict, ormcache

from .res_groups import TOKEN, UNDOING, gives_membership, without_derived
from .secret_groups import VIEWERS
from .tier import INTERNAL, TIERS, TOP_SECRET

CLEARANCE_GROUPS = (
    ("3", "kehu_archive.group_clearance_top_secret"),
    ("2", "kehu_archive.group_clearance_confidential"),
    ("1", "base.group_user"),
)


class ResUsers(models.Model):
    _inherit = "res.users"

    kehu_clearance = fields.Selection(
        TIERS, string="Clearance", compute="_compute_kehu_clearance", compute_sudo=True,
        groups=",".join(VIEWERS),
        help="The highest confidentiality tier that this user may read. It follows from their groups.")

    # === COMPUTE ===

    @api.depends("group_ids.all_implied_ids")
    def _compute_kehu_clearance(self):
        most = INTERNAL if self._kehu_is_closed() else TOP_SECRET
        for user in self:
            user.kehu_clearance = min(user._get_kehu_clearance(), most)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["res.groups"]._kehu_rights_noted():
            users = super().create(vals_list)
        users.partner_id._check_kehu_tier()
        return users

    def write(self, vals):
        vals = without_derived(self, vals)
        if not {"active", "partner_id"} & vals.keys() and not gives_membership(self, vals):
            return super().write(vals)
        with self.env["res.groups"]._kehu_rights_noted():
            result = super().write(vals)
        self.partner_id._check_kehu_tier()
        return result

    # === BUSINESS ===

    def _kehu_right_beneficiaries(self, name, group_id):
        """Return the users who are given a group by being put into it: themselves."""
        return self

    def _kehu_take_back(self, name, group):
        internal = self.env.ref("base.group_user")
        self.sudo().with_context(**{UNDOING: TOKEN}).write({name: [
            Command.unlink(group.id),
            # What else the group gives waits with it, but for being an employee.
            *([Command.link(internal.id)] if internal in group.all_implied_ids else []),
        ]})

    def _kehu_get_led_team_ids(self):
        """Return the ids of the business units that the user leads (X2)."""
        self.ensure_one()
        return self._kehu_get_led_teams().get(self.id, ())

    @api.model
    @ormcache()
    def _kehu_get_led_teams(self):
        """Return ``{user id: ids of the business units}`` of all who lead one: they are few."""
        teams = self.env["crm.team"].sudo().with_context(active_test=False)._read_group(
            [("user_id", "!=", False)], ["user_id"], ["id:array_agg"])
        return frozendict({user.id: tuple(sorted(ids)) for user, ids in teams})

    def _get_kehu_clearance(self):
        """Return the tier up to which the user may read, as in ``TIERS`` (X2)."""
        self.ensure_one()
        groups = self._get_group_ids() if self.id and (self.active or self.share) else ()
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        return next((tier for tier, group in CLEARANCE_GROUPS if to_id(group) in groups), "0")
