from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .ticket_common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketReport(TicketCase):
    """T8: response, waiting and repair times against the targets."""

    def row_of(self, ticket, user=None):
        self.env.flush_all()
        return self.env["kehu.service.ticket.report"].with_user(user or self.director).search([("ticket_id", "=", ticket.id)])

    def test_times_and_targets_of_a_repair(self):
        with freeze_time("2026-06-01 02:00:00"):
            ticket = self.call(kind_id=self.phone.id)
        with freeze_time("2026-06-01 04:00:00"):
            ticket.with_user(self.handler).workflow_move("take")
            ticket.with_user(self.handler).waiting_reason = "A photo"
        with freeze_time("2026-06-01 09:00:00"):
            ticket.with_user(self.handler).waiting_reason = False
            ticket.with_user(self.handler).solution = "Restarted."
            ticket.with_user(self.handler).workflow_move("finish")
        row = self.row_of(ticket)
        self.assertEqual((row.response_hours, row.repair_hours, row.technician_id), (2, 7, self.handler))
        if ticket.kind_id.clock:
            self.assertEqual((row.repair_on_time, row.waiting_hours), (100, 5))
        late = self.env["kehu.service.ticket.report"].with_user(self.director)._read_group(
            [("ticket_id", "=", ticket.id)], ["kind_id", "priority"], ["__count", "repair_hours:avg"])
        self.assertEqual(late, [(self.phone, "0", 1, 7)])

    def test_whoever_worked_last_is_the_technician(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket).with_user(self.technician).workflow_move("leave")
        self.log(ticket)
        self.assertEqual(self.row_of(ticket).technician_id, self.technician)

    def test_it_is_hidden_like_the_ticket(self):
        secret, accused = self.call(), self.call(user_id=False, complaint_id=self.complain(
            user_id=False, accused_user_ids=self.handler.ids).id)
        secret.sudo().kehu_own_tier = "3"
        for user, hidden in ((self.taker, secret), (self.handler, accused)):
            report = self.env["kehu.service.ticket.report"].with_user(user)
            self.assertFalse(self.row_of(hidden, user))
            numbers = [number for [number] in report._read_group([], ["number"])]
            self.assertNotIn(hidden.number, numbers)
        self.assertTrue(self.row_of(accused))
        with self.assertRaises(AccessError):
            self.env["kehu.service.ticket.report"].with_user(self.technician).search([])
