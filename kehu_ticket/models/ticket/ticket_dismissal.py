"""Tickets that are none leave the intake, too: a clerk proposes it, and somebody else decides (C1)."""

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_complaint.groups import STAFF
from odoo.addons.kehu_complaint.models.service.service_dismissal import DISMISSAL_STATES, DISMISSALS
from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)

OUT_OF = ("received", "working")


class TicketDismissal(models.Model):
    _name = "kehu.ticket.dismissal"
    _description = "Proposal to Take a Ticket Out"
    _inherit = [
        "kehu.service.dismissal.mixin",
        "kehu.ticket.part",
        "kehu.approval.mixin",
        "kehu.server.rows.mixin",
    ]
    _rec_names_search = ["ticket_id"]

    _approval_kinds = (
        ApprovalKind(
            "dismissal",
            _lt("Taking out a service ticket"),
            watched=("is_weighty", "ticket_id.customer_id", "ticket_id.kehu_tier"),
        ),
    )

    kind = fields.Selection(selection_add=DISMISSALS)
    state = fields.Selection(selection_add=DISMISSAL_STATES)
    is_weighty = fields.Boolean(
        string="Of a Complaint That Is Major or against an Employee", compute="_compute_is_weighty"
    )

    _one_waits = models.UniqueIndex(
        "(ticket_id) WHERE state = 'proposed'", "It was proposed already to take this ticket out."
    )

    # === COMPUTE ===

    @api.depends("complaint_id.is_major", "complaint_id.conflicted_user_ids")
    @api.depends_context("uid")
    def _compute_is_weighty(self):
        """Users who may not read the complaint are told nothing of it; rules are chosen in sudo."""
        readable = self.complaint_id._filtered_access("read").sudo()
        for dismissal in self:
            complaint = dismissal.complaint_id.sudo() & readable
            dismissal.is_weighty = bool(complaint.is_major or complaint.conflicted_user_ids)


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    _workflow_moves = (
        Move("dismiss", _lt("Take Out"), source=OUT_OF, target="dismissed"),
        *(Move(f"put_back_{state}", _lt("Put Back"), source=("dismissed",), target=state) for state in OUT_OF),
    )
    _service_dismissible = OUT_OF

    dismissal_ids = fields.One2many("kehu.ticket.dismissal", "ticket_id", string="Proposals to Take Out", groups=STAFF)
    dismissal_id = fields.Many2one(
        "kehu.ticket.dismissal", string="Proposal to Decide", compute="_compute_dismissal_id", groups=STAFF
    )

    # === ACTIONS ===

    def action_open_dismissals(self):
        """Open the proposals to take the ticket out."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_ticket.kehu_ticket_dismissal_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {}}

    # === BUSINESS ===

    def _service_undismissible(self):
        return self.env._("%s is finished: close it, or have a supervisor take it back.", self._workflow_names())

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        for ticket in self if move.name == "dismiss" else ():
            if ticket.signature or ticket.cash_ids:
                blockers[ticket.id].append(
                    self.env._("The customer has signed or paid for this ticket, so it cannot be taken out.")
                )
        return blockers

    def _dismiss(self, dismissal):
        result = super()._dismiss(dismissal)
        self._cancel_visits(self.env._("The ticket was taken out."))
        return result
