from odoo.tests import tagged

from odoo.addons.kehu_archive.tests.test_archive_import_run import ImportRunCase


@tagged("post_install", "-at_install")
class TestImportUndo(ImportRunCase):
    """A24: what the job notes of each archive keeps no import from being undone."""

    def test_row_of_the_life_cycle_goes_with_the_archive(self):
        run, archives = self.bring_in([["撤销有限公司"]], self.clerk, ["name"], ["客户名称"])
        partner = archives.partner_id
        self.env["kehu.customer.lifecycle"]._find(archives.company_id)
        stand = self.env["kehu.customer.lifecycle"].search([("partner_id", "=", partner.id)])
        self.assertEqual(stand.stage, "target")
        run.action_undo()
        self.assertFalse(archives.exists() or partner.exists() or stand.exists())
