"""Spam, duplicates, and what is not for us, leave the intake: a clerk proposes it, and somebody
else decides (C1, C7).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move, clean_reason

from ...groups import STAFF, SUPERVISORS

_lt = LazyTranslate(__name__)

# An addon that makes a model of proposals adds them once more, as its own labels: Odoo translates them by addon.
DISMISSALS = [("spam", "Spam"), ("duplicate", "Duplicate"), ("foreign", "Not for us")]
DISMISSAL_STATES = [
    ("draft", "Draft"),
    ("proposed", "To decide"),
    ("approved", "Taken out"),
    ("kept", "Kept"),
    ("reversed", "Put back"),
]


class ServiceDismissalMixin(models.AbstractModel):
    """The proposal to take a document out of work and statistics; who decides on it, approval rules say.

    A model adds the document (a part of complaints or tickets), approvals, and the unique index of what waits.
    """

    _name = "kehu.service.dismissal.mixin"
    _description = "Proposal to Take Out"
    _order = "id desc"
    _evidence_refusal = _lt("Proposals to take out are kept as evidence:")
    _mail_post_access = "read"

    # Nobody may write a proposal: reading it is enough to withdraw it, or to put the document back.
    _workflow_moves = (
        Move("propose", _lt("Propose"), source=("draft",), target="proposed", approval="dismissal"),
        Move(
            "grant", _lt("Take Out"), source=("proposed",), target="approved", granted="dismissal", after="_after_grant"
        ),
        Move("return", _lt("Keep"), source=("proposed",), target="kept", returned="dismissal"),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("proposed",),
            target="kept",
            roles=("user_id",),
            access="read",
            reason=True,
        ),
        Move(
            "reverse",
            _lt("Put Back"),
            source=("approved",),
            target="reversed",
            groups=SUPERVISORS,
            access="read",
            reason=True,
            after="_after_reverse",
        ),
    )
    _workflow_statusbar = ("proposed", "approved")

    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    kind = fields.Selection(DISMISSALS, string="Why", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    state_before = fields.Char(readonly=True)
    state = fields.Selection(DISMISSAL_STATES, string="Proposal Status", default="draft")

    # === COMPUTE ===

    @api.depends(lambda self: () if self._abstract else (f"{self._kehu_document_field}.number",))
    def _compute_display_name(self):
        for dismissal in self:
            dismissal.display_name = self.env._("Taking out %s", dismissal._document().number or "")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        return (
            super(ServiceDismissalMixin, self.with_context(mail_create_nosubscribe=True))
            .create(vals_list)
            .with_env(self.env)
        )

    # === BUSINESS ===

    def _document(self):
        """Return the documents that are to be taken out."""
        return self[self._kehu_document_field]

    @api.model
    def _propose(self, documents, kind, reason, **values):
        """Put it to those who decide to take documents out.

        :param documents: on which the caller may work
        :raise UserError: no reason, no such kind, or a document with which too much has been done
        """
        if not (reason := clean_reason(reason)):
            raise UserError(self.env._("Say why."))
        if kind not in self._fields["kind"].get_values(self.env):
            raise UserError(self.env._("Choose why it is taken out."))
        if begun := documents.sudo().filtered(lambda document: document.state not in document._service_dismissible):
            raise UserError(begun._service_undismissible())
        if waiting := documents.sudo().filtered(lambda document: "proposed" in document.dismissal_ids.mapped("state")):
            raise UserError(self.env._("It was proposed already to take this out: %s.", waiting._workflow_names()))
        dismissals = self.sudo().create(
            [
                {
                    self._kehu_document_field: document.id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "reason": reason,
                    **values,
                }
                for document in documents
            ]
        )
        dismissals._move("propose")
        return dismissals

    def _filter_evidence(self):
        return self

    def _after_grant(self):
        for dismissal in self:
            document = dismissal._document()
            dismissal.state_before = document.state
            document._move("dismiss", reason=dismissal._kind_label())
            document._dismiss(dismissal)

    def _after_reverse(self):
        for dismissal in self:
            dismissal._document()._put_back(dismissal)

    def _kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _decider(self):
        return self.approval_decision_ids.sorted("id")[-1:].user_id

    def _workflow_moved(self, move, sources, reason):
        if move.name in ("withdraw", "reverse"):
            dismissals = self.sudo()
            dismissals._workflow_remind(
                {dismissal.id: dismissal.user_id - self.env.user for dismissal in dismissals},
                _lt("What you proposed to take out goes on: see the reason"),
            )
        return super()._workflow_moved(move, sources, reason)

    # === BUSINESS: WHO DECIDES ===

    def _approval_candidates(self, terms):
        # Users from whom it is hidden cannot decide, and are not told.
        return self.env["mail.activity"]._kehu_filter_readers(self, super()._approval_candidates(terms))

    def _approval_excluded_users(self):
        """Nor do users decide whose clocks it stops: who handles the document, or did (C1)."""
        excluded = super()._approval_excluded_users()
        return {
            dismissal.id: excluded.get(dismissal.id, self.env["res.users"])
            | dismissal.user_id
            | dismissal._document()._service_handlers()
            | dismissal._kehu_excluded_users()
            for dismissal in self.sudo()
        }

    def _kehu_classified(self):
        # Whoever is complained about is kept from it.
        return self


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # The states from which documents are taken out, and to which they are put back, by moves put_back_….
    _service_dismissible = ()

    is_dismissal_mine = fields.Boolean(compute="_compute_dismissal_id", groups=STAFF)
    dismissal_shown = fields.Char(string="Proposal Shown to Decide", compute="_compute_dismissal_id", groups=STAFF)
    dismissal = fields.Selection(
        lambda self: self.env["kehu.service.dismissal.mixin"]._fields["kind"]._description_selection(self.env),
        string="Taken Out As",
        readonly=True,
        copy=False,
        tracking=True,
    )
    dismissal_user_id = fields.Many2one(
        "res.users", string="Taking Out Proposed By", readonly=True, copy=False, index="btree_not_null"
    )
    dismissed_by_id = fields.Many2one(
        "res.users", string="Taken Out By", readonly=True, copy=False, index="btree_not_null"
    )
    date_dismissed = fields.Datetime(string="Taken Out On", readonly=True, copy=False)

    # === COMPUTE ===

    @api.depends("dismissal_ids.state")
    @api.depends_context("uid")
    def _compute_dismissal_id(self):
        Dismissal = self._service_dismissals()
        waiting = Dismissal.search([(Dismissal._kehu_document_field, "in", self.ids), ("state", "=", "proposed")])
        of_document = {dismissal._document(): dismissal for dismissal in waiting}
        for document in self:
            document.dismissal_id = of_document.get(document._origin, False)
            document.is_dismissal_mine = document.dismissal_id.approval_is_mine
            document.dismissal_shown = document.dismissal_id.approval_shown

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"dismissal", "dismissal_user_id", "dismissed_by_id", "date_dismissed"}

    # === ACTIONS ===

    def action_propose_dismissal(self, kind=None, reason=None, **original_ids):
        """Propose to take these documents out of work and statistics; somebody else decides (C1).

        :param kind: see ``kehu.service.dismissal.mixin``; without it the dialog asks for it
        :param original_ids: ``complaint_id`` of what a duplicate is one of; see ``_propose()``
        :raise AccessError: the user is not of the service, or may not write a document
        :raise UserError: see ``_propose()``
        """
        self._check_dismissible()
        if kind is None:
            return self.env["kehu.service.dismissal.wizard"]._action_open(self)
        self._service_dismissals()._propose(self, kind, reason, original_ids=original_ids)
        return True

    def action_approve_dismissal(self):
        """Agree to the proposals to take these documents out, as far as they are the user's to decide.

        :raise UserError: none is
        """
        return self.dismissal_id.action_approval_approve()

    def action_refuse_dismissal(self):
        """Open the dialog that asks why these documents are kept; see ``action_approve_dismissal()``."""
        return self.dismissal_id.action_approval_refuse()

    def _check_dismissible(self):
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service proposes what is taken out."))
        self.check_access("write")
        self._workflow_lock()

    # === BUSINESS ===

    @api.model
    def _service_dismissals(self):
        """Return the model of the proposals to take such documents out."""
        return self.env[self._fields["dismissal_ids"].comodel_name]

    def _service_undismissible(self):
        """Return why these documents are not taken out any more (hook)."""
        return self.env._("This can no longer be taken out: %s.", self._workflow_names())

    def _dismiss(self, dismissal):
        """Stop the clocks, which are neither met nor missed, and count it apart from now on. In sudo."""
        self._deadline_take_out(dismissal._kind_label())
        self.write(
            {
                "dismissal": dismissal.kind,
                "dismissal_user_id": dismissal.user_id.id,
                "dismissed_by_id": dismissal._decider().id,
                "date_dismissed": fields.Datetime.now(),
                "is_confirmation_due": False,
            }
        )

    def _put_back(self, dismissal):
        """Go on where it was taken out, with the clocks from their first start. In sudo."""
        self._move(f"put_back_{dismissal.state_before}")
        self.write(dict.fromkeys(("dismissal", "dismissal_user_id", "dismissed_by_id", "date_dismissed"), False))
        self._deadline_put_back()

    def _workflow_moved(self, move, sources, reason):
        if move.target not in (*self._service_dismissible, "dismissed"):
            self.sudo().dismissal_ids.filtered(lambda dismissal: dismissal.state == "proposed")._move(
                "withdraw", reason=self.env._("Work on the document continued.")
            )
        return super()._workflow_moved(move, sources, reason)

    def _service_on_customer_message(self, message):
        result = super()._service_on_customer_message(message)
        if self.state == "dismissed":
            self._service_tell_supervisor()
        return result

    def _service_take_as_customers(self):
        return super(
            ServiceMixin, self.filtered(lambda document: document.state != "dismissed")
        )._service_take_as_customers()

    def _service_may_be_rated(self):
        return self.state != "dismissed" and super()._service_may_be_rated()

    def _deadline_filter_timed(self):
        # Until it is put back altogether: its clocks do not start anew, but go on.
        return (
            super()
            ._deadline_filter_timed()
            .filtered(lambda document: document.state != "dismissed" and not document.dismissal)
        )
