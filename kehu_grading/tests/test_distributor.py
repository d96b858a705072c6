from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_admission import AdmissionCase


@tagged("post_install", "-at_install")
class TestDistributor(AdmissionCase):
    """G9: a customer becomes a distributor by an admission; those who were one before are filed by archive managers."""

    def test_clerk_makes_no_distributor_without_admission(self):
        clerk = self.grader("archive_clerk", "grading_user")
        clerk.group_ids += self.env.ref("kehu_archive.group_archive_user")
        kind = self.env.ref("kehu_archive.archive_type_distributor")
        archives = self.env["kehu.archive"].with_user(clerk)
        archive = archives.create({"name": "Own firm"})
        self.firm.user_id = clerk
        for attack in (
            lambda: archive.write({"type_id": kind.id}),
            lambda: archives.create({"name": "Other", "type_id": kind.id}),
            lambda: archives.with_context(default_type_id=kind.id).create({"name": "Other"}),
            lambda: archives.with_context(import_file=True).create({"name": "Other", "type_id": kind.id}),
        ):
            with self.assertRaisesRegex(AccessError, "by an admission"), self.env.cr.savepoint():
                attack()
        self.assertNotEqual(archive.party, "distributor")

    def test_manager_files_former_distributor_with_note(self):
        manager = self.grader("archive_manager", "grading_user")
        manager.group_ids += self.env.ref("kehu_archive.group_archive_manager")
        manager.lang = "en_US"
        kind = self.env.ref("kehu_archive.archive_type_distributor")
        archives = self.env["kehu.archive"].with_user(manager).create([{"name": "Old"}, {"name": "Older"}])
        archives[0].type_id = kind
        own = self.env["kehu.archive.type"].create({"name": "Own"})
        archives[1].type_id = own
        own.with_user(manager).party = "distributor"
        for archive in archives:
            self.assertEqual(archive.party, "distributor")
            self.assertIn("without an admission", "".join(archive.message_ids.mapped("body")))
