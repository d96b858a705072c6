from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...groups import EVALUATOR


@dataclass(frozen=True, slots=True, eq=False)
class GradePermit:
    """Lets the server give a customer this grade; no client can send an instance in a context."""

    partner_id: int
    grade_id: int


class ResPartner(models.Model):
    _inherit = "res.partner"

    # In each company a customer has the grade earned there. Nobody but employees ever reads it (G6).
    kehu_grade_id = fields.Many2one(
        "kehu.grade",
        string="Grade",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The one of the evaluation that is in force.",
    )
    kehu_production_priority = fields.Integer(
        related="kehu_grade_id.production_priority",
        string="Production Priority",
        groups="base.group_user",
        help="Of the customer's grade, for apps that plan production.",
    )
    kehu_evaluation_ids = fields.One2many(
        "kehu.evaluation", "partner_id", string="Evaluations", readonly=True, groups=EVALUATOR
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self = self.with_context(
            {key: value for key, value in self.env.context.items() if key != "default_kehu_grade_id"}
        )
        return super().create(
            [{name: value for name, value in vals.items() if name != "kehu_grade_id"} for vals in vals_list]
        )

    def write(self, vals):
        # The same one is written when contacts are merged. Superuser mode or not: jobs and automations decide nothing.
        permit = self.env.context.get("kehu_grade_permit")
        if "kehu_grade_id" in vals and any(
            partner.kehu_grade_id.id != (vals["kehu_grade_id"] or False)
            and not (
                isinstance(permit, GradePermit)
                and (permit.partner_id, permit.grade_id) == (partner.id, vals["kehu_grade_id"])
            )
            for partner in self.sudo()
        ):
            raise AccessError(
                self.env._("A grade comes from an evaluation that is approved: make one for the customer.")
            )
        return super().write(vals)

    # === ACTIONS ===

    def action_kehu_evaluations(self):
        """Open the history of the customer's grade, with the why of each."""
        customers = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_grading.kehu_evaluation_action")
        return {
            **action,
            "domain": [("partner_id", "in", customers.ids)],
            "context": {"default_partner_id": customers[:1].id},
        }

    # === BUSINESS ===

    def _kehu_grades(self, companies):
        """Return ``{(company id, partner id): grade}`` of those who have one in ``companies``."""
        return {
            (evaluation.company_id.id, evaluation.partner_id.id): evaluation.grade_id
            for evaluation in self._kehu_evaluations_in_force(companies)
        }

    def _kehu_evaluations_in_force(self, companies):
        """Return the evaluations by which these have their grades in ``companies``, in sudo."""
        return (
            self.env["kehu.evaluation"]
            .sudo()
            .search(
                Domain("state", "=", "in_force")
                & Domain("partner_id", "in", self.ids)
                & Domain("company_id", "in", companies.ids)
            )
        )

    def _kehu_evaluations_that_count(self, company):
        """Return the evaluations by which these are treated in a company, in sudo: a branch that has not graded a
        customer itself has the grade of the company above it.
        """
        nearest = {
            evaluation.partner_id: evaluation
            for evaluation in self._kehu_evaluations_in_force(company.sudo().parent_ids).sorted(
                lambda evaluation: len(evaluation.company_id.parent_ids)
            )
        }
        return self.env["kehu.evaluation"].sudo().union(*nearest.values())

    def _kehu_discount_limits(self, company):
        """Return ``{partner id: greatest discount in per cent}`` of those whose grade has one; special terms can allow
        more (G7, G10).

        :param company: whose grades and terms they are
        """
        limits = {
            evaluation.partner_id.id: limit
            for evaluation in self._kehu_evaluations_that_count(company)
            if (limit := evaluation._get_policy().get("discount_limit"))
        }
        today = company._kehu_today()
        terms_in_force = (
            self.env["kehu.special.terms"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", list(limits)),
                    ("company_id", "in", company.sudo().parent_ids.ids),
                    ("state", "=", "approved"),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                ]
            )
        )
        # Terms that are not what was approved allow nothing.
        for terms in terms_in_force and terms_in_force._approval_filter_unchanged():
            limits[terms.partner_id.id] = max(limits[terms.partner_id.id], terms.discount_limit)
        return limits

    def _kehu_graded_pricelists(self, company):
        """Return ``{partner id: price list id}`` of those to whom their grade gave one in ``company``, with the prices
        of then (G7).
        """
        lists = {}
        for evaluation in self._kehu_evaluations_that_count(company):
            policy = evaluation._get_policy()
            pricelist_id = policy.get("customer", {}).get("specific_property_product_pricelist")
            pricelist = self.env["product.pricelist"].sudo().browse(pricelist_id or ()).exists()
            if pricelist and pricelist._kehu_prices_digest() == policy.get("prices"):
                lists[evaluation.partner_id.id] = pricelist.id
        return lists

    def _kehu_service_priority(self):
        """Whoever has the better grade is served first (G7)."""
        priorities = super()._kehu_service_priority()
        for partner in self.sudo():
            priorities[partner.id] += partner.kehu_grade_id.service_priority
        return priorities


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.constrains("field_id")
    def _kehu_check_no_grade(self):
        """Of a field with a value for each company, a default is the value of all records that have none."""
        if any(
            default.field_id.model == "res.partner" and default.field_id.name == "kehu_grade_id"
            for default in self.sudo()
        ):
            raise ValidationError(
                self.env._("A grade comes from an evaluation that is approved: there is no default for it.")
            )
