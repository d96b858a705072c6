from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class TicketDevice(models.Model):
    """A device that was looked at: its fault, and by what it was replaced (T4)."""

    _name = "kehu.ticket.device"
    _description = "Device on a Service Ticket"
    _inherit = ["kehu.ticket.work", "kehu.evidence.mixin"]
    _evidence_refusal = _lt(
        "This is in the customer's product file already: enter a row of its own for what came after:"
    )
    _order = "ticket_id, id"
    _rec_name = "serial"

    serial = fields.Char(
        string="Serial Number or Plate", required=True, help="By which the customer's product file is found."
    )
    fault = fields.Text()
    old_number = fields.Char(string="Old Device", help="Its number, if it is replaced.")
    new_number = fields.Char(string="New Device")
    old_sim = fields.Char(string="Old SIM")
    new_sim = fields.Char(string="New SIM")
    product_file_id = fields.Many2one("kehu.product.file", readonly=True, copy=False, index="btree_not_null")
    date_recorded = fields.Datetime(string="Entered into the Product File On", readonly=True, copy=False)

    # === CRUD ===

    def write(self, vals):
        if not self.env.su and any(self.sudo().mapped("date_recorded")):
            raise UserError(
                self.env._(
                    "This is in the customer's product file already: enter a row of its own for what came after."
                )
            )
        return super().write(vals)

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"product_file_id", "date_recorded"}

    # === BUSINESS ===

    def _filter_evidence(self):
        return self.filtered(lambda row: row.sudo().date_recorded)

    def _write_into_files(self):
        """Write each replacement into the customer's product file, once (T4, A20). The finished ticket does it.

        :raise UserError: there is no such file, or it has other numbers than those that go
        """
        rows = self.filtered(lambda row: not row.date_recorded and (row.new_number or row.new_sim))
        files = rows._find_files()
        for row in rows:
            if not (file := files[row.id]):
                raise UserError(
                    self.env._(
                        "%(customer)s has no product file for %(serial)s: check the number, or have the file made.",
                        customer=row.ticket_id.customer_id.display_name or self.env._("The customer"),
                        serial=row.serial,
                    )
                )
            file._replace_device(
                row.old_number, row.new_number, row.old_sim, row.new_sim, document=row.ticket_id, note=row.fault
            )
            row.write({"product_file_id": file.id, "date_recorded": fields.Datetime.now()})

    def _find_files(self):
        """Return ``{row_id: product file}`` of each row's customer, in sudo."""
        wanted = {row.id: (row.ticket_id.customer_id, row.company_id, row.serial) for row in self.sudo()}
        found = self.env["kehu.product.file"]._find_of_customers(wanted.values())
        return {row_id: found.get(key, self.env["kehu.product.file"]) for row_id, key in wanted.items()}


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    device_ids = fields.One2many("kehu.ticket.device", "ticket_id", string="Devices")
