from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketReport(TicketCase):
    """T8: response, waiting and repair times against the targets."""

    def row_of(self, ticket, user=None):
        self.env.flush_all()
        return (
            self.env["kehu.service.ticket.report"]
            .with_user(user or self.director)
            .search([("ticket_id", "=", ticket.id)])
        )

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
        late = (
            self.env["kehu.service.ticket.report"]
            .with_user(self.director)
            ._read_group([("ticket_id", "=", ticket.id)], ["kind_id", "priority"], ["__count", "repair_hours:avg"])
        )
        self.assertEqual(late, [(self.phone, "0", 1, 7)])

    def test_waiting_counts_before_and_after_it_was_taken_up_again(self):
        with freeze_time("2026-06-01 02:00:00"):
            ticket = self.call(kind_id=self.phone.id)
            ticket.with_user(self.handler).workflow_move("take")
        for begun, changed, ended in (("03", "04", "05"), ("06", "07", "09")):
            with freeze_time(f"2026-06-01 {begun}:00:00"):
                ticket.with_user(self.handler).waiting_reason = "A photo"
            with freeze_time(f"2026-06-01 {changed}:00:00"):  # another clock goes on, with the pauses so far
                ticket.with_user(self.supervisor).priority = "1" if ticket.priority == "0" else "0"
            with freeze_time(f"2026-06-01 {ended}:00:00"):
                ticket.with_user(self.handler).write({"waiting_reason": False, "solution": "Restarted."})
                ticket.with_user(self.handler).workflow_move("finish")
                if ended == "05":
                    ticket.with_user(self.handler).workflow_move("again", "It stopped again.")
        row = self.row_of(ticket)
        self.assertEqual((row.repair_hours, row.waiting_hours), (7, 5))

    def test_late_response_stays_late_at_any_priority(self):
        with freeze_time("2026-06-01 02:00:00"):
            ticket = self.call(priority="2")
        with freeze_time("2026-06-01 04:00:00"):
            with self.assertRaisesRegex(AccessError, "supervisor lowers the priority"), self.env.cr.savepoint():
                ticket.with_user(self.handler).priority = "0"
            ticket.with_user(self.supervisor).priority = "0"
            ticket.with_user(self.handler).workflow_move("take")
            ticket.with_user(self.handler).priority = "2"
        clocks = ticket.sudo().deadline_ids.filtered(
            lambda clock: "response" in clock.rule_id.get_external_id()[clock.rule_id.id]
        )
        self.assertEqual(clocks.mapped("state"), ["missed", "missed"])
        self.assertEqual(self.row_of(ticket).response_on_time, 0)

    def test_priority_lowered_in_time_gives_more_time(self):
        with freeze_time("2026-06-01 02:00:00"):
            ticket = self.call(priority="2")
        with freeze_time("2026-06-01 02:30:00"):
            ticket.with_user(self.supervisor).priority = "0"
        with freeze_time("2026-06-01 04:00:00"):
            ticket.with_user(self.handler).workflow_move("take")
        self.assertEqual(self.row_of(ticket).response_on_time, 100)

    def test_whoever_worked_last_is_the_technician(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket).with_user(self.technician).workflow_move("leave")
        self.log(ticket)
        self.assertEqual(self.row_of(ticket).technician_id, self.technician)

    def test_it_is_hidden_like_the_ticket(self):
        secret, accused = (
            self.call(),
            self.call(user_id=False, complaint_id=self.complain(user_id=False, accused_user_ids=self.handler.ids).id),
        )
        secret.sudo().kehu_own_tier = "3"
        for user, hidden in ((self.taker, secret), (self.handler, accused)):
            report = self.env["kehu.service.ticket.report"].with_user(user)
            self.assertFalse(self.row_of(hidden, user))
            numbers = [number for [number] in report._read_group([], ["number"])]
            self.assertNotIn(hidden.number, numbers)
        self.assertTrue(self.row_of(accused))
        with self.assertRaises(AccessError):
            self.env["kehu.service.ticket.report"].with_user(self.technician).search([])

    def test_clock_that_stands_still_is_not_late(self):
        tickets = self.env["kehu.service.ticket"]
        for moment in ("2026-06-01 03:00:00", "2026-06-19 03:00:00"):
            with freeze_time("2026-06-01 02:00:00"):
                ticket = self.call()
            with freeze_time(moment):
                ticket.with_user(self.handler).workflow_move("take")
                ticket.with_user(self.handler).waiting_reason = "A photo"
            tickets += ticket
        self.assertIn("paused", tickets[0].sudo().deadline_ids.mapped("state"))
        self.env.flush_all()
        with freeze_time("2026-06-25 02:00:00"):
            rows = self.env.execute_query(
                SQL(
                    "SELECT repair_on_time FROM (%s) report WHERE ticket_id IN %s ORDER BY ticket_id",
                    self.env["kehu.service.ticket.report"].sudo()._table_query,
                    tuple(tickets.ids),
                )
            )
        self.assertEqual(rows, [(None,), (0,)])
