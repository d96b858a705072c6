from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintLink(ComplaintCase, HttpCase):
    """C8: the link in a customer's mail opens nothing for a colleague who is kept out."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complain().sudo()
        self.token = self.complaint._portal_ensure_token()

    def opens(self):
        response = self.url_open(f"/my/complaints/{self.complaint.id}?access_token={self.token}", allow_redirects=False)
        return response.status_code == 200

    def test_link_opens_nothing_for_accused_colleague(self):
        self.assertTrue(self.opens())
        self.complaint.accused_user_ids = [Command.link(self.salesman.id)]
        self.assertTrue(self.complaint._service_keeps_out(self.salesman))
        self.authenticate(self.salesman.login, self.salesman.login)
        self.assertFalse(self.opens())

    def test_link_opens_for_colleague_of_the_service(self):
        self.assertFalse(self.complaint._service_keeps_out(self.handler))
        self.authenticate(self.handler.login, self.handler.login)
        self.assertTrue(self.opens())
