from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.kehu_complaint.groups import SUPERVISOR


from .ticket import ENDED


class TicketPart(models.AbstractModel):
    """Rows that belong to one service ticket and are hidden with it."""

    _name = "kehu.ticket.part"
    _description = "Part of a Service Ticket"
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part", "kehu.accused.mixin"]
    _impartial_complaint_field = "complaint_id"
    _kehu_document_field = "ticket_id"

    ticket_id = fields.Many2one("kehu.service.ticket", required=True, ondelete="cascade", index=True)
    complaint_id = fields.Many2one(related="ticket_id.complaint_id", store=True, precompute=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    # === CRUD ===

    def write(self, vals):
        if (
            "ticket_id" in vals
            and not self.env.su
            and any(row.ticket_id.id != vals["ticket_id"] for row in self.sudo())
        ):
            raise AccessError(self.env._("This belongs to one ticket: make another one there."))
        return super().write(vals)

    # === CONSTRAINT ===

    @api.model
    def _impartial_watched(self):
        # What is done stays as it was when somebody is accused later; whoever still has work is taken out of it.
        return list(self._impartial_roles)

    # === BUSINESS ===

    def _impartial_customers(self):
        return self[self._kehu_document_field].partner_id

    @api.model
    def _ticket_free_fields(self):
        """Return the names of the fields that chatter and activities write for everybody who takes part."""
        return self.env["kehu.service.ticket"]._service_free_fields() & self._fields.keys()


class TicketWork(models.AbstractModel):
    """What was done for a ticket: it stays as it was when the customer signed for it, even if the ticket is taken back
    (T3, T6).
    """

    _name = "kehu.ticket.work"
    _description = "Work on a Service Ticket"
    _inherit = ["kehu.ticket.part"]

    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_work()
        return rows

    def write(self, vals):
        self._check_work()
        result = super().write(vals)
        # Nor may it become somebody else's.
        self._check_work()
        return result

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_unsigned(self):
        self._check_work()

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_signed"}

    def _check_work(self):
        """Refuse changes of work that is signed for, or not one's own.

        :raise UserError: the customer has signed for it or for the ticket, or the ticket is closed
        :raise AccessError: it is somebody else's work
        """
        if self.env.su:
            return
        tickets = self.sudo().ticket_id
        if fixed := tickets.filtered(lambda ticket: ticket.state in ENDED or ticket.signature):
            raise UserError(
                self.env._("%s is signed or closed: what was done stays as it is.", fixed._workflow_names())
            )
        if signed := self.sudo()._filter_signed().ticket_id:
            raise UserError(
                self.env._(
                    "%s: the customer has signed for this work. Enter what came after, or a correction, as a row of "
                    "its own.",
                    signed._workflow_names(),
                )
            )
        if not self.env.user.has_group(SUPERVISOR) and (self.sudo()._work_users() - self.env.user):
            raise AccessError(self.env._("Everybody enters their own work: leave that of others to them."))

    def _filter_signed(self):
        """Return the rows that belong to what the customer signed for (hook)."""
        return self.filtered("date_signed")

    def _work_users(self):
        """Return whose work the rows are; nobody's for what everybody on the ticket may write (hook)."""
        return self.env["res.users"]
