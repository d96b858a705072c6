from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TOLERANCE = 0.1  # per cent: unit prices are rounded


class SaleOrder(models.Model):
    """No order is sent or confirmed with more discount in all than the policy of the customer's grade allows, unless
    special terms say so (G7, G10).

    The price list of the grade is no discount: it was approved with it; nor is the one that customers get who have none
    of their own. Every line with a negative amount is one: rebates, Odoo's own discounts, and products taken back; so
    is what is given away.
    """

    _inherit = "sale.order"

    # Not the customers themselves: when contacts are merged, it would name others than it was confirmed for.
    kehu_discount_basis = fields.Json(
        string="Discount Checked For", copy=False, groups=fields.NO_ACCESS
    )  # [ids of the customers, id of the country]

    # === CONSTRAINT ===

    @api.constrains(
        "state",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "company_id",
        "currency_id",
        "pricelist_id",
        "fiscal_position_id",
    )
    def _check_discount_limit(self):
        """Refuse discounts beyond that of the grade (G7).

        :raise ValidationError: naming the discount and what is allowed; not the grade
        """
        if self._is_offered_by_user():
            self.filtered(lambda order: order.state in ("sent", "sale"))._refuse_beyond_limit()

    # === ACTIONS ===

    def action_quotation_sent(self):
        # Odoo sends what a customer begins to pay for.
        return super(SaleOrder, self - self._filter_not_offered()).action_quotation_sent()

    def action_confirm(self):
        (self if self._is_offered_by_user() else self._filter_not_offered())._refuse_beyond_limit()
        return super().action_confirm()

    # === BUSINESS ===

    @api.model
    def _is_offered_by_user(self):
        """Return whether the user offers something: customers accept what was offered to them, jobs
        what was accepted.
        """
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    def _filter_not_offered(self):
        """Return the drafts beyond the limit when a customer or a job goes on with them: nobody has
        offered them yet.
        """
        drafts = self.browse() if self._is_offered_by_user() else self.filtered(lambda order: order.state == "draft")
        return drafts.browse(order.id for order in drafts._find_beyond_limit())

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._is_draft_beyond_limit()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._is_draft_beyond_limit()

    def _is_confirmation_amount_reached(self):
        return super()._is_confirmation_amount_reached() and not self._is_draft_beyond_limit()

    def _is_draft_beyond_limit(self):
        self.ensure_one()
        return self.state == "draft" and bool(self._find_beyond_limit())

    def _action_confirm(self):
        for order in self.sudo():
            order.kehu_discount_basis = order._discount_basis()
        return super()._action_confirm()

    def _create_invoices(self, grouped=False, final=False, date=None):
        # Whoever has come to pay or to receive the goods since the order was confirmed has a limit of their own.
        if self._is_offered_by_user():
            self.filtered(
                lambda order: order.sudo().kehu_discount_basis != order._discount_basis()
            )._refuse_beyond_limit()
            self._refuse_beyond_limit(SaleOrder._quantities_beyond_order)
        before = self._find_beyond_limit(SaleOrder._quantities_invoiced)
        invoices = super()._create_invoices(grouped=grouped, final=final, date=date)
        beyond = self._find_beyond_limit(SaleOrder._quantities_invoiced).keys() - before.keys()
        self.browse().union(*beyond)._tell_beyond_limit()
        return invoices

    def _tell_beyond_limit(self):
        """Tell those who approved the grade of goods that are invoiced with more discount than is allowed, before the
        others of the same order that make up for it.
        """
        for company, orders in self.grouped("company_id").items():
            customers = orders._discounted_customers()
            evaluations = customers._kehu_evaluations_that_count(company)
            evaluations._message_log_batch(
                {
                    sheet.id: self.env._(
                        "What is invoiced of these orders so far has more discount than is allowed: %s",
                        ", ".join(
                            orders.filtered(
                                lambda order, sheet=sheet: sheet.partner_id in order._discounted_customers()
                            ).mapped("name")
                        ),
                    )
                    for sheet in evaluations
                }
            )
            customers._kehu_remind_deciders(
                evaluations, _lt("More discount is invoiced than is allowed: see that the rest is delivered")
            )

    def _discount_basis(self):
        """Return on whom and what the limit depends besides the lines, as JSON holds it."""
        self.ensure_one()
        return [sorted(self._discounted_customers().ids), self.sudo().partner_id.commercial_partner_id.country_id.id]

    def _quantities_offered(self):
        """Return ``[{line: quantity}]``: what the order sells for certain, and each line by itself of which the customer
        or the warehouse may take any quantity.
        """
        self.ensure_one()
        ordered = {line: line.product_uom_qty for line in self.order_line}
        if self.state == "sale":
            return [ordered]
        open_lines = self.order_line.filtered(lambda line: line._is_optional() or not line.product_uom_qty)
        bundles = [
            line | line._get_linked_lines().filtered("combo_item_id")
            for line in open_lines
            if line._is_priced() and not line._is_in_combo()
        ]
        return [
            {line: quantity for line, quantity in ordered.items() if not line._is_optional()},
            *({line: line.product_uom_qty or 1.0 for line in lines} for lines in bundles),
        ]

    def _quantities_invoiced(self):
        """Return ``[{line: quantity}]`` of what was ordered and is invoiced."""
        self.ensure_one()
        return [
            {line: min(line.qty_invoiced, line.product_uom_qty) for line in self.order_line if not line.display_type}
        ]

    def _quantities_beyond_order(self):
        """Return ``[{line: quantity}]`` that are invoiced without having been ordered: they are compared by themselves,
        whatever the rest of the order costs.
        """
        self.ensure_one()
        return [
            {
                line: max(line.qty_invoiced + line.qty_to_invoice - line.product_uom_qty, 0.0)
                for line in self.order_line
                if not line.display_type
            }
        ]

    def _refuse_beyond_limit(self, quantities=_quantities_offered):
        """Refuse quantities and prices beyond the discount of the grade (G7).

        :param quantities: returns what of an order is compared, each part by itself
        :raise ValidationError: naming the discount and what is allowed; not the grade
        """
        for order, (discount, limit) in self._find_beyond_limit(quantities).items():
            raise ValidationError(
                self.env._(
                    "%(order)s is %(discount)s %% below list prices. For this customer %(limit)s %% at most are "
                    "allowed: "
                    "offer less discount, or have special terms approved.",
                    order=order.name,
                    discount=f"{discount:.1f}",
                    limit=f"{limit:g}",
                )
            )

    def _find_beyond_limit(self, quantities=_quantities_offered):
        """Return ``{order: (discount, greatest discount)}`` of those with more discount than is
        allowed, in per cent.
        """
        found = {}
        # Without the client's context, by which Odoo would add to prices or convert them.
        for company, orders in self.with_context({}).grouped("company_id").items():
            customers = orders._discounted_customers()
            limits, pricelists = customers._kehu_discount_limits(company), customers._kehu_graded_pricelists(company)
            countries = customers._kehu_countries_graded(company) if limits else {}
            for order in orders:
                ids = order._discounted_customers().ids
                limit = min((limits[id_] for id_ in ids if id_ in limits), default=None)
                if limit is None:
                    continue
                graded = {pricelists.get(id_) for id_ in ids}
                for part in quantities(order):
                    discount, own = order._compare_with_list_price(part, graded, countries)
                    if discount > max(limit, own) + TOLERANCE:
                        found[order] = discount, limit
        return found

    def _discounted_customers(self):
        """Return the customers who order, who pay and who get the goods: the strictest limit of theirs counts."""
        orders = self.sudo()  # asked for their limit alone
        return (orders.partner_id | orders.partner_invoice_id | orders.partner_shipping_id).commercial_partner_id

    def _general_pricelist(self, countries):
        """Return the price list that the customer gets without one of their own.

        :param countries: ``{customer id: country id}`` of those whose present country does not count
        """
        customer = self.sudo().partner_id.commercial_partner_id
        country_id = countries.get(customer.id, customer.country_id.id)
        return (
            self.env["product.pricelist"]
            .with_company(self.company_id)
            ._get_country_pricelist_multi([country_id] if country_id else [])[country_id]
        )

    def _compare_with_list_price(self, quantities, graded_pricelists, countries):
        """Return by how much per cent a part of the order is below list prices, and by how much it would be at prices
        that were approved, without taxes.

        :param quantities: ``{line: quantity}`` of that part
        :param graded_pricelists: ids of the price lists that came with the grades of the customers
        :param countries: see :meth:`_general_pricelist`
        """
        self.ensure_one()
        at_list = at_own = asked = 0.0
        is_graded = self.pricelist_id.id in graded_pricelists
        has_own_prices = is_graded or self.pricelist_id == self._general_pricelist(countries)
        bundled = self._quantities_in_combos(quantities)
        for line, quantity in quantities.items():
            price = line._asked_price()
            sold = quantity - bundled.get(line, 0.0)
            if line._is_priced() and sold > 0:
                list_price, own_price = line._list_and_own_price()
                at_list += list_price * sold
                at_own += (own_price if has_own_prices else list_price) * sold
                # What one product costs more is no price of another.
                asked += min(price, list_price) * sold + price * bundled.get(line, 0.0)
            elif price * quantity < 0 or line in bundled:  # a down payment has no quantity, whatever the flag says
                asked += price * quantity
        if at_list <= 0:
            return (100.0 if asked < 0 else 0.0), 0.0
        return (1 - asked / at_list) * 100, (1 - at_own / at_list) * 100

    def _quantities_in_combos(self, quantities):
        """Return ``{line: quantity}`` that belongs to combos, whose own lines have the list price: one product of each
        choice for each combo.
        """
        bundled, left = {}, {}
        for line in self.order_line.filtered(lambda line: line in quantities and line._is_in_combo()):
            combo, choice = line.linked_line_id, line.sudo().combo_item_id.combo_id
            free = left.get((combo, choice), max(quantities.get(combo, 0.0), 0.0))
            bundled[line] = min(max(quantities[line], 0.0), free)
            left[combo, choice] = free - bundled[line]
        return bundled
