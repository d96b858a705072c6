"""Who could go: by skills, area, free time and load (T2)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.kehu_complaint.groups import STAFF


from .dispatch_order import BOOKED

_LOAD_DAYS = 7


class DispatchOrder(models.Model):
    _inherit = "kehu.dispatch.order"

    suggested_user_ids = fields.Many2many("res.users", string="Could Go", compute="_compute_suggested_user_ids")

    # === COMPUTE ===

    @api.depends("date_from", "date_to", "area_id", "skill_ids", "company_id")
    def _compute_suggested_user_ids(self):
        free = self._free_technicians()
        for order in self:
            order.suggested_user_ids = free[order.id][:5]

    # === ACTIONS ===

    def action_suggest(self):
        """Take the first technician who could go.

        :raise AccessError: whoever presses is not of the service
        :raise UserError: the order is submitted already, or nobody is free
        """
        self.ensure_one()
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service sends technicians."))
        if self.state != "draft":
            raise UserError(self.env._("The order is submitted already: take it back first."))
        if not (people := self._free_technicians()[self.id]):
            raise UserError(
                self.env._("No technician with these skills is free then: choose another time, or an outside firm.")
            )
        return self.write({"technician_id": people[0].id, "vendor_id": False})

    # === BUSINESS ===

    def _impartial_substitutes(self, name):
        return self._free_technicians()

    def _free_technicians(self):
        """Return ``{order_id: technicians}`` who could go and may read about the customer, whoever has least to do
        first.
        """
        people = self.env["res.users"].sudo().search([("kehu_skill_ids", "!=", False), ("share", "=", False)])
        bookings = self._bookings(people)
        load = self._load(people)
        accused = self._impartial_recused()
        free = {}
        for order in self.sudo():
            area, skills = order.area_id, order.skill_ids
            fitting = (
                people.filtered(
                    lambda user: (
                        order.company_id <= user.company_ids
                        and skills <= user.kehu_skill_ids
                        and (not user.kehu_area_ids or not area or area in user.kehu_area_ids)
                        and (order.partner_id.kehu_tier or "0") <= user.kehu_clearance
                    )
                )
                - accused[order.id]
            )
            taken = bookings.filtered(order._overlaps).technician_id
            free[order.id] = (
                (fitting - taken).sorted(lambda user: (load.get(user, 0), user.name or "", user.id)).sudo(False)
            )
        return free

    def _kept_from_technician(self):
        """Return the orders whose ticket their technician may not read even when sent, in sudo."""
        kept = self.sudo().browse()
        for technician, orders in self.sudo().grouped("technician_id").items():
            uncovered = orders.filtered(
                lambda order, user=technician: (order.partner_id.kehu_tier or "0") > user.kehu_clearance
            )
            hidden = uncovered.ticket_id.with_user(technician)._kehu_hidden()
            kept += uncovered.filtered(lambda order, hidden=hidden: order.ticket_id in hidden)
        return kept

    def _busy_with(self):
        """Return ``{order_id: other orders}`` for which its technician is booked at the same time."""
        bookings = self._bookings(self.sudo().technician_id)
        return {
            order.id: bookings.filtered(
                lambda booking, order=order: booking.technician_id == order.technician_id and order._overlaps(booking)
            )
            for order in self.sudo()
        }

    def _bookings(self, people):
        """Return what ``people`` are booked for while any of the orders is planned, in sudo: that somebody is busy is
        no secret.
        """
        spans = [(order.date_from, order.date_to) for order in self if order.date_from and order.date_to]
        if not spans:
            return self.sudo().browse()
        return self.sudo().search(
            Domain("technician_id", "in", people.ids)
            & Domain("state", "in", BOOKED)
            & Domain("date_from", "<", max(end for _start, end in spans))
            & Domain("date_to", ">", min(start for start, _end in spans))
        )

    def _overlaps(self, booking):
        return bool(
            self.date_from
            and self.date_to
            and booking.id != self._origin.id
            and booking.date_from < self.date_to
            and booking.date_to > self.date_from
        )

    @api.model
    def _load(self, people):
        """Return ``{technician: how many visits}`` of the coming days."""
        now = fields.Datetime.now()
        return dict(
            self.sudo()._read_group(
                Domain("technician_id", "in", people.ids)
                & Domain("state", "in", BOOKED)
                & Domain("date_to", ">", now)
                & Domain("date_from", "<", now + timedelta(days=_LOAD_DAYS)),
                ["technician_id"],
                ["__count"],
            )
        )
