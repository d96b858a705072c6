import csv
import io

import openpyxl

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CODE, ArchiveCase

OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ",",
    "encoding": "utf-8",
    "date_format": "",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
}
COLUMNS = ["name", "vat", "state_id", "city"]


class ImportCase(ArchiveCase):
    """Lists through the dialog of the import, as the clerk."""

    @classmethod
    def upload(cls, rows, is_workbook=False, user=None):
        """Return the dialog of the import with a file of ``rows``, the first of which has the headings."""
        if is_workbook:
            book, content = openpyxl.Workbook(), io.BytesIO()
            for row in rows:
                book.active.append(row)
            book.save(content)
            name, data = "list.xlsx", content.getvalue()
            file_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        else:
            content = io.StringIO()
            csv.writer(content).writerows(rows)
            name, data, file_type = "list.csv", content.getvalue().encode(), "text/csv"
        return (
            cls.env["base_import.import"]
            .with_user(user or cls.clerk)
            .create({"res_model": "kehu.archive", "file": data, "file_name": name, "file_type": file_type})
        )

    @classmethod
    def execute(cls, dialog, columns=COLUMNS, dryrun=True, **options):
        return dialog.execute_import(columns, list(columns), {**OPTIONS, **options}, dryrun=dryrun)


@tagged("post_install", "-at_install")
class TestImportRows(ImportCase):
    """A24: what an import says is found in the sheet, and trying it out leaves nothing."""

    def test_rows_are_numbered_as_in_the_sheet(self):
        rows = [
            ["客户名称", "代码", "省份", "城市"],
            ["一号有限公司", "", "广东省", "深圳"],
            ["", "", "", ""],
            ["二号有限公司", CODE[:-1], "广东省", "深圳"],
            ["三号有限公司", "", "不存在省", "深圳"],
        ]
        for is_workbook in (False, True):
            with self.subTest(is_workbook=is_workbook):
                result = self.execute(self.upload(rows, is_workbook))
                code, province = sorted(result["messages"], key=lambda message: message["rows"]["from"])
                # As the client shows them: the record, and the row and one.
                self.assertEqual((code["record"], code["rows"]), (4, {"from": 3, "to": 3}))
                self.assertEqual(province["rows"]["from"] + 1, 5)
                self.assertEqual(result["name"][4], "三号有限公司")

    def test_wrong_date_is_named_by_its_row(self):
        rows = [["客户名单", ""], ["name", "first"], ["一号", "2026-03-02"], ["", ""], ["二号", "soon"], ["三号", ""]]
        dialog, columns = self.upload(rows), ["name", "date_first_contact"]
        (message,) = self.execute(dialog, columns, date_format="%Y-%m-%d")["messages"]
        self.assertIn("Row 5: “soon”", message["message"])

    def test_later_batches_are_numbered_as_in_the_sheet(self):
        rows = [["name", "vat", "state_id", "city"], *([f"客户{number}有限公司", "", "", ""] for number in range(5))]
        rows[5][1] = CODE[:-1]
        (message,) = self.execute(self.upload(rows), skip=3)["messages"]
        self.assertEqual(message["record"], 6)

    def test_duplicates_in_the_file_are_told_as_such(self):
        rows = [
            ["name", "vat", "state_id", "city"],
            ["一号有限公司", CODE, "", ""],
            ["", "", "", ""],
            ["错误有限公司", CODE[:-1], "", ""],
            ["一号有限公司", "", "", ""],
            ["二号有限公司", CODE, "", ""],
        ]
        messages = {message["record"]: message["message"] for message in self.execute(self.upload(rows))["messages"]}
        self.assertEqual(messages.keys(), {4, 5, 6})
        self.assertIn("一号有限公司 is already in row 2 of this file. If it is another customer", messages[5])
        self.assertIn(f"{CODE} is already in row 2 of this file", messages[6])

    def test_duplicate_with_its_reason_comes_in(self):
        rows = [["name", "reason"], ["一号有限公司", ""], ["一号有限公司", "另一家"]]
        dialog = self.upload(rows)
        result = self.execute(dialog, ["name", "distinct_reason"], dryrun=False)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 2)

    def test_numbers_have_no_gaps(self):
        """Neither what is tried out nor what is refused uses a number up."""
        first = self.file_archive(name="First")
        rows = [["name", "vat", "state_id", "city"], ["一号有限公司", "", "", ""], ["二号有限公司", "", "", ""]]
        dialog = self.upload(rows)
        self.assertFalse(self.execute(dialog)["messages"])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.file_archive(name="Second", date_first_contact="2099-12-31")
        archives = self.env["kehu.archive"].browse(self.execute(dialog, dryrun=False)["ids"])
        self.assertFalse(any(archives.mapped("number")))
        archives.import_id.workflow_move("keep")
        numbers = [int(number[3:]) for number in (first + archives).mapped("number")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))

    def test_empty_cells_take_the_defaults(self):
        """What the form fills in by itself need not be written in a list."""
        rows = [["name", "type", "tier", "contact"], ["一号有限公司", "", "", ""], ["二号有限公司", "", "", ""]]
        result = self.execute(self.upload(rows), ["name", "type_id", "kehu_tier", "date_first_contact"], dryrun=False)
        self.assertFalse(result["messages"])
        archives = self.env["kehu.archive"].browse(result["ids"])
        self.assertEqual(archives.mapped("kehu_tier"), ["0", "0"])
        self.assertEqual(archives.type_id.id, self.env["kehu.archive"].default_get(["type_id"])["type_id"])
        self.assertTrue(all(archives.mapped("date_first_contact")))

    def test_long_list_is_checked_before_its_first_part_goes_in(self):
        rows = [["客户名称", "代码", "省份", "城市"], *([f"长名单{number}有限公司", "", "", ""] for number in range(5))]
        rows[5][1] = CODE[:-1]
        result = self.execute(self.upload(rows), dryrun=False, limit=2, skip=0)
        self.assertFalse(result["ids"])
        self.assertEqual([message["record"] for message in result["messages"]], [6])
        self.assertFalse(self.env["kehu.archive"].search([("name", "like", "长名单")]))
        rows[5][1] = ""
        dialog = self.upload(rows)
        for skip in (0, 2, 4):
            self.assertTrue(self.execute(dialog, dryrun=False, limit=2, skip=skip)["ids"])
        self.assertEqual(self.env["kehu.archive"].search_count([("name", "like", "长名单")]), 5)
