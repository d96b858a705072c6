import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..caches import forget

_lt = LazyTranslate(__name__)


class ApprovalStep(models.Model):
    """One step of a rule: who may decide, and how many of them must (A6)."""

    _name = "kehu.approval.step"
    _description = "Approval Step"
    _inherit = ["kehu.evidence.mixin"]
    _evidence_refusal = _lt("Approvals went through this step. Archive the rule and make a new one instead:")
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("kehu.approval.rule", required=True, ondelete="cascade", index=True)
    res_model = fields.Char(related="rule_id.res_model")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    group_ids = fields.Many2many("res.groups", string="Groups", help="Members through implied groups count.")
    user_ids = fields.Many2many("res.users", string="Users", domain=[("share", "=", False)])
    role = fields.Char(help="Path on the document to users, such as “team_id.user_id”, or the name of a role it knows.")
    quorum = fields.Selection(
        [("one", "One of them"), ("count", "A number of them"), ("all", "All of them")], "Needed", required=True, default="one"
    )
    needed = fields.Integer("Number", default=1)
    domain = fields.Char("Only If", default="[]", required=True, help="Condition on the document, looked at when asking.")

    _needed_positive = models.Constraint("CHECK(needed > 0)", "At least one must agree.")

    # === CONSTRAINT ===

    @api.constrains("role", "domain", "rule_id")
    def _check_declaration(self):
        for step in self:
            documents = self.env[step.res_model]
            if step.role and not documents._approval_knows_role(step.role):
                raise ValidationError(self.env._("“%s” leads to no users on the document.", step.role))
            try:
                Domain(step._literal_domain()).validate(documents)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(self.env._("The condition of “%(step)s” is wrong: %(error)s", step=step.name, error=error)) from error

    @api.constrains("group_ids", "user_ids", "role", "quorum", "needed")
    def _check_people(self):
        self.rule_id._check_people()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        forget(self.env)
        self.env["kehu.approval"]._forget_waiting()
        return steps

    def write(self, vals):
        result = super().write(vals)
        self.env["kehu.approval"]._forget_waiting()
        if "role" in vals:
            forget(self.env)
            self.env["kehu.approval"].sudo().search([("step_id", "in", self.ids), ("state", "=", "pending")])._refresh_roles()
        return result

    # === BUSINESS ===

    def _filter_evidence(self):
        approvals = self.env["kehu.approval"].sudo().search([("rule_id", "in", self.rule_id.ids)])
        used = {step_id for approval in approvals for step_id in approval.route}
        return self.filtered(lambda step: step.id in used)

    def _fixed_candidates(self):
        """The active employees whom the step names, without roles."""
        self.ensure_one()
        users = self.sudo().group_ids.all_user_ids | self.sudo().user_ids
        return users.filtered(lambda user: user.active and not user.share)

    def _candidates(self, documents):
        """``{document_id: users}`` who may decide the step, as of now; nobody excluded yet.

        Who does not work in the document's company cannot read it, and hears nothing of it.
        """
        documents = documents.sudo()
        fixed = self._fixed_candidates()
        named = documents._workflow_users_in_role(self.role) if self.role else {}
        candidates = {}
        for company, group in documents.grouped(lambda document: document._approval_owner()).items():
            inside = fixed.filtered(lambda user, company=company: company <= user.company_ids)
            for document in group:
                users = named.get(document.id, self.env["res.users"])
                candidates[document.id] = inside | users.sudo().filtered(
                    lambda user, company=company: user.active and not user.share and company <= user.company_ids
                )
        return candidates

    def _seats(self):
        """How many people there must be at least. Of “all”, some may have decided an earlier step."""
        return self.needed if self.quorum == "count" else 1

    def _problem(self):
        """Why nobody could decide the step, or False; roles are known per document only."""
        if self.role:
            return False
        people = self._fixed_candidates()
        if not (self.group_ids or self.user_ids):
            return self.env._("Step “%s” names neither groups nor users nor a role.", self.name)
        if len(people) < self._seats():
            return self.env._(
                "Step “%(step)s” needs %(needed)s people, but its groups and users have only %(count)s active.",
                step=self.name,
                needed=self._seats(),
                count=len(people),
            )
        return False

    def _literal_domain(self):
        return ast.literal_eval(self.domain or "[]")
