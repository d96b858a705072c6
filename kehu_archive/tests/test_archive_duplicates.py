from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CODE, OTHER_CODE, ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveDuplicates(ArchiveCase):
    """A21: the first filed wins; the second learns only what they may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.file_archive(
            name="瑞云（中国）有限公司", vat=CODE, phone="0571-85022088", email="Office@Example.com"
        ).sudo()

    def assertRefused(self, pattern, user=None, **vals):
        count = self.env["res.partner"].search_count([])
        with self.assertRaisesRegex(ValidationError, pattern) as refused, self.env.cr.savepoint():
            self.file_archive(user or self.salesman, **vals)
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        return str(refused.exception)

    def test_second_filing_is_refused_in_any_spelling(self):
        self.assertRefused(self.first.number, name="Another", vat=f" {CODE.lower()} ")
        self.assertRefused(self.first.number, name="瑞云(中国) 有限公司")
        self.assertRefused(self.first.number, name="Another", phone="+86 571 8502 2088")
        self.assertRefused(self.first.number, name="Another", email="office@example.com ")

    def test_customer_of_same_name_is_filed_with_reason(self):
        reason = {"distinct_reason": "Branch in another city, own licence"}
        other = self.file_archive(name="瑞云(中国)有限公司", vat=OTHER_CODE, phone="0571-85022088", **reason)
        self.assertNotEqual(other.number, self.first.number)
        self.assertRefused("already on file", name="Another", vat=CODE, **reason)

    def test_duplicates_within_one_batch(self):
        with self.assertRaisesRegex(ValidationError, "星海.*already on file"), self.env.cr.savepoint():
            self.env["kehu.archive"].with_user(self.clerk).create(
                [{"name": "星海股份有限公司", "vat": OTHER_CODE}, {"name": "星海", "vat": OTHER_CODE}]
            )
        self.assertFalse(self.env["res.partner"].search([("vat", "=", OTHER_CODE)]))

    def test_inactive_archive_still_counts(self):
        self.first.active = False
        self.assertRefused(self.first.number, name="Another", vat=CODE)

    def test_contact_without_archive_is_offered(self):
        partner = self.env["res.partner"].create({"name": "星海股份有限公司", "is_company": True, "vat": OTHER_CODE})
        self.assertRefused("open that contact", name="Xinghai", vat=OTHER_CODE)
        archive = self.file_archive(name="星海股份有限公司", partner_id=partner.id)
        self.assertEqual(archive.partner_id, partner)

    def test_unfiled_contact_is_found_in_any_spelling(self):
        for vals in ({"vat": OTHER_CODE.lower()}, {"vat": f"CN{OTHER_CODE}"}, {"company_registry": OTHER_CODE}):
            partner = self.env["res.partner"].create({"name": "旧客户", "is_company": True, **vals})
            self.assertRefused("open that contact", name="Xinghai", vat=OTHER_CODE)
            partner.active = False
            self.assertRefused("open that contact", name="Xinghai", vat=OTHER_CODE)
            partner.unlink()
        self.env["res.partner"].create(
            {"name": "旧客户有限公司", "is_company": True, "phone": "0755 998877", "email": "old@example.com"}
        )
        for vals in (
            {"name": "旧客户有限公司"},
            {"name": "Another", "phone": "0755 998877"},
            {"name": "Another", "email": "OLD@example.com"},
        ):
            self.assertRefused("If it is another customer", **vals)
        self.assertTrue(self.file_archive(name="旧客户有限公司", distinct_reason="Another of that name"))

    def test_hidden_customer_is_not_named_and_cannot_be_probed(self):
        self.first.write({"kehu_tier": "3", "kehu_custodian_id": False})
        for vals in (
            {"name": "Another", "vat": CODE},
            {"name": "瑞云中国有限公司"},
            {"name": "瑞云中国有限公司", "vat": OTHER_CODE},
        ):
            said = self.assertRefused("archive office", **vals)
            self.assertNotIn(self.first.number, said)
            self.assertNotIn(self.first.name, said)
        probe = self.file_archive(self.salesman, name="Probe", phone="0571-85022088", email="office@example.com")
        self.assertTrue(probe, "A phone number must not tell whether a hidden customer has it")
        self.assertRefused(self.first.number, self.officer, name="Another", vat=CODE)

    def test_two_at_once_are_stopped_by_the_database(self):
        """The look-up cannot see what another transaction has not committed: the index can."""
        other = self.file_archive(name="Another", vat=OTHER_CODE)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE kehu_archive SET code_key = %s WHERE id = %s", [CODE, other.id])
