from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase

ADDRESS = "office@hidden.example.com"


@tagged("post_install", "-at_install")
class TestEmailTrust(HttpCase, ServiceMailCase):
    """C1, C14: an address that somebody typed in the portal makes nobody the writer of a mail."""

    def setUp(self):
        super().setUp()
        self.hidden = self.env["res.partner"].create({"name": "Hidden Works", "is_company": True, "email": ADDRESS})
        self.hidden.sudo().kehu_tier = "3"
        self.portal = new_test_user(
            self.env, "test_typing_portal", "base.group_portal", name="Mou", email="mou@bright.example.com"
        )
        self.portal.partner_id.parent_id = self.customer
        self.typist = self.portal.partner_id

    def types(self, email):
        self.typist.with_user(self.portal).sudo().write({"email": email})
        self.env.invalidate_all()

    def test_what_is_typed_in_the_portal_is_not_confirmed(self):
        self.authenticate(self.portal.login, self.portal.login)
        self.assertFalse(self.typist.kehu_email_unconfirmed)
        self.portal.with_user(self.portal).write({"email": ADDRESS})
        self.assertEqual((self.typist.email, self.typist.kehu_email_unconfirmed), (ADDRESS, True))
        with self.assertRaises(AccessError):
            self.typist.with_user(self.portal).action_kehu_confirm_email()
        self.typist.with_user(self.portal).sudo().write({"kehu_email_unconfirmed": False})
        self.assertTrue(self.typist.kehu_email_unconfirmed)
        child = (
            self.env["res.partner"]
            .with_user(self.portal)
            .sudo()
            .with_context(default_kehu_email_unconfirmed=False)
            .create(
                {
                    "name": "Delivery",
                    "parent_id": self.customer.id,
                    "type": "delivery",
                    "email": ADDRESS,
                    "kehu_email_unconfirmed": False,
                }
            )
        )
        self.assertTrue(child.kehu_email_unconfirmed)

    def test_mail_of_hidden_customer_stays_theirs(self):
        self.types(ADDRESS)
        complaint = self.mail(sender=f"Hidden <{ADDRESS}>")
        self.assertEqual((complaint.partner_id, complaint.kehu_tier), (self.hidden, "3"))
        self.assertEqual(complaint.message_ids.author_id & (self.typist | self.hidden), self.hidden)
        self.assertNotIn(self.typist, complaint.message_partner_ids)
        self.answer(complaint, sender=f"Hidden <{ADDRESS}>", body="One more thing")
        self.assertNotIn(self.typist, complaint.message_partner_ids | complaint.message_ids.author_id)
        self.assertFalse(complaint.filtered_domain(complaint.with_user(self.portal)._service_portal_domain()))

    def test_unclear_sender_is_kept_as_close_as_the_closest(self):
        self.env["res.partner"].create({"name": "Agency", "is_company": True, "email": ADDRESS})
        complaint = self.mail(sender=f"Hidden <{ADDRESS}>")
        self.assertEqual((complaint.partner_id, complaint.kehu_tier), (self.env["res.partner"], "3"))
        self.assertFalse(complaint.with_user(self.taker).has_access("read"))
        self.assertFalse(complaint.user_id)

    def test_typed_address_of_nobody_else_names_nobody(self):
        self.types("new@elsewhere.example.com")
        complaint = self.mail(sender="Mou <new@elsewhere.example.com>")
        self.assertFalse(complaint.partner_id)
        self.assertNotIn(self.typist, complaint.message_partner_ids | complaint.message_ids.author_id)

    def test_typed_address_is_no_word_of_the_customer(self):
        complaint = self.mail()
        complaint.sudo()._service_confirm()
        self.types("new@elsewhere.example.com")
        self.answer(complaint, sender="Mou <new@elsewhere.example.com>", body="Forget it")
        self.assertTrue(complaint.held_message_ids)

    def test_confirmed_address_says_who_wrote(self):
        self.types("new@elsewhere.example.com")
        clerk = new_test_user(self.env, "test_confirming", "base.group_user,base.group_partner_manager")
        self.typist.with_user(clerk).action_kehu_confirm_email()
        self.assertEqual(self.mail(sender="Mou <new@elsewhere.example.com>").partner_id, self.typist)
        self.types("newer@elsewhere.example.com")
        self.typist.with_user(clerk).write({"email": "newest@elsewhere.example.com"})
        colleague = new_test_user(self.env, "test_colleague", "base.group_user,base.group_partner_manager")
        self.typist.with_user(colleague).action_kehu_confirm_email()
        self.assertEqual(self.mail(sender="Mou <newest@elsewhere.example.com>").partner_id, self.typist)

    def test_same_address_typed_again_stays_confirmed(self):
        self.types("Mou@bright.example.com")
        self.assertFalse(self.typist.kehu_email_unconfirmed)
        self.assertEqual(self.mail(sender="Mou <mou@bright.example.com>").partner_id, self.typist)
