from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.kehu_archive.groups import FINANCE
from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL

from .evaluation import grading_managers
from .vote_mixin import CREDIT, PROPOSE, SUBMIT


class EvaluationVote(models.Model):
    """What a member of the committee said of a customer's grade (G3)."""

    _name = "kehu.evaluation.vote"
    _description = "Vote of the Committee"
    _inherit = ["kehu.vote.mixin"]
    _kehu_document_field = "evaluation_id"

    evaluation_id = fields.Many2one("kehu.evaluation", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="evaluation_id.company_id", store=True, precompute=True)
    grade_id = fields.Many2one("kehu.grade", ondelete="restrict")
    is_abstention = fields.Boolean(string="Abstain")

    # What lay before the member, whatever is proposed later.
    proposed_grade_id = fields.Many2one(
        "kehu.grade",
        string="Proposal Then",
        compute="_compute_proposal",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    reason = fields.Text(string="Reason Then", compute="_compute_proposal", store=True, precompute=True)

    _current_once = models.UniqueIndex("(evaluation_id, user_id) WHERE is_current", "A member has one vote.")

    # === COMPUTE ===

    @api.depends("evaluation_id")
    def _compute_proposal(self):
        for vote in self:
            proposal = vote.evaluation_id.sudo()
            vote.proposed_grade_id, vote.reason = proposal.proposed_grade_id, proposal.reason

    # === ONCHANGE ===

    @api.onchange("is_abstention")
    def _onchange_is_abstention(self):
        if self.is_abstention:
            self.grade_id = False

    # === CONSTRAINT ===

    @api.constrains("evaluation_id", "grade_id", "is_abstention")
    def _check_chosen(self):
        if any(bool(vote.grade_id) == vote.is_abstention for vote in self):
            raise ValidationError(self.env._("Choose a grade, or say that you abstain."))


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    vote_ids = fields.One2many("kehu.evaluation.vote", "evaluation_id", readonly=True)

    # === COMPUTE ===

    @api.depends("run_id.state")
    def _compute_can_vote(self):
        return super()._compute_can_vote()

    # === ACTIONS ===

    def action_vote(self):
        """Open the dialog of one vote, or that of one vote each on several sheets."""
        if len(self) == 1:
            return super().action_vote()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vote"),
            "res_model": "kehu.evaluation.vote.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_evaluation_ids": self.ids},
        }

    # === BUSINESS ===

    def _count_votes(self, needed=None):
        """Return the grade for which as many voted as are needed, and more than for any other; abstentions count for
        none.

        :param needed: by another rule than that of the evaluation
        """
        self.ensure_one()
        votes = Counter(vote.grade_id for vote in self.vote_ids if vote.is_current and vote.grade_id)
        ranking = votes.most_common(2)
        if not ranking or ranking[0][1] < (needed or self.committee_needed):
            return self.env["kehu.grade"]
        if len(ranking) > 1 and ranking[0][1] == ranking[1][1]:
            return self.env["kehu.grade"]
        return ranking[0][0]

    @api.model
    def _waiting_for_votes_domain(self):
        asked = Domain("committee_for", "=", "all") | Domain("committee_for", "=", "changed") & Domain(
            "is_changed", "=", True
        )
        votable = Domain("state", "=", "draft") & (
            Domain("run_id", "=", False) | Domain("run_id.state", "=", "measured")
        )
        return votable & asked & Domain("committee_grade_id", "=", False)

    @api.model
    def _lacking_credit_domain(self):
        return Domain("state", "=", "draft") & Domain("credit_grade_id", "=", False)

    def _find_turns(self):
        """Those of a run are asked for with the run, except for confidential customers."""
        apart = self.filtered(lambda evaluation: not evaluation.run_id or evaluation.kehu_tier >= CONFIDENTIAL)
        found = super(Evaluation, apart)._find_turns()
        of_runs = apart.filtered(lambda evaluation: evaluation.run_id and evaluation._is_votable())
        lacking = of_runs.filtered_domain(self._lacking_credit_domain())
        financiers = self.env.ref(FINANCE).sudo().all_user_ids.filtered("active")
        interested = lacking._impartial_recused()
        for evaluation in of_runs:
            asked = dict.fromkeys(financiers - interested[evaluation.id], CREDIT) if evaluation in lacking else {}
            if not (evaluation.proposed_grade_id or evaluation.committee_grade_id):
                asked |= dict.fromkeys(evaluation.partner_id.user_id, PROPOSE)
            found[evaluation.id] = asked | found.get(evaluation.id, {})
        return found

    def _find_voted_turns(self):
        """A run is submitted as a whole; of other sheets, those who proposed the grade are told, else the managers."""
        managers = grading_managers(self.env)
        return super()._find_voted_turns() | {
            evaluation.id: dict.fromkeys(evaluation.proposer_ids or managers, SUBMIT)
            for evaluation in self
            if evaluation.committee_grade_id and not evaluation.run_id
        }

    @api.model
    def _turn_fields(self):
        # What needed no vote may need one now.
        return super()._turn_fields() | {"proposed_grade_id", "previous_grade_id", "credit_grade_id"}

    def _after_voted(self):
        result = super()._after_voted()
        self.sudo().run_id._refresh_turns(ask=(SUBMIT,))
        return result

    def _waits_for_committee(self):
        """Return whether the rule of the evaluation asks for the committee, and it has not agreed."""
        self.ensure_one()
        return not self.committee_grade_id and self._asks_committee(self.committee_for, self.is_changed)

    def _check_committee(self):
        """Compare once more, before it is approved: the archive can have had another type while it was submitted (G3).

        :raise UserError: the scheme that is the customer's now asks for the committee, and it has not agreed
        """
        for evaluation, scheme in self._find_schemes().items():
            if (
                scheme
                and scheme != evaluation.scheme_id
                and self._asks_committee(scheme.committee_for, evaluation.is_changed)
                and not evaluation._count_votes(scheme.committee_needed)
            ):
                raise UserError(self._committee_refusal(scheme.committee_needed))

    @api.model
    def _committee_refusal(self, needed):
        return self.env._("The committee has not agreed yet: it takes %s votes for one grade.", needed)

    @api.model
    def _asks_committee(self, committee_for, is_changed):
        """Return whether the committee votes, by the rule ``committee_for``."""
        return committee_for == "all" or (committee_for == "changed" and is_changed)
