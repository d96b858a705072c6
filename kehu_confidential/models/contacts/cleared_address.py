"""Where the mails of users with clearance and of portal users go, how they log in, and for which companies they work
(X5).

What others change of it is noted and told: of users who decide or are reminded, too, who are out of reach in another
company.
"""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, LazyTranslate, ormcache

from ..rule.tier import CONFIDENTIAL
from ..settings.watched_settings import fingerprint, told_in_words

_lt = LazyTranslate(__name__)

_SECRETS = ("password", "totp_secret")  # nobody reads them
# Portal users set their passwords themselves.
_NOT_OF_PORTAL = frozenset({"company_id", "company_ids", "notification_type", *_SECRETS})
# What of accounts says nothing of how somebody logs in, where mails go or who is in reach, or is noted elsewhere.
_HARMLESS = frozenset(
    {
        "active",
        "calendar_default_privacy",
        "crm_team_ids",
        "favorite_lunch_product_ids",
        "favorite_project_ids",
        "group_ids",
        "karma",
        "last_lunch_location_id",
        "livechat_channel_ids",
        "livechat_expertise_ids",
        "livechat_lang_ids",
        "livechat_username",
        "manual_im_status",
        "next_rank_id",
        "odoobot_failed",
        "odoobot_state",
        "property_warehouse_id",
        "rank_id",
        "role_ids",
        "signature",
    }
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        users = self.sudo().with_context(active_test=False).user_ids if "email" in vals else self.env["res.users"]
        with users._kehu_addresses_noted(["email"]):
            return super().write(vals)


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD ===

    def write(self, vals):
        if not vals.get("totp_secret", True):
            self._kehu_check_second_factor()
        with self._kehu_addresses_noted([name for name in self._kehu_account_fields() if name in vals]):
            return super().write(vals)

    # === BUSINESS ===

    @api.model
    @ormcache()
    def _kehu_account_fields(self):
        """Return the names of the fields of accounts that are noted: all that people set, whatever app they are of, but
        for the harmless ones.
        """
        return tuple(
            name
            for name, field in self._fields.items()
            if name in _SECRETS
            or field.store
            and not field.inherited
            and field.type != "one2many"
            and not (field.compute and field.readonly)
            and field.groups != fields.NO_ACCESS
            and name not in _HARMLESS
            and name not in MAGIC_COLUMNS
            and not name.startswith("kehu_")  # ours say by themselves who sets them
        )

    @api.model
    def _kehu_guarded_relations(self):
        own = (name for name in self._kehu_account_fields() if self._fields[name].type == "many2many")
        return super()._kehu_guarded_relations().union(own)

    @contextmanager
    def _kehu_watch_relation(self, name):
        with super()._kehu_watch_relation(name), self._kehu_addresses_noted([name]):
            yield

    @contextmanager
    def _kehu_addresses_noted(self, names):
        """Note what somebody else changes of users; tell the address that was there before, and of users with clearance
        the officers.

        :param names: fields of users
        """
        Change, before = self.env["kehu.right.change"], {}
        if self and names and not Change._is_servers_own():
            cleared = self.sudo()._kehu_filter_cleared()
            others = cleared
            if not _NOT_OF_PORTAL.issuperset(names):
                others |= self.sudo().filtered(lambda user: user.active and user._is_portal())
            if Change._is_users_own():
                others -= self.env.user
            before = {user: (user.partner_id.email, user._kehu_addresses(names)) for user in others}
        yield
        for user, (email, old) in before.items():
            new = user._kehu_addresses(names)
            changed = [name for name in names if new[name] != old[name]]
            if not changed:
                continue
            labels = user.fields_get(changed, ["string"])
            note = "; ".join(f"{labels[name]['string']}: {old[name] or '—'} → {new[name] or '—'}" for name in changed)
            self.env["kehu.access.log"]._log_right(user, note)
            if user in cleared:
                Change._keep_setting(user, changed[0], note)
            user._kehu_mail_notice(
                _lt("Where your mails go, or how you log in, was changed"), f"{note} ({self.env.user.name})", email
            )

    def _kehu_addresses(self, names):
        # What the user has cached of the contact's address is already what is being written.
        values = {
            name: told_in_words(self.partner_id if name == "email" else self, name)
            for name in names
            if name not in _SECRETS
        }
        for name in set(names) - values.keys():
            self.flush_recordset([name])
            (value,) = self.env.execute_query(
                SQL("SELECT %s FROM res_users WHERE id = %s", SQL.identifier(name), self.id)
            )[0]
            values[name] = value and fingerprint(value)
        return values

    def _kehu_filter_cleared(self):
        """Return those of these users who read about classified customers, decide, or are reminded."""
        steps = self.env["kehu.approval.step"].sudo().search([("rule_id", "!=", False)])
        reminders = self.env["kehu.deadline.step"].sudo().search([("rule_id", "!=", False)])
        noted = steps.group_ids._kehu_group_ids(steps.group_ids._kehu_noted_groups())
        groups = steps.group_ids | reminders.group_id | steps.group_ids.browse(noted)
        return self._kehu_filter_guarded() | self & (steps.user_ids | reminders.user_ids | groups.all_user_ids)

    def _kehu_filter_guarded(self):
        """Return those of these users who have clearance, or are officers or auditors."""
        Change = self.env["kehu.right.change"]
        return self.filtered(lambda user: user.kehu_clearance >= CONFIDENTIAL) | self & (
            Change._kehu_officers() | Change._get_auditors()
        )

    def _kehu_check_second_factor(self):
        """Refuse to switch off the second factor of cleared users.

        :raise AccessError: somebody else than an officer would switch off the second factor of a user with clearance
        """
        Change, others = self.env["kehu.right.change"], self.sudo()._kehu_filter_guarded()
        if Change._is_users_own():
            others -= self.env.user
        if others and not Change._may_give(others):
            raise AccessError(
                self.env._(
                    "Two-factor authentication of users with clearance is switched off by themselves, or by a "
                    "confidentiality officer."
                )
            )
