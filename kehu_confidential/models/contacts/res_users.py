from odoo import Command, api, fields, models
from odoo.tools import frozendict, ormcache

from ...groups import CONFIDENTIAL_CLEARANCE, TOP_SECRET_CLEARANCE
from ..rights.res_groups import TOKEN, UNDOING, gives_membership, without_derived
from ..rights.secret_groups import VIEWERS
from ..rule.tier import INTERNAL, TIERS, TOP_SECRET
from .res_partner import is_kept_from_portal

CLEARANCE_GROUPS = (
    ("3", TOP_SECRET_CLEARANCE),
    ("2", CONFIDENTIAL_CLEARANCE),
    ("1", "base.group_user"),
)


class ResUsers(models.Model):
    _inherit = "res.users"

    kehu_clearance = fields.Selection(
        TIERS,
        string="Clearance",
        compute="_compute_kehu_clearance",
        compute_sudo=True,
        groups=",".join(VIEWERS),
        help="The highest confidentiality tier that this user may read. It follows from their groups.",
    )

    # === COMPUTE ===

    @api.depends("group_ids.all_implied_ids")
    def _compute_kehu_clearance(self):
        most = INTERNAL if self._kehu_is_closed() else TOP_SECRET
        for user in self:
            user.kehu_clearance = min(user._get_kehu_clearance(), most)

    # === ACCESS ===

    @api.model
    def _has_field_access(self, field, operation):
        # Users have all fields of their contact.
        is_kept = field.inherited and is_kept_from_portal(self, field)
        return not is_kept and super()._has_field_access(field, operation)

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
        self.sudo().with_context(**{UNDOING: TOKEN}).write(
            {
                name: [
                    Command.unlink(group.id),
                    # What else the group gives waits with it, but for being an employee.
                    *([Command.link(internal.id)] if internal in group.all_implied_ids else []),
                ]
            }
        )

    def _kehu_mail_notice(self, subject, text, email=None):
        """Tell users by mail, outside of the application, what others changed of their account, each in their language.

        :param subject: a term of ``LazyTranslate``
        :param text: what was changed, or by whom
        :param email: another address than the present one
        """
        for user in self.sudo():
            told = user.with_context(lang=user.lang)
            label = told.env._(subject)  # pylint: disable=gettext-variable
            told._notify_security_setting_update(
                label,
                f"{label}: {text}",
                mail_values={"email_to": email} if email else None,
                suggest_password_reset=False,
            )

    def _kehu_get_led_team_ids(self):
        """Return the ids of the business units that the user leads (X2)."""
        self.ensure_one()
        return self._kehu_get_led_teams().get(self.id, ())

    @api.model
    @ormcache()
    def _kehu_get_led_teams(self):
        """Return ``{user id: ids of the business units}`` of all who lead one: they are few."""
        teams = (
            self.env["crm.team"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("user_id", "!=", False)], ["user_id"], ["id:array_agg"])
        )
        return frozendict({user.id: tuple(sorted(ids)) for user, ids in teams})

    def _get_kehu_clearance(self):
        """Return the tier up to which the user may read, as in ``TIERS`` (X2)."""
        self.ensure_one()
        groups = self._get_group_ids() if self.id and (self.active or self.share) else ()
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        return next((tier for tier, group in CLEARANCE_GROUPS if to_id(group) in groups), "0")
