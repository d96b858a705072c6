from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS, Domain

SALES = "sales_team.group_sale_salesman"


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        domain="[('partner_id', 'child_of', customer_id)]",
        help="What the customer bought, and now complains about.",
    )
    replacement_order_ids = fields.One2many(
        "sale.order", "kehu_complaint_id", string="Orders of Replacements", groups=NO_ACCESS
    )
    replacement_order_count = fields.Integer(compute="_compute_replacement_order_count", groups=SALES)
    has_replacements = fields.Boolean(compute="_compute_has_replacements")

    # === COMPUTE ===

    @api.depends("replacement_order_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_replacement_order_count(self):
        # Which complaint an order is for, not everybody who sells may ask.
        readable = self.sudo().replacement_order_ids.sudo(False)._filtered_access("read")
        for complaint in self:
            complaint.replacement_order_count = len(complaint.sudo().replacement_order_ids & readable.sudo())

    @api.depends("compensation_ids.kind", "compensation_ids.is_carried_out", "compensation_ids.outcome")
    def _compute_has_replacements(self):
        left = (
            self.sudo().compensation_ids._payout_left().filtered(lambda line: line.kind == "replacement").complaint_id
        )
        for complaint in self:
            complaint.has_replacements = complaint in left

    # === CONSTRAINT ===

    @api.constrains("sale_order_id", "partner_id")
    def _check_sale_order(self):
        for complaint in self.sudo():
            order = complaint.sale_order_id
            if order and order.partner_id.commercial_partner_id != complaint.customer_id:
                raise ValidationError(
                    self.env._("The order is not one of the customer who complains: choose one that is.")
                )

    # === ACTIONS ===

    def action_verify_order(self):
        """Look the order numbers that customers named up among their orders (C2).

        :raise UserError: a complaint names no customer or no number
        """
        self.check_access("write")
        if incomplete := self.filtered(lambda complaint: not (complaint.customer_id and complaint.order_reference)):
            raise UserError(
                self.env._("Fill in the customer and the number of the order first: %s.", incomplete._workflow_names())
            )
        numbers = self.mapped("order_reference")
        # In superuser mode, since the service need not see orders; only those of the same customer are looked at.
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("partner_id.commercial_partner_id", "in", self.customer_id.ids)
                & Domain("company_id", "in", self.company_id.ids)
                & (Domain("name", "in", numbers) | Domain("client_order_ref", "in", numbers))
            )
        )
        found = {
            (order.partner_id.commercial_partner_id, order.company_id, number): order.id
            for order in orders
            for number in (order.client_order_ref, order.name)
            if number
        }
        matches = self.grouped(
            lambda complaint: found.get((complaint.customer_id, complaint.company_id, complaint.order_reference), False)
        )
        for order_id, complaints in matches.items():
            complaints.write({"sale_order_id": order_id, "verification": "verified" if order_id else "unknown"})
        return True

    def action_create_replacement(self):
        """Make an order without price for the approved replacements of each complaint (C5).

        It is a quotation, made in superuser mode, so that whoever executes needs no rights to sell; who sells confirms
        it, and is told if somebody else made it.

        :raise AccessError, UserError: see ``_payout_begin()``
        """
        orders = self._payout_create(
            "sale.order", ("replacement",), lambda complaint, lines: complaint._prepare_replacement_values(lines)
        )
        if not self.env.user.has_group(SALES):
            orders._remind_sellers()
            return orders._payout_announce()
        return self.action_open_replacements()

    def action_open_replacements(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders"),
            "domain": [("id", "in", self.sudo().replacement_order_ids.ids)],
            "context": {"create": False},
        }

    # === BUSINESS ===

    def _prepare_replacement_values(self, lines):
        if any(not line.product_id for line in lines):
            raise UserError(self.env._("Say in the proposal which product replaces the other."))
        return {
            "company_id": self.company_id.id,
            "partner_id": (self.partner_id or self.customer_id).id,
            # The order neither names the complaint nor goes to somebody who is complained about in it.
            "user_id": (self.partner_id.user_id - self.conflicted_user_ids).id,
            "kehu_complaint_id": self.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.quantity,
                        "price_unit": 0.0,
                        "technical_price_unit": -1.0,  # a price by hand: it stays when the pricelist is applied
                        "tax_ids": [Command.clear()],
                        "kehu_compensation_id": line.id,
                    }
                )
                for line in lines
            ],
        }
