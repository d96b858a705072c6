import io
from datetime import date

from openpyxl import load_workbook

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
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

    def allow_export(self):
        # In the shell's place: the server itself gives the right, so that no officer has to confirm it.
        group = self.env.ref("kehu_confidential.group_confidential_export").with_user(SUPERUSER_ID)
        group.user_ids += self.salesman.with_user(SUPERUSER_ID)

    def test_it_says_why(self):
        self.env["kehu.evaluation.vote"].with_user(self.members[0]).create(
            {"evaluation_id": self.evaluation.id, "grade_id": self.grade_b.id, "comment": "Too dear to serve"}
        )
        page, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.salesman)
            ._render_qweb_html("kehu_grading.evaluation_sheet", self.evaluation.ids)
        )
        for words in ("Paper", "90.00", "Sales Amount", "100 points at", "Too dear to serve"):
            self.assertIn(words, page.decode())

    def test_a_confidential_one_says_who_took_it(self):
        self.evaluation.sudo().kehu_own_tier = "2"
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.assertRaises(AccessError):
            report.with_user(self.members[0])._render_qweb_pdf("kehu_grading.evaluation_sheet", self.evaluation.ids)
        self.allow_export()
        content, _kind = report.with_user(self.salesman)._render_qweb_pdf(
            "kehu_grading.evaluation_sheet", self.evaluation.ids
        )
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        self.assertIn(f"{self.salesman.name} |", text)

    def download(self, user, ids):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/kehu_grading/evaluations.xlsx?ids={ids}")

    def test_the_workbook_has_a_page_for_each(self):
        other = self.new_customer("A/B [Co.]: very long names of companies")
        self.measure(self.new_scheme(("frequency", {"best": 10})))
        evaluations = self.evaluation + self.env["kehu.evaluation"].search([("partner_id", "=", other.id)])
        url = evaluations.with_user(self.salesman).action_download_workbook()["url"]
        book = load_workbook(io.BytesIO(self.download(self.salesman, url.partition("=")[2]).content))
        self.assertEqual(book.sheetnames, ["1 Paper", "2 A B  Co.   very long name"])
        cells = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
        lang = self.company._kehu_lang()  # in which the scheduled action measured
        indicator = self.env.ref("kehu_grading.indicator_amount").with_context(lang=lang)
        self.assertLessEqual({"Paper", indicator.name, "$\xa0900.00", 90, 100}, cells)

    def test_a_workbook_is_refused_to_whom_it_is_not_for(self):
        self.evaluation.sudo().kehu_own_tier = "2"
        for user in (self.members[0], self.salesman):
            with self.assertRaises(AccessError):
                self.evaluation.with_user(user).action_download_workbook()
            self.assertEqual(
                self.download(user, self.evaluation.id).status_code,
                403,
                "hidden from one, not to be taken away by the other",
            )
        self.allow_export()
        book = load_workbook(io.BytesIO(self.download(self.salesman, self.evaluation.id).content))
        self.assertIn(f"{self.salesman.name} |", book.worksheets[0].oddFooter.center.text)
        logs = (
            self.env["kehu.access.log"]
            .sudo()
            .search([("res_model", "=", "kehu.evaluation"), ("res_id", "=", self.evaluation.id)])
        )
        self.assertIn(("/kehu_grading/evaluations.xlsx", self.salesman), [(log.route, log.user_id) for log in logs])
        self.assertEqual(self.download(self.salesman, "1,x").status_code, 404)
        with self.assertRaisesRegex(UserError, "takes 200"):
            self.env["kehu.evaluation"].browse(range(1, 202)).action_download_workbook()
