from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_complaint.groups import SUPERVISOR


class ServiceLog(models.Model):
    """One entry of the technical service log 技术服务日志: when, how, who, what, how long (T3)."""

    _name = "kehu.service.log"
    _description = "Technical Service Log"
    _inherit = ["kehu.ticket.work"]
    _order = "date_from, id"
    _rec_name = "work"

    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        domain=[("share", "=", False)],
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    way = fields.Selection(
        [("onsite", "On site"), ("remote", "Remote"), ("phone", "Telephone")],
        string="How",
        required=True,
        default="onsite",
    )
    date_from = fields.Datetime(string="From", required=True, default=lambda self: self._default_date_from())
    date_to = fields.Datetime(string="To", required=True, default=fields.Datetime.now)
    duration = fields.Float(
        string="Time Spent", compute="_compute_duration", store=True, precompute=True, help="In hours."
    )
    work = fields.Text(string="Work Done", required=True)
    part_ids = fields.One2many("kehu.service.log.part", "log_id", string="Parts and Fees")

    _dates_in_order = models.Constraint("CHECK (date_from <= date_to)", "Work cannot end before it begins.")

    @api.depends("date_from", "date_to")
    def _compute_duration(self):
        for log in self:
            span = log.date_to - log.date_from if log.date_from and log.date_to else None
            log.duration = span.total_seconds() / 3600 if span else 0.0

    @api.model
    def _default_date_from(self):
        """Technicians on a visit begin when they left for it."""
        visit = self.env["kehu.dispatch.order"].search(
            [("technician_id", "=", self.env.uid), ("state", "=", "on_way")], limit=1
        )
        left = visit.workflow_log_ids.filtered(lambda entry: entry.move == "leave").sorted("date")[-1:]
        return left.date or fields.Datetime.now()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        logs._keep_workers()
        return logs

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._keep_workers()
        return result

    # === BUSINESS ===

    def _keep_workers(self):
        """Whoever entered work does not call back, even if the entry is deleted (C6)."""
        users = {ticket: logs.user_id for ticket, logs in self.sudo().grouped("ticket_id").items()}
        self.ticket_id._service_keep_workers(lambda ticket: users[ticket])

    def _work_users(self):
        return self.user_id


class ServiceLogPart(models.Model):
    """A part that was used, or a fee: charged unless the warranty covers it; fees, if the kind of service says so (T3,
    T5).
    """

    _name = "kehu.service.log.part"
    _description = "Part or Fee"
    _inherit = ["kehu.ticket.work"]
    _order = "log_id, id"

    log_id = fields.Many2one("kehu.service.log", required=True, ondelete="cascade", index=True)
    ticket_id = fields.Many2one(related="log_id.ticket_id", store=True, precompute=True, required=False, readonly=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    name = fields.Char(
        string="Description", compute="_compute_from_product", store=True, readonly=False, precompute=True
    )
    quantity = fields.Float(required=True, default=1.0)
    price_unit = fields.Monetary(
        string="Price",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        help="The list price; a supervisor can give another one.",
    )
    is_excluded = fields.Boolean(
        string="Not Covered",
        help="Worn or damaged by the customer, or agreed with them: charged in spite of the warranty and of the kind of "
        "service.",
    )
    is_charged = fields.Boolean(string="Charged", compute="_compute_amount", store=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "The quantity must be more than zero.")
    _price_positive = models.Constraint("CHECK (price_unit >= 0)", "A price cannot be less than zero.")

    # === COMPUTE ===

    @api.depends("product_id")
    def _compute_from_product(self):
        for part in self:
            part.name = part.product_id.display_name
            part.price_unit = part._list_price()

    @api.depends("quantity", "price_unit", "is_excluded", "ticket_id.warranty", "ticket_id.kind_id", "product_id")
    def _compute_amount(self):
        for part in self:
            if part.ticket_id.date_signed:
                # What the customer signed for stays so, whatever becomes of the kind of service.
                part.is_charged = part.is_charged
            else:
                is_free_fee = part.product_id.type == "service" and not part.ticket_id.kind_id.is_fee_charged
                part.is_charged = part.is_excluded or part.ticket_id.warranty != "in" and not is_free_fee
            part.amount = part.quantity * part.price_unit if part.is_charged else 0.0

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_prices()
        return parts

    def write(self, vals):
        if "log_id" in vals and not self.env.su and any(part.log_id.id != vals["log_id"] for part in self.sudo()):
            raise AccessError(self.env._("This belongs to one ticket: make another one there."))
        result = super().write(vals)
        if not {"price_unit", "product_id"}.isdisjoint(vals):
            self._check_prices()
        return result

    def _check_prices(self):
        """Refuse prices of one's own by others than supervisors (T5).

        :raise AccessError: a price is not that of the price list, and who enters it is no supervisor
        """
        if self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        for part in self.sudo():
            if part.currency_id.compare_amounts(part.price_unit, part._list_price()):
                raise AccessError(
                    self.env._("“%s” costs what the price list says: a supervisor can give another price.", part.name)
                )

    def _list_price(self):
        # Without the client's context, by which Odoo would convert it to another unit.
        product, company = self.product_id.with_context({}), self.ticket_id.company_id
        if not (product and company):
            return product.lst_price
        moment = self.ticket_id.date_received or fields.Datetime.now()
        day = fields.Datetime.context_timestamp(self.with_context(tz=company._kehu_zone()), moment).date()
        return product.currency_id._convert(product.lst_price, company.currency_id, company, day)

    def _filter_signed(self):
        # Nor is a part added to work that was signed for.
        return self.filtered(lambda part: part.date_signed or part.log_id.date_signed)

    def _work_users(self):
        return self.log_id.user_id


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    log_ids = fields.One2many("kehu.service.log", "ticket_id", string="Service Log")
