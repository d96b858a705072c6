from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.kehu_archive import matching

from .common import CODE, OTHER_CODE, ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveCard(ArchiveCase):
    @users("test_salesman")
    def test_salesman_files_own_customer(self):
        """A1, A2, A3: one form makes customer and archive, numbered, preliminary, in the salesman's unit."""
        with Form(self.env["kehu.archive"]) as form:
            form.name = " 瑞云技术有限公司　"
            form.vat = " " + "".join(chr(ord(char) + 0xFEE0) for char in CODE.lower())
            form.legal_representative = "赵明路"
            form.registered_capital = 40_000_000
            form.state_id = self.env.ref("base.state_cn_GD")
            with form.child_ids.new() as person:
                person.name = "黄珊"
                person.kehu_role = "buyer"
        archive = form.record
        self.assertRegex(archive.number, r"^KH-\d{5}$")
        self.assertEqual(archive.state, "preliminary")
        self.assertEqual((archive.name, archive.vat), ("瑞云技术有限公司", CODE))
        self.assertEqual(archive.kehu_team_id, self.unit)
        self.assertEqual(archive.kehu_custodian_id, self.env.user)
        self.assertEqual(archive.country_id.code, "CN")
        self.assertTrue(archive.partner_id.is_company)
        self.assertEqual(archive.partner_id.child_ids.kehu_role, "buyer")
        self.assertEqual(archive.partner_id.child_ids.kehu_archive_id, archive)
        self.assertEqual(archive.display_name, f"[{archive.number}] 瑞云技术有限公司")

    @users("test_clerk")
    def test_numbers_run_on_in_each_company(self):
        first, second = self.env["kehu.archive"].create([{"name": "First"}, {"name": "Second"}])
        self.assertEqual(int(second.number[3:]), int(first.number[3:]) + 1)
        sequence = first.sudo()._get_number_sequence(first.company_id)
        sequence.implementation = "no_gap"
        sequence.prefix = "A%(year)s/"
        third = self.env["kehu.archive"].create({"name": "Third"})
        self.assertRegex(third.number, r"^A20\d\d/\d{5}$")

    @users("test_clerk")
    def test_card_is_refused_with_field_and_cause(self):
        """A2: what the registers would refuse is refused here, and nothing is left behind."""
        partners = self.env["res.partner"].search_count([])
        for vals, cause in (
            ({"vat": CODE[:-1] + "Q"}, "wrong check digit"),
            ({"vat": CODE[:-1]}, "17 characters instead of 18"),
            ({"vat": "O" + CODE[1:]}, "contains a character"),
            ({"website": "not a url"}, "is not a web address"),
            ({"name": '=HYPERLINK("http://example.com")'}, "spreadsheet formula"),
            ({"name": "Two\nCells"}, "line break"),
            ({"name": "X" * 201}, "longer than 200"),
            ({"name": False}, "Customer Name is missing"),
            ({"name": "　"}, "Customer Name is missing"),
        ):
            with self.subTest(cause), self.assertRaisesRegex(ValidationError, cause), self.env.cr.savepoint():
                self.file_archive(**vals)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    @users("test_clerk")
    def test_card_is_checked_on_the_contact_form_too(self):
        archive = self.file_archive(vat=CODE)
        with self.assertRaisesRegex(ValidationError, "wrong check digit"), self.env.cr.savepoint():
            archive.partner_id.vat = CODE[:-1] + "Q"
        archive.partner_id.write({"country_id": self.env.ref("base.de").id, "vat": "DE123456788"})
        self.assertEqual(archive.code_key, "DE123456788", "A foreign tax number is none of the Chinese register's")

    @users("test_clerk")
    def test_contact_is_part_of_its_companys_archive(self):
        archive = self.file_archive()
        person = self.env["res.partner"].create({"name": "Person", "parent_id": archive.partner_id.id})
        with self.assertRaisesRegex(ValidationError, "file the company"), self.env.cr.savepoint():
            self.env["kehu.archive"].create({"partner_id": person.id})
        self.assertEqual(person.action_kehu_open_archive()["res_id"], archive.id)

    @users("test_clerk")
    def test_companies_already_in_contacts_are_filed(self):
        partners = self.env["res.partner"].create(
            [{"name": "Old One", "is_company": True, "vat": OTHER_CODE}, {"name": "Old Two", "is_company": True}]
        )
        action = partners.action_kehu_file_archives()
        archives = self.env["kehu.archive"].search(action["domain"])
        self.assertEqual(archives.partner_id, partners)
        self.assertEqual(archives.mapped("kehu_custodian_id"), self.env.user)
        again = self.env["kehu.archive"].search(partners.action_kehu_file_archives()["domain"])
        self.assertEqual(again, archives, "Nothing is filed twice")

    @users("test_clerk")
    def test_archive_is_one_and_stays_with_its_customer(self):
        archive = self.file_archive()
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            archive.partner_id = other
        with self.assertRaisesRegex(UserError, "cannot be duplicated"):
            archive.copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as refused, self.env.cr.savepoint():
            self.env["kehu.archive"].create({"partner_id": archive.partner_id.id, "distinct_reason": "x"})
        self.assertIn("already", str(refused.exception))

    @users("test_clerk")
    def test_archive_number_and_company_are_final(self):
        archive = self.file_archive()
        for vals in ({"number": "KH-1"}, {"company_id": self.env.company.id}):
            with self.assertRaisesRegex(UserError, "final"):
                archive.write(vals)

    def test_only_preliminary_archive_is_deleted_customer_stays(self):
        archive = self.file_archive()
        partner = archive.partner_id
        with self.assertRaises(UserError), self.env.cr.savepoint():
            archive.unlink()  # the clerk may not
        archive.with_user(self.manager).unlink()
        self.assertTrue(partner.exists())

    def test_archived_together(self):
        archive = self.file_archive()
        archive.partner_id.active = False
        self.assertFalse(archive.active)
        self.assertFalse(self.env["kehu.archive"].search([("id", "=", archive.id)]))

    def test_merging_contacts_never_loses_an_archive(self):
        one, two = self.file_archive(name="One"), self.file_archive(name="Two")
        plain = self.env["res.partner"].create({"name": "One", "is_company": True})
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        number = two.number
        merge._merge((one.partner_id + two.partner_id).ids, one.partner_id)
        self.assertEqual((two.exists(), one.former_ids.number), (two.browse(), number))
        merge._merge((one.partner_id + plain).ids, plain)
        self.assertEqual(one.partner_id, plain)
        plain.vat = CODE
        self.assertEqual(one.code_key, CODE)

    @users("test_clerk")
    def test_clerk_finds_archive_by_piece_of_any_reference(self):
        """A17"""
        archive = self.file_archive(name="晨光智能设备（深圳）有限公司", vat=CODE, phone="+86 755 2788 9991")
        self.file_archive(name="远航自动化股份有限公司", phone="+86 512 6266 9992")
        for typed in (
            "智能设备",
            "设备(深圳",
            "设备（深圳",
            archive.number,
            archive.number.lower(),
            CODE[8:],
            CODE[8:].lower(),
            "0755-27889991",
            "2788 9991",
            "07552788",
        ):
            with self.subTest(typed):
                self.assertEqual([found for found, _name in self.env["kehu.archive"].name_search(typed)], archive.ids)
                self.assertEqual(self.env["kehu.archive"].search([("display_name", "ilike", typed)]), archive)
        self.assertFalse(self.env["kehu.archive"].name_search("无此客户"))

    def test_registered_name_keeps_its_spelling(self):
        archive = self.file_archive(name=" 晨光（深圳）㈱　第①厂 ")
        self.assertEqual(archive.name, "晨光（深圳）㈱ 第①厂")
        self.assertEqual(archive.name_key, matching.name_key("晨光(深圳)(株)第1厂"), "found in any spelling")

    def test_card_refuses_what_cannot_be(self):
        archive = self.file_archive(name="Card")
        with self.assertRaisesRegex(ValidationError, "cannot be in the future"), self.env.cr.savepoint():
            archive.date_founded = "2099-01-01"
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            archive.registered_capital = -500
            self.env.flush_all()
        for number, word in enumerate(("/", "无", " 暂无", "N/A", "—")):
            self.assertFalse(self.file_archive(name=f"No code {number}", vat=word).vat)
