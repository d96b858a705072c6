from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestContactLeaves(HttpCase, ServiceMailCase):
    """C1, C14: the company for which somebody turned to us stays the customer, whatever becomes of the contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler.lang = "en_US"
        cls.other = cls.env["res.partner"].create({"name": "Dim Phones", "is_company": True})
        cls.portal = new_test_user(
            cls.env, "test_leaver", "base.group_portal", name="Huang", email="huang@bright.example.com"
        )
        cls.leaver = cls.portal.partner_id
        cls.leaver.parent_id = cls.customer
        cls.rival = new_test_user(cls.env, "test_rival", "base.group_portal", name="Lin", email="lin@dim.example.com")
        cls.rival.partner_id.parent_id = cls.other
        cls.colleague = new_test_user(
            cls.env, "test_stays", "base.group_portal", name="Zhao", email="zhao@bright.example.com"
        )
        cls.colleague.partner_id.parent_id = cls.customer
        cls.clerk = new_test_user(
            cls.env, "test_contact_clerk", "base.group_user,base.group_partner_manager", name="Cao"
        )
        cls.complaint = cls.complain(partner_id=cls.leaver.id).sudo()
        cls.complaint._service_confirm()
        cls.complaint.message_subscribe(cls.leaver.ids)

    def opens(self, user, document, token=""):
        self.authenticate(user and user.login, user and user.login)
        url = f"{document.access_url}?access_token={token}"
        return self.url_open(url, allow_redirects=False).status_code == 200

    def assert_taken_away(self, document, token):
        self.assertEqual((document.customer_id, document.partner_id), (self.customer, self.customer))
        self.assertEqual(document.contact_email, "office@bright.example.com")
        self.assertNotIn(self.leaver, document.message_partner_ids)
        self.assertNotEqual(document.access_token, token)
        for user in (self.portal, self.rival, None):
            self.assertFalse(self.opens(user, document, token))
        self.assertTrue(self.opens(self.colleague, document))

    def test_new_employer_does_not_get_complaint(self):
        token = self.complaint.access_token
        self.assertTrue(self.opens(self.portal, self.complaint))
        self.leaver.with_user(self.clerk).parent_id = self.other
        self.assert_taken_away(self.complaint, token)
        self.assertIn("office@bright.example.com", self.mails(self.complaint)[-1].email_to)
        self.assertFalse(self.complaint.sudo().search(self.complaint.with_user(self.rival)._service_portal_domain()))

    def test_leaver_without_employer_loses_complaint(self):
        token = self.complaint.access_token
        self.leaver.with_user(self.clerk).parent_id = False
        self.assert_taken_away(self.complaint, token)

    def test_leaver_as_company_of_own_loses_complaint(self):
        token = self.complaint.access_token
        self.leaver.with_user(self.clerk).is_company = True
        self.assert_taken_away(self.complaint, token)

    def test_leaver_with_department_loses_complaint(self):
        department = self.env["res.partner"].create({"name": "Purchasing", "parent_id": self.customer.id})
        self.leaver.parent_id = department
        token = self.complaint.access_token
        self.assertEqual(self.complaint.partner_id, self.leaver)
        department.with_user(self.clerk).parent_id = self.other
        self.assert_taken_away(self.complaint, token)

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

    def test_leaver_loses_closed_complaint_without_mail(self):
        self.bring_to(self.complaint, "closed")
        token, mails = self.complaint.access_token, self.mails(self.complaint)
        self.complaint.activity_ids.unlink()
        self.leaver.parent_id = self.other
        self.assert_taken_away(self.complaint, token)
        self.assertEqual(self.mails(self.complaint), mails)
        self.assertFalse(self.complaint.activity_ids)

    def test_link_does_not_follow_leaver_to_private_address(self):
        self.complaint.contact_email = "huang@private.example.com"
        token = self.complaint.access_token
        self.leaver.parent_id = False
        self.assert_taken_away(self.complaint, token)
        self.assertEqual(self.mails(self.complaint)[-1].email_to, "office@bright.example.com")

    def test_leaver_who_only_follows_is_unsubscribed(self):
        complaint = self.complain(contact_email="huang@bright.example.com").sudo()
        complaint._service_confirm()
        complaint.message_subscribe((self.leaver | self.colleague.partner_id).ids)
        token = complaint.access_token
        self.leaver.parent_id = self.other
        self.assertEqual(
            complaint.message_partner_ids & (self.leaver | self.colleague.partner_id), self.colleague.partner_id
        )
        self.assertNotEqual(complaint.access_token, token)
        self.assertEqual(complaint.contact_email, "office@bright.example.com")

    def test_complaint_of_colleagues_keeps_link(self):
        complaint = self.complain(partner_id=self.colleague.partner_id.id).sudo()
        complaint._service_confirm()
        token, activities = complaint.access_token, complaint.activity_ids
        self.leaver.parent_id = self.other
        self.assertEqual((complaint.access_token, complaint.partner_id), (token, self.colleague.partner_id))
        self.assertEqual(complaint.activity_ids, activities)

    def test_handler_is_asked_for_new_contact(self):
        self.complaint.activity_ids.unlink()
        self.leaver.with_user(self.clerk).parent_id = self.other
        self.assertEqual(self.complaint.activity_ids.mapped("user_id"), self.handler)
        self.assertIn("another contact", self.complaint.activity_ids.summary)
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.clerk).read(["name"])

    def test_supervisor_is_asked_where_nobody_handles(self):
        self.complaint.activity_ids.unlink()
        self.complaint.user_id = False
        self.leaver.parent_id = self.other
        self.assertEqual(self.complaint.activity_ids.user_id, self.supervisor)

    def test_private_person_keeps_own_complaint(self):
        self.leaver.parent_id = False
        own = self.complain(partner_id=self.leaver.id).sudo()
        token = own._portal_ensure_token()
        self.leaver.parent_id = self.other
        self.assertEqual((own.customer_id, own.partner_id, own.access_token), (self.leaver, self.leaver, token))
        self.assertTrue(self.opens(self.portal, own))
        self.assertFalse(self.opens(self.rival, own))
        own.name = "Mine alone"
        self.assertEqual(own._journal_lines().partner_id, self.leaver)

    def test_dossier_of_former_company_keeps_line(self):
        self.leaver.parent_id = self.other
        self.complaint.name = "Chargers still get hot"
        line = self.complaint._journal_lines()
        self.assertEqual((line.partner_id, line.summary), (self.customer, self.complaint.display_name))

    def test_approved_proposal_outlives_contact(self):
        self.bring_to(self.complaint, "approved")
        self.leaver.parent_id = self.other
        self.assertEqual(self.complaint.partner_id, self.customer)
        self.complaint._approval_check_unchanged()

    def test_merged_contact_moves_complaint_and_renews_link(self):
        kept = self.env["res.partner"].create(
            {"name": "Huang", "parent_id": self.other.id, "email": "huang@bright.example.com"}
        )
        self.complaint.message_subscribe(self.colleague.partner_id.ids)
        token = self.complaint.access_token
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.leaver | kept).ids, kept)
        self.assertEqual((self.complaint.partner_id, self.complaint.customer_id), (kept, self.other))
        self.assertEqual(self.complaint._journal_lines().partner_id, self.other)
        self.assertNotEqual(self.complaint.access_token, token)
        self.assertNotIn(self.colleague.partner_id, self.complaint.message_partner_ids)

    def test_merged_companies_keep_link(self):
        kept = self.env["res.partner"].create({"name": "Bright Phones Ltd", "is_company": True})
        token = self.complaint.access_token
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.customer | kept).ids, kept)
        self.env.invalidate_all()
        self.assertEqual((self.complaint.customer_id, self.complaint.partner_id), (kept, self.leaver))
        self.assertEqual(self.complaint.access_token, token)

    def test_new_contact_gets_link_and_former_loses_it(self):
        token = self.complaint.access_token
        self.complaint.with_user(self.supervisor).partner_id = self.colleague.partner_id
        self.assertNotEqual(self.complaint.access_token, token)
        self.assertEqual(self.complaint.contact_email, "zhao@bright.example.com")
        self.assertIn("zhao@bright.example.com", self.mails(self.complaint)[-1].email_to)

    def test_new_address_gets_link_and_former_loses_it(self):
        token, count = self.complaint.access_token, len(self.mails(self.complaint))
        self.complaint.with_user(self.handler).contact_email = "purchasing@bright.example.com"
        self.assertNotEqual(self.complaint.access_token, token)
        self.assertIn("purchasing@bright.example.com", self.mails(self.complaint)[-1].email_to)
        self.assertEqual(len(self.mails(self.complaint)), count + 1, "told once")
