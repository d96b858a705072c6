from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintReaders(ComplaintCase):
    """X4, X7: officers are shown who can read a complaint: by their part in it, their group, their clearance."""

    def test_reasons_are_those_of_the_rules(self):
        complaint = self.complain()
        complaint.sudo().investigator_id = self.investigator
        self.env.flush_all()
        readers = complaint._kehu_readers()
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        for user in users:
            self.assertEqual(user in readers, complaint.with_user(user).has_access("read"), user.login)
        reasons = readers[self.investigator]
        self.assertIn(complaint._fields["investigator_id"]._description_string(self.env), reasons)
        self.assertTrue(readers[self.handler])
        self.assertNotIn(self.employee, readers)
