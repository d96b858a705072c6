from odoo import fields
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_contact_leaves import ContactLeavesCase
from odoo.addons.kehu_complaint.tests.test_email_entered import EmailEnteredCase
from odoo.addons.kehu_complaint.tests.test_portal_words import PortalWordsCase
from odoo.addons.kehu_complaint.tests.test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestTicketPortalWords(PortalWordsCase):
    """C1, T1: what customers entered in the portal stays as they said it."""

    def test_words_of_the_portal_are_kept_in_a_ticket(self):
        self.assert_words_are_kept("tickets", "kehu.service.ticket")

    def test_ticket_of_a_mail_is_a_follow_up(self):
        complaint = self.mail()
        complaint.with_user(self.handler).action_new_ticket()
        self.assertEqual(complaint.ticket_ids.channel, "follow_up")


@tagged("post_install", "-at_install")
class TestTicketClosed(ServiceMailCase):
    """C1: what a customer writes after the closure is a case again."""

    def test_word_about_a_closed_ticket_gets_a_ticket(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.taker)
            .create({"name": "It hums", "partner_id": self.customer.id, "user_id": self.handler.id})
        )
        ticket.sudo().date_closed = fields.Datetime.now()
        before = self.env["kehu.service.ticket"].search([])
        ticket.sudo().with_user(self.env.ref("base.user_root")).message_post(
            body="Again", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=self.customer.id
        )
        new = self.env["kehu.service.ticket"].search([]) - before
        self.assertEqual((len(new), new.partner_id, new.kind_id), (1, self.customer, ticket.kind_id))


@tagged("post_install", "-at_install")
class TestTicketLeaver(ContactLeavesCase):
    """C1, C14: the company for which somebody turned to us stays the customer, whatever becomes of the contact."""

    def test_leaver_loses_ticket(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.taker)
            .create({"name": "Silent", "partner_id": self.leaver.id, "user_id": self.handler.id})
            .sudo()
        )
        ticket._service_confirm()
        ticket.message_subscribe(self.leaver.ids)
        token = ticket.access_token
        self.leaver.parent_id = self.other
        self.assert_taken_away(ticket, token)
        self.assertIn(self.handler, ticket.activity_ids.user_id)


@tagged("post_install", "-at_install")
class TestTicketEmailEntered(EmailEnteredCase):
    """C8: an address that a colleague with a part entered is not the customer's."""

    def test_handler_and_salesman_bring_no_customer_of_a_ticket(self):
        ticket = (
            self.env["kehu.service.ticket"]
            .with_user(self.taker)
            .create({"name": "Silent", "partner_id": self.customer.id, "user_id": self.handler.id})
        )
        self.handler.group_ids += self.env.ref("base.group_partner_manager")
        for user in (self.handler, self.salesman):
            portal = self.grant_portal(self.contact(user, email=f"{user.login}@example.net"), user)
            self.assertFalse(self.sees(portal, ticket), user.login)
            self.assertFalse(ticket.sudo()._service_is_customers(f"{user.login}@example.net"))
