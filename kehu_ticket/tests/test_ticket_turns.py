from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_turn_attacks import TurnAttackCase
from odoo.addons.kehu_complaint.tests.test_turns import TurnCase

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketTurns(TurnCase, TurnAttackCase, TicketCase):
    """U4, T1: at each step the next person is told, and the reminder goes with the step."""

    def test_ticket_asks_its_handler_or_the_supervisors(self):
        ticket = self.call(user_id=False)
        self.assertEqual({user for user, _summary in self.told(ticket)}, {self.supervisor})
        ticket.with_user(self.supervisor).user_id = self.handler
        self.assertEqual({user for user, _summary in self.told(ticket)}, {self.handler})
        ticket.with_user(self.handler).workflow_move("take")
        self.assertEqual(self.told(ticket), {(self.handler, "You handle this service ticket")})
        ticket.with_user(self.handler).user_id = self.taker
        self.assertEqual(self.told(ticket), {(self.taker, "You handle this service ticket")})

    def test_supervisor_who_takes_it_down_is_told(self):
        ticket = self.call(self.supervisor, user_id=False)
        self.assertEqual(self.told(ticket), {(self.supervisor, "Take the service ticket")})

    def test_handler_who_takes_a_ticket_is_filled_in(self):
        ticket = self.call(user_id=False)
        ticket.with_user(self.handler).workflow_move("take")
        self.assertEqual(ticket.user_id, self.handler)

    def test_clerk_does_not_touch_the_reminder_of_a_ticket(self):
        self.assert_reminder_is_safe(self.call(user_id=False))
