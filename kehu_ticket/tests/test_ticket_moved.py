from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestTicketMoved(AccusationCase):
    """C8: nobody takes a ticket from a superior by putting it below a complaint that excludes them."""

    def test_clerk_takes_no_ticket_from_a_supervisor(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.handler)
            .create({"name": "The device is silent", "partner_id": self.customer.id, "user_id": self.handler.id})
        )
        complaint, _accusation = self.accuse(self.supervisor)
        with self.assertRaisesRegex(AccessError, "superior of theirs"), self.env.cr.savepoint():
            ticket.with_user(self.taker).complaint_id = complaint
        self.assertTrue(ticket.with_user(self.supervisor).has_access("read"))
        ticket.with_user(self.director).complaint_id = complaint
        self.assertFalse(ticket.with_user(self.supervisor).has_access("read"))

    def test_clerk_puts_a_ticket_below_an_ordinary_complaint(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.handler)
            .create({"name": "The device is silent", "partner_id": self.customer.id, "user_id": self.handler.id})
        )
        complaint = self.complain()
        ticket.with_user(self.taker).complaint_id = complaint
        self.assertEqual(ticket.complaint_id, complaint)
