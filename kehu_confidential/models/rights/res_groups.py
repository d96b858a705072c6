"""Who gains or loses a right that confidentiality rests on: noted, and confirmed, from whichever
side it is given (X5).
"""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass

from odoo import Command, api, models
from odoo.tools import SQL

from odoo.addons.kehu_workflow.groups import WORKFLOW_MANAGER

from ...groups import AUDITOR, CONFIDENTIAL_CLEARANCE, EXPORTER, OFFICER, TOP_SECRET_CLEARANCE
from ..rule.tier import CONFIDENTIAL, TOP_SECRET
from .right_change import PERMIT, RightPermit

# Membership is given by an officer, or confirmed by one.
WATCHED = (
    CONFIDENTIAL_CLEARANCE,
    TOP_SECRET_CLEARANCE,
    OFFICER,
    AUDITOR,
    EXPORTER,
)
# Membership is noted, as is that of the groups that approve: they can take an officer's place, or say who approves.
NOTED = (
    "base.group_system",
    "base.group_erp_manager",
    WORKFLOW_MANAGER,
    "website.group_website_designer",
)

UNDOING = "kehu_right_undoing"
TOKEN = object()  # no client can send it in a context


def gives_membership(model, vals):
    """Return whether a write changes who is in which group, by whatever field shows these relations."""
    return any(
        getattr(model._fields.get(name), "relation", None) in ("res_groups_users_rel", "res_groups_implied_rel")
        for name in vals
    )


def without_derived(model, vals):
    """Return values without those of computed fields that cannot be written.

    Odoo would keep them in the cache until the end of the call, and there rights are computed from them (X2).
    """
    derived = {
        name
        for name in vals
        if (field := model._fields.get(name)) and field.compute and not (field.store or field.inverse)
    }
    return {name: value for name, value in vals.items() if name not in derived}


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who is in a group on which confidentiality rests, and by which links."""

    active: dict  # {(group id, user id): whether the user is active}, implied groups included
    users: dict  # {(user id, group id, whether the user is active): ids of the groups on which it has a bearing}
    implied: dict  # {(group id, implied group id): the same}

    def gained(self, before):
        return {
            key
            for key, is_active in self.active.items()
            if key not in before.active or is_active and not before.active[key]
        }

    def lost(self, after):
        return {
            key
            for key, is_active in self.active.items()
            if key not in after.active or is_active and not after.active[key]
        }


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
        vals = without_derived(self, vals)
        if not gives_membership(self, vals):
            return super().write(vals)
        with self._kehu_rights_noted():
            result = super().write(vals)
        # An employee cannot be a classified customer.
        self.all_user_ids.partner_id._check_kehu_tier()
        return result

    def unlink(self):
        with self._kehu_rights_noted():
            return super().unlink()

    # === BUSINESS ===

    @api.model
    @contextmanager
    def _kehu_rights_noted(self):
        """Note who gains or loses a right; take back, and ask for, what the current user may not give."""
        if self.env.context.get(UNDOING) is TOKEN:
            yield
            return
        before = self._kehu_memberships()
        yield
        # Implied groups first: without them, being a member may give nothing.
        changes = self._kehu_confirm_memberships(before, "implied_ids") + self._kehu_confirm_memberships(
            before, "group_ids"
        )
        after = self._kehu_memberships()
        permit = self.env.context.get(PERMIT)
        suffix = f" ({permit.note})" if isinstance(permit, RightPermit) else ""
        gained, lost = after.gained(before), before.lost(after)
        self._kehu_note_implications(before, after)
        self._kehu_drop_requests(
            {group_id for group_id, implied_id in after.implied if (group_id, implied_id) not in before.implied}
        )
        steps = self.env["kehu.approval.step"]._kehu_lending()
        watched = {*self._kehu_group_ids(WATCHED), *steps.group_ids.ids}
        reading = set(self._kehu_group_ids(self._kehu_reading_groups()))
        self._kehu_keep_employees(gained)
        for sign, changed in (("+", gained), ("\u2212", lost)):
            by_group = defaultdict(list)
            for group_id, user_id in sorted(changed):
                by_group[group_id].append(user_id)
            for group_id, user_ids in by_group.items():
                group = self.sudo().browse(group_id).exists()
                users = self.env["res.users"].browse(user_ids)
                self.env["kehu.access.log"]._log_right(users, f"{sign} {group.full_name or group_id}{suffix}")
                if changed is gained and group_id in reading and not self.env["kehu.right.change"]._is_servers_own():
                    self.env["kehu.right.change"]._keep_joined(users, f"+ {group.full_name}{suffix}")
                if changed is lost and group_id in watched:
                    self.env["kehu.right.change"]._keep_taken(users, "group_ids", dict.fromkeys(user_ids, group_id))
                if changed is gained and (joined := steps.filtered(lambda step, group=group: group in step.group_ids)):
                    joined._kehu_lend_later(users)
        for arguments, is_direct in changes:
            self.env["kehu.right.change"]._keep(*arguments, is_direct=is_direct)

    @api.model
    def _kehu_note_implications(self, before, after):
        """Note which groups come to imply others, or no more: also groups without members, who may
        be given them later.
        """
        changes = self.env["kehu.right.change"]
        if changes._is_servers_own():
            return
        for sign, links in (
            ("+", after.implied.keys() - before.implied),
            ("\u2212", before.implied.keys() - after.implied),
        ):
            for group_id, implied_id in sorted(links):
                if group := self.sudo().browse(group_id).exists():
                    note = (
                        f"{group.full_name}: {sign} {self.sudo().browse(implied_id).exists().full_name or implied_id}"
                    )
                    self.env["kehu.access.log"]._log_right(group, note)
                    changes._keep_setting(group, "implied_ids", note)

    @api.model
    def _kehu_drop_requests(self, group_ids):
        """Withdraw the requests for groups that have come to give more than was asked for."""
        if group_ids:
            requests = (
                self.env["kehu.right.change"]
                .sudo()
                .search([("state", "=", "pending"), ("name", "in", ("group_ids", "implied_ids"))])
            )
            requests.filtered(
                lambda request: group_ids & set(self.sudo().browse(request.value).all_implied_ids.ids)
            )._move("withdraw")

    @api.model
    def _kehu_keep_employees(self, gained):
        """Make users employees by a group that everybody sees: an employee without any would be known to be in a hidden
        one.
        """
        watched, internal = self._kehu_group_ids(WATCHED), self.env.ref("base.group_user")
        users = self.env["res.users"].sudo().browse({user_id for group_id, user_id in gained if group_id in watched})
        # Apps extend this, and are not there yet while their own groups are being loaded.
        if others := users.filtered(lambda user: internal not in user.group_ids):
            others.with_context(**{UNDOING: TOKEN}).write({"group_ids": [Command.link(internal.id)]})

    @api.model
    def _kehu_confirm_memberships(self, before, name):
        """Take back the new links that must wait.

        :param name: ``implied_ids`` of groups or ``group_ids`` of users
        :return: ``[(arguments of _keep(), whether it was made directly), …]``
        """
        Change, permit = self.env["kehu.right.change"], self.env.context.get(PERMIT)
        if Change._is_servers_own():
            return []
        after = self._kehu_memberships()
        watched = set(self._kehu_group_ids(WATCHED))
        gained = {key for key in after.gained(before) if key[0] in watched}
        links, known = (after.implied, before.implied) if name == "implied_ids" else (after.users, before.users)
        model = self.env["res.groups" if name == "implied_ids" else "res.users"]
        by_group = defaultdict(dict)
        for (record_id, group_id, *_active), roots in links.items():
            if (record_id, group_id, *_active) in known or (
                isinstance(permit, RightPermit) and permit.covers(model._name, record_id, name, group_id)
            ):
                continue
            users = model.sudo().browse(record_id)._kehu_right_beneficiaries(name, group_id)
            if users := users.filtered(lambda user, roots=roots: any((root, user.id) in gained for root in roots)):
                tier = self._kehu_tier_given(roots & watched)
                by_group[group_id, tier, Change._may_give(users, tier)].setdefault(record_id, users)
        changes = []
        for (group_id, tier, is_direct), users in by_group.items():
            records = model.browse(users)
            if not is_direct:
                records._kehu_take_back(name, self.sudo().browse(group_id))
            changes.append(((records, name, group_id, self.env["res.users"].union(*users.values()), tier), is_direct))
        return changes

    @api.model
    def _kehu_tier_given(self, group_ids):
        """Return the tier for which an officer who gives these groups is cleared: all but one of them concern every
        customer.
        """
        return CONFIDENTIAL if group_ids <= set(self._kehu_group_ids([CONFIDENTIAL_CLEARANCE])) else TOP_SECRET

    def _kehu_watched_given(self):
        """Return the groups on which confidentiality rests that these groups give."""
        return self.all_implied_ids & self.browse(self._kehu_group_ids(WATCHED))

    @api.model
    def _kehu_noted_groups(self):
        """Return the external IDs of groups whose members can change who reads or decides: joining them is noted
        (hook).
        """
        return NOTED

    @api.model
    def _kehu_reading_groups(self):
        """Return the external IDs of groups whose members read classified documents without clearance: officers are
        told, too (hook).
        """
        return ()

    def _kehu_take_back(self, name, group):
        self.sudo().with_context(**{UNDOING: TOKEN}).write({name: [Command.unlink(group.id)]})

    def _kehu_right_beneficiaries(self, name, group_id):
        """Return the users who are given a group by these groups implying it."""
        return self.sudo().with_context(active_test=False).all_user_ids

    @api.model
    def _kehu_group_ids(self, names):
        return [group.id for name in names if (group := self.env.ref(name, raise_if_not_found=False))]

    @api.model
    def _kehu_memberships(self):
        """Return the :class:`Memberships` of the groups on which confidentiality rests.

        By SQL: this runs amid changes of just these relations, and must not fill a cache with what is about to change.
        """
        self.env["res.users"].flush_model(["active"])
        implying = SQL(
            """
            WITH RECURSIVE implying(root, gid) AS (
                SELECT id, id FROM res_groups WHERE id = ANY(%s)
                UNION
                SELECT i.root, r.gid FROM res_groups_implied_rel r JOIN implying i ON r.hid = i.gid
            )
            """,
            self._kehu_group_ids((*WATCHED, *self._kehu_noted_groups(), *self._kehu_reading_groups()))
            + self.env["kehu.approval.step"]._kehu_lending().group_ids.ids,
        )
        active, users, implied = {}, defaultdict(set), defaultdict(set)
        for root, user_id, group_id, is_active in self.env.execute_query(
            SQL(
                """%s SELECT i.root, u.id, i.gid, u.active
                    FROM implying i JOIN res_groups_users_rel r ON r.gid = i.gid JOIN res_users u ON u.id = r.uid""",
                implying,
            )
        ):
            active[root, user_id] = is_active
            users[user_id, group_id, is_active].add(root)
        for root, group_id, implied_id in self.env.execute_query(
            SQL(
                "%s SELECT i.root, r.gid, r.hid FROM implying i JOIN res_groups_implied_rel r ON r.hid = i.gid",
                implying,
            )
        ):
            implied[group_id, implied_id].add(root)
        return Memberships(active, users, implied)
