import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestSheetReaders(ComplaintCase):
    """C8, C13, X3: a sheet tells nothing of a complaint that its reader may not see, in sums either."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.general_manager.email = "gm@example.com"
        cls.general_manager.group_ids = [Command.link(cls.env.ref("kehu_confidential.group_clearance_top_secret").id)]
        secret = cls.env["res.partner"].create({"name": "Zqsecret", "is_company": True, "kehu_tier": "3"})
        cls.open = cls.complain(compensation_ids=[Command.create({"kind": "gift", "amount": 100})])
        cls.open.sudo().compensation_ids.outcome = "given"
        cls.accusing = cls.hidden("Zqaccused", 777)
        cls.accusing.accused_user_ids = cls.supervisor
        cls.secret = cls.hidden("Zqproduct", 4321, partner_id=secret.id, user_id=False)
        today = fields.Date.today()
        cls.sheet = cls.env["kehu.service.sheet"].create(
            {
                "company_id": cls.env.company.id,
                "period": "week",
                "date_from": today - timedelta(days=5),
                "date_to": today + timedelta(days=1),
            }
        )
        cls.sheet._build()

    @classmethod
    def hidden(cls, product, amount, **vals):
        return cls.env["kehu.complaint"].create(
            {
                "name": "Zqwords",
                "partner_id": cls.customer.id,
                "kind_id": cls.env.ref("kehu_complaint.complaint_kind_return").id,
                "product_id": cls.env["product.product"].create({"name": product}).id,
                "verification": "verified",
                "user_id": cls.handler.id,
                "compensation_ids": [Command.create({"kind": "gift", "amount": amount, "outcome": "given"})],
                **vals,
            }
        )

    def figures(self, user, dimension="all"):
        self.env.invalidate_all()
        lines = self.sheet.with_user(user).line_ids.filtered(lambda line: line.dimension == dimension)
        return {line.name: (line.count, line.compensation) for line in lines}

    def test_sums_hold_what_the_reader_may_see(self):
        self.assertEqual(self.figures(self.general_manager), {False: (3, 5198)})
        self.assertEqual(self.figures(self.director), {False: (2, 877)})
        self.assertEqual(self.figures(self.supervisor), {False: (1, 100)})
        self.assertEqual(self.figures(self.supervisor, "product"), {"Charger": (1, 100)})
        self.assertEqual(set(self.figures(self.director, "product")), {"Charger", "Zqaccused"})
        self.assertEqual(set(self.figures(self.general_manager, "product")), {"Charger", "Zqaccused", "Zqproduct"})

    def test_form_shows_the_readers_lines(self):
        form = {
            "major_numbers": {},
            "line_ids": {"fields": {"name": {}, "count": {}, "compensation": {}, "dimension": {}}, "limit": 200},
        }
        for user, counts in ((self.supervisor, [1]), (self.general_manager, [3])):
            self.env.invalidate_all()
            [values] = self.sheet.with_user(user).web_read(form)
            self.assertEqual([line["count"] for line in values["line_ids"] if line["dimension"] == "all"], counts)
        self.assertFalse(self.sheet.with_user(self.supervisor).search([("line_ids.name", "=", "Zqproduct")]))
        self.assertEqual(
            self.sheet.with_user(self.general_manager).search([("line_ids.name", "=", "Zqproduct")]), self.sheet
        )

    def test_no_search_finds_what_is_hidden(self):
        Line = self.env["kehu.service.sheet.line"].with_user(self.supervisor)
        self.assertFalse(Line.search([("name", "=like", "Zq%")]))
        self.assertFalse(Line.search([("compensation", ">", 100)]))
        self.assertEqual(Line._read_group([("dimension", "=", "all")], [], ["compensation:sum"]), [(100,)])
        self.assertEqual(Line.with_context(kehu_sheet_for_all=True).search_count([("dimension", "=", "product")]), 1)
        hidden = self.sheet.with_user(self.general_manager).line_ids.filtered(lambda line: line.name == "Zqproduct")
        self.env.invalidate_all()
        self.assertFalse(Line.browse(hidden.ids).exists())
        for user in (self.supervisor, self.general_manager):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["kehu.service.sheet.row"].with_user(user).search([])
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.sheet.with_user(user).read(["row_ids"])

    def test_whoever_is_accused_later_sees_it_no_more(self):
        self.open.accused_user_ids = self.supervisor
        self.assertEqual(self.figures(self.supervisor), {False: (0, 0)})
        self.assertFalse(self.figures(self.supervisor, "product"))

    def test_major_numbers_are_those_of_visible_ones(self):
        self.sheet.row_ids.is_major = True
        self.assertEqual(self.sheet.with_user(self.supervisor).major_numbers, self.open.number)
        self.assertIn(self.secret.number, self.sheet.with_user(self.general_manager).major_numbers)
        self.assertNotIn(self.secret.number, self.sheet.with_user(self.director).major_numbers)

    def test_what_is_mailed_is_for_every_reader(self):
        self.sheet.row_ids.is_major = True
        self.sheet._move("submit")
        approval = self.sheet.approval_ids.with_user(self.director)
        approval.approve()
        mail = self.env["mail.mail"].search(
            [("model", "=", self.sheet._name), ("res_id", "=", self.sheet.id), ("attachment_ids", "!=", False)]
        )
        self.assertEqual(mail.recipient_ids, self.general_manager.partner_id)
        self.assertEqual(len(mail.attachment_ids), 2)
        workbook = mail.attachment_ids.filtered(lambda file: file.name.endswith(".xlsx"))
        self.assertEqual(self.cells(workbook.raw) & self.told, {"Charger", self.open.number, 100})
        page = (
            self.env["ir.actions.report"]
            .with_context(kehu_sheet_for_all=True)
            ._render_qweb_html("kehu_complaint.service_sheet", self.sheet.ids)[0]
            .decode()
        )
        self.assertIn("Charger", page)
        for words in ("Zqaccused", "Zqproduct"):
            self.assertNotIn(words, page)

    def test_workbook_and_paper_are_the_readers_own(self):
        for user, told in (
            (self.supervisor, {"Charger", 100}),
            (self.general_manager, {"Charger", "Zqaccused", "Zqproduct", 100, 777, 4321}),
        ):
            self.env.invalidate_all()
            url = self.sheet.with_user(user).action_download_workbook()["url"]
            file = self.env["ir.attachment"].browse(int(url.split("/")[-1].split("?")[0]))
            self.assertEqual(
                {cell for cell in self.cells(file.raw) & self.told if not str(cell).startswith("TS-")}, told
            )
            page = (
                self.env["ir.actions.report"]
                .with_user(user)
                ._render_qweb_html("kehu_complaint.service_sheet", self.sheet.ids)[0]
                .decode()
            )
            self.assertEqual("Zqproduct" in page, user == self.general_manager)

    def test_confidential_complaints_of_a_sheet_are_noted(self):
        form = {"line_ids": {"fields": {"name": {}, "count": {}, "compensation": {}}, "limit": 200}}
        Line = self.env["kehu.service.sheet.line"].with_user(self.general_manager)
        sheet = self.sheet.with_user(self.general_manager)
        Log = self.env["kehu.access.log"].sudo()
        confidential = (
            (self.open | self.accusing | self.secret).sudo().filtered(lambda complaint: complaint.kehu_tier > "1").ids
        )
        self.assertIn(self.secret.id, confidential)
        for act, action in (
            (lambda: sheet.web_read(form), "read"),
            (lambda: Line.search_read([("sheet_id", "=", sheet.id)], ["compensation"]), "read"),
            (
                lambda: Line.formatted_read_group([("sheet_id", "=", sheet.id)], ["dimension"], ["compensation:sum"]),
                "read",
            ),
            (lambda: sheet.action_download_workbook(), "export"),
            (lambda: sheet.web_read({"date_from": {}, "display_name": {}}), None),
            (lambda: self.sheet.with_user(self.supervisor).web_read(form), None),
        ):
            Log.search([]).unlink()
            self.env.invalidate_all()
            act()
            found = Log.search([("res_model", "=", "kehu.complaint")])
            self.assertEqual(
                {(entry.res_id, entry.action) for entry in found},
                {(id_, action) for id_ in confidential} if action else set(),
            )

    @property
    def told(self):
        return {
            "Charger",
            "Zqaccused",
            "Zqproduct",
            100,
            777,
            4321,
            self.open.number,
            self.accusing.number,
            self.secret.number,
        }

    def cells(self, content):
        return {
            cell for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True) for cell in row
        }
