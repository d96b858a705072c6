from odoo import api, fields, models

from ..scheme.grading_scheme import COMMITTEE_FOR, COMMITTEE_NEEDED


class Evaluation(models.Model):
    """The scheme by which a sheet is decided, and the rule of its committee (G3)."""

    _inherit = "kehu.evaluation"

    scheme_id = fields.Many2one(
        "kehu.grading.scheme",
        compute="_compute_scheme",
        store=True,
        precompute=True,
        ondelete="restrict",
        check_company=True,
    )
    committee_for = fields.Selection(
        COMMITTEE_FOR,
        string="Committee Votes On",
        compute="_compute_scheme",
        store=True,
        precompute=True,
        help="The rule of the scheme when the evaluation was created or its run was measured.",
    )
    committee_needed = fields.Integer(
        string="Votes for One Grade",
        compute="_compute_scheme",
        store=True,
        precompute=True,
        aggregator=None,
        help="The rule of the scheme when the evaluation was created or its run was measured.",
    )

    # === COMPUTE ===

    @api.depends("partner_id.kehu_archive_ids.type_id", "company_id")
    def _compute_scheme(self):
        # Not on the rule of the scheme: what is changed there counts for later evaluations. Without a scheme it votes
        # on all.
        for evaluation, scheme in self._filter_undecided()._find_schemes().items():
            if scheme != evaluation.scheme_id or not evaluation.committee_for:
                evaluation.scheme_id = scheme
                evaluation.committee_for = scheme.committee_for or "all"
                evaluation.committee_needed = scheme.committee_needed or COMMITTEE_NEEDED

    # === BUSINESS ===

    def _find_schemes(self):
        """Return ``{evaluation: scheme}``: that of its run, else the one for the customer's archive type of now."""
        schemes = self.env["kehu.grading.scheme"].sudo().search([("company_id", "in", self.company_id.ids)])
        types = {
            archive.partner_id.id: archive.type_id
            for archive in self.env["kehu.archive"].sudo().search([("partner_id", "in", self.partner_id.ids)])
        }
        found = {}
        for evaluation in self:
            archive_type = types.get(evaluation.partner_id.id, self.env["kehu.archive.type"])
            found[evaluation] = (
                evaluation.sudo()._measured_by().scheme_id
                or schemes.filtered(
                    lambda scheme, evaluation=evaluation, archive_type=archive_type: (
                        scheme.company_id == evaluation.company_id
                        and (not scheme.type_ids or archive_type in scheme.type_ids)
                    )
                )[:1]
            )
        return found

    def _after_reopened(self):
        """Compare it anew with the scheme and the grade that are the customer's now (G3)."""
        self._compute_scheme()
        self._refresh_previous_grades()
