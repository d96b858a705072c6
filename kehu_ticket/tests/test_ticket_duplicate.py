from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_duplicate import DuplicateCase


@tagged("post_install", "-at_install")
class TestTicketDuplicate(DuplicateCase):
    """C1: a complaint that is a ticket once more is joined with it."""

    def test_ticket_can_be_the_original(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.taker)
            .create({"name": "It hums", "partner_id": self.customer.id})
        )
        wizard = self.env["kehu.service.dismissal.wizard"].with_user(self.taker)
        values = {
            "document_model": "kehu.complaint",
            "document_ids": self.again.ids,
            "kind": "duplicate",
            "reason": "x",
        }
        self.assertIn(ticket, wizard.create(values).joinable_ticket_ids)
        self.assertEqual([id_ for id_, _name in ticket.name_search(ticket.number)], ticket.ids)
        self.join(other=ticket)
        self.assertIn("As I said on Monday", "".join(ticket.sudo().message_ids.mapped("body")))
        self.assertTrue(ticket.sudo().joined_ids)

    def test_client_names_one_original(self):
        ticket = self.env["kehu.service.ticket"].with_user(self.taker).create({"name": "It hums"})
        again = self.again.with_user(self.taker)
        for originals in ({"complaint_id": self.kept.id, "ticket_id": ticket.id}, {"ticket_id": str(ticket.id)}):
            with self.assertRaisesRegex(UserError, "Choose the one"):
                again.action_propose_dismissal("duplicate", "Twice", **originals)
