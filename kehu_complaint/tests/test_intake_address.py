from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase

PRIVATE = "feng.private@example.net"


@tagged("post_install", "-at_install")
class TestIntakeAddress(ServiceMailCase):
    """C6, C8: an unknown address that wrote is not the customer's because a colleague says who the customer is."""

    def leaving(self, mail):
        (values,) = mail._prepare_outgoing_list()
        return values["body"]

    def is_customers(self, document, address=PRIVATE):
        return document.sudo()._service_is_address_on_file([address])

    def named(self):
        complaint = self.mail(sender=f"Huang <{PRIVATE}>")
        complaint._service_confirm()
        self.assertTrue(self.is_customers(complaint), "of nobody yet")
        self.token = complaint.sudo().access_token
        complaint.with_user(self.handler).partner_id = self.customer
        return complaint

    def test_address_of_named_customer_gets_no_link(self):
        complaint = self.named()
        self.assertEqual((complaint.customer_id, complaint.contact_email), (self.customer, PRIVATE))
        self.assertFalse(self.is_customers(complaint))
        self.assertNotEqual(complaint.sudo().access_token, self.token, "the link that was sent is of no customer's")
        self.assertNotIn(complaint.sudo().access_token, self.leaving(self.mails(complaint)[-1]))
        self.answer(complaint, sender=f"Huang <{PRIVATE}>", body="We withdraw everything")
        self.assertTrue(complaint.sudo().held_message_ids)

    def test_named_again_is_still_nobodys(self):
        complaint = self.named()
        other = self.env["res.partner"].create({"name": "Dim Phones", "is_company": True})
        for partner in (other, self.customer, self.env["res.partner"]):
            complaint.with_user(self.handler).partner_id = partner
            self.assertFalse(self.is_customers(complaint))

    def test_address_saved_by_colleague_gets_the_link(self):
        complaint = self.named()
        self.env["res.partner"].with_user(self.manager_of_contacts()).create(
            {"name": "Huang", "parent_id": self.customer.id, "email": PRIVATE}
        )
        self.assertTrue(self.is_customers(complaint))

    def manager_of_contacts(self):
        self.taker.group_ids += self.env.ref("base.group_partner_manager")
        return self.taker

    def test_known_address_keeps_its_link(self):
        contact = self.env["res.partner"].create({"name": "Huang", "parent_id": self.customer.id, "email": PRIVATE})
        self.env["res.partner"].create({"name": "Huang", "email": PRIVATE})
        complaint = self.mail(sender=f"Huang <{PRIVATE}>")
        complaint._service_confirm()
        token = complaint.sudo().access_token
        complaint.with_user(self.handler).partner_id = contact
        self.assertEqual((complaint.contact_email, complaint.sudo().access_token), (PRIVATE, token))
        self.assertTrue(self.is_customers(complaint))

    def test_accepted_reply_gives_its_sender_no_link(self):
        complaint = self.bring_to(self.complain(desk_id=self.desk.id), "closed").sudo()
        complaint._service_confirm()
        complaint.date_closed = fields.Datetime.now() - timedelta(days=9)
        self.assertFalse(self.answer(complaint, sender=f"Huang <{PRIVATE}>", body="Again"))
        complaint.held_message_ids.with_user(self.director).action_kehu_reply_is_customers()
        new = self.env["kehu.complaint"].search([("customer_id", "=", self.customer.id)]) - complaint
        self.assertEqual(len(new), 1)
        self.assertEqual(new.contact_email, "office@bright.example.com")
        self.assertTrue(self.is_customers(new, "office@bright.example.com"))
        self.assertFalse(new.sudo()._service_is_customers(PRIVATE))

    def test_typed_address_of_closed_one_gets_no_link_anew(self):
        complaint = self.bring_to(self.complain(desk_id=self.desk.id, contact_email=PRIVATE), "closed").sudo()
        complaint.date_closed = fields.Datetime.now() - timedelta(days=9)
        new = complaint._service_begin_anew(
            complaint.message_post(
                body="Again",
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                author_id=self.customer.id,
                email_from=f"Huang <{PRIVATE}>",
            )
        )
        self.assertEqual(new.contact_email, PRIVATE)
        self.assertFalse(self.is_customers(new))
