import re

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import ServiceMailCase


class ContactLeavesCase(HttpCase, ServiceMailCase):
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

    def setUp(self):
        super().setUp()
        # In a test, reading from a replica and writing the log at once is impossible (tests/test_confidential_log.py
        # does that).
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)

    def post_file(self, document):
        """Send a file to the customer with a message."""
        file = self.env["ir.attachment"].create(
            {"name": "report.txt", "raw": b"Coils", "res_model": document._name, "res_id": document.id}
        )
        document.message_post(
            body="See the file", message_type="comment", subtype_xmlid="mail.mt_comment", attachment_ids=file.ids
        )
        return file

    def file_link(self, user, document):
        """Return the link of the file that the user sees on the page of a document."""
        self.authenticate(user.login, user.login)
        return re.search(r'href="(/web/content/[^"]+)"', self.url_open(document.access_url).text)[1].replace(
            "&amp;", "&"
        )

    def downloads(self, link):
        self.authenticate(None, None)
        self.env.invalidate_all()
        response = self.url_open(link)
        return response.status_code == 200 and response.content == b"Coils"

    def assert_taken_away(self, document, token):
        self.assertEqual((document.customer_id, document.partner_id), (self.customer, self.customer))
        self.assertEqual(document.contact_email, "office@bright.example.com")
        self.assertNotIn(self.leaver, document.message_partner_ids)
        self.assertNotEqual(document.access_token, token)
        for user in (self.portal.filtered("active"), self.rival, None):
            self.assertFalse(self.opens(user, document, token))
        self.assertTrue(self.opens(self.colleague, document))

    def archive_leaver(self):
        self.portal.active = False  # Odoo asks for it
        self.leaver.with_user(self.clerk).action_archive()


@tagged("post_install", "-at_install")
class TestContactLeaves(ContactLeavesCase):
    """C1, C14: the company for which somebody turned to us stays the customer, whatever becomes of the contact."""

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

    def test_leaver_loses_closed_complaint_without_mail(self):
        self.bring_to(self.complaint, "closed")
        token, mails = self.complaint.access_token, self.mails(self.complaint)
        self.complaint.activity_ids.unlink()
        self.leaver.parent_id = self.other
        self.assert_taken_away(self.complaint, token)
        self.assertEqual(self.mails(self.complaint), mails)
        self.assertFalse(self.complaint.activity_ids)

    # === ARCHIVED CONTACTS ===

    def test_archived_contact_loses_complaint(self):
        token = self.complaint.access_token
        self.complaint.activity_ids.unlink()
        self.archive_leaver()
        self.assert_taken_away(self.complaint, token)
        self.assertIn("office@bright.example.com", self.mails(self.complaint)[-1].email_to)
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler)
        self.assertIn("another contact", self.complaint.activity_ids.summary)

    def test_contact_archived_twice_is_asked_for_once(self):
        self.archive_leaver()
        self.complaint.activity_ids.unlink()
        token = self.complaint.access_token
        self.leaver.with_user(self.clerk).active = False
        self.leaver.with_user(self.clerk).active = True
        self.assertFalse(self.complaint.activity_ids)
        self.assertEqual((self.complaint.access_token, self.complaint.partner_id), (token, self.customer))

    def test_archived_private_person_loses_own_complaint(self):
        self.leaver.parent_id = False
        own = self.complain(partner_id=self.leaver.id).sudo()
        own._service_confirm()
        own.message_subscribe(self.leaver.ids)
        own.activity_ids.unlink()
        token, mails = own.access_token, self.mails(own)
        self.archive_leaver()
        self.assertEqual((own.customer_id, own.partner_id, own.contact_email), (self.leaver, self.leaver, False))
        self.assertNotIn(self.leaver, own.message_partner_ids)
        self.assertFalse(self.opens(None, own, token))
        self.assertEqual(self.mails(own), mails, "nobody is told")
        self.assertEqual(own.activity_ids.user_id, self.handler)

    def test_archived_contact_leaves_colleagues_link(self):
        complaint = self.complain(partner_id=self.colleague.partner_id.id).sudo()
        complaint._service_confirm()
        token = complaint.access_token
        self.archive_leaver()
        self.assertEqual((complaint.access_token, complaint.partner_id), (token, self.colleague.partner_id))

    # === LINKS OF FILES ===

    def test_file_link_of_leaver_stops(self):
        file = self.post_file(self.complaint)
        link = self.file_link(self.portal, self.complaint)
        self.assertTrue(self.downloads(link))
        self.leaver.with_user(self.clerk).parent_id = self.other
        self.assertFalse(self.downloads(link))
        new = self.file_link(self.colleague, self.complaint)
        self.assertNotEqual(new, link)
        self.assertTrue(self.downloads(new))
        self.assertEqual(file.raw, b"Coils")

    def test_file_link_seen_by_archived_colleague_stops(self):
        complaint = self.complain(partner_id=self.colleague.partner_id.id).sudo()
        self.post_file(complaint)
        link = self.file_link(self.portal, complaint)
        self.assertTrue(self.downloads(link))
        self.assertFalse(complaint.access_token and self.mails(complaint), "no link was sent")
        self.archive_leaver()
        self.assertFalse(self.downloads(link))

    def test_file_links_stop_in_constant_queries(self):
        self.leaver.parent_id = self.other
        counts = []
        for number in (1, 4):
            complaints = (
                self.env["kehu.complaint"]
                .sudo()
                .union(*(self.complain(partner_id=self.colleague.partner_id.id).sudo() for _number in range(number)))
            )
            for complaint in complaints:
                self.post_file(complaint).generate_access_token()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            complaints._service_stop_file_links()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

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
