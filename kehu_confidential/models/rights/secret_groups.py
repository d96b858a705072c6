"""Members of the groups on which confidentiality rests are seen by administrators, officers, auditors and the member
(X2).

Odoo shows all employees who is in which group, by several fields, by searches through them, and by ``has_group()``.
Database and cache, from which rights are computed as superuser, stay whole: a membership is left out where a user comes
to see it.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, ormcache

from ...groups import AUDITOR, OFFICER
from .res_groups import WATCHED

# Administrators of users need to see what they change.
VIEWERS = ("base.group_erp_manager", OFFICER, AUDITOR)


class Membership(fields.Many2many):
    """Groups of users, or users of groups, without the memberships that are kept from the current user."""

    def _seen(self, ids, record):
        env = record.env
        if env.su or not ids or not (hidden := env["res.groups"]._kehu_hidden_group_ids()):
            return ids
        if record._name == "res.users":
            return (
                ids if record._origin.id == env.uid else tuple(id_ for id_ in ids if (id_ or id_.origin) not in hidden)
            )
        return ids if record._origin.id not in hidden else tuple(id_ for id_ in ids if (id_ or id_.origin) == env.uid)

    def convert_to_record(self, value, record):
        return super().convert_to_record(self._seen(value, record), record)

    def convert_to_record_multi(self, values, records):
        return super().convert_to_record_multi(list(map(self._seen, values, records)), records)

    def _condition_to_sql_relational(self, model, alias, exists, coquery, query):
        hidden = model.env["res.groups"]._kehu_hidden_group_ids()
        if not hidden or coquery.is_empty():
            return super()._condition_to_sql_relational(model, alias, exists, coquery, query)
        relation = query.make_alias(alias, self.name)
        user_column, group_column = (
            (self.column1, self.column2) if self.model_name == "res.users" else (self.column2, self.column1)
        )
        return SQL(
            "%s (SELECT 1 FROM %s AS %s WHERE %s = %s AND %s IN %s AND (%s NOT IN %s OR %s = %s))",
            SQL("EXISTS" if exists else "NOT EXISTS"),
            SQL.identifier(self.relation),
            SQL.identifier(relation),
            SQL.identifier(relation, self.column1),
            SQL.identifier(alias, "id"),
            SQL.identifier(relation, self.column2),
            coquery.subselect(),
            SQL.identifier(relation, group_column),
            tuple(hidden),
            SQL.identifier(relation, user_column),
            model.env.uid,
        )


class ResGroups(models.Model):
    _inherit = "res.groups"

    user_ids = Membership()
    # Beside the members that one sees, the count tells of the others.
    all_users_count = fields.Integer(groups=VIEWERS[0])

    # === COMPUTE ===

    @api.depends_context("uid")
    def _compute_all_user_ids(self):
        # What a user sees must not be what superuser mode finds in the cache.
        return super()._compute_all_user_ids()

    # === BUSINESS ===

    @api.model
    @ormcache(cache="groups")
    def _kehu_secret_group_ids(self):
        """Return the ids of the groups whose members are not for everybody: those of ``WATCHED``, and the groups that
        give them.
        """
        secret = self._kehu_group_ids(WATCHED)
        return frozenset(secret) | set(self._get_group_definitions().get_subset_ids(secret)) - set(
            self._get_user_type_groups()._ids
        )

    @api.model
    def _kehu_hidden_group_ids(self):
        """Return the ids of the groups of which the current user sees no member but themselves."""
        if self.env.su or any(map(self.env.user._has_group, VIEWERS)):
            return frozenset()
        return self._kehu_secret_group_ids()

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._kehu_check_grouping(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)


class ResUsers(models.Model):
    _inherit = "res.users"

    group_ids = Membership()
    all_group_ids = Membership()
    # Beside the groups that one sees, the counts tell of the others.
    accesses_count = fields.Integer(groups=VIEWERS[0])
    groups_count = fields.Integer(groups=VIEWERS[0])
    rules_count = fields.Integer(groups=VIEWERS[0])

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "kehu_clearance"]

    # === BUSINESS ===

    @api.readonly
    def has_group(self, group_ext_id):
        hidden = self != self.env.user and self.env["res.groups"]._kehu_hidden_group_ids()
        if hidden and self.env["res.groups"]._get_group_definitions().get_id(group_ext_id) in hidden:
            raise AccessError(
                self.env._("Only administrators, confidentiality officers and auditors can see who is in this group.")
            )
        return super().has_group(group_ext_id)

    def _get_group_ids(self):
        # Odoo keeps the result for all users, whoever asks first.
        return super(ResUsers, self.sudo())._get_group_ids()

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._kehu_check_grouping(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_check_grouping(self, groupby_spec):
        """Refuse to count memberships that the user may not see.

        :raise AccessError: the current user would count memberships that are kept from them
        """
        if isinstance(self._fields.get(groupby_spec), Membership) and self.env["res.groups"]._kehu_hidden_group_ids():
            raise AccessError(
                self.env._(
                    "Only administrators, confidentiality officers and auditors can group users by their groups."
                )
            )


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    @api.constrains("group_ids")
    def _check_kehu_group_ids(self):
        # Every member of a channel sees the others, and each change of a group subscribes its members.
        hidden = self.env["res.groups"].sudo(False)._kehu_hidden_group_ids()
        if any(group.id in hidden for group in self.sudo().group_ids):
            raise ValidationError(
                self.env._("Members of this group cannot be subscribed: who they are is confidential.")
            )
