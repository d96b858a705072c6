from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ComplaintPart(models.AbstractModel):
    """Rows that belong to one complaint and are hidden with it (C14)."""
    _name = "kehu.complaint.part"
    _description = "Part of a Complaint"
    _inherit = ["kehu.derived.mixin", "kehu.impartial.mixin"]
    _impartial_complaint_field = "complaint_id"

    complaint_id = fields.Many2one("kehu.complaint", required=True, readonly=False, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, precompute=True)

    @api.model
    def _kehu_is_protected(self):
        return not self._abstract

    @api.model
    def _kehu_customer_fields(self):
        return ()

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return Domain.TRUE
        return Domain("complaint_id", "any!", self.env["kehu.complaint"]._kehu_domain(mode))

    def _kehu_highest_tier(self):
        return self.complaint_id.kehu_tier

    def _kehu_customer_tiers(self):
        return [SQL(
            "SELECT d.id, c.partner_id, c.kehu_tier FROM %s d JOIN kehu_complaint c ON c.id = d.complaint_id WHERE d.id IN %s",
            SQL.identifier(self._table), tuple(self.ids))]
