from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_complaint.models.mail import email_trust

from .test_service_mail import ServiceMailCase

PRIVATE = "private@salesman.example.net"


class EmailEnteredCase(ServiceMailCase):
    """Colleagues who bring contacts and addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = new_test_user(cls.env, "test_steward", "base.group_user,base.group_partner_manager", name="Cao")

    def accuse(self, complaint, user):
        complaint.with_user(self.supervisor).accused_user_ids = [Command.link(user.id)]
        self.assertFalse(complaint.with_user(user).has_access("read"))

    def contact(self, user, **vals):
        return (
            self.env["res.partner"]
            .with_user(user)
            .create({"name": "Assistant", "parent_id": self.customer.id, "email": PRIVATE, **vals})
        )

    def grant_portal(self, contact, user):
        wizard = self.env["portal.wizard"].with_user(user).with_context(active_ids=contact.ids).create({})
        wizard.user_ids.action_grant_access()
        return contact.sudo().user_ids

    def sees(self, portal, document):
        return document in document.sudo().search(document.with_user(portal)._service_portal_domain())

    def speaks(self, complaint, sender=PRIVATE):
        """Return whether a reply from this address is taken for the customer's."""
        held = complaint.sudo().held_message_ids
        self.answer(complaint.sudo(), sender=f"Huang <{sender}>", body="We withdraw everything")
        self.env.invalidate_all()
        return complaint.sudo().held_message_ids == held


@tagged("post_install", "-at_install")
class TestEmailEntered(EmailEnteredCase):
    """C8: an address that a colleague with a part entered is not the customer's there until another colleague confirms
    it.
    """

    def test_accused_salesman_does_not_write_as_customer(self):
        complaint = self.mail()
        complaint._service_confirm()
        self.accuse(complaint, self.salesman)
        self.customer.with_user(self.salesman).write({"email": PRIVATE})
        self.assertFalse(self.speaks(complaint))
        self.assertTrue(self.speaks(complaint, "office@bright.example.com"))
        self.customer.with_user(self.salesman).action_kehu_confirm_email()
        self.assertFalse(self.speaks(complaint))
        self.customer.with_user(self.steward).action_kehu_confirm_email()
        self.assertTrue(self.speaks(complaint))

    def test_changed_address_opens_complaint_of_no_customer(self):
        self.customer.with_user(self.steward).write({"email": PRIVATE})
        complaint = self.mail(sender=f"Huang <{PRIVATE}>")
        self.assertFalse(complaint.partner_id or complaint.customer_id)
        self.assertEqual((complaint.contact_name, complaint.contact_email), ("Huang", PRIVATE))
        self.assertFalse(complaint.message_ids.author_id & self.customer)
        self.assertTrue(self.customer.with_user(self.taker).kehu_email_in_doubt)
        self.customer.with_user(self.steward).action_kehu_confirm_email()
        self.assertFalse(self.mail(sender=f"Huang <{PRIVATE}>").partner_id)

    def test_confirmed_address_opens_complaint_of_customer(self):
        self.customer.with_user(self.steward).write({"email": PRIVATE})
        self.customer.with_user(self.salesman).action_kehu_confirm_email()
        complaint = self.mail(sender=f"Huang <{PRIVATE}>")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertIn(self.customer, complaint.message_ids.author_id)
        self.assertFalse(self.customer.with_user(self.taker).kehu_email_in_doubt)

    def test_contact_of_accused_reads_nothing_in_portal(self):
        complaint = self.complain()
        self.accuse(complaint, self.salesman)
        self.customer.user_id = False
        contact = self.contact(self.salesman)
        portal = self.grant_portal(contact, self.salesman)
        self.assertTrue(portal._is_portal())
        self.assertFalse(self.sees(portal, complaint))
        contact.with_user(self.salesman).action_kehu_confirm_email()
        self.assertFalse(self.sees(portal, complaint))
        contact.with_user(self.steward).action_kehu_confirm_email()
        self.assertTrue(self.sees(portal, complaint))

    def test_address_changed_by_accused_takes_nothing_over(self):
        portal = new_test_user(
            self.env, "test_huang", "base.group_portal", name="Huang", email="huang@bright.example.com"
        )
        portal.partner_id.parent_id = self.customer
        complaint = self.complain()
        self.accuse(complaint, self.investigator)
        self.assertTrue(self.sees(portal, complaint))
        self.investigator.group_ids += self.env.ref("base.group_partner_manager")
        portal.partner_id.with_user(self.investigator).write({"email": PRIVATE})
        self.assertFalse(self.sees(portal, complaint))
        portal.partner_id.with_user(self.investigator).write({"email": "huang@bright.example.com"})
        self.assertFalse(self.sees(portal, complaint))
        line = self.env["kehu.access.log"].search(
            [("res_model", "=", "res.users"), ("res_id", "=", portal.id), ("user_id", "=", self.investigator.id)],
            order="id",
            limit=1,
        )
        self.assertIn(PRIVATE, line.note)
        self.assertTrue(
            self.env["mail.mail"].search(
                [("email_to", "ilike", "huang@bright.example.com"), ("body_html", "ilike", PRIVATE)]
            )
        )

    def test_handler_and_salesman_do_not_bring_customers(self):
        complaint = self.complain()
        self.handler.group_ids += self.env.ref("base.group_partner_manager")
        for user in (self.handler, self.salesman):
            portal = self.grant_portal(self.contact(user, email=f"{user.login}@example.net"), user)
            self.assertFalse(self.sees(portal, complaint), user.login)
            self.assertFalse(complaint.sudo()._service_is_customers(f"{user.login}@example.net"))

    def test_colleague_without_part_brings_customers(self):
        complaint = self.complain()
        contact = self.contact(self.steward)
        self.assertTrue(complaint.sudo()._service_is_customers(PRIVATE))
        self.assertTrue(self.sees(self.grant_portal(contact, self.steward), complaint))
        self.assertFalse(contact.with_user(self.steward).kehu_email_in_doubt)

    def test_confirming_a_known_address_puts_it_in_no_doubt(self):
        complaint = self.complain()
        contact = self.contact(self.steward)
        self.accuse(complaint, self.salesman)
        contact.with_user(self.salesman).action_kehu_confirm_email()
        self.customer.with_user(self.salesman).action_kehu_confirm_email()
        for email in (PRIVATE, "office@bright.example.com"):
            self.assertTrue(complaint.sudo()._service_is_customers(email))

    def test_doubt_is_shown_to_readers_alone(self):
        complaint = self.complain()
        self.accuse(complaint, self.salesman)
        contact = self.contact(self.salesman)
        self.assertFalse(contact.kehu_email_in_doubt, "it would tell of the complaint")
        self.assertTrue(contact.with_user(self.taker).kehu_email_in_doubt)

    def test_portal_access_given_is_logged(self):
        contact = self.contact(self.salesman)
        portal = self.grant_portal(contact, self.salesman)
        line = self.env["kehu.access.log"].search([("res_model", "=", "res.users"), ("res_id", "=", portal.id)])
        self.assertEqual((line.user_id, line.action), (self.salesman, "right"))
        self.assertIn(PRIVATE, line.note)

    def test_contact_from_a_form_is_nobodys_voice(self):
        complaint = self.mail()
        complaint._service_confirm()
        visitor = self.env.ref("base.public_user")
        with patch.object(email_trust, "submitted_form", lambda: ("res.partner", visitor)):
            contact = self.env["res.partner"].create(
                {"name": "Assistant", "parent_id": self.customer.id, "email": PRIVATE}
            )
        self.assertTrue(contact.kehu_email_unconfirmed)
        self.assertFalse(self.speaks(complaint))
        contact.with_user(self.steward).action_kehu_confirm_email()
        self.assertFalse(contact.kehu_email_unconfirmed)

    def test_token_to_sign_up_is_the_servers(self):
        with self.assertRaises(Exception) as refused:
            get_public_method(self.customer, "signup_get_auth_param")
        self.assertIn("Private", str(refused.exception))


@tagged("post_install", "-at_install")
class TestMergedByAccused(ServiceMailCase):
    """C8, C14: merging contacts moves no document of somebody who is complained about, and leaves a
    line in the others.
    """

    def merge(self, user, *partners):
        self.env["base.partner.merge.automatic.wizard"].with_user(user).create(
            {
                "partner_ids": [Command.set([partner.id for partner in partners])],
                "dst_partner_id": partners[-1].id,
                "state": "selection",
            }
        ).action_merge()
        self.env.flush_all()
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self.huang = self.env["res.partner"].create(
            {"name": "Huang", "parent_id": self.customer.id, "email": "huang@bright.example.com"}
        )
        self.complaint = self.complain(partner_id=self.huang.id).sudo()
        self.shell = (
            self.env["res.partner"]
            .with_user(self.salesman)
            .create({"name": "Shell Ltd", "is_company": True, "email": "office@bright.example.com"})
        )
        self.twin = (
            self.env["res.partner"]
            .with_user(self.salesman)
            .create({"name": "Huang", "parent_id": self.shell.id, "email": "huang@bright.example.com"})
        )

    def test_accused_merges_no_contact_of_the_complaint(self):
        self.complaint.with_user(self.supervisor).accused_user_ids = self.salesman
        for partners in ((self.huang, self.twin), (self.customer, self.shell), (self.shell, self.customer)):
            with self.assertRaisesRegex(UserError, "leave it to a colleague"), self.env.cr.savepoint():
                self.merge(self.salesman, *partners)
            self.env.invalidate_all()
        self.assertEqual((self.complaint.partner_id, self.complaint.customer_id), (self.huang, self.customer))

    def test_service_alone_moves_complaint_to_another_customer(self):
        with self.assertRaisesRegex(UserError, "leave it to a colleague"), self.env.cr.savepoint():
            self.merge(self.salesman, self.huang, self.twin)
        self.env.invalidate_all()
        self.taker.group_ids += self.env.ref("base.group_partner_manager")
        self.handler.lang = "en_US"
        self.merge(self.taker, self.huang, self.twin)
        self.assertEqual(self.complaint.customer_id, self.shell)
        self.assertIn("Merged", self.complaint.message_ids.mapped("body")[0])
        self.assertIn(
            "were merged",
            " ".join(
                filter(
                    None,
                    self.complaint.activity_ids.filtered(lambda activity: activity.user_id == self.handler).mapped(
                        "summary"
                    ),
                )
            ),
        )

    def test_merged_customer_leaves_a_line(self):
        self.merge(self.salesman, self.shell, self.customer)
        self.assertIn("Merged", " ".join(self.complaint.message_ids.mapped("body")))
        self.assertEqual(self.complaint.customer_id, self.customer)
