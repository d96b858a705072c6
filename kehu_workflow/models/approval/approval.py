from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ...approval import digest
from ...notification import notification
from ...workflow import clean_reason

_WAITING = "kehu_workflow.waiting_documents"
# A notice names so many documents.
NAMED = 10


class Approval(models.Model):
    """What was asked for on a document, with the values it was asked for (A6, C5).

    There is no right to create, write or delete one: asking is a method of the document, deciding
    and withdrawing are methods of the approval.
    """

    _name = "kehu.approval"
    _description = "Approval"
    _inherit = ["kehu.trail.mixin"]
    _order = "id desc"
    _trail_is_paged = True
    _trail_shows_document = True
    _rec_name = "document_name"
    _rec_names_search = ["kind", "rule_id"]  # the name of a document of whatever model is no column

    res_model = fields.Char("Document Model", required=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True)
    document_name = fields.Char("Document", compute="_compute_document_name")
    # In use, rules and steps are not deleted; they go only with their document's addon, and these rows with them.
    rule_id = fields.Many2one("kehu.approval.rule", required=True, ondelete="cascade", index=True)
    kind = fields.Char("Kind Name", required=True)
    kind_label = fields.Char("Kind", compute="_compute_kind_label")
    company_id = fields.Many2one("res.company")
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("lapsed", "Lapsed"),
        ],
        "Status",
        required=True,
        default="pending",
    )
    requester_id = fields.Many2one("res.users", "Asked By", required=True, ondelete="restrict", index=True)
    date = fields.Datetime("Asked On", required=True, default=fields.Datetime.now)
    date_closed = fields.Datetime("Closed On")
    reason = fields.Text()
    # The document may hide some of its fields from some of its readers; the copy must not tell them.
    # Not required: Odoo keeps the empty one, of a kind that watches nothing, as none.
    snapshot = fields.Json("Values Asked For", groups="base.group_system")
    digest = fields.Char("Digest of the Values", required=True, groups="base.group_system")
    route = fields.Json(
        "Steps to Go", required=True, help="The steps that apply, in order, as the rule was when it was asked for."
    )
    step_id = fields.Many2one("kehu.approval.step", required=True, ondelete="cascade")
    merges_steps = fields.Boolean("One Person May Fill Several Steps", help="As the rule was when it was asked for.")
    decision_ids = fields.One2many("kehu.approval.decision", "approval_id", "Decisions")
    # Written together with each decision: of two transactions that decide at once, one must fail.
    decision_count = fields.Integer("Number of Decisions")
    excluded_user_ids = fields.Many2many(
        "res.users",
        "kehu_approval_excluded_user_rel",
        string="Excluded",
        help="Requester, creator and those who profit.",
    )
    told_user_ids = fields.Many2many(
        "res.users",
        "kehu_approval_told_user_rel",
        string="Told",
        help="Who has heard that the present step is theirs to decide.",
    )
    is_mine = fields.Boolean("Mine to Decide", compute="_compute_is_mine", search="_search_is_mine")
    candidates = fields.Char("Who Can Decide", compute="_compute_candidates")
    in_place_of = fields.Char("In the Place Of", compute="_compute_in_place_of")
    amount = fields.Char("Amount to Decide", compute="_compute_amount")
    essentials = fields.Text("What Is Decided", compute="_compute_essentials")

    _document_idx = models.Index("(res_model, res_id)")
    _pending_once = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE state = 'pending'", "This was asked for already and waits for a decision."
    )

    # === COMPUTE ===

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for model, approvals in self.grouped("res_model").items():
            if not model:  # the form of a new one
                approvals.document_name = False
                continue
            documents = self.env[model].browse(approvals.mapped("res_id"))
            for approval, document in zip(approvals, documents.with_prefetch(documents.ids), strict=True):
                approval.document_name = document.display_name

    @api.depends("res_model", "kind")
    @api.depends_context("lang")
    def _compute_kind_label(self):
        for (model, kind), approvals in self.grouped(lambda approval: (approval.res_model, approval.kind)).items():
            approvals.kind_label = model and self.env[model]._approval_label(kind)

    @api.depends("state", "step_id", "decision_count")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self._waiting()
        for approval in self:
            approval.is_mine = approval._origin.id in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "any!", self._domain_mine())

    @api.depends("state", "step_id", "decision_count")
    def _compute_candidates(self):
        pending = self.filtered(lambda approval: approval.state == "pending" and approval.res_model)
        (self - pending).candidates = False
        eligible = pending.sudo()._eligible()
        deputies = pending.sudo()._deputies(eligible)
        for approval in pending:
            names = []
            for user in eligible[approval.id]:
                standing_in = [deputy.name for deputy, users in deputies[approval.id].items() if user in users]
                names.append(
                    self.env._("%(user)s (deputy: %(deputies)s)", user=user.name, deputies=", ".join(standing_in))
                    if standing_in
                    else user.name
                )
            approval.candidates = ", ".join(names) or self.env._("Nobody! Tell your administrator.")

    @api.depends("state", "step_id", "decision_count")
    @api.depends_context("uid")
    def _compute_in_place_of(self):
        """Name the user in whose place the decision would be, none for one's own right."""
        self.in_place_of = False
        delegators = self.env["kehu.approval.delegation"]._delegators(self.env.user)
        mine = self.filtered("is_mine").sudo() if delegators else self.browse()
        eligible = mine._eligible()
        for approval in mine:
            if self.env.user not in eligible[approval.id]:
                approval.sudo(False).in_place_of = (delegators & eligible[approval.id])[:1].name

    @api.depends("res_model", "res_id", "state", "step_id", "decision_count")
    @api.depends_context("uid", "lang")
    def _compute_amount(self):
        """The amount on which the user decides, as the authority table compares it."""
        self.amount = False
        mine = self.filtered("is_mine")
        for (model, path), approvals in mine.grouped(
            lambda approval: (approval.res_model, approval.sudo().rule_id.amount_path)
        ).items():
            documents = self.env[model].sudo().browse(approvals.mapped("res_id")).exists()
            amounts = documents._approval_amounts(path) if path else {}
            currencies = {document.id: document._approval_company().currency_id for document in documents}
            for approval in approvals.filtered(lambda approval, amounts=amounts: approval.res_id in amounts):
                approval.amount = currencies[approval.res_id].format(amounts[approval.res_id])

    @api.depends("res_model", "res_id", "kind")
    @api.depends_context("uid", "lang")
    def _compute_essentials(self):
        """The customer and the values asked for, as the user reads them on the document now."""
        self.essentials = False
        for approvals, documents in self._documents():
            readable = documents.browse(self._trail_readable(documents._name, documents.ids))
            essentials = readable._approval_essentials(approvals[:1].kind)
            for approval in approvals.filtered(lambda approval, readable=readable: approval.res_id in readable._ids):
                approval.essentials = "\n".join(f"{label}: {text}" for label, text in essentials[approval.res_id])

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        approvals = super().create(vals_list)
        self._forget_waiting()
        return approvals

    def write(self, vals):
        result = super().write(vals)
        self._forget_waiting()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_waiting()
        return result

    # === ACTIONS ===

    def approve(self, reason=None):
        """Agree to all of these approvals, or none (A6).

        :raise AccessError: who calls is no candidate, is excluded, or may not read the document
        :raise UserError: decided already, values changed, somebody else is deciding right now
        """
        self.sudo(False)._decide("approved", clean_reason(reason))
        return True

    def refuse(self, reason=None):
        """Refuse all of these approvals, or none; one refusal ends an approval. See :meth:`approve`."""
        reason = clean_reason(reason)
        if not reason:
            raise UserError(self.env._("A refusal needs a reason."))
        self.sudo(False)._decide("refused", reason)
        return True

    def withdraw(self, reason=None):
        """Take back what one asked for oneself; rule administrators may, with a reason, for others."""
        self.sudo(False)._withdraw(clean_reason(reason))
        return True

    def action_approve(self):
        """Approve from a form or list, and return the notice that says what was done.

        :raise UserError: one of them cannot be decided by the user now; see :meth:`approve`
        """
        approvals = self | self.browse()
        names = ", ".join(filter(None, approvals[:NAMED].mapped("document_name")))
        approvals.approve()
        return notification(
            self.env._("Approved (%(count)s): %(documents)s", count=len(approvals), documents=names)
            + ("…" if len(approvals) > NAMED else "")
        )

    def action_refuse(self):
        """Open the dialog that asks for the reason of a refusal."""
        return self.env["kehu.approval.refuse.wizard"]._action_open(self)

    # === BUSINESS ===

    def _documents(self):
        """``[(approvals, documents), …]`` per model and kind, in the same order; what waits names a document once."""
        return [
            (approvals, self.env[model].browse(approvals.mapped("res_id")))
            for (model, _kind), approvals in self.filtered("res_model")
            .grouped(lambda approval: (approval.res_model, approval.kind))
            .items()
        ]

    @api.model
    def _waiting(self, condition=Domain.TRUE):
        """Return ``{approval_id: (model, document_id)}`` of what the user can decide now.

        Record rules ask again and again: the answer is kept within the transaction until an approval changes.

        :param condition: what the approvals must fulfil besides
        """
        if not condition.is_true() and not self._waiting():
            return {}  # as for most users
        mine = self._domain_mine() & condition
        known, key = self.env.cr.cache.setdefault(_WAITING, {}), repr(mine)
        if key not in known:
            waiting = self.sudo()._search(mine)
            rows = self.env.execute_query(waiting.select("id", "res_model", "res_id"))
            known[key] = {approval_id: document for approval_id, *document in rows}
        return known[key]

    @api.model
    def _waiting_documents(self, model_name, condition=Domain.TRUE):
        """Return the ids of the documents of a model on which the user can decide something now."""
        return [res_id for name, res_id in self._waiting(condition).values() if name == model_name]

    @api.model
    def _forget_waiting(self):
        self.env.cr.cache.pop(_WAITING, None)

    def _lock(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise LockError(
                self.env._("Somebody else is just deciding on this. Reload and look before you try again.")
            ) from None
        self.invalidate_recordset()

    def _check_pending(self):
        for approval in self:
            if approval.state != "pending":
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(kind)s” of %(document)s is not pending any more: %(state)s.",
                        kind=approval.kind_label,
                        document=approval.document_name,
                        state=states[approval.state],
                    )
                )

    def _asked_values(self):
        """Return ``{path: value}`` that were watched when it was asked for; empty if the kind watches nothing."""
        return self.snapshot or {}

    def _changed(self):
        """The approvals whose document no longer has the values that were asked for, or whose copy of them was tampered
        with.
        """
        changed = self.filtered(lambda approval: digest(approval._asked_values()) != approval.digest)
        for approvals, documents in self._documents():
            paths = sorted({path for approval in approvals for path in approval._asked_values()})
            snapshots = documents._approval_snapshots(paths)
            changed |= approvals.filtered(
                lambda approval, snapshots=snapshots: (
                    (asked := approval._asked_values()) != {path: snapshots[approval.res_id][path] for path in asked}
                )
            )
        return changed
