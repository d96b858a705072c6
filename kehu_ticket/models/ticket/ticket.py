from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_complaint.groups import STAFF, SUPERVISOR, SUPERVISORS
from odoo.addons.kehu_complaint.models.service.service_mixin import (
    CHANNELS,
    PRIORITIES,
    SATISFACTIONS,
)
from odoo.addons.kehu_workflow.workflow import Move, Turn

_lt = LazyTranslate(__name__)

USERS = (STAFF,)
ENDED = ("closed", "cancelled", "dismissed")


class ServiceTicket(models.Model):
    """A service ticket, from the call to the customer's signature (T1–T8)."""

    _name = "kehu.service.ticket"
    _description = "Service Ticket"
    _inherit = ["kehu.service.mixin"]
    _number_prefix = "FW-"
    _journal_kind = "ticket"

    _workflow_moves = (
        Move(
            "take",
            _lt("Take"),
            source=("received",),
            target="working",
            groups=USERS,
            before="_fill_handler",
            batch=True,
            after="_stamp_first_response",
        ),
        Move(
            "finish",
            _lt("Finished"),
            source=("working",),
            target="done",
            groups=USERS,
            roles=("technician_ids",),
            required=("solution",),
            after="_after_finish",
        ),
        Move(
            "again",
            _lt("Not in Order Yet"),
            source=("done",),
            target="working",
            groups=USERS,
            roles=("technician_ids",),
            reason=True,
            after="_after_again",
        ),
        Move("close", _lt("Close"), source=("done",), target="closed", groups=USERS, after="_after_close"),
        Move(
            "cancel",
            _lt("Cancel"),
            source=("received", "working"),
            target="cancelled",
            groups=SUPERVISORS,
            reason=True,
            after="_after_cancel",
        ),
        Move(
            "reopen",
            _lt("Reopen"),
            source=("closed", "cancelled"),
            target="working",
            groups=SUPERVISORS,
            reason=True,
            before="_fill_handler",
            after="_after_again",
        ),
    )
    _workflow_turns = (
        Turn("take", ("received",), "takers", _lt("Take the service ticket"), reminds_actor=True),
        Turn("handle", ("working",), "user_id", _lt("You handle this service ticket"), reminds_actor=True),
        Turn("close", ("done",), "user_id", _lt("Close the service ticket"), reminds_actor=True),
    )
    _workflow_statusbar = ("received", "working", "done", "closed")
    _impartial_complaint_field = "complaint_id"
    _impartial_roles = ("user_id", "callback_user_id", "technician_ids", "asked_user_ids")
    _impartial_vacated = ("user_id", "callback_user_id")
    _service_parts = {
        "callback_user_id": {"satisfaction", "callback_note"},
        "technician_ids": {
            "solution",
            "signature",
            "signed_by",
            "unsigned_reason",
            "satisfaction",
            "log_ids",
            "device_ids",
            "cash_ids",
        },
    }
    _service_callback_state = "done"
    _service_work_roles = {"user_id", "technician_ids"}
    _service_work_moves = {"take", "finish"}
    _service_work_fields = {"solution"}

    state = fields.Selection(
        [
            ("received", "Received"),
            ("working", "In work"),
            ("done", "Finished"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
            ("dismissed", "Taken out"),
        ],
        string="Ticket Status",
        default="received",
        tracking=True,
        group_expand=True,
    )
    # Labels belong to the addon that names them: these are translated here.
    channel = fields.Selection(selection_add=CHANNELS)
    priority = fields.Selection(selection_add=PRIORITIES)
    satisfaction = fields.Selection(selection_add=SATISFACTIONS)
    kind_id = fields.Many2one(
        "kehu.service.kind",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
        default=lambda self: self.env.ref("kehu_ticket.service_kind_inquiry", raise_if_not_found=False),
    )
    complaint_id = fields.Many2one(
        "kehu.complaint",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
        help="Whoever is complained about there takes no part here, either.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    callback_user_id = fields.Many2one(
        domain="[('share', '=', False), ('id', '!=', user_id), ('id', 'not in', technician_ids)]"
    )
    solution = fields.Text(
        string="What Was Done",
        copy=False,
        help="The answer to the inquiry, or what was repaired. When it is finished, the customer reads it in the portal.",
    )
    date_first_response = fields.Datetime(string="First Response On", readonly=True, copy=False)
    date_repaired = fields.Datetime(string="Finished On", readonly=True, copy=False)
    is_dispatched = fields.Boolean(related="kind_id.is_dispatched")
    is_signed = fields.Boolean(related="kind_id.is_signed")

    _received_idx = models.Index("(company_id, date_received)")
    _open_idx = models.Index("(company_id, date_received) WHERE state NOT IN ('closed', 'cancelled', 'dismissed')")

    # === COMPUTE ===

    @api.depends("complaint_id.kehu_tier")
    def _compute_kehu_tier(self):
        result = super()._compute_kehu_tier()
        for ticket in self.filtered("complaint_id"):
            ticket.kehu_tier = max(ticket.kehu_tier, ticket.complaint_id.kehu_tier or "0")
        return result

    # === CONSTRAINT ===

    @api.model
    def _impartial_watched(self):
        # Technicians and whoever is asked are computed without those complained about.
        return [*self._impartial_vacated, "complaint_id"]

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            self._check_changeable(vals)
        return super().write(vals)

    def _check_changeable(self, vals):
        """Refuse changes of closed tickets, and of what supervisors alone change.

        :raise UserError: the ticket is closed; only conversation goes on
        :raise AccessError: somebody else than a supervisor takes the ticket away from its complaint
        """
        tickets = self.sudo()
        if vals.keys() - self._service_free_fields() and (
            ended := tickets.filtered(lambda ticket: ticket.state in ENDED)
        ):
            raise UserError(self.env._("%s is closed: a supervisor can reopen it.", ended._workflow_names()))
        if (
            "complaint_id" in vals
            and not self.env.user.has_group(SUPERVISOR)
            and any(ticket.complaint_id and ticket.complaint_id.id != vals["complaint_id"] for ticket in tickets)
        ):
            raise AccessError(self.env._("A supervisor decides whether the ticket belongs to another complaint."))

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_first_response", "date_repaired"}

    @api.model
    def _service_later_fields(self):
        return super()._service_later_fields() | {"complaint_id", "warranty_decision", "warranty_reason"}

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        sentences = {"finish": self._finish_blockers, "close": self._close_blockers}.get(move.name)
        for ticket in self if sentences else ():
            if missing := list(sentences(ticket)):
                blockers[ticket.id].extend(missing)
        return blockers

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        if move.name == "again" and not self.env.user.has_group(SUPERVISOR):
            refusal = self.env._("The customer has signed for it: a supervisor takes it back.")
            barred |= {ticket.id: refusal for ticket in self if ticket.signature}
            refusal = self.env._("The customer has answered the call-back: a supervisor takes it back, or who called.")
            barred |= {
                ticket.id: refusal
                for ticket in self
                if ticket._service_is_answered() and self.env.user != ticket.callback_user_id
            }
        return barred

    @api.model
    def _finish_blockers(self, ticket):
        """Yield what stands in the way of finishing (hook)."""
        if ticket.kind_id.is_dispatched and not ticket.dispatch_ids.filtered(
            lambda order: order.state in ("approved", "on_way", "done")
        ):
            yield self.env._("“%s” takes a dispatch order that is approved.", ticket.kind_id.name)
        if ticket.kind_id.is_onsite and not ticket.log_ids:
            yield self.env._("Enter into the service log who was there, when, and what was done.")

    @api.model
    def _close_blockers(self, ticket):
        """Yield what stands in the way of closing (hook)."""
        if ticket.kind_id.is_signed and not (ticket.signature or ticket.unsigned_reason):
            yield self.env._("The customer has not signed: have it signed, or say why it is not.")
        if waiting := ticket.cash_ids.filtered(lambda cash: cash.state == "taken"):
            yield self.env._(
                "Cash that was taken on site waits to be handed in: %s.", ", ".join(waiting.mapped("display_name"))
            )
        if open_orders := ticket.dispatch_ids.filtered(lambda order: order.state in ("pending", "approved", "on_way")):
            yield self.env._("Dispatch orders are not done: %s.", ", ".join(open_orders.mapped("display_name")))
        if any(handover.state == "asked" for handover in ticket.handover_ids):
            yield self.env._("A written reply is waited for.")

    def _workflow_role_takers(self):
        receivers = self._workflow_role_receivers()
        return {ticket.id: ticket.user_id or receivers[ticket.id] for ticket in self}

    def _stamp_first_response(self):
        tickets = self.sudo().filtered(lambda ticket: not ticket.date_first_response)
        tickets.write({"date_first_response": fields.Datetime.now()})

    def _after_finish(self):
        tickets = self.sudo()
        tickets.write({"date_repaired": fields.Datetime.now(), "waiting_reason": False})
        tickets.device_ids._write_into_files()
        # Technicians who finish on site are not asked for the end of their visit once more.
        tickets.dispatch_ids.filtered(
            lambda order: order.state == "on_way" and order.technician_id == self.env.user
        )._move("end")

    def _after_again(self):
        self._keep_in_chatter(["solution"], lambda: self.env._("What was done until then:"))
        self.sudo().write({"date_repaired": False, "date_closed": False, **self._prepare_unsigned_values()})
        # Who handled it may be complained about by now.
        self._impartial_exclude()

    def _after_close(self):
        self._service_stamp_closed()
        self._record_service()

    def _after_cancel(self):
        self._cancel_visits(self.env._("The ticket was cancelled."))

    def _cancel_visits(self, reason):
        """Have whoever was to go there free again."""
        self.sudo().dispatch_ids.filtered(
            lambda order: order.state in ("draft", "pending", "approved", "on_way")
        )._move("cancel", reason=reason)

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "not in", ENDED)


class ServiceDesk(models.Model):
    _inherit = "kehu.service.desk"

    intake = fields.Selection(
        selection_add=[("kehu.service.ticket", "Service tickets")], ondelete={"kehu.service.ticket": "set default"}
    )
