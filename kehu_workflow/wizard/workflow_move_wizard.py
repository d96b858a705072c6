from odoo import api, fields, models
from odoo.exceptions import UserError


class WorkflowMoveWizard(models.TransientModel):
    """Asks for the reason of a move.

    It holds no right of its own: the move is made, and checked, as its user.
    """

    _name = "kehu.workflow.move.wizard"
    _description = "Reason of a Move"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    move = fields.Char(required=True, readonly=True)
    documents = fields.Text("On", compute="_compute_documents")
    reason = fields.Text(required=True)

    # === COMPUTE ===

    @api.depends("res_model", "res_ids")
    def _compute_documents(self):
        for wizard in self:
            wizard.documents = "\n".join(wizard._documents().mapped("display_name"))

    # === ACTIONS ===

    @api.model
    def _action_open(self, documents, move_name):
        move = documents._workflow_get_move(move_name)
        return {
            "type": "ir.actions.act_window",
            "name": documents._workflow_label(move),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": documents._name,
                "default_res_ids": documents.ids,
                "default_move": move_name,
            },
        }

    def action_confirm(self):
        """Move the documents from which the dialog was opened, with the reason."""
        self.ensure_one()
        self._documents().workflow_move(self.move, self.reason)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS ===

    def _documents(self):
        """The records to move, as far as the user chose them; nothing is checked yet."""
        model = self.env.get(self.res_model or "")
        if model is None or not hasattr(model, "workflow_move"):
            raise UserError(self.env._("Open this from the document to be moved."))
        ids = self.res_ids if isinstance(self.res_ids, list) else ()
        return model.browse(id_ for id_ in ids if type(id_) is int)  # not True
