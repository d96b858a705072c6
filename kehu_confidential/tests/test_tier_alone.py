from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestTierAlone(TierCase):
    """X1, X2: the tier of a customer holds without archives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.file_customer(
            cls.officer, name="Secret Customer", kehu_tier="2", child_ids=[Command.create({"name": "Secret Person"})]
        )
        cls.person = cls.customer.child_ids

    def readers(self):
        """Names of those who find customer and person, and can read them."""
        names = set()
        for user in (self.clerk, self.leader, self.salesman, self.employee, self.cleared, self.officer):
            found = {
                bool(record.with_user(user).search([("id", "in", record.ids)]))
                for record in (self.customer, self.person)
            } | {record.with_user(user).has_access("read") for record in (self.customer, self.person)}
            self.assertEqual(len(found), 1, f"{user.name} sees one of customer and person, but not the other")
            names |= {user.name} if found.pop() else set()
        return names

    def test_reading_takes_clearance_or_a_relation(self):
        self.assertEqual(self.readers(), {"Wu", "Qian"})
        (self.customer | self.person).user_id = self.salesman
        self.assertEqual(self.readers(), {"Wu", "Qian", "Sun"})
        (self.customer | self.person).user_id = False
        self.customer.kehu_team_id = self.unit
        self.assertEqual(self.readers(), {"Wu", "Qian", "Chen"})
        self.customer.kehu_tier = "3"
        self.assertEqual(self.readers(), {"Qian", "Chen"})

    def test_uncleared_user_finds_nothing_by_any_route(self):
        for record in (self.customer, self.person):
            records = record.browse().with_user(self.employee)
            domain = [("name", "ilike", "Secret")]
            self.assertEqual(records.search_count(domain), 0)
            self.assertFalse(records.search_read(domain, ["name"]))
            self.assertFalse(records.name_search("Secret"))
            for route in (
                lambda r=records.browse(record.id): r.read(["name"]),
                lambda r=records.browse(record.id): r.export_data(["name"]),
                lambda r=records.browse(record.id): r.write({"name": "Mine"}),
                lambda r=records.browse(record.id): r.message_post(body="?"),
            ):
                with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                    route()
                self.assertNotIn("Secret", str(refused.exception))

    def test_contacts_follow_their_company(self):
        self.customer.kehu_tier = "3"
        self.assertEqual(self.person.kehu_tier, "3")
        with self.assertRaisesRegex(ValidationError, "their company"):
            self.person.kehu_tier = "0"

    def test_tier_is_lowered_on_request_only(self):
        with self.assertRaisesRegex(AccessError, "on request only"):
            self.customer.with_user(self.officer).kehu_tier = "1"

    def test_relation_given_by_reader_waits_for_officer(self):
        self.customer.with_user(self.cleared).user_id = self.employee
        self.assertNotEqual(self.customer.user_id, self.employee)
        self.assertTrue(
            self.env["kehu.right.change"].search_count([("res_model", "=", "res.partner"), ("name", "=", "user_id")])
        )
