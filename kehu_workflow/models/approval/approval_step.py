import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ...approval import StepTerms

_lt = LazyTranslate(__name__)


class ApprovalStep(models.Model):
    """One step of a rule: who may decide, and how many of them must (A6).

    A change counts for what is asked for from then on: approvals carry the terms of their steps.
    """

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
        [("one", "One of them"), ("count", "A number of them"), ("all", "All of them")],
        "Needed",
        required=True,
        default="one",
    )
    needed = fields.Integer("How Many", default=1)
    domain = fields.Char(
        "Only If", default="[]", required=True, help="Condition on the document, looked at when asking."
    )

    _needed_positive = models.Constraint("CHECK(needed > 0)", "At least one must agree.")

    # === CONSTRAINT ===

    @api.constrains("role", "domain", "rule_id")
    def _check_declaration(self):
        for step in self:
            documents = self.env[step.res_model]
            if step.role and not documents._approval_knows_role(step.role):
                raise ValidationError(self.env._("“%s” leads to no users on the document.", step.role))
            documents._kehu_check_rule_path(step.role or "")
            try:
                Domain(step._literal_domain()).validate(documents)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("The condition of “%(step)s” is wrong: %(error)s", step=step.name, error=error)
                ) from error
            documents._kehu_check_rule_domain(Domain(step._literal_domain()))

    @api.constrains("group_ids", "user_ids", "role", "quorum", "needed")
    def _check_people(self):
        self.rule_id._check_people()

    # === BUSINESS ===

    def _filter_evidence(self):
        # Wherever a step was moved to, what was asked for goes through it.
        self.env["kehu.approval"].flush_model(["route"])
        used = self.env.execute_query(
            SQL(
                "SELECT DISTINCT (step->>0)::int FROM kehu_approval, jsonb_array_elements(route) AS step WHERE "
                "(step->>0)::int = ANY(%s)",
                self.ids,
            )
        )
        return self & self.browse(step_id for (step_id,) in used)

    def _terms(self):
        """The :class:`StepTerms` as they are now."""
        self.ensure_one()
        step = self.sudo()
        needed = step.needed if step.quorum == "count" else 1
        return StepTerms(step.id, step.quorum, needed, step.group_ids._ids, step.user_ids._ids, step.role or "")

    def _fixed_candidates(self):
        """The active employees whom the step names, without roles."""
        self.ensure_one()
        return self._filter_employees(self.sudo().group_ids.all_user_ids | self.sudo().user_ids)

    @api.model
    def _filter_employees(self, users, company=None):
        """Those of ``users`` who are active employees, and work in the company if one is given."""
        return users.filtered(
            lambda user: user.active and not user.share and (not company or company <= user.company_ids)
        )

    def _names(self):
        """Return the groups, the users and the role that the step names, as users call them."""
        self.ensure_one()
        step = self.sudo()
        role = step.role and self.env[step.res_model]._workflow_label_of_role(step.role)
        return ", ".join(filter(None, [*step.group_ids.mapped("name"), *step.user_ids.mapped("name"), role]))

    def _problem(self):
        """Why nobody could decide the step, or False; roles are known per document only."""
        if self.role:
            return False
        people, seats = self._fixed_candidates(), self._terms().seats
        if not (self.group_ids or self.with_context(active_test=False).user_ids):
            return self.env._("Step “%s” names neither groups nor users nor a role.", self.name)
        if len(people) < seats:
            return self.env._(
                "Step “%(step)s” needs %(needed)s people, but its groups and users have only %(count)s active.",
                step=self.name,
                needed=seats,
                count=len(people),
            )
        return False

    def _literal_domain(self):
        return ast.literal_eval(self.domain or "[]")
