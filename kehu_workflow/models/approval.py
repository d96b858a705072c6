from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ..approval import digest
from ..workflow import clean_reason

_WAITING = "kehu_workflow.waiting_documents"


class Approval(models.Model):
    """What was asked for on a document, with the values it was asked for (A6, C5).

    There is no right to create, write or delete one: asking is a method of the document, deciding
    and withdrawing are methods of the approval.
    """

    _name = "kehu.approval"
    _description = "Approval"
    _inherit = ["kehu.trail.mixin"]
    _order = "id desc"
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
    snapshot = fields.Json("Values Asked For", required=True, groups="base.group_system")
    digest = fields.Char("Digest of the Values", required=True, groups="base.group_system")
    route = fields.Json("Steps to Go", required=True, help="The steps that apply, in order, as the rule was when it was asked for.")
    step_id = fields.Many2one("kehu.approval.step", required=True, ondelete="cascade")
    decision_ids = fields.One2many("kehu.approval.decision", "approval_id", "Decisions")
    # Written together with each decision: of two transactions that decide at once, one must fail.
    decision_count = fields.Integer("Number of Decisions")
    excluded_user_ids = fields.Many2many(
        "res.users", "kehu_approval_excluded_user_rel", string="Excluded", help="Requester, creator and those who profit."
    )
    told_user_ids = fields.Many2many(
        "res.users", "kehu_approval_told_user_rel", string="Told", help="Who has heard that the present step is theirs to decide."
    )
    is_mine = fields.Boolean("Mine to Decide", compute="_compute_is_mine", search="_search_is_mine")
    candidates = fields.Char("Who Can Decide", compute="_compute_candidates")

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
        for approval in self:
            approval.kind_label = approval.res_model and self.env[approval.res_model]._approval_label(approval.kind)

    @api.depends("state", "step_id", "decision_count")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.sudo().search(Domain("id", "in", self.ids) & self._domain_mine())
        for approval in self:
            approval.is_mine = approval.sudo() in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "any!", self._domain_mine())

    @api.depends("state", "step_id", "decision_count")
    def _compute_candidates(self):
        pending = self.filtered(lambda approval: approval.state == "pending" and approval.res_model)
        (self - pending).candidates = False
        eligible = pending.sudo()._eligible()
        for approval in pending:
            names = eligible[approval.id].mapped("name")
            approval.candidates = ", ".join(names) or self.env._("Nobody! Tell your administrator.")

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

    def action_refuse(self):
        """Open the dialog that asks for the reason of a refusal."""
        return self.env["kehu.approval.refuse.wizard"]._action_open(self)

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # === BUSINESS ===

    def _documents(self):
        """``[(approvals, documents), …]`` per model and kind, in the same order; what waits names a document once."""
        return [
            (approvals, self.env[model].browse(approvals.mapped("res_id")))
            for (model, _kind), approvals in self.filtered("res_model").grouped(lambda approval: (approval.res_model, approval.kind)).items()
        ]

    @api.model
    def _waiting_documents(self, model_name, condition=Domain.TRUE):
        """Return the ids of the documents of a model on which the user can decide something now.

        Record rules ask again and again: the answer is kept within the transaction until an approval changes.

        :param condition: what the approvals must fulfil besides
        """
        mine = self._domain_mine() & condition
        known, key = self.env.cr.cache.setdefault(_WAITING, {}), (model_name, repr(mine))
        if key not in known:
            waiting = self.sudo()._search(mine & Domain("res_model", "=", model_name))
            known[key] = [res_id for res_id, in self.env.execute_query(waiting.select("res_id"))]
        return known[key]

    @api.model
    def _forget_waiting(self):
        self.env.cr.cache.pop(_WAITING, None)

    def _lock(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise LockError(self.env._("Somebody else is just deciding on this. Reload and look before you try again.")) from None
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

    def _changed(self):
        """The approvals whose document no longer has the values that were asked for, or whose copy of them was tampered with."""
        changed = self.filtered(lambda approval: digest(approval.snapshot) != approval.digest)
        for approvals, documents in self._documents():
            paths = sorted({path for approval in approvals for path in approval.snapshot})
            snapshots = documents._approval_snapshots(paths)
            changed |= approvals.filtered(
                lambda approval, snapshots=snapshots: approval.snapshot
                != {path: snapshots[approval.res_id][path] for path in approval.snapshot}
            )
        return changed
