"""Changes of rights that give reading of classified customers: made or confirmed by those who gain nothing (X2, X5)."""

from dataclasses import dataclass
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.parameters import bounded_number
from odoo.addons.kehu_workflow.workflow import Move

from ...at_work import client_uid, is_called, is_peoples_code
from ...groups import AUDITOR, OFFICER
from ..rule.tier import TIERS

_lt = LazyTranslate(__name__)

PERMIT = "kehu_right_permit"
REASON = "kehu_right_reason"  # the key of the context by which a reason comes along, from an import, too

# For how long those who took an officer away do not take the place.
REMOVAL_PARAMETER = "kehu_confidential.officer_removal_days"
REMOVAL_DEFAULT, REMOVAL_SHORTEST, REMOVAL_LONGEST = 7, 3, 90


@dataclass(frozen=True, slots=True, eq=False)
class RightPermit:
    """Lets the server carry out one confirmed change; no client can send an instance in a context."""

    model: str
    ids: frozenset[int]
    name: str
    value: int
    note: str

    def covers(self, model, record_id, name, value):
        return (
            not is_peoples_code()
            and (self.model, self.name, self.value) == (model, name, value)
            and record_id in self.ids
        )


class RightChange(models.Model):
    """A change by which somebody comes to read classified customers (X2).

    A confidentiality officer who gains nothing makes such a change directly. From anybody else it is a request, and
    nothing changes until such an officer confirms it. Where no other officer is active, an administrator takes the
    officer's place, but for some days not one who took an officer away; all administrators and auditors are told.
    Taking a right away waits for nobody; officers are told.
    """

    _name = "kehu.right.change"
    _description = "Change of a Right"
    _inherit = [
        "kehu.officers.mixin",
        "mail.activity.mixin",
        "kehu.evidence.mixin",
        "kehu.server.rows.mixin",
        "kehu.server.written.mixin",
    ]
    _order = "id desc"

    # Nobody may write a request: reading it is enough to decide.
    _workflow_moves = (
        Move(
            "confirm",
            _lt("Confirm"),
            source=("pending",),
            target="confirmed",
            roles=("deciders",),
            access="read",
            before="_check_confirming",
            after="_carry_out",
            confirm=_lt("Those who gain can read classified customers at once. Confirm the change?"),
        ),
        Move(
            "refuse",
            _lt("Refuse"),
            source=("pending",),
            target="refused",
            roles=("deciders",),
            reason=True,
            access="read",
        ),
        Move(
            "withdraw", _lt("Withdraw"), source=("pending",), target="withdrawn", roles=("requester_id",), access="read"
        ),
        Move("note", _lt("Made directly"), source=("pending",), target="direct"),
    )
    _workflow_statusbar = ("pending", "confirmed")

    requester_id = fields.Many2one(
        "res.users", string="Asked By", required=True, readonly=True, index=True, ondelete="restrict"
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_ids = fields.Json(string="Record IDs", required=True, readonly=True)
    name = fields.Char(string="Field Name", required=True, readonly=True)
    value = fields.Integer(
        string="New Value", required=True, readonly=True, help="The ID of what the field is set to, or is added to it."
    )
    values_before = fields.Json(
        string="Present Values", readonly=True, help="By record, what a confirmation compares with."
    )
    value_text = fields.Text(string="New Value in Words", readonly=True, help="Of a setting that is no record.")
    beneficiary_ids = fields.Many2many(
        "res.users",
        "kehu_right_change_beneficiary_rel",
        string="Gain Reading",
        readonly=True,
        context={"active_test": False},
    )
    tier = fields.Selection(TIERS, string="Confidentiality Tier", required=True, readonly=True, default="0")
    is_taken = fields.Boolean(string="Taken Away", readonly=True, help="Somebody lost a right to read: nothing waits.")
    reason = fields.Text(readonly=True)
    is_by_administrator = fields.Boolean(
        string="Without an Officer",
        readonly=True,
        help="No other confidentiality officer was active: an administrator took the place.",
    )
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
        ],
        default="pending",
    )

    _pending_idx = models.Index("(res_model, name) WHERE state = 'pending'")

    # === COMPUTE ===

    @api.depends("res_model", "res_ids", "name", "value", "value_text")
    @api.depends_context("lang", "uid")
    def _compute_labels(self):
        for change in self:
            # Superuser: an officer need not be allowed to read users and units; labels of customers are masked all the
            # same.
            documents = change._documents()
            values = documents.env[documents._fields[change.name].comodel_name or documents._name]
            known = sorted({value for value in (change.values_before or {}).values() if value}, key=str)
            before = values.browse(value for value in known if isinstance(value, int)).exists()
            change.document_names = "\n".join(document.display_name or "" for document in documents.exists())
            change.field_label = documents.fields_get([change.name], ["string"])[change.name]["string"]
            change.before_label = ", ".join(
                [*before.mapped("display_name"), *(value for value in known if isinstance(value, str))]
            )
            after = values.browse(change.value).exists()
            given = after._kehu_watched_given() if after._name == "res.groups" else after
            change.value_label = change.value_text or ", ".join((after | given).mapped("display_name"))

    @api.depends("requester_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._("Change of a right #%s", change._origin.id or "")

    # === ACTIONS ===

    def action_open_documents(self):
        """Open the records that are concerned, as far as the user may read them."""
        self.exists().ensure_one()
        return (
            self.env[self.res_model]
            .browse(self.res_ids)
            .with_context(active_test=False)
            ._filtered_access("read")
            ._get_records_action(name=self.field_label)
        )

    # === BUSINESS: WHO ===

    def _filter_evidence(self):
        """Every change of a right is evidence, also one that still waits."""
        return self

    @api.model
    def _is_servers_own(self):
        """Return whether the server itself is at work: installing, or at its owner's command; not what clients or code
        make of it.
        """
        return self.env.uid == SUPERUSER_ID and not is_peoples_code() and (not self.pool.ready or not is_called())

    @api.model
    def _may_give(self, beneficiaries, tier="0"):
        """Return whether the current user gives a right directly.

        :param beneficiaries: users who gain by it
        :param tier: the strictest tier concerned; an officer gives nothing above the own clearance
        """
        return (
            self._is_servers_own() or self._is_users_own() and self.env.user in self._get_deciders(beneficiaries, tier)
        )

    @api.model
    def _is_users_own(self):
        """Return whether the current user acts in person, rather than code or another user's call
        in the user's name.
        """
        return not is_peoples_code() and client_uid() in (None, self.env.uid)

    @api.model
    def _get_deciders(self, beneficiaries, tier="0", excluded=None):
        """Return the users who may give or confirm: the officers without gain, or else the
        administrators without gain.

        A change by which all officers and others gain is decided by nobody: the gain of the others has to be asked for
        separately.

        :param excluded: users who are excluded from the records; while there is an officer without gain, nobody takes
            the place of one who is
        """
        excluded = excluded or beneficiaries.browse()
        if officers := self._kehu_officers() - beneficiaries:
            return (officers - excluded).filtered(lambda user: user.kehu_clearance >= tier)
        if not self._is_administrators_turn(beneficiaries):
            return self.env["res.users"].sudo()
        removers = self._get_removals().requester_id
        if removers & (
            beneficiaries | self.env["res.users"].browse(SUPERUSER_ID)
        ):  # the superuser: nobody knows for whom
            return self.env["res.users"].sudo()
        return self._get_administrators() - beneficiaries - excluded - removers

    @api.model
    def _get_removals(self):
        """Return the changes of the last days by which somebody took other officers away."""
        days = bounded_number(self.env, REMOVAL_PARAMETER, REMOVAL_DEFAULT, REMOVAL_SHORTEST, REMOVAL_LONGEST)
        return (
            self.sudo()
            .search(
                [
                    ("res_model", "=", "res.users"),
                    ("name", "=", "group_ids"),
                    ("is_taken", "=", True),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(days=days)),
                ]
            )
            .filtered(lambda change: change._takes_officers() and change.res_ids != change.requester_id.ids)
        )

    def _takes_officers(self):
        return (
            self.is_taken and self.res_model == "res.users" and self.env.ref(OFFICER).id in self.values_before.values()
        )

    @api.model
    def _get_administrators(self):
        return self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")

    @api.model
    def _get_auditors(self):
        return self.env.ref(AUDITOR).sudo().all_user_ids.filtered("active")

    def _workflow_role_deciders(self):
        return {
            change.id: self._get_deciders(
                change._beneficiaries() | change.beneficiary_ids,
                change._tier_now(),
                change._documents().exists()._kehu_excluded_users(),
            )
            for change in self
        }

    @api.model
    def _workflow_label_of_role(self, role):
        if role == "deciders":
            return self.env._("Confidentiality Officers who gain nothing by it")
        return super()._workflow_label_of_role(role)

    # === BUSINESS: ASKING ===

    @api.model
    def _is_administrators_turn(self, beneficiaries):
        """Return whether no officer is there, or officers alone gain, all of them."""
        officers = self._kehu_officers()
        return not officers or beneficiaries == officers

    # === BUSINESS: DECIDING ===

    def _documents(self):
        self.ensure_one()
        return self.env[self.res_model].sudo().with_context(active_test=False).browse(self.res_ids)

    def _beneficiaries(self):
        """Return the users who would gain by the change as things are now."""
        self.ensure_one()
        return self._documents().exists()._kehu_right_beneficiaries(self.name, self.value)

    def _tier_now(self):
        """Return the strictest tier that is concerned: it may have been raised since the change was asked for."""
        self.ensure_one()
        return max([self.tier, *self._documents().exists()._kehu_opened_tiers(self.name)])

    def _check_confirming(self):
        """Refuse to confirm a change that is not what was asked for any more.

        :raise UserError: the change is not any more what was asked for, or nobody would gain who is still here
        """
        if not self._is_users_own():
            raise AccessError(self.env._("Changes of rights are confirmed by people, not by server actions."))
        for change in self:
            now = change._beneficiaries()
            if now - change.beneficiary_ids:
                raise UserError(
                    self.env._(
                        "Others would gain by it now than when it was asked for. Refuse it, and have it asked for "
                        "again."
                    )
                )
            if change.name != "active" and not now.filtered("active"):
                raise UserError(
                    self.env._("Those who would gain by it are not active, or not concerned, any more. Refuse it.")
                )
            if not change._unchanged():
                raise UserError(
                    self.env._(
                        "The present value is not the one that was noted. Refuse it, and have it asked for again."
                    )
                )

    def _unchanged(self):
        """Return the records that still exist and have the value that was noted."""
        documents = self._documents().exists()
        if self.name == "active":
            return documents.filtered(lambda document: not document.active)
        if documents._fields[self.name].type != "many2one":
            return documents.filtered(lambda document: self.value not in document[self.name].ids)
        return documents.filtered(
            lambda document: document[self.name].id == (self.values_before.get(str(document.id)) or False)
        )

    def _carry_out(self):
        for change in self:
            documents = change._unchanged()
            change.tier = change._tier_now()
            change.is_by_administrator = self._is_administrators_turn(change.beneficiary_ids)
            note = self.env._("%(request)s of %(user)s", request=change.display_name, user=change.requester_id.name)
            if change.is_by_administrator:
                note = self.env._("%s; no other officer: by an administrator", note)
            permit = RightPermit(change.res_model, frozenset(documents.ids), change.name, change.value, note)
            is_many = documents._fields[change.name].type in ("one2many", "many2many")
            documents.with_context(**{PERMIT: permit}).write(
                {change.name: [Command.link(change.value)] if is_many else change.value}
            )
            if skipped := len(change.res_ids) - len(documents):
                change._message_log(
                    body=self.env._("%s records were left as they are: they have changed since.", skipped)
                )

    def _workflow_moved(self, move, sources, reason):
        result = super()._workflow_moved(move, sources, reason)
        if move.name == "note":
            return result
        self.activity_ids.sudo().unlink()
        if move.name == "confirm":
            self._tell_made()
        if move.name != "withdraw":
            summary = (
                _lt("The change of a right was confirmed")
                if move.name == "confirm"
                else _lt("The change of a right was refused")
            )
            self._workflow_remind({change.id: change.requester_id - self.env.user for change in self}, summary)
        return result


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_opened_tiers(self, name):
        """Return the tiers of what others come to read by a change of this field, as things are now (hook)."""
        return ()
