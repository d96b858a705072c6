import io
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestEvaluationSheet(GradingCase, HttpCase):
    """G3, G11, X6: the sheet 客户质量等级评估表 on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Paper")
        cls.invoice(cls.customer, 900, date(2026, 6, 1))
        cls.evaluation = cls.measure(cls.new_scheme(("amount", {"best": 1000}), committee_for="all")).evaluation_ids

    def test_it_says_why(self):
        self.env["kehu.evaluation.vote"].with_user(self.members[0]).create({
            "evaluation_id": self.evaluation.id, "grade_id": self.grade_b.id, "comment": "Too dear to serve"})
        page, _kind = self.env["ir.actions.report"].with_user(self.salesman)._render_qweb_html(
            "kehu_grading.evaluation_sheet", self.evaluation.ids)
        for words in ("Paper", "90.00", "Sales Amount", "100 points at", "Too dear to serve"):
            self.assertIn(words, page.decode())

    def test_a_confidential_one_says_who_took_it(self):
        self.evaluation.sudo().kehu_own_tier = "2"
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.assertRaises(AccessError):
            report.with_user(self.members[0])._render_qweb_pdf("kehu_grading.evaluation_sheet", self.evaluation.ids)
        self.salesman.group_ids += self.env.ref("kehu_archive.group_confidential_export")
        content, _kind = report.with_user(self.salesman)._render_qweb_pdf("kehu_grading.evaluation_sheet", self.evaluation.ids)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        self.assertIn(f"{self.salesman.name} |", text)
