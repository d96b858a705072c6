from odoo.tests import tagged

from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveForms(TrailChecks, ArchiveCase):
    def test_form_of_an_archive_asks_little(self):
        archive = self.file_archive()
        archive.with_user(self.manager).workflow_move("close", "Test")
        self.assertFormAsksLittle(archive, 12)
