from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestContactMoves(TierCase):
    """X2: a confidential contact does not come to readers of another company without an officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.old, cls.new = cls.env["res.partner"].create(
            [
                {"name": "Old Ltd", "is_company": True, "kehu_tier": "2"},
                {"name": "New Ltd", "is_company": True, "kehu_tier": "2"},
            ]
        )
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.old.id})

    def requests(self):
        return self.env["kehu.right.change"].search([("res_model", "=", "res.partner"), ("name", "=", "parent_id")])

    def test_move_to_new_readers_waits(self):
        self.new.user_id = self.salesman
        self.contact.with_user(self.cleared).write({"parent_id": self.new.id, "phone": "1"})
        self.env.invalidate_all()
        self.assertEqual((self.contact.parent_id, self.contact.phone), (self.old, "1"))
        self.assertFalse(self.contact.with_user(self.salesman).has_access("read"))
        request = self.requests()
        self.assertEqual((request.beneficiary_ids, request.tier, request.state), (self.salesman, "2", "pending"))
        request.with_user(self.officer).workflow_move("confirm")
        self.env.invalidate_all()
        self.assertEqual(self.contact.parent_id, self.new)
        self.assertTrue(self.contact.with_user(self.salesman).has_access("read"))

    def grant(self):
        """Grant the employee reading of the company to which the contact moves."""
        self.env["kehu.grant"].with_user(self.officer).create(
            {
                "user_id": self.employee.id,
                "partner_id": self.new.id,
                "purpose": "Audit",
                "date_until": fields.Datetime.now() + timedelta(days=2),
            }
        )

    def test_move_to_who_has_a_grant_waits(self):
        self.grant()
        self.contact.with_user(self.cleared).parent_id = self.new
        self.env.invalidate_all()
        self.assertEqual(self.contact.parent_id, self.old)
        self.assertFalse(self.contact.with_user(self.employee).has_access("read"))
        request = self.requests()
        self.assertEqual((request.beneficiary_ids, request.state), (self.employee, "pending"))
        request.with_user(self.officer).workflow_move("confirm")
        self.env.invalidate_all()
        self.assertTrue(self.contact.with_user(self.employee).has_access("read"))

    def test_branch_becomes_no_contact_by_itself(self):
        self.grant()
        branch = self.env["res.partner"].create(
            {"name": "Branch", "is_company": True, "parent_id": self.new.id, "kehu_tier": "2"}
        )
        for vals in (
            {"is_company": False},
            {"company_type": "person"},
            {"is_company": False, "parent_id": self.new.id},
        ):
            with self.assertRaisesRegex(AccessError, "put it below the company"), self.env.cr.savepoint():
                branch.with_user(self.cleared).write(vals)
        branch.with_user(self.officer).is_company = False
        self.env.invalidate_all()
        self.assertTrue(branch.with_user(self.employee).has_access("read"))
        self.assertEqual((self.requests().beneficiary_ids, self.requests().state), (self.employee, "direct"))
        # One that leaves its company, or is read by nobody else, is ordinary work.
        for parent in (self.new, self.old):
            other = self.env["res.partner"].create(
                {"name": "Other", "is_company": True, "parent_id": parent.id, "kehu_tier": "2"}
            )
            other.with_user(self.cleared).write(
                {"is_company": False, **({"parent_id": False} if parent == self.new else {})}
            )
            self.assertFalse(other.is_company)

    def test_move_to_those_who_read_anyway_goes_on(self):
        self.new.user_id = self.cleared
        self.contact.with_user(self.cleared).parent_id = self.new
        self.assertEqual(self.contact.parent_id, self.new)
        self.assertFalse(self.requests())

    def test_open_contact_moves_freely(self):
        self.new.user_id = self.salesman
        person = self.env["res.partner"].create({"name": "Person"})
        person.with_user(self.cleared).parent_id = self.new
        self.assertEqual((person.parent_id, person.kehu_tier), (self.new, "2"))
