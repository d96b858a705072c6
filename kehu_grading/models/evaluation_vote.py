from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EvaluationVote(models.Model):
    """What a member of the committee said of a customer's grade (G3). A member who thinks better of it votes again."""
    _name = "kehu.evaluation.vote"
    _description = "Vote of the Committee"
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part"]
    _kehu_document_field = "evaluation_id"
    _order = "id desc"
    _rec_name = "user_id"

    evaluation_id = fields.Many2one("kehu.evaluation", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="evaluation_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one("res.users", string="Member", required=True, default=lambda self: self.env.user, ondelete="restrict")
    grade_id = fields.Many2one("kehu.grade", ondelete="restrict", help="Empty: abstains.")
    comment = fields.Text()
    is_current = fields.Boolean(string="Counts", required=True, default=True)

    _current_once = models.UniqueIndex("(evaluation_id, user_id) WHERE is_current", "A member has one vote.")

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"user_id", "is_current"}

    @api.model_create_multi
    def create(self, vals_list):
        evaluations = self.env["kehu.evaluation"].browse(vals.get("evaluation_id") for vals in vals_list)
        if len(set(evaluations.ids)) != len(vals_list):
            raise UserError(self.env._("One vote for one evaluation at a time."))
        evaluations.check_access("read")
        evaluations._check_open()
        if interested := evaluations.sudo().filtered(lambda evaluation: self.env.user in evaluation._interested_users()):
            raise AccessError(self.env._(
                "Whoever sells to a customer or proposed his grade does not vote on it: %s.", interested._workflow_names()))
        evaluations.lock_for_update(allow_referencing=True)
        # His earlier ones stay, and count no more.
        earlier = self.sudo().search([
            ("evaluation_id", "in", evaluations.ids), ("user_id", "=", self.env.uid), ("is_current", "=", True)])
        earlier.is_current = False
        earlier.flush_recordset()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("A vote stays as it was given. Whoever thinks better of it votes again."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        if not self.env.su:
            raise AccessError(self.env._("A vote stays as it was given. Whoever thinks better of it votes again."))


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    vote_ids = fields.One2many("kehu.evaluation.vote", "evaluation_id", readonly=True)
    vote_count = fields.Integer(string="Votes", compute="_compute_vote_count")
    can_vote = fields.Boolean(compute="_compute_can_vote")

    # === COMPUTE ===

    @api.depends("vote_ids.is_current")
    def _compute_vote_count(self):
        for evaluation in self:
            evaluation.vote_count = len(evaluation.vote_ids.filtered("is_current"))

    @api.depends("state", "run_id.state")
    @api.depends_context("uid")
    def _compute_can_vote(self):
        member = self.env.user.has_group("kehu_grading.group_grading_committee")
        for evaluation in self:
            is_open = evaluation.state == "draft" and (not evaluation.run_id or evaluation.sudo().run_id.state == "measured")
            evaluation.can_vote = member and is_open and self.env.user not in evaluation.sudo()._interested_users()

    # === ACTIONS ===

    def action_vote(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vote"),
            "res_model": "kehu.evaluation.vote",
            "views": [(self.env.ref("kehu_grading.kehu_evaluation_vote_view_form").id, "form")],
            "target": "new",
            "context": {"default_evaluation_id": self.id},
        }

    # === BUSINESS ===

    def _count_votes(self):
        """Return the grade for which as many voted as the scheme needs, and more than for any other; abstentions count for none."""
        self.ensure_one()
        votes = Counter(vote.grade_id for vote in self.vote_ids if vote.is_current and vote.grade_id)
        ranking = votes.most_common(2)
        if not ranking or ranking[0][1] < self.scheme_id.committee_needed:
            return self.env["kehu.grade"]
        if len(ranking) > 1 and ranking[0][1] == ranking[1][1]:
            return self.env["kehu.grade"]
        return ranking[0][0]

    def _waits_for_committee(self):
        """Return whether the scheme asks for the committee, and it has not agreed."""
        self.ensure_one()
        asked = self.scheme_id.committee_for
        return bool(not self.committee_grade_id and (asked == "all" or (asked == "changed" and self.is_changed)))
