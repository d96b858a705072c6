from odoo import api, fields, models
from odoo.exceptions import AccessError


class Compensation(models.Model):
    """One thing that the proposal offers the customer (C5). Nothing of it is paid before the proposal is approved."""
    _name = "kehu.complaint.compensation"
    _description = "Compensation"
    _inherit = ["kehu.complaint.part"]
    _order = "complaint_id, sequence, id"

    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("price_cut", "Price cut"),
            ("refund", "Refund"),
            ("replacement", "Replacement"),
            ("damages", "Damages"),
            ("repair", "Free repair"),
            ("gift", "Gift"),
        ],
        required=True)
    product_id = fields.Many2one("product.product", compute="_compute_product_id", store=True, readonly=False, precompute=True)
    quantity = fields.Float(default=1.0)
    name = fields.Char(string="Note")
    amount = fields.Monetary(required=True, help="What it costs us, in the currency of the company.")

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A compensation cannot cost less than nothing.")

    # === COMPUTE ===

    @api.depends("complaint_id.product_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.product_id or line.complaint_id.product_id

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._changed()
        return lines

    def write(self, vals):
        if "complaint_id" in vals and not self.env.su:
            raise AccessError(self.env._("A compensation belongs to one complaint: make another one there."))
        result = super().write(vals)
        self._changed()
        return result

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints._approval_written({"compensation_ids": True, "compensation_amount": True})
        return result

    def _changed(self):
        """Nobody changes what was asked for or approved; not by its lines, either."""
        self.complaint_id._approval_written({"compensation_ids": True, "compensation_amount": True})


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    compensation_ids = fields.One2many("kehu.complaint.compensation", "complaint_id")
    compensation_amount = fields.Monetary(
        string="Compensation in All", compute="_compute_compensation_amount", store=True, precompute=True, tracking=True)

    @api.depends("compensation_ids.amount")
    def _compute_compensation_amount(self):
        for complaint in self:
            complaint.compensation_amount = sum(complaint.compensation_ids.mapped("amount"))
