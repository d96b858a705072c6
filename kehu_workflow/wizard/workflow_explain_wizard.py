from markupsafe import Markup

from odoo import api, fields, models


class WorkflowExplainWizard(models.TransientModel):
    """Answers “why can't I?” for one document."""

    _name = "kehu.workflow.explain.wizard"
    _description = "What Each Move Lacks"

    body = fields.Html(readonly=True)

    @api.model
    def _action_open(self, document):
        return self._action_show(self.env._("Why can't I?"), document._workflow_explain())

    @api.model
    def _action_show(self, title, sections):
        """Open a dialog with nothing but text.

        :param sections: ``[(label, [sentence, …]), …]``
        """
        lines = Markup().join(
            Markup("<dt>%s</dt><dd>%s</dd>") % (label, Markup("<br/>").join(sentences)) for label, sentences in sections
        )
        wizard = self.create({"body": Markup("<dl>%s</dl>") % lines})
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            # Odoo's client adds them to what buttons return, not to what archiving does.
            "views": [(False, "form")],
            "target": "new",
        }
