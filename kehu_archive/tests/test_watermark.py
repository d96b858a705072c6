import io
import json
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestWatermark(ArchiveCase, HttpCase):
    """X6: paper and files with confidential content say who took them, when and under which request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.file_archive(cls.officer, name="Secret Customer", kehu_tier="2", phone="0755 1234")
        cls.plain = cls.file_archive(cls.officer, name="Plain Customer")
        now = fields.Datetime.now()
        cls.env["kehu.grant"].with_user(cls.officer).create(
            {
                "user_id": cls.employee.id,
                "partner_id": cls.secret.partner_id.id,
                "purpose": "Contract",
                "reference": "REQ-7",
                "date_from": now,
                "date_until": now + timedelta(days=3),
                "allow_export": True,
            }
        )

    def test_the_line_names_tier_user_time_and_request(self):
        line = (self.plain + self.secret).with_user(self.employee)._kehu_watermark()
        self.assertRegex(line, r"^Confidential \| He \| \d{4}-\d\d-\d\d \d\d:\d\d \| REQ-7$")
        self.assertFalse(self.plain.with_user(self.employee)._kehu_watermark())

    def test_the_printed_customer_card(self):
        for archive, marked in ((self.secret, True), (self.plain, False)):
            report = self.env["ir.actions.report"].with_user(self.employee).with_context(force_report_rendering=True)
            content, kind = report._render_qweb_pdf("kehu_archive.customer_card", archive.ids)
            self.assertEqual(kind, "pdf")
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
            self.assertEqual("REQ-7" in text, marked)
            page, _kind = report._render_qweb_html("kehu_archive.customer_card", archive.ids)
            self.assertIn(archive.name, page.decode())
        printed = (
            self.env["kehu.access.log"].sudo().search([("action", "=", "print"), ("user_id", "=", self.employee.id)])
        )
        self.assertEqual(printed.partner_id, self.secret.partner_id)

    def test_the_exported_workbook(self):
        self.authenticate("test_employee", "test_employee")
        for archive, marked in ((self.secret, True), (self.plain, False)):
            response = self.url_open(
                "/web/export/xlsx",
                data={
                    "csrf_token": http.Request.csrf_token(self),
                    "data": json.dumps(
                        {
                            "model": "kehu.archive",
                            "fields": [{"name": "name", "label": "Name", "type": "char"}],
                            "ids": archive.ids,
                            "domain": [],
                            "import_compat": False,
                            "context": {},
                        }
                    ),
                },
            )
            sheet = load_workbook(io.BytesIO(response.content)).active
            self.assertEqual(sheet["A2"].value, archive.name)
            self.assertEqual("REQ-7" in str(sheet.cell(sheet.max_row, 1).value), marked)
            self.assertEqual("REQ-7" in str(sheet.oddFooter.center.text), marked)
