from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_part_readers import Noted

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketPartReaders(Noted, TicketCase):
    """X5, T7: who comes to read a confidential ticket by a part in it is noted, and told to the officers."""

    def test_asked_colleague_is_told(self):
        ticket = self.call()
        ticket.with_env(self.env).kehu_own_tier = "3"
        self.begin()
        self.env["kehu.ticket.handover"].with_user(self.handler).create(
            {"ticket_id": ticket.id, "asked_user_id": self.employee.id, "question": "Where is it?"}
        )
        self.assertTrue(ticket.with_user(self.employee).has_access("read"))
        self.assertEqual(self.told(), {("kehu.ticket.handover", "asked_user_id"): self.employee})

    def test_technician_who_is_sent_is_told(self):
        ticket = self.call()
        ticket.with_env(self.env).kehu_own_tier = "2"
        self.begin()
        self.order(ticket)
        self.assertEqual(self.told(), {("kehu.dispatch.order", "technician_id"): self.technician})
