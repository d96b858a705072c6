import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...caches import clear_caches

_lt = LazyTranslate(__name__)


def _table(rule):
    """Return what the lines of one authority table have in common."""
    return rule.res_model, rule.kind, rule.company_id, rule.domain, rule.amount_path


class ApprovalRule(models.Model):
    """One line of the authority table: who must agree to what, up to which amount (A6, C5).

    A change counts for what is asked for from then on; what is pending keeps the terms it was asked for with.
    """

    _name = "kehu.approval.rule"
    _description = "Approval Rule"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.evidence.mixin"]
    _evidence_refusal = _lt("A rule is not deleted, so that its approvals stay readable. Archive it instead:")
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first rule that fits is the one that counts.")
    model_id = fields.Many2one(
        "ir.model",
        "Document",
        required=True,
        ondelete="cascade",
        tracking=True,
        domain=lambda self: [("model", "in", self._approval_models())],
    )
    res_model = fields.Char("Document Model", related="model_id.model", store=True, index=True)
    kind = fields.Selection(
        "_selection_kind", required=True, tracking=True, help="What is asked for, as the document calls it."
    )
    company_id = fields.Many2one("res.company", tracking=True, help="Empty: all companies.")
    domain = fields.Char("Condition", default="[]", required=True, tracking=True)
    amount_path = fields.Char("Amount", tracking=True, help="Field of the document that is compared with the range.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount_from = fields.Monetary(tracking=True, help="Included; in the currency of the document's company.")
    amount_to = fields.Monetary("Amount Up to", tracking=True, help="Excluded; zero means without limit.")
    watched_field_ids = fields.Many2many(
        "ir.model.fields",
        string="More Watched Fields",
        domain="[('model_id', '=', model_id)]",
        help="Frozen from asking on, beside those that the document declares itself.",
    )
    step_ids = fields.One2many("kehu.approval.step", "rule_id", "Steps", copy=True)
    merges_steps = fields.Boolean(
        "One Person May Fill Several Steps",
        tracking=True,
        help="Steps of one person fall together: the agreement given at the first of them counts at the later ones. Off, as "
        "for payments: nobody decides twice.",
    )
    responsible_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, help="Is told when nobody can decide."
    )
    amount_range = fields.Char("For Amounts", compute="_compute_amount_range", help="Empty: whatever the amount.")
    people = fields.Char(
        "Who Decides", compute="_compute_people", help="One step after the other; of each, those who can decide it."
    )
    problem = fields.Text(compute="_compute_problem", help="Why a step cannot be decided at present.")

    gaps = fields.Text(compute="_compute_gaps", help="What amounts no rule covers, or two.")

    _amount_range = models.Constraint(
        "CHECK(amount_to = 0 OR amount_from < amount_to)", "An amount range must end above its beginning."
    )

    # === COMPUTE ===

    @api.model
    def _selection_kind(self):
        """What can be asked for on any model, in its words."""
        labels = {}
        for model in self._approval_models():
            for name in self.env[model]._approval_kind_map():
                labels.setdefault(name, {})[self.env[model]._approval_label(name)] = True
        return [(name, " / ".join(words)) for name, words in labels.items()]

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends("amount_path", "amount_from", "amount_to", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_range(self):
        for rule in self:
            rule.amount_range = bool(rule.amount_path) and rule._format_range(rule.amount_from, rule.amount_to)

    def _format_range(self, low, high):
        """Return how a range is shown; nothing where it has neither beginning nor end."""
        low, high = (bool(amount) and self.currency_id.format(amount) for amount in (low, high))
        if low and high:
            return f"{low} – {high}"
        return (low and f"≥ {low}") or (high and f"< {high}")

    @api.depends("step_ids.sequence", "step_ids.group_ids", "step_ids.user_ids", "step_ids.role")
    @api.depends_context("lang")
    def _compute_people(self):
        for rule in self:
            rule.people = " → ".join(step._names() for step in rule.step_ids)

    @api.depends("step_ids.group_ids", "step_ids.user_ids", "step_ids.role", "step_ids.quorum", "step_ids.needed")
    def _compute_problem(self):
        for rule in self:
            problems = filter(None, (step._problem() for step in rule.step_ids))
            rule.problem = "\n".join(
                problems if rule.step_ids else [self.env._("There is no step: nobody would decide.")]
            )

    @api.depends("res_model", "kind", "company_id", "domain", "amount_path", "amount_from", "amount_to", "active")
    @api.depends_context("lang")
    def _compute_gaps(self):
        """Say between which amounts nobody would decide, and where two rules fit, of which the first counts (A6)."""
        others = self.search([("res_model", "in", self.mapped("res_model")), ("kind", "in", self.mapped("kind"))])
        tables = (others | self._origin).filtered(lambda rule: rule.active and rule.amount_path).grouped(_table)
        # Whatever the amount: such a rule fills the gaps of all tables of its kind.
        filled = {_table(rule)[:3] for rule in others if not rule.amount_path and not rule._literal_domain()}
        for rule in self:
            table = tables.get(_table(rule), rule.browse())
            missing, double, end = [], [], 0.0
            for line in table.sorted("amount_from"):
                if end is None or line.amount_from < end:
                    double.append(line.amount_range or self.env._("all amounts"))
                elif line.amount_from > end:
                    missing.append(line._format_range(end, line.amount_from))
                end = None if end is None or not line.amount_to else max(end, line.amount_to)
            if end:
                missing.append(rule._format_range(end, 0))
            sentences = []
            if missing and _table(rule)[:3] not in filled:
                sentences.append(self.env._("No rule decides on these amounts: %s.", ", ".join(missing)))
            if double:
                sentences.append(
                    self.env._(
                        "Two rules decide on these amounts; the one higher in the list counts: %s.",
                        ", ".join(double),
                    )
                )
            rule.gaps = "\n".join(sentences)

    # === CONSTRAINT ===

    @api.constrains("model_id", "kind", "domain", "amount_path")
    def _check_declaration(self):
        for rule in self:
            if rule.res_model not in self._approval_models():
                raise ValidationError(self.env._("Documents of “%s” know no approvals.", rule.model_id.name))
            documents = self.env[rule.res_model]
            kinds = documents._approval_kind_map()
            if rule.kind not in kinds:
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” is not one of: %(kinds)s.",
                        kind=dict(self._selection_kind())[rule.kind],
                        kinds=", ".join(map(documents._approval_label, kinds)),
                    )
                )
            try:
                Domain(rule._literal_domain()).validate(documents)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("The condition of “%(rule)s” is wrong: %(error)s", rule=rule.name, error=error)
                ) from error
            documents._kehu_check_rule_domain(Domain(rule._literal_domain()))
            if rule.amount_path:
                documents._kehu_check_rule_path(rule.amount_path)
                field = documents._approval_field(rule.amount_path)
                if not field or field.type not in ("integer", "float", "monetary"):
                    raise ValidationError(self.env._("“%s” is not an amount of the document.", rule.amount_path))
        self.step_ids._check_declaration()

    @api.constrains("step_ids", "active")
    def _check_people(self):
        # Groups are still empty while an addon installs its own rules; asking checks again.
        if self.env.su and self.env.context.get("install_mode"):
            return
        for rule in self.filtered("active"):
            if rule.problem:
                raise ValidationError(self.env._("“%(rule)s”: %(problem)s", rule=rule.name, problem=rule.problem))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        clear_caches(self.env)
        return rules

    def write(self, vals):
        result = super().write(vals)
        clear_caches(self.env)
        return result

    # === ACTIONS ===

    def action_test(self):
        """Open “who would decide this record?” (A6)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who would decide this?"),
            "res_model": "kehu.approval.test.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self.res_model, "default_kind": self.kind},
        }

    # === BUSINESS ===

    def _filter_evidence(self):
        if not self.env.su:
            return self  # whether something was asked for would tell of documents that are hidden from the user (X3)
        asked = self.env["kehu.approval"].sudo()._read_group([("rule_id", "in", self.ids)], ["rule_id"])
        return self & self.browse(rule.id for (rule,) in asked)

    @api.model
    def _approval_models(self):
        """Names of the installed models on which something can be asked for."""
        return [
            name
            for name, model in self.env.registry.items()
            if hasattr(model, "_approval_kinds") and not model._abstract
        ]

    @api.model
    def _match(self, documents, kind):
        """The rule for each document: ``{document_id: rule}``, without those that none fits."""
        rules = self.sudo().with_context(active_test=True)  # whatever a client says
        rules = rules.search([("res_model", "=", documents._name), ("kind", "=", kind)])
        matched = {}
        remaining = documents
        for rule in rules:
            fitting = rule._filter_documents(remaining)
            matched |= dict.fromkeys(fitting.ids, rule)
            remaining -= fitting
        return matched

    def _filter_documents(self, documents):
        """The documents within this rule's company, condition and amount range."""
        if self.company_id and "company_id" in documents._fields:
            documents = documents.filtered(
                lambda document: document.company_id in (self.company_id, self.env["res.company"])
            )
        documents = documents.filtered_domain(self._literal_domain())
        if self.amount_path:
            amounts = documents._approval_amounts(self.amount_path)
            documents = documents.filtered(lambda document: self._is_in_range(amounts[document.id]))
        return documents

    def _is_in_range(self, amount):
        return amount >= self.amount_from and (not self.amount_to or amount < self.amount_to)

    def _literal_domain(self):
        return ast.literal_eval(self.domain or "[]")
