from odoo.tests import Form, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestCustomerLinks(ComplaintCase):
    """A1, C1: from the contact and the archive to what there is about the customer, in the reader's rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.complain()
        cls.archive = cls.env["kehu.archive"].create({"partner_id": cls.customer.id})

    def found(self, action, user):
        return self.env[action["res_model"]].with_user(user).search(action["domain"])

    def test_contact_and_archive_lead_to_documents(self):
        contact = self.env["res.partner"].create({"name": "Huang", "parent_id": self.customer.id})
        for record in (self.customer, contact, self.archive):
            with self.subTest(record=record):
                record = record.with_user(self.supervisor)
                self.assertEqual(record.kehu_complaint_count, 1)
        for action in (self.customer.action_kehu_open_complaints(), self.archive.action_open_complaints()):
            self.assertEqual(self.found(action, self.supervisor), self.complaint)
            self.assertEqual(action["context"]["default_partner_id"], self.customer.id)
            self.assertNotIn("path", action)
        view = Form(self.archive.with_user(self.supervisor))
        self.assertEqual(view.kehu_complaint_count, 1)

    def test_reader_counts_what_they_may_read(self):
        for record in (self.customer, self.archive):
            self.assertEqual(record.with_user(self.supervisor).kehu_complaint_count, 1)
        self.complaint.sudo().accused_user_ids = self.supervisor
        self.env.invalidate_all()
        for record in (self.customer, self.archive):
            with self.subTest(record=record):
                self.assertEqual(record.with_user(self.supervisor).kehu_complaint_count, 0)
                self.assertEqual(record.with_user(self.taker).kehu_complaint_count, 1)

    def test_to_dos_of_all_documents_are_listed(self):
        for record in (self.customer, self.archive, self.complaint):
            record.sudo().activity_ids.unlink()
            record.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.supervisor.id)
        action = self.archive.with_user(self.supervisor).action_open_activities()
        self.assertEqual(
            sorted(self.found(action, self.supervisor).mapped("res_model")),
            ["kehu.archive", "kehu.complaint", "res.partner"],
        )
        self.assertFalse(self.found(action, self.employee), "nobody sees more to-dos than their documents")
        self.complaint.sudo().accused_user_ids = self.supervisor
        self.env.invalidate_all()
        action = self.archive.with_user(self.supervisor).action_open_activities()
        self.assertNotIn("kehu.complaint", self.found(action, self.supervisor).mapped("res_model"))

    def test_counts_cost_one_query_however_many(self):
        customers = self.customer + self.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(19)])
        for records in (customers[:1], customers):
            records = records.with_user(self.supervisor)
            records[0].kehu_complaint_count
            records.invalidate_recordset(["kehu_complaint_count"])
            with self.subTest(customers=len(records)), self.assertQueryCount(1):
                records.mapped("kehu_complaint_count")
