from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_credit_grade_id = fields.Many2one(
        "kehu.grade",
        string="Credit Grade",
        compute="_compute_kehu_credit_grade_id",
        compute_sudo=True,
        groups="base.group_user",
        help="The last one that finance set and that took effect; a later evaluation without one changes nothing.",
    )

    @api.depends_context("company")
    @api.depends("kehu_evaluation_ids.state", "kehu_evaluation_ids.credit_grade_id")
    def _compute_kehu_credit_grade_id(self):
        evaluations = self.env["kehu.evaluation"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("in_force", "past")),
                ("credit_grade_id", "!=", False),
            ],
            order="date_from, id",
        )
        grades = {evaluation.partner_id: evaluation.credit_grade_id for evaluation in evaluations}
        for partner in self:
            partner.kehu_credit_grade_id = grades.get(partner.commercial_partner_id)
