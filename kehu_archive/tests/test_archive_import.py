import csv

from odoo.tests import tagged
from odoo.tools import file_open

from .common import ArchiveCase

COLUMNS = ["name", "vat", "state_id", "city", "website"]


@tagged("post_install", "-at_install")
class TestArchiveImport(ArchiveCase):
    """A24: lists as companies have them, through Odoo's own import."""

    @staticmethod
    def read_list(name, encoding):
        with file_open(f"kehu_archive/examples/{name}", "rb") as file:
            rows = list(csv.reader(file.read().decode(encoding).splitlines(keepends=True)))
        return rows[1:]

    def test_real_list_becomes_archives_in_one_step(self):
        rows = self.read_list("customers_real.csv", "utf-8-sig")
        result = self.env["kehu.archive"].with_user(self.salesman).load(COLUMNS, rows)
        self.assertFalse(result["messages"])
        archives = self.env["kehu.archive"].browse(result["ids"])
        self.assertEqual(len(archives), 25)
        self.assertEqual(archives.mapped("vat"), [row[1] for row in rows])
        self.assertEqual(len(set(archives.mapped("number"))), 25)
        self.assertEqual(archives.kehu_team_id, self.unit)
        self.assertEqual(set(archives.mapped("country_id.code")), {"CN"})
        self.assertEqual(set(archives.mapped("state")), {"preliminary"})

    def test_messy_list_is_explained_and_leaves_nothing(self):
        rows = self.read_list("customers_messy.csv", "gb18030")
        partners = self.env["res.partner"].search_count([])
        result = self.env["kehu.archive"].with_user(self.clerk).load(COLUMNS, rows)
        self.assertFalse(result["ids"])
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertFalse(self.env["kehu.archive"].search([("name", "like", "华为")]))
        said = {}
        for message in result["messages"]:
            said.setdefault(message["rows"]["from"] + 1, []).append(message["message"])
        expected = {
            2: "914403001922038216 is already in row 1 of this file",
            4: "Unified Social Credit Code 91430000616800612R has a wrong check digit",
            5: "Unified Social Credit Code 91500000202823144L has a wrong check digit",
            6: "Customer Name is missing",
            7: "Unified Social Credit Code 91440606722473344 has 17 characters instead of 18",
            8: "Web Site http://not a url is not a web address",
            9: "Province",
            11: "Customer Name begins like a spreadsheet formula",
            12: "Customer Name contains a line break",
            13: "Customer Name is longer than 200 characters",
        }
        self.assertEqual(said.keys(), expected.keys(), said)
        for row, cause in expected.items():
            self.assertTrue(any(cause in message for message in said[row]), said[row])

    def test_good_rows_of_the_messy_list_come_in_normalized(self):
        rows = [
            row
            for number, row in enumerate(self.read_list("customers_messy.csv", "gb18030"), 1)
            if number in (1, 3, 10)
        ]
        result = self.env["kehu.archive"].with_user(self.clerk).load(COLUMNS, rows)
        self.assertFalse(result["messages"])
        archives = self.env["kehu.archive"].browse(result["ids"])
        self.assertEqual(
            archives.mapped("name"),
            ["华为技术有限公司", "阿里巴巴（中国）有限公司", "Robert'); DROP TABLE res_partner;--"],
        )
        self.assertEqual(archives[1].vat, "91330100799655058B")

    def test_rows_with_the_same_mistake_are_each_named(self):
        rows = [["", "", "", "", ""], ["瑞云一号有限公司", "", "", "", ""], ["", "", "", "", ""]]
        rows = [[name, code, "广东省", city, web] for name, code, _state, city, web in rows]
        messages = self.env["kehu.archive"].with_user(self.clerk).load(COLUMNS, rows)["messages"]
        self.assertEqual([message["rows"]["from"] for message in messages], [0, 2])

    def test_second_import_changes_nothing(self):
        rows = self.read_list("customers_real.csv", "utf-8-sig")[:5]
        archives = self.env["kehu.archive"].with_user(self.clerk)
        first = archives.load(COLUMNS, rows)["ids"]
        again = archives.load(COLUMNS, rows)
        self.assertFalse(again["ids"])
        for message in again["messages"]:
            self.assertIn("already on file", message["message"])
        self.assertEqual(len(archives.browse(first).exists()), 5)

    def test_import_with_external_ids_updates(self):
        archives = self.env["kehu.archive"].with_user(self.clerk)
        first = archives.load(["id", "name", "city"], [["list.c1", "瑞云一号有限公司", "深圳市"]])
        second = archives.load(["id", "name", "city"], [["list.c1", "瑞云一号有限公司", "广州市"]])
        self.assertEqual(first["ids"], second["ids"])
        self.assertEqual(archives.browse(first["ids"]).city, "广州市")
