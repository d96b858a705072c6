from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.kehu_complaint.groups import SUPERVISOR


from .ticket import ENDED

_DECISION = {"warranty_decision", "warranty_reason"}


class ServiceTicket(models.Model):
    """Whether the warranty covers it, and what is charged if not (T5)."""

    _inherit = "kehu.service.ticket"

    product_file_id = fields.Many2one(
        "kehu.product.file",
        compute="_compute_product_file_id",
        store=True,
        index="btree_not_null",
        help="The customer's own, found by the serial number.",
    )
    warranty = fields.Selection(
        [("in", "In warranty"), ("out", "Out of warranty"), ("unknown", "Unknown")],
        compute="_compute_warranty",
        store=True,
        help="On the day on which the customer turned to us. Unknown: there is no product file; parts and fees are "
        "charged.",
    )
    warranty_decision = fields.Selection(
        [("in", "Covered"), ("out", "Not covered")],
        string="Supervisor's Decision",
        tracking=True,
        copy=False,
        help="In place of what the product file says.",
    )
    warranty_reason = fields.Char(string="Reason of the Decision", tracking=True, copy=False)
    amount_to_charge = fields.Monetary(string="To Charge", compute="_compute_amount_to_charge", store=True)

    _warranty_reason_given = models.Constraint(
        "CHECK (warranty_decision IS NULL OR warranty_reason IS NOT NULL)", "Say why the warranty is decided otherwise."
    )

    # === COMPUTE ===

    @api.depends("serial", "customer_id", "company_id")
    def _compute_product_file_id(self):
        wanted = {ticket: (ticket.customer_id, ticket.company_id, ticket.serial) for ticket in self}
        found = self.env["kehu.product.file"]._find_of_customers(wanted.values())
        for ticket, key in wanted.items():
            ticket.product_file_id = found.get(key, False)

    @api.depends("product_file_id.date_warranty_end", "date_received", "warranty_decision", "date_signed")
    def _compute_warranty(self):
        for ticket in self:
            if (ticket.date_signed or ticket.state in ENDED) and ticket.warranty:
                # What the customer signed for, or was charged, stays so, whatever becomes of the product file.
                ticket.warranty = ticket.warranty
            elif ticket.warranty_decision or not ticket.product_file_id:
                ticket.warranty = ticket.warranty_decision or "unknown"
            else:
                zone = ticket.company_id.resource_calendar_id.tz or ticket.company_id.partner_id.tz
                day = fields.Datetime.context_timestamp(ticket.with_context(tz=zone), ticket.date_received).date()
                ticket.warranty = "in" if ticket.product_file_id._is_in_warranty(day) else "out"

    @api.depends("log_ids.part_ids.amount")
    def _compute_amount_to_charge(self):
        for ticket in self:
            ticket.amount_to_charge = sum(ticket.log_ids.part_ids.mapped("amount"))

    # === CONSTRAINT ===

    @api.constrains("warranty_decision", "warranty_reason")
    def _check_warranty_reason(self):
        if any(ticket.warranty_decision and not (ticket.warranty_reason or "").strip() for ticket in self):
            raise ValidationError(self.env._("Say why the warranty is decided otherwise."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if any(tickets.sudo().mapped("warranty_decision")):
            self._check_warranty_decider()
        return tickets

    def write(self, vals):
        if not _DECISION.isdisjoint(vals):
            self._check_warranty_decider()
        return super().write(vals)

    def _check_warranty_decider(self):
        """Refuse to override the warranty by others than supervisors (T5).

        :raise AccessError: whoever overrides the warranty is no supervisor
        """
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(
                self.env._("A supervisor decides whether something is covered in spite of its product file.")
            )

    # === BUSINESS ===

    def _prepare_charge_lines(self):
        """Return what the customer pays, for whatever makes an invoice of it (hook, T5).

        :return: list of dicts with ``product_id``, ``name``, ``quantity`` and ``price_unit``, in the currency of the
            company
        """
        self.ensure_one()
        return [
            {
                "product_id": part.product_id.id,
                "name": part.name,
                "quantity": part.quantity,
                "price_unit": part.price_unit,
            }
            for part in self.log_ids.part_ids
            if part.is_charged
        ]

    def _record_service(self):
        """Tell the product file, in its history, that it was serviced (A20)."""
        for ticket in self.sudo().filtered("product_file_id"):
            ticket.product_file_id._record_event("service", document=ticket, note=ticket.number)
