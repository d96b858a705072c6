import io

import openpyxl

from odoo.tests import tagged
from odoo.tools import file_open

from .common import CODE
from .test_import_rows import OPTIONS, ImportCase


@tagged("post_install", "-at_install")
class TestImportHeadings(ImportCase):
    """A24: lists as people keep them come in as they are."""

    def match(self, rows):
        """Return the dialog of the import with these rows, and ``{index of the column: path}``."""
        dialog = self.upload(rows, is_workbook=True)
        preview = dialog.parse_preview({**OPTIONS, "encoding": "", "separator": ""})
        self.assertNotIn("error", preview)
        return dialog, {index: "/".join(path) for index, path in preview["matches"].items()}

    def test_list_as_companies_keep_it_comes_in(self):
        rows = [
            ["2026年客户名单"],
            ["序号", "客户名称*", "信用代码", "国家/地区", "省份", "联系电话（手机）", "地址", "联系人", "职务"],
            ["1", "一号有限公司", CODE, "中国", "广东", "0757-22345678", "顺德区1号", "张三", "采购经理"],
            ["2", "ABC Trading Limited", "12345678-000", "中国香港", "", "", "", "", ""],
        ]
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("base.cn").update_field_translations("name", {"zh_CN": "中国"})
        self.clerk.lang = "zh_CN"
        dialog, matches = self.match(rows)
        self.assertEqual(
            [matches.get(index) for index in range(1, 9)],
            ["name", "vat", "country_id", "state_id", "phone", "street", "child_ids/name", "child_ids/function"],
        )
        dialog = dialog.with_context(lang="zh_CN")
        columns = [matches.get(index, False) for index in range(9)]
        result = self.execute(dialog, columns, dryrun=False, sheets=["Sheet"], sheet="Sheet")
        self.assertFalse(result["messages"])
        first, second = self.env["kehu.archive"].browse(result["ids"])
        self.assertEqual((first.state_id.name, first.country_id.code), ("广东省", "CN"))
        self.assertEqual((first.child_ids.name, first.child_ids.function), ("张三", "采购经理"))
        self.assertEqual((second.vat, second.country_id.code, second.card_kind), ("12345678-000", "HK", "foreign"))

    def test_rows_below_a_title_are_numbered_as_in_the_sheet(self):
        rows = [["2026年客户名单"], ["name", "vat"], ["一号有限公司", CODE], ["二号有限公司", CODE]]
        (message,) = self.execute(self.upload(rows, is_workbook=True), ["name", "vat"])["messages"]
        self.assertEqual(message["record"], 4)
        self.assertIn("row 3 of this file", message["message"])

    def test_what_was_chosen_before_counts_more(self):
        self.env["base_import.mapping"].create(
            {"res_model": "kehu.archive", "column_name": "信用代码", "field_name": "fax"}
        )
        _dialog, matches = self.match([["客户名称", "信用代码"], ["一号有限公司", "1"]])
        self.assertEqual(matches, {0: "name", 1: "fax"})

    def test_template_is_matched_column_by_column(self):
        (template,) = self.env["kehu.archive"].get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(file.read())).active[1]]
        _dialog, matches = self.match([headings, ["x"] * len(headings)])
        self.assertEqual(list(matches), list(range(len(headings))))

    def test_person_comes_in_as_person(self):
        rows = [
            ["客户名称", "企业/个人", "身份证号"],
            ["王小明", "个人", "11010519491231002x"],
            ["一号公司", "公司", CODE],
        ]
        dialog, matches = self.match(rows)
        result = self.execute(dialog, [matches[index] for index in range(3)], dryrun=False)
        self.assertFalse(result["messages"])
        person, company = self.env["kehu.archive"].browse(result["ids"])
        self.assertEqual((person.is_company, person.vat), (False, "11010519491231002X"))
        self.assertTrue(company.is_company)
