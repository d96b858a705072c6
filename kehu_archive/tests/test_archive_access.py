from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CODE, ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveAccess(ArchiveCase):
    """What users may do with archives, tried the way a client that forges its calls would."""

    def test_employee_reads_but_does_not_file(self):
        archive = self.file_archive()
        self.assertEqual(archive.with_user(self.employee).name, "Test Customer")
        with self.assertRaises(AccessError):
            archive.with_user(self.employee).name = "Other"
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.file_archive(self.employee, name="Mine")
        with self.assertRaises(AccessError):
            self.env["kehu.archive.type"].with_user(self.clerk).create({"name": "Mine"})

    def test_access_is_asked_for_by_the_archive_number(self):
        """X4: only the officers see which customer it is."""
        archive = self.file_archive().sudo()
        archive.write({"kehu_tier": "3", "kehu_custodian_id": False})
        requests = self.env["kehu.access.request"].with_user(self.employee)
        request = requests.create({"customer": f" {archive.number.lower()}", "purpose": "Prepares the contract"})
        self.assertEqual(request.sudo().customer_id, archive.partner_id.id)
        with self.assertRaises(AccessError) as refused:
            archive.with_user(self.employee).read(["number"])
        met = refused.exception.context["kehu_access_request"]
        request = requests.with_context(**met).create({"customer": "x", "purpose": "Prepares the contract"})
        self.assertEqual(request.sudo().customer_id, archive.partner_id.id)

    def test_status_cannot_be_forged(self):
        """A3: it moves by its declared moves only."""
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.file_archive(state="formal")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.archive"].with_user(self.manager).with_context(default_state="formal").create({"name": "X"})
        result = self.env["kehu.archive"].with_user(self.clerk).load(["name", "state"], [["X", "Formal"]])
        self.assertFalse(result["ids"])
        archive = self.file_archive()
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                archive.with_user(user).write({"state": "formal"})
            with self.assertRaises(AccessError):
                archive.with_user(user).partner_id.write(
                    {"kehu_archive_ids": [Command.update(archive.id, {"state": "formal"})]}
                )
        with self.assertRaises(UserError):
            archive.with_user(self.manager).workflow_move("file")
        self.assertEqual(archive.state, "preliminary")

    def test_what_the_server_finds_out_cannot_be_chosen(self):
        """A1, A4, A21: a forged filing date would stop the clock before it starts, a forged key keep others out."""
        forged = {
            "number": "KH-99999",
            "date_filed": "2020-01-01",
            "party": "supplier",
            "code_key": CODE,
            "name_key": "x",
        }
        defaults = {f"default_{name}": value for name, value in forged.items()}
        for archive in (
            self.file_archive(name="Said", **forged),
            self.env["kehu.archive"].with_user(self.clerk).with_context(**defaults).create({"name": "Slipped in"}),
        ):
            for name, value in forged.items():
                self.assertNotEqual(str(archive[name]), value)
                with self.assertRaisesRegex(AccessError, "final"):
                    archive.write({name: value})
            self.assertEqual(archive.deadline_state, "running")

    def test_other_companys_archives_stay_there(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        archive = self.env["kehu.archive"].create({"name": "Theirs", "company_id": other.id})
        self.assertFalse(self.env["kehu.archive"].with_user(self.manager).search([("id", "=", archive.id)]))
        with self.assertRaises(AccessError):
            archive.with_user(self.manager).read(["legal_representative"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.file_archive(company_id=other.id)
