from odoo import models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class SaleOrder(models.Model):
    """An order of replacements delivers to the customer who complained what was approved, without price (C5)."""

    _name = "sale.order"
    _inherit = ["sale.order", "kehu.complaint.payout.mixin"]

    # === CRUD ===

    def write(self, vals):
        self._check_payout_impartial()
        if vals.get("state") == "cancel":
            self._payout_log_cancelled()
        if vals.get("state") == "sale":
            self._check_as_approved()
        result = super().write(vals)
        self._check_payout()
        return result

    # === BUSINESS ===

    def _check_payout(self):
        """Refuse orders that do not give what was approved.

        :raise UserError: an order for a complaint that is not just what was approved
        """
        for order in self._payout_documents().filtered(lambda order: order.state != "cancel"):
            if (
                order.partner_id.commercial_partner_id != order.kehu_complaint_id.customer_id
                or order.company_id != order.kehu_complaint_id.company_id
                or not order._payout_is_customers()
                or not all(line._is_promised() for line in order.order_line if not line.display_type)
            ):
                raise order._payout_refused()

    def _check_as_approved(self):
        """Refuse replacements that are not what was approved any more.

        :raise UserError: goods are worth more by now than was approved, or a product has become another one
        """
        orders = self._payout_documents()
        orders.order_line.kehu_compensation_id._check_worth()
        if orders._filter_changed():
            raise self._payout_refused()

    def _filter_changed(self):
        """Return those, in sudo, whose complaint is not what was approved: a product bears another name, say."""
        complaints = self.kehu_complaint_id
        changed = complaints - complaints._approval_filter_unchanged()
        return self.filtered(lambda order: order.kehu_complaint_id in changed)

    def _payout_refused(self):
        return UserError(
            self.env._(
                "This order delivers what was approved for a complaint: these products, as many as were approved, "
                "without price, to the customer who complained. Anything else takes another proposal."
            )
        )

    def _payout_lines(self):
        return self.order_line

    def _remind_sellers(self):
        """Ask whoever sells to the customer, else the sales managers, to confirm orders that somebody else drafted."""
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        Activity = self.env["mail.activity"]
        readers = Activity._kehu_filter_readers(self, {order.id: order.user_id | managers for order in self})
        told = [
            (
                (readers[order.id] & order.user_id or readers[order.id]) - order.kehu_complaint_id.conflicted_user_ids,
                {"res_id": order.id},
            )
            for order in self
        ]
        Activity._kehu_remind(
            Activity._kehu_prepare_reminders(
                self._name,
                told,
                _lt("Check the order of replacements and confirm it"),
            )
        )

    def _payout_note(self):
        return self.env._("An order of replacements was made: %s", self.name)
