from odoo import api, fields, models


class WorkflowLog(models.Model):
    """Who moved which document when, from where to where and why (A3). Append-only."""

    _name = "kehu.workflow.log"
    _description = "Status History"
    _inherit = ["kehu.trail.mixin"]
    _order = "id desc"
    _trail_is_paged = True
    _rec_name = "move_label"
    _trail_append_only = True

    res_model = fields.Char("Document Model", required=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    move = fields.Char("Move Name", required=True)
    state_from = fields.Char(required=True)
    state_to = fields.Char(required=True)
    reason = fields.Text()

    move_label = fields.Char("Move", compute="_compute_labels")
    state_from_label = fields.Char("Old Status", compute="_compute_labels")
    state_to_label = fields.Char("New Status", compute="_compute_labels")

    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE ===

    @api.depends("res_model", "move", "state_from", "state_to")
    @api.depends_context("lang")
    def _compute_labels(self):
        for model_name, entries in self.grouped("res_model").items():
            model = self.env.get(model_name)
            moves = model._workflow_move_map() if hasattr(model, "_workflow_move_map") else {}
            states = dict(model._fields["state"]._description_selection(self.env)) if moves else {}
            for entry in entries:
                move = moves.get(entry.move)
                entry.move_label = self.env._(move.label) if move else entry.move  # pylint: disable=gettext-variable
                entry.state_from_label = states.get(entry.state_from, entry.state_from)
                entry.state_to_label = states.get(entry.state_to, entry.state_to)
