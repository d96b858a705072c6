from collections import Counter

from odoo import api, fields, models


class EvaluationVote(models.Model):
    """What a member of the committee said of a customer's grade (G3)."""
    _name = "kehu.evaluation.vote"
    _description = "Vote of the Committee"
    _inherit = ["kehu.vote.mixin"]
    _kehu_document_field = "evaluation_id"

    evaluation_id = fields.Many2one("kehu.evaluation", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="evaluation_id.company_id", store=True, precompute=True)
    grade_id = fields.Many2one("kehu.grade", ondelete="restrict", help="Empty: abstains.")

    # What lay before the member, whatever is proposed later.
    proposed_grade_id = fields.Many2one(
        "kehu.grade", string="Proposal Then", compute="_compute_proposal", store=True, precompute=True, ondelete="restrict")
    reason = fields.Text(string="Reason Then", compute="_compute_proposal", store=True, precompute=True)

    _current_once = models.UniqueIndex("(evaluation_id, user_id) WHERE is_current", "A member has one vote.")

    # === COMPUTE ===

    @api.depends("evaluation_id")
    def _compute_proposal(self):
        for vote in self:
            proposal = vote.evaluation_id.sudo()
            vote.proposed_grade_id, vote.reason = proposal.proposed_grade_id, proposal.reason


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    vote_ids = fields.One2many("kehu.evaluation.vote", "evaluation_id", readonly=True)

    # === COMPUTE ===

    @api.depends("run_id.state")
    def _compute_can_vote(self):
        return super()._compute_can_vote()

    # === BUSINESS ===

    def _count_votes(self):
        """Return the grade for which as many voted as are needed, and more than for any other; abstentions count for none."""
        self.ensure_one()
        votes = Counter(vote.grade_id for vote in self.vote_ids if vote.is_current and vote.grade_id)
        ranking = votes.most_common(2)
        if not ranking or ranking[0][1] < self.committee_needed:
            return self.env["kehu.grade"]
        if len(ranking) > 1 and ranking[0][1] == ranking[1][1]:
            return self.env["kehu.grade"]
        return ranking[0][0]

    def _waits_for_committee(self):
        """Return whether the rule of the evaluation asks for the committee, and it has not agreed."""
        self.ensure_one()
        return not self.committee_grade_id and self._asks_committee(self.committee_for, self.is_changed)

    @api.model
    def _asks_committee(self, committee_for, is_changed):
        """Return whether the committee votes, by the rule ``committee_for``."""
        return committee_for == "all" or (committee_for == "changed" and is_changed)
