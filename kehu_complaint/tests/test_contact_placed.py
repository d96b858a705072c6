from odoo import Command
from odoo.tests import new_test_user, tagged

from .test_email_entered import PRIVATE, EmailEnteredCase


@tagged("post_install", "-at_install")
class TestContactPlaced(EmailEnteredCase):
    """C8: a contact that a colleague with a part brought below the customer is not the customer's there until another
    colleague confirms it.
    """

    def setUp(self):
        super().setUp()
        self.salesman.group_ids += self.env.ref("base.group_partner_manager")
        self.portal = new_test_user(self.env, "test_friend", "base.group_portal", name="Friend", email=PRIVATE)
        self.friend = self.portal.partner_id
        self.complaint = self.mail()
        self.complaint._service_confirm()

    def own_word(self, portal, email):
        portal.with_user(portal).write({"email": email})
        self.env.invalidate_all()

    def assert_in_doubt(self, portal=None):
        self.env.invalidate_all()
        portal = portal or self.portal
        self.assertFalse(self.sees(portal, self.complaint))
        self.assertFalse(self.complaint.sudo()._service_is_customers(portal.partner_id.email_normalized))

    def lines_of(self, portal):
        return self.env["kehu.access.log"].search([("res_model", "=", "res.users"), ("res_id", "=", portal.id)])

    def test_contact_placed_by_accused_reads_nothing(self):
        self.accuse(self.complaint, self.salesman)
        self.customer.user_id = False
        self.friend.with_user(self.salesman).write({"parent_id": self.customer.id})
        self.assert_in_doubt()
        self.assertFalse(self.speaks(self.complaint))
        self.assertEqual(self.lines_of(self.portal)[:1].user_id, self.salesman)
        self.assertTrue(self.friend.with_user(self.taker).kehu_email_in_doubt)
        self.friend.with_user(self.salesman).action_kehu_confirm_email()
        self.assert_in_doubt()
        self.friend.with_user(self.steward).action_kehu_confirm_email()
        self.assertTrue(self.sees(self.portal, self.complaint))
        self.assertTrue(self.complaint.sudo()._service_is_customers(PRIVATE))

    def test_users_below_placed_company_read_nothing(self):
        shell = self.env["res.partner"].create({"name": "Shell Ltd", "is_company": True})
        self.friend.parent_id = shell
        self.accuse(self.complaint, self.salesman)
        shell.with_user(self.salesman).write({"is_company": False, "parent_id": self.customer.id})
        self.assertEqual(self.friend.commercial_partner_id, self.customer)
        self.assert_in_doubt()

    def test_contact_placed_by_handler_reads_nothing(self):
        self.handler.group_ids += self.env.ref("base.group_partner_manager")
        self.friend.with_user(self.handler).parent_id = self.customer
        self.assert_in_doubt()

    def test_colleague_without_part_places_contact(self):
        self.friend.with_user(self.steward).parent_id = self.customer
        self.assertTrue(self.sees(self.portal, self.complaint))
        self.assertTrue(self.speaks(self.complaint))
        self.assertEqual(self.lines_of(self.portal)[:1].user_id, self.steward)

    def test_contact_of_accused_frees_itself_by_no_address(self):
        self.accuse(self.complaint, self.salesman)
        self.customer.user_id = False
        portal = self.grant_portal(self.contact(self.salesman, email="a@salesman.example.net"), self.salesman)
        self.own_word(portal, "private2@salesman.example.net")
        self.assert_in_doubt(portal)
        portal.partner_id.with_user(self.salesman).action_kehu_confirm_email()
        self.assert_in_doubt(portal)
        portal.partner_id.with_user(self.steward).action_kehu_confirm_email()
        self.assertTrue(self.sees(portal, self.complaint))

    def test_address_of_accused_is_not_freed_by_next_one(self):
        contact = self.contact(self.steward, email="huang@bright.example.com")
        self.accuse(self.complaint, self.salesman)
        contact.with_user(self.salesman).email = PRIVATE + ".cn"
        portal = self.grant_portal(contact, self.salesman)
        self.own_word(portal, "private2@salesman.example.net")
        self.assert_in_doubt(portal)

    def test_customers_own_address_changed_in_portal_reads_on(self):
        portal = self.grant_portal(self.contact(self.steward, email="huang@bright.example.com"), self.steward)
        self.own_word(portal, "huang2@bright.example.com")
        self.assertTrue(self.sees(portal, self.complaint))
        self.assertFalse(self.complaint.sudo()._service_is_customers("huang2@bright.example.com"))

    def test_merge_brings_users_in_doubt(self):
        contact = self.contact(self.steward, email=PRIVATE)
        self.accuse(self.complaint, self.salesman)
        self.assertTrue(self.complaint.sudo()._service_is_customers(PRIVATE))
        self.env["base.partner.merge.automatic.wizard"].with_user(self.salesman).create(
            {
                "partner_ids": [Command.set([self.friend.id, contact.id])],
                "dst_partner_id": contact.id,
                "state": "selection",
            }
        ).action_merge()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.portal.partner_id, contact)
        self.assert_in_doubt()
