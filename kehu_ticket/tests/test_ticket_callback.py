from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_service_own import OwnCase
from odoo.addons.kehu_complaint.tests.test_service_worked import WorkedCase

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestTicketCallback(OwnCase, WorkedCase, TicketCase):
    """T3, T6: the call-back is the caller's, and no caller did the work."""

    def test_satisfaction_on_site_comes_with_the_signature(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        self.assert_own(
            ticket,
            (self.technician, self.handler, self.supervisor),
            {"satisfaction": "5"},
            {"satisfaction": "5", "unsigned_reason": "The customer was out"},
        )
        ticket.with_user(self.technician).write({"signature": SIGNATURE, "signed_by": "Mr Deng", "satisfaction": "3"})
        self.assert_own(ticket, (self.handler, self.taker), {"callback_note": "All well"})
        self.assertEqual(ticket.satisfaction, "3")

    def test_whoever_logged_work_on_ticket_does_not_call_back(self):
        ticket = self.bring_ticket_to(self.call(), "working")
        self.log(ticket, self.taker).unlink()
        self.assert_no_caller(ticket, self.taker)

    def test_former_handler_of_ticket_does_not_call_back(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        ticket.with_user(self.handler).user_id = self.supervisor
        self.assert_no_caller(ticket, self.handler)
        ticket.with_user(self.supervisor).callback_user_id = self.taker

    def test_answer_of_the_customer_is_not_unsaid(self):
        """C6: neither by taking the ticket back, nor by having a friend call once more."""
        ticket = self.bring_ticket_to(self.call(kind_id=self.phone.id), "done")
        mine = ticket.with_user(self.handler)
        mine.callback_user_id = self.taker
        ticket.with_user(self.taker).write({"satisfaction": "1", "callback_note": "They were rude"})
        friend = self.service_user("test_friend", "service_user", "Friend")
        with self.assertRaisesRegex(AccessError, "a supervisor decides"), self.env.cr.savepoint():
            mine.callback_user_id = friend
        self.assertNotIn("again", mine.workflow_moves)
        with self.assertRaisesRegex(UserError, "has answered"), self.env.cr.savepoint():
            mine.workflow_move("again", "Forgot something")
        self.assertEqual(ticket.satisfaction, "1")
        ticket.with_user(self.taker).workflow_move("again", "It is silent again")
        self.assertEqual((ticket.state, ticket.satisfaction), ("working", False))
        ticket.with_user(self.handler).solution = "Nothing"
        self.assertIn("A new device.", "".join(ticket.sudo().message_ids.mapped("body")))
