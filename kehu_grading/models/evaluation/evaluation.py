from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import EVALUATOR, GRADING_MANAGER
from .vote_mixin import CREDIT, PROPOSE, SUBMIT, VOTE

_lt = LazyTranslate(__name__)

USERS = (EVALUATOR,)
MANAGERS = (GRADING_MANAGER,)


def grading_managers(env):
    """Return the grading managers, in sudo."""
    return env.ref(GRADING_MANAGER).sudo().all_user_ids.filtered("active")


class Evaluation(models.Model):
    """The sheet 客户质量等级评估表 of one customer: what was measured, who proposed and voted what, what holds since when (G3).

    The evaluations of a customer are the history of the grade: at most one is in force in a company. One made in a run
    is decided with the run; one made by hand raises or lowers a single customer (G5).
    """

    _name = "kehu.evaluation"
    _description = "Customer Evaluation"
    _inherit = [
        "kehu.colleagues.mixin",
        "kehu.voted.mixin",
        "kehu.confidential.mixin",
        "kehu.approval.mixin",
        "kehu.deadline.mixin",
    ]
    _order = "date_from desc, score desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            groups=USERS,
            required=("partner_id", "grade_id", "reason"),
            before="_keep_policies",
            approval="grade",
        ),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="grade", after="_after_granted"),
        Move(
            "return",
            _lt("Return"),
            source=("pending",),
            target="draft",
            returned="grade",
            after="_after_reopened",
        ),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("pending",),
            target="draft",
            groups=MANAGERS,
            roles=("approval_requester",),
            reason=True,
            after="_after_reopened",
        ),
        Move("cancel", _lt("Cancel"), source=("draft", "approved"), target="cancelled", groups=MANAGERS, reason=True),
        Move("discard", _lt("Dropped with Its Run"), source=("draft",), target="cancelled"),
    )
    _approval_kinds = (
        ApprovalKind(
            "grade", _lt("Change of grade"), watched=("partner_id", "grade_id", "credit_grade_id", "reason", "policies")
        ),
    )
    _workflow_turns = (VOTE, CREDIT, PROPOSE, SUBMIT)
    _workflow_statusbar = ("draft", "pending", "approved", "in_force")

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(related="partner_id.kehu_team_id", string="Business Unit")
    run_id = fields.Many2one("kehu.grading.run", readonly=True, index="btree_not_null", ondelete="restrict")
    measured_run_id = fields.Many2one(
        "kehu.grading.run",
        string="Measured In",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The run that was submitted without this customer, who is decided by themselves.",
    )
    run_state = fields.Selection(related="run_id.state", string="Status of the Run")
    kind = fields.Selection(
        [("run", "Run"), ("change", "Raise or lower"), ("provisional", "New customer")],
        required=True,
        readonly=True,
        default="change",
    )
    state = fields.Selection(
        [
            ("draft", "Being decided"),
            ("pending", "Under approval"),
            ("approved", "Approved"),
            ("in_force", "In force"),
            ("past", "Past"),
            ("cancelled", "Cancelled"),
        ],
        string="Evaluation Status",
        default="draft",
        tracking=True,
    )

    # Shown in the breakdown.
    facts = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS
    )  # [[value, position, points], …] in the order of the run's lines
    score = fields.Float(readonly=True, digits=(6, 2), aggregator="avg", copy=False)
    computed_grade_id = fields.Many2one(
        "kehu.grade", string="Grade by Score", readonly=True, copy=False, ondelete="restrict"
    )
    previous_grade_id = fields.Many2one(
        "kehu.grade",
        string="Grade Before",
        compute="_compute_previous_grade_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    proposed_grade_id = fields.Many2one(
        "kehu.grade", string="Proposal of Sales", tracking=True, copy=False, ondelete="restrict"
    )
    proposed_user_id = fields.Many2one("res.users", string="Proposed By", readonly=True, copy=False)
    proposer_ids = fields.Many2many(
        "res.users",
        "kehu_evaluation_proposer_rel",
        string="Proposers",
        readonly=True,
        copy=False,
        help="All who ever proposed a grade: none of them votes or decides.",
    )
    reason = fields.Text(tracking=True, copy=False)
    credit_grade_id = fields.Many2one(
        "kehu.grade", tracking=True, copy=False, ondelete="restrict", help="Set by finance."
    )
    committee_grade_id = fields.Many2one(
        "kehu.grade",
        string="Grade of the Committee",
        compute="_compute_committee_grade_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    grade_id = fields.Many2one(
        "kehu.grade",
        compute="_compute_grade_id",
        store=True,
        precompute=True,
        tracking=True,
        ondelete="restrict",
        help="What the committee agreed on; else what sales proposed; else what the score says.",
    )
    is_changed = fields.Boolean(string="Grade Changes", compute="_compute_is_changed", store=True, precompute=True)

    policies = fields.Json(
        readonly=True, copy=False, help="What followed from the grade when the change was submitted."
    )
    date_from = fields.Date(string="In Force From", default=fields.Date.context_today, tracking=True, copy=False)
    date_to = fields.Date(string="In Force Until", readonly=True, copy=False)
    date_approved = fields.Date(string="Approved On", readonly=True, copy=False)

    _in_force_once = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'in_force'", "A customer has one grade at a time."
    )
    _waiting_idx = models.Index("(date_from) WHERE state = 'approved'")
    _run_once = models.UniqueIndex(
        "(run_id, partner_id) WHERE run_id IS NOT NULL AND merged_from IS NULL AND state != 'cancelled'",
        "A run evaluates a customer once.",
    )

    # === COMPUTE ===

    @api.depends("partner_id", "company_id")
    def _compute_previous_grade_id(self):
        undecided = self._filter_undecided()
        grades = undecided.partner_id._kehu_grades(undecided.company_id)
        for evaluation in undecided:
            evaluation.previous_grade_id = grades.get((evaluation.company_id.id, evaluation.partner_id.id))

    @api.depends("vote_ids.grade_id", "vote_ids.is_current", "committee_needed")
    def _compute_committee_grade_id(self):
        for evaluation in self._filter_undecided():
            evaluation.committee_grade_id = evaluation._count_votes()

    @api.depends("committee_grade_id", "proposed_grade_id", "computed_grade_id")
    def _compute_grade_id(self):
        for evaluation in self._filter_undecided():
            evaluation.grade_id = (
                evaluation.committee_grade_id or evaluation.proposed_grade_id or evaluation.computed_grade_id
            )

    @api.depends("grade_id", "previous_grade_id")
    def _compute_is_changed(self):
        for evaluation in self._filter_undecided():
            evaluation.is_changed = evaluation.grade_id != evaluation.previous_grade_id

    @api.depends("partner_id", "date_from")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for evaluation in self - self._kehu_masked():
            evaluation.display_name = f"{evaluation.partner_id.display_name} {evaluation.date_from or ''}".strip()
        return result

    # === CONSTRAINT ===

    @api.constrains("partner_id")
    def _check_partner(self):
        for evaluation in self:
            if evaluation.partner_id.commercial_partner_id != evaluation.partner_id:
                raise ValidationError(self.env._("The company is graded, not its contacts."))

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "run_id",
            "measured_run_id",
            "kind",
            "facts",
            "score",
            "computed_grade_id",
            "proposed_user_id",
            "proposer_ids",
            "date_to",
            "date_approved",
            "policies",
        }

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_parts(
                set().union(*vals_list)
                | {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
            )
        evaluations = super().create(vals_list)
        if not self.env.su:
            evaluations._check_proposer()
            evaluations._stamp_proposer()
            if any(evaluation.credit_grade_id for evaluation in evaluations.sudo()):
                evaluations._check_credit_grade()
        return evaluations

    def write(self, vals):
        if not self.env.su and (said := vals.keys() - self._free_fields()):
            self._check_changes(said)
        elif self.env.su:
            self._check_settled(vals)
        result = super().write(vals)
        if not self.env.su and not vals.keys().isdisjoint(("proposed_grade_id", "reason")):
            self._stamp_proposer()
            self.sudo().run_id._refresh_turns(ask=(VOTE,))
        if "credit_grade_id" in vals:
            self.sudo().run_id._refresh_turns(ask=(CREDIT,))
        return result

    def _stamp_proposer(self):
        """Who proposes cannot vote, even after somebody else proposed something else (G3)."""
        self.sudo().write({"proposed_user_id": self.env.uid, "proposer_ids": [Command.link(self.env.uid)]})
        self._drop_interested_votes()

    def unlink(self):
        self.check_access("unlink")
        self._unlink_own_draft()  # asked once more below, when Odoo has deleted the messages
        return super().unlink()

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_own_draft(self):
        """Nobody takes a customer out of a run, or somebody else's proposal away."""
        if self.env.su:
            return
        if any(
            evaluation.create_uid != self.env.user or not evaluation._is_own_idea() or evaluation._has_others_words()
            for evaluation in self.sudo()
        ):
            raise AccessError(self.env._("Only a proposal of one's own is deleted. A grading manager cancels others."))

    # === BUSINESS ===

    def _filter_undecided(self):
        """Return the evaluations that may still be computed: new ones, and those of which nothing is submitted (G3)."""
        return self.filtered(lambda evaluation: not evaluation._origin or evaluation._is_votable())

    def _is_votable(self):
        return self.state == "draft" and (not self.run_id or self.run_id.state == "measured")

    def _interested_authors(self):
        """Whoever sells to the customer proposes, and does not decide (G3)."""
        return super()._interested_authors() | self.proposer_ids

    @api.model
    def _concerning_domain(self, user):
        return super()._concerning_domain(user) | Domain("proposer_ids", "in", user.ids)

    def _sold_since(self):
        run = self._measured_by()
        return run._sold_since() if run else super()._sold_since()

    def _measured_by(self):
        """Return the run that measured it, none for a sheet made by hand."""
        return self.run_id or self.measured_run_id

    @api.model
    def _domain_waiting(self):
        """Return the domain of what is approved and due to take effect."""
        return Domain("state", "=", "approved") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date_from", "<=", company._kehu_today())
            for company in self.env["res.company"].sudo().search([("active", "=", True)])
        )
