from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from .admission import AGAINST


class AdmissionVote(models.Model):
    """What a member of the committee said of an admission (G9)."""

    _name = "kehu.admission.vote"
    _description = "Vote on an Admission"
    _inherit = ["kehu.vote.mixin"]
    _kehu_document_field = "admission_id"

    admission_id = fields.Many2one("kehu.admission", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="admission_id.company_id", store=True, precompute=True)
    verdict = fields.Selection([("yes", "Admit"), ("no", "Do not admit"), ("abstain", "Abstain")], required=True)

    _current_once = models.UniqueIndex("(admission_id, user_id) WHERE is_current", "A member has one vote.")


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_admission_votes = fields.Integer(
        string="Votes for an Admission", default=2, required=True, help="So many members of the committee must agree."
    )

    _kehu_admission_votes_positive = models.Constraint("CHECK (kehu_admission_votes > 0)", "At least one member votes.")


class Admission(models.Model):
    _inherit = "kehu.admission"

    vote_ids = fields.One2many("kehu.admission.vote", "admission_id", readonly=True)
    votes_needed = fields.Integer(readonly=True, copy=False, help="As it was set when the committee was asked.")
    committee_verdict = fields.Selection(
        lambda self: self.env["kehu.admission.vote"]._fields["verdict"]._description_selection(self.env),
        string="Committee",
        compute="_compute_committee_verdict",
        store=True,
        precompute=True,
    )

    # === COMPUTE ===

    @api.depends("vote_ids.verdict", "vote_ids.is_current", "votes_needed")
    def _compute_committee_verdict(self):
        for admission in self:
            counts = Counter(vote.verdict for vote in admission.vote_ids if vote.is_current)
            agreed = [
                verdict
                for verdict, other in (("yes", "no"), ("no", "yes"))
                if counts[verdict] > counts[other] and counts[verdict] >= admission.votes_needed
            ]
            admission.committee_verdict = agreed[0] if agreed else False

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"votes_needed"}

    # === BUSINESS ===

    def _is_votable(self):
        return self.state == "committee"

    @api.model
    def _waiting_for_votes_domain(self):
        return Domain("state", "=", "committee") & Domain("committee_verdict", "=", False)

    def _open_vote(self):
        for admission in self:
            admission.votes_needed = admission.company_id.kehu_admission_votes

    def _void_votes(self):
        """What was voted on will change: the votes stay to be read, and count no more."""
        self.vote_ids.filtered("is_current").is_current = False

    def _approval_recused(self):
        """Users who are interested whatever the moment at which they decided (G9)."""
        return {
            admission_id: self.env["res.users"].union(*(user for user, moment in users.items() if moment is None))
            for admission_id, users in self._partial_since().items()
        }

    def _find_vote_problems(self):
        return {
            admission.id: (
                self.env._(AGAINST.summary)  # pylint: disable=gettext-variable
                if admission.committee_verdict
                else self.env._(
                    "The committee has not agreed: it takes %s votes, and more than against it.", admission.votes_needed
                )
            )
            for admission in self
            if admission.committee_verdict != "yes"
        }
