from odoo import fields, models


class ApprovalDecision(models.Model):
    """One person's word on one approval (A6). Append-only."""

    _name = "kehu.approval.decision"
    _description = "Approval Decision"
    _inherit = ["kehu.trail.mixin"]
    _order = "id"
    _trail_is_paged = True
    _rec_name = "step_id"
    _trail_append_only = True

    approval_id = fields.Many2one("kehu.approval", required=True, ondelete="cascade", index=True)
    res_model = fields.Char("Document Model", required=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True)
    step_id = fields.Many2one("kehu.approval.step", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Decided By", required=True, ondelete="restrict")
    principal_id = fields.Many2one(
        "res.users", "In the Place Of", required=True, ondelete="restrict", help="Who delegated, else who decided."
    )
    verdict = fields.Selection([("approved", "Approved"), ("refused", "Refused")], required=True)
    is_merged = fields.Boolean(
        "Agreed at an Earlier Step", help="One person fills several steps: the earlier agreement counts here, too."
    )
    reason = fields.Text()
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _document_idx = models.Index("(res_model, res_id)")
    _user_once = models.UniqueIndex(
        "(approval_id, user_id) WHERE is_merged IS NOT TRUE", "Nobody decides twice in one approval."
    )
    _principal_once = models.UniqueIndex(
        "(approval_id, principal_id) WHERE is_merged IS NOT TRUE", "Nobody decides twice in one approval."
    )
    _step_once = models.UniqueIndex("(approval_id, step_id, user_id)", "Nobody decides a step twice.")
