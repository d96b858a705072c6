from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_complaint.groups import STAFF, SUPERVISORS
from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ..ticket.ticket import ENDED

_lt = LazyTranslate(__name__)

USERS = (STAFF,)
BOOKED = ("pending", "approved", "on_way")
_ORDERED = ("date_from", "date_to", "instruction", "skill_ids")


class DispatchOrder(models.Model):
    """Who goes to the customer, when and what for 派工单: an own technician, or an outside firm if
    none is free (T2).
    """

    _name = "kehu.dispatch.order"
    _description = "Dispatch Order"
    _inherit = [
        "kehu.numbered.mixin",
        "kehu.ticket.part",
        "kehu.settled.mixin",
        "kehu.approval.mixin",
        "kehu.deadline.mixin",
    ]
    _order = "date_from desc, id desc"
    _rec_name = "number"
    _evidence_refusal = _lt("Dispatch orders that were submitted are kept. Cancel them instead:")
    _check_company_auto = True
    _number_prefix = "PG-"

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            groups=USERS,
            required=("technician_id",),
            approval="dispatch",
        ),
        Move(
            "submit_vendor",
            _lt("Submit for an Outside Firm"),
            source=("draft",),
            target="pending",
            groups=USERS,
            required=("vendor_id", "instruction"),
            approval="vendor",
        ),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="dispatch", after="_after_grant"),
        Move("grant_vendor", _lt("Approve the Outside Firm"), source=("pending",), target="approved", granted="vendor"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="dispatch"),
        Move("return_vendor", _lt("Return the Outside Firm"), source=("pending",), target="draft", returned="vendor"),
        Move(
            "leave",
            _lt("On the Way"),
            source=("approved",),
            target="on_way",
            groups=USERS,
            roles=("technician_id",),
            carries_out=True,
        ),
        Move("end", _lt("Visit Done"), source=("on_way",), target="done", groups=USERS, roles=("technician_id",)),
        Move(
            "withdraw",
            _lt("Take Back"),
            source=("pending", "approved"),
            target="draft",
            groups=SUPERVISORS,
            roles=("approval_requester",),
            reason=True,
        ),
        Move("cancel", _lt("Cancel"), source=("draft", *BOOKED), target="cancelled", groups=USERS, reason=True),
    )
    _approval_kinds = (
        ApprovalKind("dispatch", _lt("Dispatch order"), watched=("technician_id", *_ORDERED)),
        ApprovalKind(
            "vendor", _lt("Dispatch order for an outside firm"), watched=("vendor_id", "vendor_amount", *_ORDERED)
        ),
    )
    _workflow_statusbar = ("draft", "pending", "approved", "on_way", "done")
    _kehu_lends_reading = True
    _impartial_roles = ("technician_id",)

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Under approval"),
            ("approved", "Approved"),
            ("on_way", "On the way"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Order Status",
        default="draft",
        tracking=True,
    )
    technician_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    vendor_id = fields.Many2one(
        "res.partner",
        string="Outside Firm",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
        help="Only if no technician is free in the planned time.",
    )
    vendor_amount = fields.Monetary(string="Price of the Outside Firm", tracking=True)
    date_from = fields.Datetime(string="Planned From", required=True, tracking=True)
    date_to = fields.Datetime(string="Planned To", required=True, tracking=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    area_id = fields.Many2one(
        "res.country.state", compute="_compute_area_id", store=True, readonly=False, precompute=True
    )
    skill_ids = fields.Many2many("kehu.service.skill", string="Skills Needed")
    instruction = fields.Text(help="What is to be done, and what to bring.")

    _dates_in_order = models.Constraint("CHECK (date_from < date_to)", "A visit cannot end before it begins.")
    _one_goes = models.Constraint(
        "CHECK (technician_id IS NULL OR vendor_id IS NULL)", "Either a technician goes or an outside firm, not both."
    )
    # The last word when two dispatchers book at once. A range of one number, for core PostgreSQL has no gist operators
    # for integers.
    _booked_once = models.Constraint(
        "EXCLUDE USING gist (int4range(technician_id, technician_id, '[]') WITH &&, tsrange(date_from, date_to) "
        "WITH &&) "
        "WHERE (technician_id IS NOT NULL AND state IN ('pending', 'approved', 'on_way'))",
        "Somebody has just sent this technician elsewhere at that time: choose another one or another time.",
    )

    # === COMPUTE ===

    @api.depends("ticket_id.partner_id")
    def _compute_area_id(self):
        for order in self:
            order.area_id = order.ticket_id.partner_id.state_id or order.area_id

    # === CRUD ===

    def write(self, vals):
        if not (self.env.su or self.env.user.has_group(STAFF)) and vals.keys() - self._ticket_free_fields():
            raise AccessError(
                self.env._(
                    "The service writes dispatch orders; whoever is sent says when they go and when they are done."
                )
            )
        return super().write(vals)

    def _settled_fields(self):
        is_over = self.state in ("done", "cancelled") or self.ticket_id.state in ENDED or self.ticket_id.signature
        return self._settled_but() if is_over else set()

    # === BUSINESS ===

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "in", ("draft", "pending", "approved"))

    def _impartial_vacate(self, names):
        self.filtered(lambda order: order.state != "draft")._move(
            "withdraw", reason=self.env._("Whoever is complained about takes no part.")
        )
        return super()._impartial_vacate(names)

    # === WORKFLOW ===

    def _move(self, name, reason=None):
        """Move the orders; the database refuses double bookings.

        :raise UserError: another dispatcher has just booked the technician, which nobody could see before
        """
        try:
            with self.env.cr.savepoint():
                return super()._move(name, reason=reason)
        except ExclusionViolation as error:
            raise UserError(self._sql_error_to_message(error)) from None

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "submit":
            for order_id, busy in self._busy_with().items():
                if busy:
                    blockers[order_id].append(
                        self.env._(
                            "%(technician)s is booked for that time: %(orders)s.",
                            technician=busy.technician_id.name,
                            orders=", ".join(busy.mapped("display_name")),
                        )
                    )
            for order in self._kept_from_technician():
                blockers[order.id].append(
                    self.env._(
                        "%s may not read about this customer: choose somebody else, or have access granted first.",
                        order.technician_id.name,
                    )
                )
        if move.name == "submit_vendor":
            for order_id, people in self._free_technicians().items():
                if people:
                    blockers[order_id].append(
                        self.env._(
                            "An outside firm goes only if nobody of ours is free: %s could go.",
                            ", ".join(people[:3].mapped("name")),
                        )
                    )
        if move.approval:
            for order in self.filtered(lambda order: order.ticket_id.state not in ("received", "working")):
                blockers[order.id].append(self.env._("Its ticket is not in work."))
        return blockers

    def _approval_filter_binding(self):
        return super()._approval_filter_binding().filtered(lambda order: order.state in BOOKED)

    def _approval_excluded_users(self):
        excluded = super()._approval_excluded_users()
        return {order.id: excluded[order.id] | order.technician_id for order in self.sudo()}

    def _after_grant(self):
        """Tell the technician where to go."""
        for order in self.sudo():
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=order.technician_id.id,
                summary=self.env._("Dispatch order %s", order.number),
                date_deadline=fields.Datetime.context_timestamp(
                    order.with_context(tz=order.technician_id.tz or "UTC"), order.date_from
                ).date(),
            )

    def _workflow_moved(self, move, sources, reason):
        if move.target not in ("approved", "on_way"):
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return super()._workflow_moved(move, sources, reason)

    # === RULE ===

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        # Who decides reads what is decided on, and no more of the ticket.
        domain = super()._kehu_readers_domain(mode)
        return domain | Domain("kehu_is_lent", "=", True) if mode == "read" else domain


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    dispatch_ids = fields.One2many("kehu.dispatch.order", "ticket_id", string="Dispatch Orders")
    dispatch_count = fields.Integer(string="Dispatch Orders in All", compute="_compute_dispatch_count")
    technician_ids = fields.Many2many(
        "res.users", "kehu_ticket_technician_rel", string="Technicians", compute="_compute_technician_ids", store=True
    )

    # === COMPUTE ===

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_dispatch_count(self):
        counts = dict(
            self.env["kehu.dispatch.order"]._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        )
        for ticket in self:
            ticket.dispatch_count = counts.get(ticket._origin, 0)

    @api.depends("dispatch_ids.technician_id", "dispatch_ids.state", "complaint_id.conflicted_user_ids")
    def _compute_technician_ids(self):
        for ticket in self:
            orders = ticket.dispatch_ids.filtered(lambda order: order.state in ("approved", "on_way", "done"))
            ticket.technician_ids = orders.technician_id - ticket.complaint_id.conflicted_user_ids

    # === ACTIONS ===

    def action_open_dispatch_orders(self):
        """Open the dispatch orders of the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_ticket.kehu_dispatch_order_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}
