from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestNewCustomer(ComplaintCase):
    """C1: the service enters a private person who turns to us for the first time, and no other contact."""

    def caller(self, **vals):
        return self.complain(
            **{"partner_id": False, "contact_name": "林小姐", "contact_phone": "138 0013 8000", **vals}
        ).with_user(self.taker)

    def test_service_enters_a_private_customer(self):
        complaint = self.caller(contact_email="lin@private.example.com")
        self.assertFalse(self.env["res.partner"].with_user(self.taker).has_access("create"))
        complaint.action_service_new_customer()
        partner = complaint.partner_id
        self.assertEqual(
            (partner.name, partner.phone, partner.email, partner.is_company, partner.company_id),
            ("林小姐", "138 0013 8000", "lin@private.example.com", False, complaint.company_id),
        )
        complaint.with_user(self.supervisor).workflow_move("accept")
        with self.assertRaisesRegex(UserError, "is chosen"), self.env.cr.savepoint():
            complaint.action_service_new_customer()

    def test_who_is_there_is_chosen(self):
        known = self.env["res.partner"].create({"name": "林小姐", "phone": "+86 13800138000"})
        with self.assertRaisesRegex(UserError, known.name), self.env.cr.savepoint():
            self.caller().action_service_new_customer()
        with self.assertRaisesRegex(UserError, "Bright Phones"), self.env.cr.savepoint():
            self.caller(contact_phone=False, contact_email="office@bright.example.com").action_service_new_customer()
        # Whom the user may not read is not given away.
        known.sudo().write({"kehu_tier": "3"})
        complaint = self.caller()
        complaint.action_service_new_customer()
        self.assertNotEqual(complaint.partner_id, known)

    def test_others_enter_nobody(self):
        complaint = self.caller()
        for user in (self.employee, self.salesman):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(user).action_service_new_customer()
        nameless = self.caller(contact_name=" ")
        with self.assertRaisesRegex(UserError, "Enter the name"), self.env.cr.savepoint():
            nameless.action_service_new_customer()
