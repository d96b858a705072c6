from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.kehu_archive import matching

from ..ticket.ticket import ENDED


class ProductFile(models.Model):
    _inherit = "kehu.product.file"

    service_ticket_count = fields.Integer(string="Service Tickets", compute="_compute_service_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_service_ticket_count(self):
        counts = dict(
            self.env["kehu.service.ticket"]._read_group(
                [("product_file_id", "in", self.ids)], ["product_file_id"], ["__count"]
            )
        )
        for file in self:
            file.service_ticket_count = counts.get(file._origin, 0)

    def action_open_service_tickets(self):
        """Open the service tickets about the product, as far as the caller may read them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_ticket.kehu_service_ticket_action")
        return {**action, "domain": [("product_file_id", "=", self.id)], "context": {}}

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._find_tickets()
        return files

    def write(self, vals):
        result = super().write(vals)
        if not {"name", "device_number", "partner_id", "company_id", "active"}.isdisjoint(vals):
            self._find_tickets()
        return result

    # === BUSINESS ===

    def _find_tickets(self):
        """Have open tickets of these customers look for the product once more: its file often comes after the call
        (T5).
        """
        Ticket = self.env["kehu.service.ticket"].sudo()
        tickets = Ticket.search(
            Domain("customer_id", "in", self.sudo().commercial_partner_id.ids)
            & Domain("serial", "!=", False)
            & Domain("product_file_id", "=", False)
            & Domain("date_signed", "=", False)
            & Domain("state", "not in", ENDED)
        )
        tickets.modified(["serial"])  # what is charged follows

    @api.model
    def _find_of_customers(self, wanted):
        """Return ``{(customer, company, number): file}`` of the triples whose number, in any spelling, is that
        customer's product.

        A number alone opens nothing: the file of somebody else's product is not found.

        :param wanted: triples of a commercial partner, a company and a serial number, plate or device number
        :return: files in sudo
        """
        keys = {triple: matching.serial_key(triple[2]) for triple in wanted if triple[0] and triple[2]}
        if not keys:
            return {}
        customers = self.env["res.partner"].browse({customer.id for customer, _company, _number in keys})
        files = self.sudo().search(
            Domain("commercial_partner_id", "in", customers.ids)
            & (
                Domain("number_key", "in", list(keys.values()))
                | Domain("device_number", "in", [triple[2].strip() for triple in keys])
            )
        )
        known = {
            (file.commercial_partner_id.id, file.company_id.id, matching.serial_key(file.device_number)): file
            for file in files
        }
        known |= {(file.commercial_partner_id.id, file.company_id.id, file.number_key): file for file in files}
        return {
            triple: known[triple[0].id, triple[1].id, key]
            for triple, key in keys.items()
            if (triple[0].id, triple[1].id, key) in known
        }
