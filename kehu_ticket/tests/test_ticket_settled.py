from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_settled import Refusing

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestSettledTicket(Refusing, TicketCase):
    """T2, T6: what the customer signed for stays what it was."""

    def test_signed_ticket_and_its_order_stay(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        cash = (
            self.env["kehu.ticket.cash"]
            .with_user(self.technician)
            .create({"ticket_id": ticket.id, "amount": 80, "date_taken": "2026-03-02 02:00:00"})
        )
        self.assert_settled(
            cash,
            (self.technician, self.supervisor),
            {"date_taken": "2026-03-03 02:00:00"},
            {"date_taken": "2099-01-01"},
        )
        cash.date_taken = "2026-03-01 02:00:00"
        cash.with_user(self.handler).workflow_move("confirm")
        order = ticket.sudo().dispatch_ids
        self.assert_settled(
            order,
            (self.handler, self.supervisor),
            {"instruction": "Nothing"},
            {"technician_id": False},
            {"date_to": "2030-01-01"},
            {"skill_ids": [Command.clear()]},
            {"area_id": self.env.ref("base.state_us_1").id},
        )
        ticket.with_user(self.technician).write({"signature": SIGNATURE, "signed_by": "Huang"})
        self.assert_settled(
            ticket,
            (self.technician, self.handler, self.supervisor),
            {"solution": "Two coils."},
            {"signed_by": "Zhao"},
            {"signature": False},
            {"unsigned_reason": "None"},
            {"date_signed": fields.Datetime.now()},
        )
        self.assert_settled(
            ticket,
            (self.handler, self.supervisor),
            {"serial": "SN-9"},
            {"description": "<p>x</p>"},
            {"partner_id": False},
            {"kind_id": self.env.ref("kehu_ticket.service_kind_inquiry").id},
            {"date_received": "2020-01-01"},
        )
        ticket.with_user(self.handler).write({"callback_user_id": self.taker.id})
        ticket.with_user(self.taker).satisfaction = "5"
        ticket.with_user(self.handler).workflow_move("close")
