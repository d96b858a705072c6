"""From a customer's archive to the grade and what it was earned with (G6)."""

from odoo import models


class Archive(models.Model):
    _inherit = "kehu.archive"

    def action_open_evaluations(self):
        """Open the history of the customer's grade, with the why of each."""
        return self.partner_id.action_kehu_evaluations()

    def action_open_invoices(self):
        """Open the invoices of the customer."""
        return self.partner_id.action_view_partner_invoices()
