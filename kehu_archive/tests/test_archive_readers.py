from odoo.tests import tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveReaders(ArchiveCase):
    """X4, X7: who can read an archive, and by what right, is what its customer opens to them."""

    def test_relations_to_the_customer_are_reasons(self):
        archive = self.file_archive().sudo()
        partner = self.env["res.partner"].browse(archive.partner_id.id)
        partner.write({"user_id": self.salesman.id, "kehu_custodian_id": self.clerk.id, "kehu_tier": "3"})
        self.env.flush_all()
        readers = archive._kehu_readers()
        for user, name in ((self.salesman, "user_id"), (self.clerk, "kehu_custodian_id")):
            label = partner._fields[name]._description_string(self.env)
            self.assertTrue(any(reason.endswith(label) for reason in readers[user]), (readers[user], label))
        self.assertNotIn(self.employee, readers)
