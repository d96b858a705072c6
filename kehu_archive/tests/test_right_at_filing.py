from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestRightAtFiling(ArchiveCase):
    """X2, X5: who reads a new or raised customer by a relation alone is confirmed by, or told to, the officers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.cleared.group_ids += cls.env.ref("base.group_partner_manager")
        cls.seller = new_test_user(cls.env, "test_seller", "sales_team.group_sale_manager", name="Pan")
        cls.earlier = cls.env["kehu.right.change"].search([])  # of the demo company

    def changes(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["kehu.right.change"].search(domain) - self.earlier

    def log(self, note):
        return self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", note)])

    def reads(self, user, customer):
        self.env.invalidate_all()
        return customer.with_user(user).has_access("read")

    def test_unit_that_colleague_made_waits_at_filing(self):
        unit = (
            self.env["crm.team"]
            .with_user(self.seller)
            .create(
                {
                    "name": "Mine",
                    "user_id": self.seller.id,
                    "sequence": -5,
                    "member_ids": [Command.link(self.cleared.id)],
                }
            )
        )
        archive = self.file_archive(self.cleared, kehu_tier="2")
        self.assertEqual(archive.kehu_custodian_id, self.cleared)
        self.assertFalse(archive.kehu_team_id)
        self.assertFalse(self.reads(self.seller, archive.partner_id))
        change = self.changes(state="pending")
        self.assertEqual((change.beneficiary_ids, change.requester_id, change.tier), (self.seller, self.cleared, "2"))
        self.assertEqual(change.activity_ids.user_id, self.officer)
        change.with_user(self.officer).workflow_move("confirm")
        self.assertEqual(archive.kehu_team_id, unit)
        self.assertTrue(self.reads(self.seller, archive.partner_id))

    def test_creator_names_reader_and_it_waits(self):
        for name in ("user_id", "kehu_custodian_id"):
            with self.subTest(name):
                customer = (
                    self.env["res.partner"]
                    .with_user(self.cleared)
                    .create({"name": "New", "is_company": True, "kehu_tier": "2", name: self.salesman.id})
                )
                self.assertFalse(customer[name])
                self.assertFalse(self.reads(self.salesman, customer))
                self.assertEqual(self.changes(state="pending", name=name).beneficiary_ids, self.salesman)

    def test_officer_names_reader_directly(self):
        customer = (
            self.env["res.partner"]
            .with_user(self.officer)
            .create(
                {
                    "name": "New",
                    "is_company": True,
                    "kehu_tier": "3",
                    "user_id": self.salesman.id,
                    "kehu_custodian_id": self.officer.id,
                }
            )
        )
        self.assertEqual(customer.user_id, self.salesman)
        self.assertEqual(self.changes().mapped("state"), ["direct"])
        self.assertEqual(self.log(f"user_id = {self.salesman.name}")[:1].res_id, customer.id)

    def test_creator_and_cleared_colleagues_gain_nothing(self):
        self.unit.user_id = self.officer
        customer = (
            self.env["res.partner"]
            .with_user(self.cleared)
            .create(
                {
                    "name": "New",
                    "is_company": True,
                    "kehu_tier": "2",
                    "user_id": self.cleared.id,
                    "kehu_team_id": self.unit.id,
                }
            )
        )
        contact = self.env["res.partner"].with_user(self.cleared).create({"name": "Person", "parent_id": customer.id})
        self.assertEqual((customer.user_id, customer.kehu_team_id), (self.cleared, self.unit))
        self.assertEqual(contact.kehu_tier, "2")
        self.assertFalse(self.changes())

    def test_readers_who_stay_are_told_at_raise(self):
        customer = self.file_archive(self.salesman, kehu_custodian_id=self.cleared.id).partner_id
        self.env["res.partner"].create({"name": "Person", "parent_id": customer.id, "user_id": self.clerk.id})
        self.assertEqual(customer.kehu_team_id.user_id, self.leader)
        self.assertFalse(self.changes())
        customer.with_user(self.cleared).kehu_tier = "2"
        changes = self.changes()
        self.assertEqual(set(changes.mapped("state")), {"direct"})
        self.assertEqual(changes.beneficiary_ids, self.leader | self.clerk)
        self.assertEqual(changes.activity_ids.user_id, self.officer)
        self.assertEqual(self.log(f"kehu_team_id = {self.unit.name}").res_id, customer.id)
        self.assertTrue(self.reads(self.leader, customer))

    def test_reader_named_together_with_raise_waits(self):
        customer = self.file_archive(self.cleared).partner_id
        customer.with_user(self.cleared).write({"kehu_tier": "2", "user_id": self.salesman.id, "phone": "1"})
        self.assertEqual((customer.kehu_tier, customer.phone, customer.user_id.id), ("2", "1", False))
        self.assertEqual(self.changes(state="pending").beneficiary_ids, self.salesman)

    def test_contact_moved_below_classified_company_is_told(self):
        contact = self.env["res.partner"].create({"name": "Person", "user_id": self.salesman.id})
        company = self.env["res.partner"].create({"name": "Company", "is_company": True, "kehu_tier": "2"})
        contact.with_user(self.cleared).parent_id = company
        self.assertEqual(self.changes(state="direct").beneficiary_ids, self.salesman)

    def test_unclassified_customers_are_left_alone(self):
        customer = self.file_archive(self.salesman, kehu_custodian_id=self.clerk.id, kehu_tier="1").partner_id
        self.assertEqual((customer.kehu_team_id, customer.kehu_custodian_id), (self.unit, self.clerk))
        customer.with_user(self.clerk).user_id = self.salesman
        self.assertFalse(self.changes())
