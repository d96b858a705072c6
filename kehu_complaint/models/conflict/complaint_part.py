from odoo import fields, models


class ComplaintPart(models.AbstractModel):
    """Rows that belong to one complaint and are hidden with it (C14)."""

    _name = "kehu.complaint.part"
    _description = "Part of a Complaint"
    # The rule of the complaint knows the accused: the part goes first and does not ask for them again.
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part", "kehu.accused.mixin"]
    _impartial_complaint_field = "complaint_id"
    _kehu_document_field = "complaint_id"

    complaint_id = fields.Many2one("kehu.complaint", required=True, readonly=False, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, precompute=True)

    # === BUSINESS ===

    def _impartial_customers(self):
        return self[self._kehu_document_field].partner_id
