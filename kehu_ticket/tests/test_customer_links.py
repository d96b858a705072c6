from odoo.tests import Form, tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestCustomerLinks(TicketCase):
    """A1, T1: from the contact and the archive to the tickets of the customer, in the reader's rights."""

    def test_contact_and_archive_lead_to_tickets(self):
        ticket = self.call()
        archive = self.env["kehu.archive"].create({"partner_id": self.customer.id})
        contact = self.env["res.partner"].create({"name": "Huang", "parent_id": self.customer.id})
        for record in (self.customer, contact, archive):
            with self.subTest(record=record):
                self.assertEqual(record.with_user(self.supervisor).kehu_ticket_count, 1)
        for action in (self.customer.action_kehu_open_tickets(), archive.action_open_tickets()):
            found = self.env[action["res_model"]].with_user(self.supervisor).search(action["domain"])
            self.assertEqual(found, ticket)
        self.assertEqual(Form(archive.with_user(self.supervisor)).kehu_ticket_count, 1)

    def test_to_dos_of_tickets_are_listed(self):
        ticket = self.call()
        archive = self.env["kehu.archive"].create({"partner_id": self.customer.id})
        ticket.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.supervisor.id)
        action = archive.with_user(self.supervisor).action_open_activities()
        found = self.env[action["res_model"]].with_user(self.supervisor).search(action["domain"])
        self.assertIn("kehu.service.ticket", found.mapped("res_model"))
