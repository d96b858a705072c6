from odoo.tests import tagged

from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketForms(TrailChecks, TicketCase):
    def test_form_of_a_ticket_asks_little(self):
        self.assertFormAsksLittle(self.call().with_user(self.handler), 5)
