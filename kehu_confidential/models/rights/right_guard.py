from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_workflow.caches import clear_caches

from ..contacts.res_partner import TIER_SOURCES
from ..rule.tier import CONFIDENTIAL
from .right_change import PERMIT, RightPermit


@dataclass(frozen=True, slots=True)
class Given:
    """A field of classified records with a new value; ``beneficiaries`` come to read by it."""

    documents: Any
    name: str
    target: int
    tier: str
    beneficiaries: Any = None
    is_told: bool = False
    is_waiting: bool = False
    before: dict | None = None  # {record id: id}, where it only takes away


class RightGuard(models.AbstractModel):
    """Fields whose value gives reading of classified customers: see ``kehu.right.change`` (X2).

    What takes reading away acts at once. Of a batch, only the classified records wait, and only these fields.
    """

    _name = "kehu.right.guard"
    _description = "Fields that give reading"

    _kehu_right_fields = ()  # stored many2one fields
    _kehu_right_parents = ()  # others, by which those who read another record come to read this one

    @contextmanager
    def _kehu_rights_guarded(self, vals):
        """Keep from ``vals`` what must be confirmed; note and tell what is given, when the rest is written.

        :return: context with ``[(records, values), …]`` to write
        """
        names = [name for name in (*self._kehu_right_fields, *self._kehu_right_parents) if name in vals]
        tiers = self._kehu_right_tiers(vals) if names else {}
        changes = []
        if any(tier >= CONFIDENTIAL for tier in tiers.values()):
            changes = self._kehu_right_changes({name: self._kehu_right_id(name, vals[name]) for name in names}, tiers)
        if not changes:
            yield [(self, vals)]
            return
        self.check_access("write")  # what waits must be the caller's to change
        held = {}  # by record, the fields that wait
        for change in changes:
            if change.is_waiting:
                for document in change.documents:
                    held.setdefault(document.id, set()).add(change.name)
        yield [
            (records, values)
            for waiting, records in self.grouped(lambda record: frozenset(held.get(record.id, ()))).items()
            if (values := {name: value for name, value in vals.items() if name not in waiting})
        ]
        self._kehu_settle_rights(changes)

    # === BUSINESS ===

    def _kehu_right_changes(self, targets, tiers):
        """Return the changes of fields that open classified records.

        :param targets: ``{name: id}``, the new values
        :param tiers: ``{id: tier}``; see ``_kehu_right_tiers()``
        """
        Change = self.env["kehu.right.change"]
        permit = self.env.context.get(PERMIT)
        changes = []
        classified = self.sudo().filtered(lambda record: tiers.get(record.id, "0") >= CONFIDENTIAL)
        for name, target in targets.items():
            changing = classified.filtered(lambda record, name=name, target=target: record[name].id != target)
            for tier, documents in changing.grouped(lambda record: tiers[record.id]).items():
                gaining = documents._kehu_filter_gaining(name, target)
                beneficiaries = gaining._kehu_right_beneficiaries(name, target)
                if documents - gaining or not beneficiaries:
                    others = documents - gaining if beneficiaries else documents
                    changes.append(
                        Given(others, name, target, tier, before={record.id: record[name].id for record in others})
                    )
                if beneficiaries:
                    is_permitted = isinstance(permit, RightPermit) and all(
                        permit.covers(self._name, record.id, name, target) for record in gaining
                    )
                    is_told = not (is_permitted or Change._is_servers_own())
                    changes.append(
                        Given(
                            gaining,
                            name,
                            target,
                            tier,
                            beneficiaries,
                            is_told,
                            is_waiting=is_told and not Change._may_give(beneficiaries, tier),
                        )
                    )
        return changes

    def _kehu_settle_rights(self, changes):
        """Leave a line in the access log for each right that has changed (X5), and a request for each that waits."""
        Change, permit = self.env["kehu.right.change"], self.env.context.get(PERMIT)
        for change in changes:
            arguments = (change.documents, change.name, change.target, change.beneficiaries, change.tier)
            if change.is_waiting:
                change.documents._kehu_tell_waiting(Change._keep(*arguments))
                continue
            note = f"{change.name} = {change.documents[0][change.name].display_name or '—'}"
            if change.beneficiaries and isinstance(permit, RightPermit):
                note = f"{note} ({permit.note})"
            self.env["kehu.access.log"]._log_right(change.documents.sudo(False), note)
            if change.is_told:
                Change._keep(*arguments, is_direct=True)
            elif change.before and not change.target:
                Change._keep_taken(change.documents, change.name, change.before, change.tier)

    def _kehu_tell_waiting(self, change):
        """Say on the records that a change waits."""
        self._message_log_batch(
            {
                document.id: self.env._(
                    "“%(field)s” stays as it is until a confidentiality officer confirms %(request)s.",
                    field=change.field_label,
                    request=change.display_name,
                )
                for document in self
            }
        )

    def _kehu_right_id(self, name, value):
        """Return the id that ``value``, as a client sent it, sets the field to, or False."""
        target = self._fields[name].convert_to_cache(value, self.browse())
        return (
            target
            if isinstance(target, int) and self.env[self._fields[name].comodel_name].sudo().browse(target).exists()
            else False
        )

    def _kehu_opened_tiers(self, name):
        return self._kehu_right_tiers({}).values()

    def _kehu_right_tiers(self, vals):
        """Return ``{id: tier}``, the strictest tier of the customers whom the record opens once ``vals`` are written
        (hook).
        """
        raise NotImplementedError

    def _kehu_filter_gaining(self, name, target):
        """Return the records by whose new value somebody gains reading; not those that follow another record (hook)."""
        return self if target else self.browse()

    def _kehu_right_beneficiaries(self, name, target):
        """Return the users who come to read by the value ``target`` of the field (hook)."""
        return self.env["res.users"].sudo().browse(target or ()) if self else self.env["res.users"].sudo()


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "kehu.right.guard"]

    _kehu_right_fields = ("user_id", "kehu_team_id")  # another addon adds its own
    _kehu_right_parents = ("parent_id",)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._kehu_guard_first_readers()
        return partners

    def write(self, vals):
        before = None if TIER_SOURCES.isdisjoint(vals) else self._kehu_related_readers()
        joining = self._kehu_joining_companies(vals)
        with self._kehu_rights_guarded(vals) as parts:
            result = all([super(ResPartner, partners).write(values) for partners, values in parts])
        self._kehu_settle_rights(joining)
        if before is not None:
            self._kehu_note_related_readers(before)
        return result

    # === BUSINESS ===

    def _kehu_related_readers(self):
        """Return who reads classified contacts, or the contacts of these, by a relation alone, not by clearance.

        :return: ``{(field name, value, tier, users): contacts}``, in superuser mode
        """
        classified = self.sudo().filtered(lambda partner: (partner.kehu_tier or "0") >= CONFIDENTIAL)
        if classified:
            classified |= classified.with_context(active_test=False).search(
                [("commercial_partner_id", "in", classified.ids)]
            )
        readers = {}
        for name in self._kehu_right_fields:
            for (target, tier), partners in classified.grouped(
                lambda partner, name=name: (partner[name].id, partner.kehu_tier)
            ).items():
                gaining = partners._kehu_filter_gaining(name, target)
                users = gaining._kehu_right_beneficiaries(name, target).filtered(
                    lambda user, tier=tier: user.active and user.kehu_clearance < tier
                )
                if users := users - self.env.user:
                    readers[name, target, tier, users] = gaining
        return readers

    def _kehu_guard_first_readers(self):
        """Have an officer confirm whom the creator of classified contacts, or a default, would let read them.

        :return: list of :class:`Given`, what was given or waits
        """
        Change = self.env["kehu.right.change"]
        is_told, changes = not Change._is_servers_own(), []
        for (name, target, tier, users), partners in self._kehu_related_readers().items():
            # Their own: that of a new contact which follows its company was there before.
            if partners := partners & self.sudo():
                is_waiting = is_told and not Change._may_give(users, tier)
                changes.append(Given(partners.with_env(self.env), name, target, tier, users, is_told, is_waiting))
        for change in changes:
            if change.is_waiting:
                # Past the guard: nobody had the right yet, so that nothing is taken away.
                unguarded = super(ResPartner, change.documents.sudo())
                unguarded.write({change.name: False})
        self._kehu_settle_rights(changes)
        return changes

    def _kehu_joining_companies(self, vals):
        """Return list of :class:`Given`, the classified branches that become contacts of their companies.

        :raise AccessError: others come to read them, and the user may not give it
        """
        if vals.get("is_company", True) or not vals.get("parent_id", True):
            return []
        Change, joining = self.env["kehu.right.change"], []
        branches = self.sudo().filtered(
            lambda partner: partner.is_company and partner.parent_id and (partner.kehu_tier or "0") >= CONFIDENTIAL
        )
        for (parent, tier), partners in branches.grouped(
            lambda partner: (partner.parent_id, partner.kehu_tier)
        ).items():
            if users := partners._kehu_right_beneficiaries("parent_id", parent.id):
                if not Change._may_give(users, tier):
                    raise AccessError(
                        self.env._(
                            "A branch that becomes a contact is read by all who read its company. Take it out of the "
                            "company first, and put it below the company then: an officer confirms that."
                        )
                    )
                is_told = not Change._is_servers_own()
                joining.append(Given(partners.with_env(self.env), "parent_id", parent.id, tier, users, is_told))
        return joining

    def _kehu_note_related_readers(self, before):
        """Note, and tell the officers, who goes on reading although the tier was raised; it is not taken from those who
        work with it.

        :param before: what :meth:`_kehu_related_readers` returned before
        """
        for (name, target, tier, users), partners in self._kehu_related_readers().items():
            if partners := partners - before.get((name, target, tier, users), partners.browse()):
                self.env["kehu.right.change"]._keep_given(
                    partners.with_env(self.env), name, f"{name} = {partners[0][name].display_name}", users, tier
                )

    def _kehu_right_tiers(self, vals):
        new = vals.get("kehu_tier")
        return {
            partner.id: max(partner.kehu_tier or "0", new if isinstance(new, str) else "0") for partner in self.sudo()
        }

    def _kehu_right_changes(self, targets, tiers):
        # A contact that moves where nobody new reads it is ordinary work.
        changes = super()._kehu_right_changes(targets, tiers)
        return [change for change in changes if change.name not in self._kehu_right_parents or change.beneficiaries]

    def _kehu_filter_gaining(self, name, target):
        if name in self._kehu_right_parents:
            return super()._kehu_filter_gaining(name, target)
        # Contacts follow their company, to which the change was made with a confirmation.
        return (
            super()
            ._kehu_filter_gaining(name, target)
            .filtered(
                lambda partner: (
                    partner == partner.commercial_partner_id or partner.commercial_partner_id[name].id != target
                )
            )
        )

    def _kehu_right_beneficiaries(self, name, target):
        if self and name in self._kehu_right_parents:
            company = self.env["res.partner"].sudo().browse(target or ()).commercial_partner_id
            users = company._kehu_users_without_clearance().filtered("active")
            return users.browse().union(*self._kehu_hidden_from(users).values()) if users else users
        if self and name == "kehu_team_id":
            return self.env["crm.team"].sudo().browse(target or ()).user_id
        return super()._kehu_right_beneficiaries(name, target)

    def _kehu_users_without_clearance(self):
        """Return the users who read this customer, now or later, by a relation, a grant or an approval that lends it."""
        lent = self.env["kehu.approval"]._kehu_lent_about(self).kehu_lent_user_ids
        reading = lent - self._kehu_hidden_from(lent).get(self.id, lent)
        return self._kehu_related_users() | self._kehu_open_grants().user_id | reading

    def _kehu_related_users(self, *names):
        """Return the users who read these customers by a relation: named by a field, or leading the unit that is.

        :param names: of fields; all that give reading, if there are none
        """
        users = self.env["res.users"].sudo()
        for name in names or self._kehu_right_fields:
            targets = self.sudo().mapped(name)
            users |= targets if targets._name == "res.users" else targets.user_id
        return users


class CrmTeam(models.Model):
    """A business unit. Its leader reads its classified customers; the rule of tiers is cached with the units that a
    user leads.
    """

    _name = "crm.team"
    _inherit = ["crm.team", "kehu.right.guard"]

    _kehu_right_fields = ("user_id",)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        clear_caches(self.env)
        return teams

    def write(self, vals):
        with self._kehu_rights_guarded(vals) as parts:
            result = all([super(CrmTeam, teams).write(values) for teams, values in parts])
        if "user_id" in vals:
            clear_caches(self.env)
        return result

    # === BUSINESS ===

    def _kehu_right_tiers(self, vals):
        # Superuser: the caller does not know the classified customers of a unit.
        customers = self.env["res.partner"].sudo().with_context(active_test=False)
        return {
            team.id: tier
            for team, tier in customers._read_group(
                [("kehu_team_id", "in", self.ids), ("kehu_tier", ">=", CONFIDENTIAL)],
                ["kehu_team_id"],
                ["kehu_tier:max"],
            )
        }
