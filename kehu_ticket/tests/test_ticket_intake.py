from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_service_intake import IntakeCase

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketIntake(IntakeCase, TicketCase):
    """T1: once it is taken, what was taken down is corrected by a supervisor, and the chatter keeps what it said."""

    def test_intake_of_taken_ticket_is_supervisors(self):
        ticket = self.call()
        ticket.with_user(self.taker).quantity = 2
        ticket.with_user(self.handler).workflow_move("take")
        self.assert_supervisors(
            ticket,
            name="Nothing",
            serial="SN-9",
            product_id=self.product.id,
            order_reference="S9",
            quantity=9,
            kind_id=self.phone.id,
            description="<p>Nothing</p>",
        )
        ticket.with_user(self.handler).write(
            {"waiting_reason": "The key", "contact_phone": "0755", "complaint_id": self.complain().id}
        )

    def test_company_of_ticket_is_never_emptied(self):
        self.assert_company_is_not_emptied(self.call())

    def test_what_is_corrected_in_a_ticket_stays_in_the_chatter(self):
        ticket = self.call(product_id=self.product.id)
        ticket.with_user(self.handler).workflow_move("take")
        self.assert_corrections_stay(ticket, "粤B12345")

    def test_company_of_ticket_stays(self):
        self.assert_company_stays(self.call(partner_id=False))
