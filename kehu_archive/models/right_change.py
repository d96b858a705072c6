"""Changes of rights that give reading of classified customers: made or confirmed by those who gain nothing (X2, X5)."""
from contextvars import ContextVar
from dataclasses import dataclass

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move, clean_reason

from .tier import TIERS

_lt = LazyTranslate(__name__)

PERMIT = "kehu_right_permit"
REASON = "kehu_right_reason"  # the key of the context by which a reason comes along, from an import, too

# Server actions choose user and context as they like; where they run is kept beside both.
_in_server_action = ContextVar("kehu_archive.in_server_action", default=False)


@dataclass(frozen=True, slots=True, eq=False)
class RightPermit:
    """Lets the server carry out one confirmed change; no client can send an instance in a context."""

    model: str
    ids: frozenset[int]
    name: str
    value: int
    note: str

    def covers(self, model, record_id, name, value):
        return (self.model, self.name, self.value) == (model, name, value) and record_id in self.ids


class RightChange(models.Model):
    """A change by which somebody comes to read classified customers (X2).

    A confidentiality officer who gains nothing makes such a change directly. From anybody else it is a request, and
    nothing changes until such an officer confirms it. Where no other officer is active, an administrator takes the
    officer's place, and all administrators and auditors are told. Taking a right away waits for nobody; officers are told.
    """
    _name = "kehu.right.change"
    _description = "Change of a Right"
    _inherit = ["kehu.officers.mixin", "mail.activity.mixin", "kehu.evidence.mixin", "kehu.server.rows.mixin"]
    _order = "id desc"

    # Nobody may write a request: reading it is enough to decide.
    _workflow_moves = (
        Move("confirm", _lt("Confirm"), source=("pending",), target="confirmed", roles=("deciders",), access="read",
             before="_check_confirming", after="_carry_out",
             confirm=_lt("Those who gain can read classified customers at once. Confirm the change?")),
        Move("refuse", _lt("Refuse"), source=("pending",), target="refused", roles=("deciders",), reason=True, access="read"),
        Move("withdraw", _lt("Withdraw"), source=("pending",), target="withdrawn", roles=("requester_id",), access="read"),
        Move("note", _lt("Made directly"), source=("pending",), target="direct"),
    )
    _workflow_statusbar = ("pending", "confirmed")

    requester_id = fields.Many2one("res.users", string="Asked By", required=True, readonly=True, index=True, ondelete="restrict")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_ids = fields.Json(string="Record IDs", required=True, readonly=True)
    name = fields.Char(string="Field Name", required=True, readonly=True)
    value = fields.Integer(string="New Value", required=True, readonly=True, help="The ID of what the field is set to, or is added to it.")
    values_before = fields.Json(string="Present Values", readonly=True, help="By record, what a confirmation compares with.")
    beneficiary_ids = fields.Many2many(
        "res.users", "kehu_right_change_beneficiary_rel", string="Gain Reading", readonly=True,
        context={"active_test": False})
    tier = fields.Selection(TIERS, string="Confidentiality Tier", required=True, readonly=True, default="0")
    is_taken = fields.Boolean(string="Taken Away", readonly=True, help="Somebody lost a right to read: nothing waits.")
    reason = fields.Text(readonly=True)
    is_by_administrator = fields.Boolean(
        string="Without an Officer", readonly=True, help="No other confidentiality officer was active: an administrator took the place.")
    document_names = fields.Text(string="Records", compute="_compute_labels")
    field_label = fields.Char(string="Right", compute="_compute_labels")
    before_label = fields.Char(string="Before", compute="_compute_labels")
    value_label = fields.Char(string="After", compute="_compute_labels")
    state = fields.Selection(
        [
            ("pending", "To confirm"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("direct", "Made directly"),
        ], default="pending")

    _pending_idx = models.Index("(res_model, name) WHERE state = 'pending'")

    # === COMPUTE ===

    @api.depends("res_model", "res_ids", "name", "value")
    @api.depends_context("lang", "uid")
    def _compute_labels(self):
        for change in self:
            # Superuser: an officer need not be allowed to read users and units; labels of customers are masked all the same.
            documents = change._documents()
            values = documents.env[documents._fields[change.name].comodel_name or documents._name]
            known = sorted({value for value in (change.values_before or {}).values() if value}, key=str)
            before = values.browse(value for value in known if isinstance(value, int)).exists()
            change.document_names = "\n".join(document.display_name or "" for document in documents.exists())
            change.field_label = documents.fields_get([change.name], ["string"])[change.name]["string"]
            change.before_label = ", ".join([*before.mapped("display_name"), *(value for value in known if isinstance(value, str))])
            change.value_label = values.browse(change.value).exists().display_name

    @api.depends("requester_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._("Change of a right #%s", change._origin.id or "")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_by_hand()
        return super().write(vals)

    def _refuse_by_hand(self):
        if not self.env.su:
            raise AccessError(self.env._("Changes of rights are noted by the server alone."))

    # === ACTIONS ===

    def action_open_documents(self):
        """Open the records that are concerned, as far as the user may read them."""
        self.exists().ensure_one()
        return self.env[self.res_model].browse(self.res_ids).with_context(active_test=False)._filtered_access("read")._get_records_action(
            name=self.field_label)

    # === BUSINESS: WHO ===

    @api.model
    def _is_servers_own(self):
        """Return whether the server itself is at work: installing, migrating; not what a server action makes of it."""
        return self.env.uid == SUPERUSER_ID and not _in_server_action.get()

    @api.model
    def _may_give(self, beneficiaries, tier="0"):
        """Return whether the current user gives a right directly.

        :param beneficiaries: users who gain by it
        :param tier: the strictest tier concerned; an officer gives nothing above the own clearance
        """
        return self._is_servers_own() or not _in_server_action.get() and self.env.user in self._get_deciders(beneficiaries, tier)

    @api.model
    def _get_deciders(self, beneficiaries, tier="0"):
        """Return the users who may give or confirm: the officers without gain, or else the administrators without gain."""
        if officers := self._kehu_officers() - beneficiaries:
            return officers.filtered(lambda user: user.kehu_clearance >= tier)
        return self._get_administrators() - beneficiaries

    @api.model
    def _get_administrators(self):
        return self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")

    @api.model
    def _get_auditors(self):
        return self.env.ref("kehu_archive.group_tier_auditor").sudo().all_user_ids.filtered("active")

    def _workflow_role_deciders(self):
        return {change.id: self._get_deciders(change._beneficiaries() | change.beneficiary_ids, change.tier) for change in self}

    @api.model
    def _workflow_label_of_role(self, role):
        if role == "deciders":
            return self.env._("Confidentiality Officers who gain nothing by it")
        return super()._workflow_label_of_role(role)

    # === BUSINESS: ASKING ===

    @api.model
    def _keep(self, documents, name, value, beneficiaries, tier="0", is_direct=False):
        """Keep a change of a right, and tell those who decide on it or have to know.

        :param documents: the records concerned, all with the same new value
        :param name: the field
        :param value: the id that the field is set to, or that is added to it
        :param is_direct: the change is made already; otherwise it waits
        :return: the change, in superuser mode
        """
        is_single = documents._fields[name].type == "many2one"
        change = self.sudo().create({
            "requester_id": self.env.uid,
            "res_model": documents._name,
            "res_ids": documents.ids,
            "name": name,
            "value": value,
            "values_before": {str(document.id): document[name].id for document in documents.sudo()} if is_single and not is_direct else {},
            "beneficiary_ids": [Command.set(beneficiaries.ids)],
            "tier": tier,
            "reason": clean_reason(self.env.context.get(REASON)) or False,
            "is_by_administrator": is_direct and self._is_administrators_turn(beneficiaries),
        })
        if is_direct:
            change._move("note")
            change._tell_made()
        else:
            change._workflow_remind(
                {change.id: self._get_deciders(beneficiaries, tier)}, _lt("Somebody would come to read classified customers: confirm or refuse"))
            change._tell_waiting()
        return change

    @api.model
    def _keep_taken(self, documents, name, values_before, tier="0"):
        """Keep that a right was taken away, and tell the officers; nothing of what the server itself does.

        :param values_before: ``{document id: id}``, what the field was set to or what was taken out of it; or in words, where
            it cannot be looked up any more
        """
        if not self._is_servers_own():
            self._keep_made(
                documents, name, values_before, _lt("A right to read classified customers was taken away: see whether it is right"),
                tier=tier, is_taken=True)

    @api.model
    def _keep_setting(self, document, name, note):
        """Keep that a setting was changed on which confidentiality hangs, and tell the officers.

        :param note: what it was and what it is, in words
        """
        self._keep_made(
            document, name, {document.id: note}, _lt("A setting on which confidentiality hangs was changed: see whether it is right"))

    @api.model
    def _keep_made(self, documents, name, values_before, summary, **vals):
        """Keep what was done already and needs nobody's confirmation, and tell the officers, or the auditors where there is none."""
        change = self.sudo().create({
            "requester_id": self.env.uid,
            "res_model": documents._name,
            "res_ids": documents.ids,
            "name": name,
            "value": 0,
            "values_before": {str(document_id): value for document_id, value in values_before.items()},
            "reason": clean_reason(self.env.context.get(REASON)) or False,
            **vals,
        })
        change._move("note")
        people = self._kehu_officers() or self._get_auditors()
        change._workflow_remind({change.id: people - self.env.user}, summary)

    @api.model
    def _is_administrators_turn(self, beneficiaries):
        return not self._kehu_officers() - beneficiaries

    def _tell_waiting(self):
        """Tell the current user that the change is not made yet."""
        self.env.user._bus_send("simple_notification", {
            "type": "warning",
            "sticky": True,
            "title": self.env._("Waits for a confidentiality officer"),
            "message": self.env._(
                "“%(field)s” is not changed yet for %(count)s records, since classified customers are concerned: see %(request)s under "
                "Confidentiality › Changes of Rights. All else is saved.",
                field=self.field_label, count=len(self.res_ids), request=self.display_name),
        })

    def _tell_made(self):
        """Tell the other officers; where an administrator took an officer's place, all administrators and auditors, too."""
        for change in self:
            people = self._kehu_officers()
            summary = _lt("Somebody came to read classified customers: see whether it is right")
            if change.is_by_administrator:
                people |= self._get_administrators() | self._get_auditors()
                summary = _lt("Rights to read classified customers were given by an administrator, without an officer")
            change._workflow_remind({change.id: people - self.env.user}, summary)

    # === BUSINESS: DECIDING ===

    def _documents(self):
        self.ensure_one()
        return self.env[self.res_model].sudo().with_context(active_test=False).browse(self.res_ids)

    def _beneficiaries(self):
        """Return the users who would gain by the change as things are now."""
        self.ensure_one()
        return self._documents().exists()._kehu_right_beneficiaries(self.name, self.value)

    def _check_confirming(self):
        """
        :raise UserError: the change is not any more what was asked for, or nobody would gain who is still here
        """
        if _in_server_action.get():
            raise AccessError(self.env._("Changes of rights are confirmed by people, not by server actions."))
        for change in self:
            now = change._beneficiaries()
            if now - change.beneficiary_ids:
                raise UserError(self.env._("Others would gain by it now than when it was asked for. Refuse it, and have it asked for again."))
            if not now.filtered("active"):
                raise UserError(self.env._("Those who would gain by it are not active, or not concerned, any more. Refuse it."))
            if not change._unchanged():
                raise UserError(self.env._("The present value is not the one that was noted. Refuse it, and have it asked for again."))

    def _unchanged(self):
        """Return the records that still exist and have the value that was noted."""
        documents = self._documents().exists()
        if documents._fields[self.name].type != "many2one":
            return documents.filtered(lambda document: self.value not in document[self.name].ids)
        return documents.filtered(lambda document: document[self.name].id == (self.values_before.get(str(document.id)) or False))

    def _carry_out(self):
        for change in self:
            documents = change._unchanged()
            change.is_by_administrator = self._is_administrators_turn(change.beneficiary_ids)
            note = self.env._("%(request)s of %(user)s", request=change.display_name, user=change.requester_id.name)
            if change.is_by_administrator:
                note = self.env._("%s; no other officer: by an administrator", note)
            permit = RightPermit(change.res_model, frozenset(documents.ids), change.name, change.value, note)
            is_single = documents._fields[change.name].type == "many2one"
            documents.with_context(**{PERMIT: permit}).write({change.name: change.value if is_single else [Command.link(change.value)]})
            if skipped := len(change.res_ids) - len(documents):
                change._message_log(body=self.env._("%s records were left as they are: they have changed since.", skipped))

    def _workflow_moved(self, move, sources, reason):
        result = super()._workflow_moved(move, sources, reason)
        if move.name == "note":
            return result
        self.activity_ids.sudo().unlink()
        if move.name == "confirm":
            self._tell_made()
        if move.name != "withdraw":
            summary = _lt("The change of a right was confirmed") if move.name == "confirm" else _lt("The change of a right was refused")
            self._workflow_remind({change.id: change.requester_id - self.env.user for change in self}, summary)
        return result


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        token = _in_server_action.set(True)
        try:
            return super().run()
        finally:
            _in_server_action.reset(token)
