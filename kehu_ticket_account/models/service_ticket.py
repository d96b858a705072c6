from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import LazyTranslate

from odoo.addons.kehu_complaint.groups import STAFF
from odoo.addons.kehu_complaint_account.models.complaint import ACCOUNTING

_lt = LazyTranslate(__name__)


class AccountMove(models.Model):
    """The invoice of a ticket keeps it, so that a second one does not charge the same."""

    _inherit = "account.move"

    kehu_ticket_id = fields.Many2one(
        "kehu.service.ticket",
        string="Ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )

    _kehu_ticket_uniq = models.UniqueIndex(
        "(kehu_ticket_id) WHERE kehu_ticket_id IS NOT NULL AND state != 'cancel'",
        "This ticket has an invoice already.",
    )


class ServiceTicket(models.Model):
    """Parts and fees of a closed ticket become one draft invoice (T5)."""

    _inherit = "kehu.service.ticket"

    invoice_ids = fields.One2many("account.move", "kehu_ticket_id", string="Invoices", groups=NO_ACCESS)
    invoice_id = fields.Many2one(
        "account.move",
        compute="_compute_invoice_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        groups=ACCOUNTING,
    )
    is_to_invoice = fields.Boolean(string="To Invoice", compute="_compute_is_to_invoice", compute_sudo=True)

    # === COMPUTE ===

    @api.depends("invoice_ids.state")
    def _compute_invoice_id(self):
        for ticket in self:
            ticket.invoice_id = (ticket._invoices_that_count() or ticket.invoice_ids).sorted("id")[-1:]

    @api.depends("state", "amount_to_charge", "invoice_ids.state")
    def _compute_is_to_invoice(self):
        for ticket in self:
            ticket.is_to_invoice = (
                ticket.state == "closed" and ticket.amount_to_charge > 0 and not ticket._invoices_that_count()
            )

    # === ACTIONS ===

    def action_create_invoice(self):
        """Make a draft invoice of what the customer pays for each ticket.

        It is made in superuser mode, so that the service needs no accounting rights; accounting posts it, and is told
        if somebody else made it.

        :raise AccessError: the user is not of the service
        :raise UserError: not closed, nothing to charge, or invoiced already
        """
        self.check_access("read")
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service makes invoices of its tickets."))
        self._workflow_lock()
        self.invalidate_recordset()
        if unfit := self.filtered(lambda ticket: not ticket.is_to_invoice):
            raise UserError(
                self.env._(
                    "%s cannot be invoiced: it is not closed, has nothing to charge, or has an invoice already.",
                    unfit._workflow_names(),
                )
            )
        tickets = self.sudo()
        tickets.invoice_ids.flush_recordset(["state"])  # by which the index counts them
        moves = self.env["account.move"].sudo().create([ticket._prepare_invoice_values() for ticket in tickets])
        for ticket, move in zip(tickets, moves, strict=True):
            ticket._message_log(
                body=self.env._("An invoice was drafted: %s", move.company_currency_id.format(move.amount_total))
            )
        if not self.env.user.has_group("account.group_account_invoice"):
            moves._remind_accounting(_lt("Check the invoice for a service ticket and post it"))
            return True
        return self.action_open_invoices()

    def action_open_invoices(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type"),
            "domain": [("id", "in", self.sudo().invoice_ids.ids)],
            "context": {"create": False},
        }

    # === BUSINESS ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"invoice_id"}

    def _invoices_that_count(self):
        return self.sudo().invoice_ids.filtered(lambda invoice: invoice.state != "cancel")

    def _prepare_invoice_values(self):
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "partner_id": self.customer_id.id,
            "invoice_origin": self.number,
            "kehu_ticket_id": self.id,
            "invoice_line_ids": [Command.create(line) for line in self._prepare_charge_lines()],
        }

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "reopen":
            for ticket in self.filtered(lambda ticket: ticket._invoices_that_count()):
                blockers[ticket.id].append(self.env._("It was invoiced: have the invoice cancelled first."))
        return blockers
