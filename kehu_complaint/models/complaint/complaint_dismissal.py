"""Take what is no complaint out of the intake. Of a major complaint, or one about an employee, higher superiors decide
(C1).
"""

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import STAFF

_lt = LazyTranslate(__name__)

OUT_OF = ("received", "accepted", "investigating")


class ComplaintDismissal(models.Model):
    _name = "kehu.complaint.dismissal"
    _description = "Proposal to Take Out"
    _inherit = [
        "kehu.service.dismissal.mixin",
        "kehu.complaint.part",
        "kehu.approval.mixin",
        "kehu.server.rows.mixin",
    ]
    _rec_names_search = ["complaint_id"]

    _approval_kinds = (
        ApprovalKind(
            "dismissal",
            _lt("Taking out a complaint"),
            watched=("is_weighty", "complaint_id.customer_id", "complaint_id.kehu_tier"),
        ),
    )

    is_weighty = fields.Boolean(
        string="Major, against an Employee, or with Compensation", compute="_compute_is_weighty", compute_sudo=True
    )

    _one_waits = models.UniqueIndex(
        "(complaint_id) WHERE state = 'proposed'", "It was proposed already to take this complaint out."
    )

    # === COMPUTE ===

    @api.depends("complaint_id.is_major", "complaint_id.conflicted_user_ids", "complaint_id.compensation_ids")
    def _compute_is_weighty(self):
        for dismissal in self:
            complaint = dismissal.complaint_id
            dismissal.is_weighty = bool(
                complaint.is_major or complaint.conflicted_user_ids or complaint.compensation_ids
            )


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    _workflow_moves = (
        Move("dismiss", _lt("Take Out"), source=OUT_OF, target="dismissed"),
        *(Move(f"put_back_{state}", _lt("Put Back"), source=("dismissed",), target=state) for state in OUT_OF),
    )
    _service_dismissible = OUT_OF

    dismissal_ids = fields.One2many(
        "kehu.complaint.dismissal", "complaint_id", string="Proposals to Take Out", groups=STAFF
    )
    dismissal_id = fields.Many2one(
        "kehu.complaint.dismissal", string="Proposal to Decide", compute="_compute_dismissal_id", groups=STAFF
    )

    # === ACTIONS ===

    def action_open_dismissals(self):
        """Open the proposals to take the complaint out."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_complaint.kehu_complaint_dismissal_action")
        return {**action, "domain": [("complaint_id", "=", self.id)], "context": {}}

    # === BUSINESS ===

    def _service_undismissible(self):
        return self.env._(
            "%s is beyond the investigation: go on with it, or have a supervisor close it.", self._workflow_names()
        )

    def _dismiss(self, dismissal):
        result = super()._dismiss(dismissal)
        self._find_repeats(self.customer_id)
        return result

    def _put_back(self, dismissal):
        result = super()._put_back(dismissal)
        self._find_repeats(self.customer_id)
        return result
