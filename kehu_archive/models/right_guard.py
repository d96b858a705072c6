from ast import literal_eval
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_workflow.caches import forget

from .right_change import PERMIT, RightPermit
from .tier import CONFIDENTIAL

_CUSTOMERS = ("res.partner", "kehu.archive")


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

    @contextmanager
    def _kehu_rights_guarded(self, vals):
        """Keep from ``vals`` what must be confirmed; note and tell what is given, when the rest is written.

        :return: context with ``[(records, values), …]`` to write
        """
        names = [name for name in self._kehu_right_fields if name in vals]
        tiers = self._kehu_right_tiers() if names else {}
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
                    changes.append(Given(others, name, target, tier, before={record.id: record[name].id for record in others}))
                if beneficiaries:
                    is_permitted = isinstance(permit, RightPermit) and all(
                        permit.covers(self._name, record.id, name, target) for record in gaining)
                    is_told = not (is_permitted or Change._is_servers_own())
                    changes.append(Given(
                        gaining, name, target, tier, beneficiaries, is_told,
                        is_waiting=is_told and not Change._may_give(beneficiaries, tier)))
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
        self._message_log_batch({
            document.id: self.env._(
                "“%(field)s” stays as it is until a confidentiality officer confirms %(request)s.",
                field=change.field_label, request=change.display_name)
            for document in self})

    def _kehu_right_id(self, name, value):
        """Return the id that ``value``, as a client sent it, sets the field to, or False."""
        target = self._fields[name].convert_to_cache(value, self.browse())
        return target if isinstance(target, int) and self.env[self._fields[name].comodel_name].sudo().browse(target).exists() else False

    def _kehu_right_tiers(self):
        """Return ``{id: tier}``, the strictest tier of the customers whom the record opens (hook)."""
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

    _kehu_right_fields = ("user_id", "kehu_custodian_id", "kehu_team_id")

    # === CRUD ===

    def write(self, vals):
        with self._kehu_rights_guarded(vals) as parts:
            return all([super(ResPartner, partners).write(values) for partners, values in parts])

    # === BUSINESS ===

    def _kehu_right_tiers(self):
        return {partner.id: partner.kehu_tier or "0" for partner in self.sudo()}

    def _kehu_filter_gaining(self, name, target):
        # Contacts follow their company, to which the change was made with a confirmation.
        return super()._kehu_filter_gaining(name, target).filtered(
            lambda partner: partner == partner.commercial_partner_id or partner.commercial_partner_id[name].id != target)

    def _kehu_right_beneficiaries(self, name, target):
        if self and name == "kehu_team_id":
            return self.env["crm.team"].sudo().browse(target or ()).user_id
        return super()._kehu_right_beneficiaries(name, target)

    @api.model
    def _kehu_refuse_default(self):
        raise AccessError(self.env._(
            "Salesperson, custodian and business unit give reading of customers: set a default of them for yourself only."))

    def _kehu_tell_waiting(self, change):
        # What the archives have cached is what was asked for.
        self.env["kehu.archive"].invalidate_model([change.name], flush=False)
        return super()._kehu_tell_waiting(change)


class Archive(models.Model):
    _inherit = "kehu.archive"

    @api.model_create_multi
    def create(self, vals_list):
        archives = super().create(vals_list)
        # What the card of a contact that was there before has cached may wait for a confirmation.
        classified = archives.filtered(lambda archive: archive.partner_id.sudo().kehu_tier >= CONFIDENTIAL)
        classified.invalidate_recordset(classified.partner_id._kehu_right_fields, flush=False)
        return archives


class CrmTeam(models.Model):
    """A business unit. Its leader reads its classified customers; the rule of tiers is cached with the units that a user leads."""
    _name = "crm.team"
    _inherit = ["crm.team", "kehu.right.guard"]

    _kehu_right_fields = ("user_id",)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        forget(self.env)
        return teams

    def write(self, vals):
        with self._kehu_rights_guarded(vals) as parts:
            result = all([super(CrmTeam, teams).write(values) for teams, values in parts])
        if "user_id" in vals:
            forget(self.env)
        return result

    # === BUSINESS ===

    def _kehu_right_tiers(self):
        # Superuser: the caller does not know the classified customers of a unit.
        customers = self.env["res.partner"].sudo().with_context(active_test=False)
        return {team.id: tier for team, tier in customers._read_group(
            [("kehu_team_id", "in", self.ids), ("kehu_tier", ">=", CONFIDENTIAL)], ["kehu_team_id"], ["kehu_tier:max"])}


class IrDefault(models.Model):
    """With a default that gives reading, users would let others read what they file without knowing (X2)."""
    _inherit = "ir.default"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = super().create(vals_list)
        defaults._kehu_check_gives_no_right()
        return defaults

    def write(self, vals):
        result = super().write(vals)
        self._kehu_check_gives_no_right()
        return result

    def _kehu_check_gives_no_right(self):
        customers = self.env["res.partner"]
        if not self.env.su and any(
                default.user_id != self.env.user and default.field_id.name in customers._kehu_right_fields
                and default.field_id.model in _CUSTOMERS for default in self.sudo()):
            customers._kehu_refuse_default()


class IrFilters(models.Model):
    """A favorite passes its context on to the forms of whoever uses it."""
    _inherit = "ir.filters"

    @api.model_create_multi
    def create(self, vals_list):
        favorites = super().create(vals_list)
        favorites._kehu_check_gives_no_right()
        return favorites

    def write(self, vals):
        result = super().write(vals)
        self._kehu_check_gives_no_right()
        return result

    def _kehu_check_gives_no_right(self):
        customers = self.env["res.partner"]
        defaults = {f"default_{name}" for name in customers._kehu_right_fields}
        for favorite in self.sudo() if not self.env.su else ():
            if favorite.model_id in _CUSTOMERS and favorite.user_ids != self.env.user:
                try:
                    gives = not defaults.isdisjoint(literal_eval(favorite.context.strip()))
                except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                    gives = True  # nobody knows what it evaluates to
                if gives:
                    customers._kehu_refuse_default()
