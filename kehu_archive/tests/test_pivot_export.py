import io
import json
from urllib.parse import urlencode

from openpyxl import load_workbook

from odoo.tests import HttpCase, new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestPivotExport(ArchiveCase, HttpCase):
    """X6: a pivot table leaves the system with the export permission alone, if something confidential may be in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exporter = new_test_user(
            cls.env,
            "test_exporter",
            "base.group_user,kehu_confidential.group_clearance_confidential,kehu_confidential.group_confidential_export",
            name="Shen",
        )
        cls.file_archive(
            cls.officer, name="Hidden Customer", kehu_tier="2", kehu_custodian_id=cls.salesman.id, kehu_team_id=False
        )

    def setUp(self):
        super().setUp()
        # In a test, reading from a replica and writing the log at once is impossible (tests/test_confidential_log.py
        # does that).
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)

    def export(self, user, model="res.partner"):
        self.authenticate(user.login, user.login)
        table = {
            "title": "Customers",
            "model": model,
            "measure_count": 1,
            "col_group_headers": [[{"title": "", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Count", "is_bold": False}],
            "rows": [{"indent": 0, "title": "Total", "values": [{"value": 3}]}],
        }
        return self.url_open("/web/pivot/export_xlsx?" + urlencode({"data": json.dumps(table)}))

    def cells(self, response):
        self.assertEqual(response.status_code, 200)
        sheet = load_workbook(io.BytesIO(response.content)).active
        return [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]

    def entries(self, user):
        return self.env["kehu.access.log"].search(
            [("user_id", "=", user.id), ("action", "=", "export"), ("note", "=", "pivot")]
        )

    def test_reader_without_permission_exports_no_pivot(self):
        for user in self.cleared, self.salesman:
            for model in "res.partner", "kehu.archive", "res.partner.bank":
                self.assertNotEqual(self.export(user, model).status_code, 200)
            self.assertIn("Total", self.cells(self.export(user, "res.currency")))
            self.assertFalse(self.entries(user))

    def test_pivot_of_permitted_user_is_marked_and_noted(self):
        cells = self.cells(self.export(self.exporter))
        self.assertIn("Total", cells)
        self.assertTrue(any(isinstance(cell, str) and "Shen" in cell for cell in cells))
        self.assertEqual(self.entries(self.exporter).res_model, "res.partner")

    def test_user_without_confidential_customers_exports_as_ever(self):
        cells = self.cells(self.export(self.employee))
        self.assertIn("Total", cells)
        self.assertFalse(any(isinstance(cell, str) and "He" == cell for cell in cells))
        self.assertFalse(self.entries(self.employee))

    def test_malformed_table_is_refused(self):
        self.authenticate(self.employee.login, self.employee.login)
        for data in (
            "[]",
            "{}",
            "null",
            "[1]",
            "not json",
            '{"model": ["x"], "rows": []}',
            '{"model": "res.partner", "rows": 1}',
        ):
            self.assertEqual(
                self.url_open("/web/pivot/export_xlsx?" + urlencode({"data": data})).status_code, 422, data
            )
