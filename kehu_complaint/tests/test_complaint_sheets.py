from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ComplaintCase

SHEETS = ("kehu_complaint.complaint_card", "kehu_complaint.investigation_report")


@tagged("post_install", "-at_install")
class TestComplaintSheets(ComplaintCase, HttpCase):
    """C1, C4: the record card 投诉记录卡 and the investigation report 投诉调查报告 on paper."""

    def page(self, sheet, complaint, user):
        reports = self.env["ir.actions.report"].with_user(user).with_context(lang="en_US")
        return reports._render_qweb_html(sheet, complaint.ids)[0].decode()

    def test_card_shows_intake_demand_and_opinion(self):
        complaint = self.complain(demand="A new battery", demand_amount=320, contact_name="Mrs Lu")
        self.bring_to(complaint, "replied")
        page = self.page(SHEETS[0], complaint, self.taker)
        for words in (complaint.number, "Bright Phones", "Mrs Lu", "A new battery", "320.00", "Three of ten get hot"):
            self.assertIn(words, page)
        self.assertIn("Accept as Justified", page)
        self.assertIn("Three chargers are on their way", page)

    def test_report_shows_findings_and_review_without_proposal(self):
        complaint = self.bring_to(self.complain(), "approved")
        page = self.page(SHEETS[1], complaint, self.handler)
        for words in ("A batch of bad coils", "Coils are measured on arrival", "Purchasing", "Report Is in Order"):
            self.assertIn(words, page)
        self.assertNotIn("Complaint proposal", page)

    def test_sheets_are_refused_without_right_to_read(self):
        complaint = self.bring_to(self.complain(), "approved")
        complaint.accused_user_ids = self.taker
        for sheet in SHEETS:
            with self.assertRaises(AccessError):
                self.page(sheet, complaint, self.taker)

    def test_sheets_of_hidden_customer_are_not_opened_by_address(self):
        complaint = self.bring_to(self.complain(), "approved")
        complaint.sudo().kehu_own_tier = "2"
        self.authenticate("test_taker", "test_taker")
        for sheet in SHEETS:
            response = self.url_open(f"/report/html/{sheet}/{complaint.id}")
            self.assertNotIn("A batch of bad coils", response.text)
            self.assertNotIn("Three of ten get hot", response.text)
            self.assertNotEqual(response.status_code, 200)

    def test_printing_confidential_complaint_is_logged(self):
        complaint = self.bring_to(self.complain(), "approved")
        complaint.sudo().kehu_own_tier = "2"
        self.handler.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential") + self.env.ref(
            "kehu_confidential.group_confidential_export"
        )
        for sheet in SHEETS:
            self.page(sheet, complaint, self.handler)
        printed = (
            self.env["kehu.access.log"]
            .sudo()
            .search([("action", "=", "print"), ("user_id", "=", self.handler.id), ("res_id", "=", complaint.id)])
        )
        self.assertEqual(printed.partner_id, self.customer)
