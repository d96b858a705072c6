from odoo import api, fields, models

from ..approval import first_undecidable


class ApprovalTestWizard(models.TransientModel):
    """Answers an administrator's “who would decide this record if I asked?” (A6). It asks for nothing."""

    _name = "kehu.approval.test.wizard"
    _description = "Who Would Decide This?"

    document = fields.Reference(selection="_selection_document", required=True)
    res_model = fields.Char("Document Model")
    kind = fields.Selection(lambda self: self.env["kehu.approval.rule"]._selection_kind(), required=True)
    answer = fields.Text(compute="_compute_answer")

    @api.model
    def _selection_document(self):
        return [
            (name, self.env["ir.model"]._get(name).name) for name in self.env["kehu.approval.rule"]._approval_models()
        ]

    # === COMPUTE ===

    @api.depends("document", "kind")
    @api.depends_context("uid")
    def _compute_answer(self):
        for wizard in self:
            wizard.answer = wizard._answer() if wizard.document and wizard.kind else False

    # === BUSINESS ===

    def _answer(self):
        self.document.check_access("read")
        document = self.document.sudo()
        rule = self.env["kehu.approval.rule"]._match(document, self.kind).get(document.id)
        if not rule:
            return self.env._("No rule fits: asking would be refused.")
        excluded = document._approval_excluded()[document.id] | self.env.user
        lines = [self.env._("Rule “%s”", rule.name)]
        steps = []
        for step in rule.step_ids:
            if not document.filtered_domain(step._literal_domain()):
                lines.append(self.env._("%s: skipped, its condition does not hold", step.name))
                continue
            terms = step._terms()
            candidates = document._approval_candidates(terms)[document.id]
            people = candidates - excluded
            steps.append((people._ids, terms.seats))
            quorum = dict(step._fields["quorum"]._description_selection(self.env))[step.quorum]
            lines.append(f"{step.name} ({quorum}): {', '.join(people.mapped('name')) or self.env._('nobody')}")
            if barred := candidates & excluded:
                lines.append(self.env._("   not: %s (asked, made it or profits)", ", ".join(barred.mapped("name"))))
        if not steps or first_undecidable(steps, rule.merges_steps) is not None:
            lines.append(self.env._("There are not enough people: asking would be refused."))
        return "\n".join(lines)
