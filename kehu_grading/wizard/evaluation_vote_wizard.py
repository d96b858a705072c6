from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.kehu_workflow.notification import notification


class EvaluationVoteWizard(models.TransientModel):
    """One vote each on many sheets at once, in one's own name and checked as every vote is (G3)."""

    _name = "kehu.evaluation.vote.wizard"
    _description = "Vote on Several Evaluations"

    evaluation_ids = fields.Many2many("kehu.evaluation", string="Evaluations", required=True, readonly=True)
    choice = fields.Selection(
        [
            ("score", "The grade by score"),
            ("proposal", "What sales proposed, else the grade by score"),
            ("grade", "One grade for all"),
        ],
        string="Vote For",
        required=True,
        default="score",
    )
    grade_id = fields.Many2one("kehu.grade")
    comment = fields.Text()
    votable_count = fields.Integer(string="You Vote On", compute="_compute_left_out")
    left_out = fields.Text(
        string="Without You",
        compute="_compute_left_out",
        help="Closed, or you sell to the customer or made a proposal.",
    )

    # === COMPUTE ===

    @api.depends("evaluation_ids")
    def _compute_left_out(self):
        for wizard in self:
            votable = wizard.evaluation_ids.filtered("can_vote")
            wizard.votable_count = len(votable)
            wizard.left_out = "\n".join((wizard.evaluation_ids - votable).mapped("display_name"))

    # === ACTIONS ===

    def action_vote(self):
        """Vote on all of the sheets at once.

        :raise UserError: the user votes on none of them, or one has no grade of the kind that was chosen
        """
        self.ensure_one()
        sheets = self.evaluation_ids.filtered("can_vote")
        if not sheets:
            raise UserError(self.env._("You vote on none of these: choose others."))
        grades = {sheet: self._grade_of(sheet) for sheet in sheets}
        if missing := sheets.filtered(lambda sheet: not grades[sheet]):
            raise UserError(
                self.env._("Choose one grade for these, which have none by score: %s.", missing._workflow_names())
            )
        self.env["kehu.evaluation.vote"].create(
            [
                {"evaluation_id": sheet.id, "grade_id": grade.id, "comment": self.comment}
                for sheet, grade in grades.items()
            ]
        )
        return notification(self.env._("%s votes recorded.", len(sheets)))

    # === BUSINESS ===

    def _grade_of(self, sheet):
        if self.choice == "grade":
            return self.grade_id
        proposed = sheet.proposed_grade_id if self.choice == "proposal" else sheet.proposed_grade_id.browse()
        return proposed or sheet.computed_grade_id
