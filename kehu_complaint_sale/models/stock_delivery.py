"""A replacement is delivered to addresses of the customer alone, and no more of it than was approved, where the optional
app delivers it (C5).
"""

from odoo import api, models
from odoo.tools import float_compare

# Fields of models of optional apps with which it is compared again.
_COMPARED = {
    "stock.picking": ("partner_id",),
    "stock.move": ("sale_line_id", "picking_id", "partner_id", "product_id", "state", "location_dest_id"),
    "stock.move.line": ("move_id", "picking_id", "quantity", "product_id", "product_uom_id", "location_dest_id"),
}


def _moves(rows):
    """Return the moves of rows that are moves, or lines of them."""
    return rows if rows._name == "stock.move" else rows.move_id


def _goes_to_customer(row):
    return row.location_dest_id.usage == "customer"


class Base(models.AbstractModel):
    """The models are those of the warehouse, where it is installed: the order line of a move is the server's."""

    _inherit = "base"

    # === CRUD ===

    def write(self, vals):
        if self._name == "stock.move" and "sale_line_id" in vals:
            for line in self.sudo().sale_line_id.filtered("kehu_compensation_id"):
                if line.id != vals["sale_line_id"]:
                    raise line.order_id._payout_refused()
        return super().write(vals)

    # === CONSTRAINT ===

    @api.constrains(
        lambda self: _COMPARED.get(self._name, ()) if "sale_line_id" in self.env.get("stock.move", self)._fields else ()
    )
    def _check_replacement_delivery(self):
        """Refuse deliveries of replacements to others, or of other goods.

        :raise UserError: a delivery of replacements goes to somebody else than the customer who complained, or delivers
            something else or more than was approved
        """
        rows = self.sudo()
        if self._name == "stock.picking":
            rows = rows.move_ids
        beside = _moves(rows.filtered(_goes_to_customer)).filtered(
            lambda move: not move.sale_line_id and move.picking_id
        )
        if orders := beside.picking_id.move_ids.sale_line_id.filtered("kehu_compensation_id").order_id:
            raise orders._payout_refused()
        moves = _moves(rows).filtered("sale_line_id.kehu_compensation_id")
        changed = moves.filtered(lambda move: move.state == "done").sale_line_id.order_id._filter_changed()
        for move in moves:
            line, partners = move.sale_line_id, move.partner_id | move.picking_id.partner_id
            uom = line.product_uom_id
            if (
                move.product_id | move.move_line_ids.product_id != line.product_id
                or line.order_id in changed
                or not partners.commercial_partner_id <= line.order_id.kehu_complaint_id.customer_id
                or float_compare(line.qty_delivered, line.product_uom_qty, precision_rounding=uom.rounding) > 0
                # What goes elsewhere would count as delivered.
                or (_goes_to_customer(move) and not all(map(_goes_to_customer, move.move_line_ids)))
            ):
                raise line.order_id._payout_refused()
