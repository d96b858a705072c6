from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

GOODS = ("replacement",)  # kinds by which goods leave us


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

    # === BUSINESS ===

    def _goods_worth(self):
        """Return ``{line: worth}`` of lines that deliver goods, in the currency of the company: by price or cost, whichever is more (C5)."""
        worth = {}
        for line in self.sudo().filtered(lambda line: line.kind in GOODS):
            # Without the client's context, by which Odoo would convert prices to another unit.
            product = line.product_id.with_context({}).with_company(line.company_id)
            price = product.currency_id._convert(
                product.list_price + product.price_extra, line.currency_id, line.company_id, fields.Date.today(), round=False,
            ) if product else 0.0
            worth[line] = line.currency_id.round(max(line.quantity, 0.0) * max(price, product.standard_price))
        return worth

    def _check_worth(self):
        """
        :raise UserError: goods are worth more by now than was approved
        """
        if dearer := [line for line, worth in self._goods_worth().items() if line.currency_id.compare_amounts(worth, line.amount) > 0]:
            raise UserError(self.env._(
                "“%s” is worth more than was approved: propose it anew.", ", ".join(line.product_id.display_name for line in dearer)))

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

    # === BUSINESS ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "propose":
            for line, worth in self.compensation_ids._goods_worth().items():
                if not (line.amount or worth):
                    blockers.setdefault(line.complaint_id.id, []).append(self.env._(
                        "The product of a replacement has neither price nor cost: say what it costs us."))
        return blockers

    def _value_goods(self):
        """Goods count with what they are worth at least, whatever was entered: the amount says who approves (C5)."""
        for line, worth in self.compensation_ids._goods_worth().items():
            line.amount = max(line.amount, worth)
