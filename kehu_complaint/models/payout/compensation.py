import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from .former_prices import former_values

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
        required=True,
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    # Under another name, with other attributes, or in another unit, it is another product that leaves.
    product_identity = fields.Char(compute="_compute_product_identity", groups=NO_ACCESS)
    quantity = fields.Float(default=1.0)
    name = fields.Char(string="Note")
    amount = fields.Monetary(required=True, help="What it costs us, in the currency of the company.")

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A compensation cannot cost less than nothing.")

    # === COMPUTE ===

    @api.depends("complaint_id.product_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.product_id or line.complaint_id.product_id

    @api.depends(
        "product_id.name",
        "product_id.default_code",
        "product_id.product_template_attribute_value_ids.name",
        "product_id.product_template_attribute_value_ids.attribute_id.name",
        "product_id.type",
        "product_id.uom_id.name",
        "product_id.uom_id.factor",
    )
    def _compute_product_identity(self):
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for line in self:
            product, unit = line.product_id, line.product_id.uom_id
            # The name of a product leaves out attributes with a single value.
            named = (product, unit, *product.product_template_attribute_value_ids)
            names = [
                sorted({record.with_context({"lang": code}).display_name for code in languages}) for record in named
            ]
            line.product_identity = json.dumps([names, product.type, unit.id, unit.factor]) if product else ""

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
        if not self._kehu_final_fields().issuperset(vals):
            self._changed()
        return result

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints._compensations_changed()
        return result

    # === BUSINESS ===

    def _goods_worth(self, is_highest=False):
        """Return ``{line: worth}`` of lines that deliver goods, in the currency of the company: by price or cost,
        whichever is more (C5).

        :param is_highest: by the highest of the last months, so that nobody lowers them for an hour
        """
        worth, lines = {}, self.sudo().filtered(lambda line: line.kind in GOODS)
        products = lines.product_id if is_highest else lines.product_id.browse()
        former_prices = former_values(products.product_tmpl_id, "list_price")
        former_extras = former_values(products, "price_extra")
        former_costs = former_values(products, "standard_price")
        for line in lines:
            # Without the client's context, by which Odoo would convert prices to another unit.
            product = line.product_id.with_context({}).with_company(line.company_id)
            list_price = max(product.list_price, former_prices.get(product.product_tmpl_id.id, 0.0))
            extra = max(product.price_extra, former_extras.get(product.id, 0.0))
            cost = max(product.standard_price, former_costs.get(product.id, 0.0))
            price = (
                product.currency_id._convert(
                    list_price + extra,
                    line.currency_id,
                    line.company_id,
                    fields.Date.today(),
                    round=False,
                )
                if product
                else 0.0
            )
            worth[line] = line.currency_id.round(max(line.quantity, 0.0) * max(price, cost))
        return worth

    def _check_worth(self):
        """Refuse to give goods whose value has risen since the approval.

        :raise UserError: goods are worth more by now than was approved
        """
        if dearer := [
            line
            for line, worth in self._goods_worth().items()
            if line.currency_id.compare_amounts(worth, line.amount) > 0
        ]:
            raise UserError(
                self.env._(
                    "“%s” is worth more than was approved: propose it anew.",
                    ", ".join(line.product_id.display_name for line in dearer),
                )
            )

    def _changed(self):
        self.complaint_id._compensations_changed()


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    compensation_ids = fields.One2many("kehu.complaint.compensation", "complaint_id")
    compensation_amount = fields.Monetary(
        string="Compensation in All", compute="_compute_compensation_amount", store=True, precompute=True, tracking=True
    )
    proposal_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_proposal_user_rel",
        string="Proposal Written By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Users who wrote the proposal or a compensation: none of them approves it.",
    )

    @api.depends("compensation_ids.amount")
    def _compute_compensation_amount(self):
        for complaint in self:
            complaint.compensation_amount = sum(complaint.compensation_ids.mapped("amount"))

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if "proposal" in vals:
            self._keep_proposer()
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"proposal_user_ids"}

    # === BUSINESS ===

    def _compensations_changed(self):
        """Nobody changes what was asked for or approved, not by its lines, either; users who change them do not approve
        them.
        """
        self._approval_written({"compensation_ids": True, "compensation_amount": True})
        self._keep_proposer()
        if not self.env.su:
            self._service_keep_workers(lambda complaint: self.env.user)

    def _keep_proposer(self):
        """Remember the user among those who wrote the proposal (C5)."""
        user = self.env.user
        self.sudo().filtered(lambda complaint: user not in complaint.proposal_user_ids).write(
            {"proposal_user_ids": [Command.link(user.id)]}
        )

    def _approval_excluded_users(self):
        """Neither the handler nor users who wrote the proposal approve it, whoever submits it (C5)."""
        excluded = super()._approval_excluded_users()
        return {
            complaint.id: excluded[complaint.id] | complaint.user_id | complaint.proposal_user_ids
            for complaint in self.sudo()
        }

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "propose":
            # It would keep the handler of the moment from deciding.
            for complaint in self.filtered(
                lambda complaint: complaint.user_id - self.env.user and complaint._service_is_briefly(complaint.user_id)
            ):
                blockers[complaint.id].append(
                    self.env._(
                        "%s became the handler less than a day ago, and submits the proposal: or take it over yourself.",
                        complaint.user_id.name,
                    )
                )
            for line, worth in self.compensation_ids._goods_worth().items():
                if not (line.amount or worth):
                    blockers[line.complaint_id.id].append(
                        self.env._("The product of a replacement has neither price nor cost: say what it costs us.")
                    )
        return blockers

    def _value_goods(self):
        """Goods count with what they are worth at least, whatever was entered: the amount says who approves (C5)."""
        lines = self.compensation_ids
        for line, worth in (lines - lines._payout_settled())._goods_worth(is_highest=True).items():
            line.amount = max(line.amount, worth)
