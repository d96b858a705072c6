from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from .grading_scheme import COMMITTEE_FOR, COMMITTEE_NEEDED

_lt = LazyTranslate(__name__)

USERS = ("kehu_grading.group_grading_user",)
MANAGERS = ("kehu_grading.group_grading_manager",)
FINANCE = "kehu_grading.group_grading_finance"

_FINANCE = {"credit_grade_id"}


class Evaluation(models.Model):
    """The sheet 客户质量等级评估表 of one customer: what was measured, who proposed and voted what, what holds since when (G3).

    The evaluations of a customer are the history of his grade: at most one is in force in a company. One made in a run is decided
    with the run; one made by hand raises or lowers a single customer (G5).
    """
    _name = "kehu.evaluation"
    _description = "Customer Evaluation"
    _inherit = ["kehu.colleagues.mixin", "kehu.voted.mixin", "kehu.confidential.mixin", "kehu.approval.mixin", "kehu.deadline.mixin"]
    _order = "date_from desc, score desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _workflow_moves = (
        Move("submit", _lt("Submit"), source=("draft",), target="pending", groups=USERS, required=("partner_id", "grade_id", "reason"),
             before="_keep_policies", approval="grade"),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="grade", after="_after_granted"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="grade"),
        Move("withdraw", _lt("Withdraw"), source=("pending",), target="draft", groups=MANAGERS, roles=("approval_requester",), reason=True),
        Move("cancel", _lt("Cancel"), source=("draft", "approved"), target="cancelled", groups=MANAGERS, reason=True),
        Move("discard", _lt("Dropped with Its Run"), source=("draft",), target="cancelled"),
    )
    _approval_kinds = (
        ApprovalKind("grade", _lt("Change of grade"), watched=("partner_id", "grade_id", "credit_grade_id", "reason", "policies")),)
    _workflow_statusbar = ("draft", "pending", "approved", "in_force")

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict", domain=[("parent_id", "=", False)])
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(related="partner_id.kehu_team_id", string="Business Unit")
    run_id = fields.Many2one("kehu.grading.run", readonly=True, index="btree_not_null", ondelete="restrict")
    run_state = fields.Selection(related="run_id.state", string="Status of the Run")
    scheme_id = fields.Many2one(
        "kehu.grading.scheme", compute="_compute_scheme_id", store=True, precompute=True, ondelete="restrict", check_company=True)
    kind = fields.Selection(
        [("run", "Run"), ("change", "Raise or lower"), ("provisional", "New customer")], required=True, readonly=True, default="change")
    state = fields.Selection(
        [
            ("draft", "Being decided"),
            ("pending", "Under approval"),
            ("approved", "Approved"),
            ("in_force", "In force"),
            ("past", "Past"),
            ("cancelled", "Cancelled"),
        ],
        string="Evaluation Status", default="draft", tracking=True)

    facts = fields.Json(readonly=True, copy=False)  # [[value, position, points], …] in the order of the run's lines
    score = fields.Float(readonly=True, digits=(6, 2), aggregator="avg", copy=False)
    computed_grade_id = fields.Many2one("kehu.grade", string="Grade by Score", readonly=True, copy=False, ondelete="restrict")
    previous_grade_id = fields.Many2one(
        "kehu.grade", string="Grade Before", compute="_compute_previous_grade_id", store=True, precompute=True, ondelete="restrict")
    proposed_grade_id = fields.Many2one("kehu.grade", string="Proposal of Sales", tracking=True, copy=False, ondelete="restrict")
    proposed_user_id = fields.Many2one("res.users", string="Proposed By", readonly=True, copy=False)
    proposer_ids = fields.Many2many(
        "res.users", "kehu_evaluation_proposer_rel", string="Proposers", readonly=True, copy=False,
        help="All who ever proposed a grade: none of them votes or decides.")
    reason = fields.Text(tracking=True, copy=False)
    credit_grade_id = fields.Many2one(
        "kehu.grade", tracking=True, copy=False, ondelete="restrict", help="Set by finance.")
    committee_grade_id = fields.Many2one(
        "kehu.grade", string="Grade of the Committee", compute="_compute_committee_grade_id", store=True, precompute=True, ondelete="restrict")
    grade_id = fields.Many2one(
        "kehu.grade", compute="_compute_grade_id", store=True, precompute=True, tracking=True, ondelete="restrict",
        help="What the committee agreed on; else what sales proposed; else what the score says.")
    is_changed = fields.Boolean(string="Grade Changes", compute="_compute_is_changed", store=True, precompute=True)

    committee_for = fields.Selection(
        COMMITTEE_FOR, string="Committee Votes On", compute="_compute_committee_rule", store=True, precompute=True,
        help="The rule of the scheme when the evaluation was created or its run was measured.")
    committee_needed = fields.Integer(
        string="Votes for One Grade", compute="_compute_committee_rule", store=True, precompute=True, aggregator=None,
        help="The rule of the scheme when the evaluation was created or its run was measured.")

    policies = fields.Json(readonly=True, copy=False, help="What followed from the grade when the change was submitted.")
    date_from = fields.Date(string="In Force From", default=fields.Date.context_today, tracking=True, copy=False)
    date_to = fields.Date(string="In Force Until", readonly=True, copy=False)
    date_approved = fields.Date(string="Approved On", readonly=True, copy=False)

    _in_force_once = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'in_force'", "A customer has one grade at a time.")
    _waiting_idx = models.Index("(date_from) WHERE state = 'approved'")
    _run_once = models.UniqueIndex(
        "(run_id, partner_id) WHERE run_id IS NOT NULL AND merged_from IS NULL AND state != 'cancelled'",
        "A run evaluates a customer once.")

    # === COMPUTE ===

    @api.depends("partner_id", "company_id")
    def _compute_scheme_id(self):
        schemes = self.env["kehu.grading.scheme"].sudo().search([("company_id", "in", self.company_id.ids)])
        types = {
            archive.partner_id.id: archive.type_id
            for archive in self.env["kehu.archive"].sudo().search([("partner_id", "in", self.partner_id.ids)])}
        for evaluation in self:
            archive_type = types.get(evaluation.partner_id.id)
            evaluation.scheme_id = evaluation.scheme_id or schemes.filtered(
                lambda scheme, evaluation=evaluation, archive_type=archive_type: scheme.company_id == evaluation.company_id
                and (not scheme.type_ids or archive_type in scheme.type_ids))[:1]

    @api.depends("scheme_id")
    def _compute_committee_rule(self):
        # Not on the rule of the scheme: what is changed there counts for later evaluations. Without a scheme it votes on all.
        for evaluation in self._filter_undecided():
            evaluation.committee_for = evaluation.scheme_id.committee_for or "all"
            evaluation.committee_needed = evaluation.scheme_id.committee_needed or COMMITTEE_NEEDED

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
            evaluation.grade_id = evaluation.committee_grade_id or evaluation.proposed_grade_id or evaluation.computed_grade_id

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
            "run_id", "kind", "facts", "score", "computed_grade_id", "proposed_user_id", "proposer_ids", "date_to", "date_approved", "policies"}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_parts(set().union(*vals_list) | {
                key.removeprefix("default_") for key in self.env.context if key.startswith("default_")})
        evaluations = super().create(vals_list)
        if not self.env.su:
            evaluations._check_proposer()
            evaluations._stamp_proposer()
            if any(evaluation.credit_grade_id for evaluation in evaluations.sudo()):
                evaluations._check_credit_grade()
        return evaluations

    def write(self, vals):
        if not self.env.su and (said := vals.keys() - self._free_fields()):
            if "partner_id" in said or "company_id" in said:
                raise AccessError(self.env._("An evaluation is of one customer: make another one for another."))
            self._check_parts(said)
            if _FINANCE & said:
                self._check_credit_grade()
            self._check_open()
            if said - _FINANCE:
                self._check_proposer()
        elif self.env.su:
            self._check_settled(vals)
        result = super().write(vals)
        if not self.env.su and "proposed_grade_id" in vals:
            self._stamp_proposer()
        return result

    def _stamp_proposer(self):
        """Who proposes cannot vote, even after somebody else proposed something else (G3)."""
        self.sudo().write({"proposed_user_id": self.env.uid, "proposer_ids": [Command.link(self.env.uid)]})

    @api.model
    def _check_parts(self, names):
        """Finance sets the credit grade, and finance alone.

        :raise AccessError: naming the field
        """
        if _FINANCE & names and not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("The credit grade is set by finance."))

    def _check_credit_grade(self):
        """
        :raise AccessError: the caller sells to the customer or proposed a grade
        """
        if concerned := self._filter_concerned():
            raise AccessError(self.env._(
                "The credit grade is set by finance, and by somebody who neither sells to the customer nor proposes: %s.",
                concerned._workflow_names()))

    def _check_proposer(self):
        """
        :raise AccessError: the caller neither sells to the customer, leads his unit, nor manages the grading
        """
        if self.env.user.has_group(MANAGERS[0]):
            return
        strangers = self.sudo().filtered(
            lambda evaluation: self.env.user not in evaluation.partner_id.user_id | evaluation.partner_id.kehu_team_id.user_id)
        if strangers:
            raise AccessError(self.env._(
                "A grade is proposed by the customer's salesperson or the leader of his unit: %s.", strangers._workflow_names()))

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_own_draft(self):
        """Nobody takes a customer out of a run, or somebody else's proposal away."""
        if self.env.su:
            return
        if any(evaluation.run_id or evaluation.create_uid != self.env.user for evaluation in self.sudo()):
            raise AccessError(self.env._("Only a proposal of one's own is deleted. A grading manager cancels others."))

    def _check_open(self):
        """
        :raise UserError: it was submitted or decided, or its run was
        """
        for evaluation in self.sudo():
            if not evaluation._is_votable():
                raise UserError(self.env._("“%s” is submitted or decided: nothing of it is changed any more.", evaluation.display_name))

    def _check_settled(self, vals):
        """Not even the server changes what was submitted or decided: it stamps the dates once (G3).

        :raise UserError: see :meth:`_check_open`
        """
        said = vals.keys() - self._free_fields() - {"state"}
        for evaluation in self:
            if not said or evaluation._is_votable():
                continue
            stamped = {name for name in ("merged_from", "policies") if not evaluation[name]}
            if evaluation.state == "approved" and not evaluation.date_approved:
                stamped |= {"date_approved", "date_from"}
            if evaluation.state == "past" and not evaluation.date_to:
                stamped.add("date_to")
            if said - stamped:
                evaluation._check_open()

    # === BUSINESS ===

    def _filter_undecided(self):
        """Return the evaluations that may still be computed: new ones, and those of which nothing is submitted (G3)."""
        return self.filtered(lambda evaluation: not evaluation._origin or evaluation._is_votable())

    def _is_votable(self):
        return self.state == "draft" and (not self.run_id or self.run_id.state == "measured")

    def _interested_users(self):
        """Whoever sells to the customer proposes, and does not decide (G3)."""
        interested = super()._interested_users()
        return {evaluation.id: interested[evaluation.id] | evaluation.proposer_ids for evaluation in self.sudo()}

    def _voted_from(self):
        return self.run_id or self

    def _workflow_filter_movable_by_user(self, move):
        movable = super()._workflow_filter_movable_by_user(move)
        if move.name == "submit":
            return movable.filtered(lambda evaluation: not evaluation.run_id)
        if move.name == "cancel":
            return movable - movable._filter_concerned().filtered(lambda evaluation: not evaluation._is_own_idea())
        if move.name == "withdraw":
            requesters = movable.sudo()._workflow_users_in_role("approval_requester")
            return movable - movable._filter_concerned().filtered(lambda evaluation: self.env.user not in requesters[evaluation.id])
        return movable

    def _is_own_idea(self):
        """Return whether nobody but the user has said anything of it yet."""
        sheet = self.sudo()
        return sheet._is_votable() and not (sheet.run_id or sheet.vote_ids or sheet.proposer_ids - self.env.user)

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        for evaluation in self:
            if move.name == "submit" and evaluation.run_id:
                blockers.setdefault(evaluation.id, []).append(self.env._("It is decided with its run."))
            if move.name == "cancel" and evaluation.run_id.state == "pending":
                blockers.setdefault(evaluation.id, []).append(self.env._("Its run is under approval: withdraw the run first."))
            if move.name == "submit" and evaluation._waits_for_committee():
                blockers.setdefault(evaluation.id, []).append(self.env._(
                    "The committee has not agreed yet: it takes %s votes for one grade.", evaluation.committee_needed))
        return blockers

    def _after_granted(self):
        for evaluation in self:
            today = evaluation.company_id._kehu_today()
            # Nothing holds for days on which it was not decided yet.
            evaluation.write({"date_approved": today, "date_from": max(evaluation.date_from or today, today)})
        self._take_effect_if_due()

    @api.model
    def _domain_waiting(self):
        """Return the domain of what is approved and due to take effect."""
        return Domain("state", "=", "approved") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date_from", "<=", company._kehu_today())
            for company in self.env["res.company"].sudo().search([("active", "=", True)]))
