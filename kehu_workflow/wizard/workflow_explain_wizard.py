from markupsafe import Markup

from odoo import api, fields, models


class WorkflowExplainWizard(models.TransientModel):
    """Answers “why can't I?” for one document."""

    _name = "kehu.workflow.explain.wizard"
    _description = "What Each Move Lacks"

    body = fields.Html(readonly=True)

    @api.model
    def _action_open(self, document):
        lines = Markup().join(
            Markup("<dt>%s</dt><dd>%s</dd>") % (label, Markup("<br/>").join(missing))
            for label, missing in document._workflow_explain()
        )
        wizard = self.create({"body": Markup("<dl>%s</dl>") % lines})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why can't I?"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
