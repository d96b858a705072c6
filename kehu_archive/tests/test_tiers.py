from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestTiers(ArchiveCase):
    """X1, X2: who reads which customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.file_archive(
            cls.officer,
            name="Secret Customer",
            kehu_tier="2",
            kehu_custodian_id=cls.officer.id,
            kehu_team_id=False,
            child_ids=[Command.create({"name": "Secret Person"})],
        )
        cls.partner = cls.archive.partner_id
        cls.person = cls.partner.child_ids

    def readers(self):
        """Names of those who find archive, customer and person, and can read them."""
        names = set()
        for user in (self.clerk, self.manager, self.leader, self.salesman, self.employee, self.cleared, self.officer):
            found = {
                bool(record.with_user(user).search([("id", "in", record.ids)]))
                for record in (self.archive, self.partner, self.person)
            } | {record.with_user(user).has_access("read") for record in (self.archive, self.partner, self.person)}
            self.assertEqual(len(found), 1, f"{user.name} sees one of archive, customer and person, but not another")
            names |= {user.name} if found.pop() else set()
        return names

    def test_reading_takes_clearance_or_a_relation(self):
        self.assertEqual(self.readers(), {"Wu", "Qian"})
        self.partner.kehu_tier = "3"
        self.assertEqual(self.readers(), {"Qian"})
        self.partner.user_id = self.salesman
        self.person.user_id = self.salesman
        self.partner.kehu_custodian_id = self.clerk
        self.assertEqual(self.readers(), {"Qian", "Sun", "Li Min"})
        self.partner.user_id = self.partner.kehu_custodian_id = False
        self.partner.kehu_team_id = self.unit
        self.person.user_id = False
        self.assertEqual(self.readers(), {"Qian", "Chen"})
        self.env["res.partner"].browse(self.partner.id).kehu_tier = "1"
        self.assertEqual(len(self.readers()), 7)

    def test_clearance_acts_and_ends_at_once(self):
        group = self.env.ref("kehu_confidential.group_clearance_confidential")
        self.clerk.group_ids += group
        self.assertIn("Li Min", self.readers())
        self.clerk.group_ids -= group
        self.assertNotIn("Li Min", self.readers())
        implying = self.env["res.groups"].create({"name": "Lawyers", "implied_ids": group.ids})
        self.clerk.group_ids += implying
        self.assertIn("Li Min", self.readers())
        self.assertEqual(self.clerk.kehu_clearance, "2")

    def test_new_leader_sees_at_once(self):
        self.partner.kehu_team_id = self.unit
        self.assertIn("Chen", self.readers())
        self.unit.user_id = self.salesman
        self.assertIn("Sun", self.readers())
        self.assertNotIn("Chen", self.readers())

    def test_leader_of_new_unit_sees_at_once(self):
        self.assertNotIn("Li Min", self.readers())
        self.partner.kehu_team_id = self.env["crm.team"].create({"name": "New Unit", "user_id": self.clerk.id})
        self.assertIn("Li Min", self.readers())

    def test_uncleared_user_finds_nothing_by_any_route(self):
        for model, record in (
            ("kehu.archive", self.archive),
            ("res.partner", self.partner),
            ("res.partner", self.person),
        ):
            records = self.env[model].with_user(self.employee)
            domain = [("name", "ilike", "Secret")]
            self.assertEqual(records.search_count(domain), 0)
            self.assertFalse(records.search_read(domain, ["name"]))
            self.assertFalse(records.web_search_read(domain, {"name": {}})["records"])
            self.assertFalse(records.name_search("Secret"))
            self.assertFalse(records.formatted_read_group(domain, ["kehu_tier"], ["__count"]))
            for route in (
                lambda r=records.browse(record.id): r.read(["name"]),
                lambda r=records.browse(record.id): r.web_read({"name": {}}),
                lambda r=records.browse(record.id): r.export_data(["name"]),
                lambda r=records.browse(record.id): r.write({"name": "Mine"}),
                lambda r=records.browse(record.id): r.message_post(body="?"),
            ):
                with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                    route()
                self.assertNotIn("Secret", str(refused.exception))
        self.assertEqual(self.partner.name, "Secret Customer")

    def test_contacts_follow_their_company(self):
        self.assertEqual(self.person.kehu_tier, "2")
        self.partner.kehu_tier = "3"
        self.assertEqual(self.person.kehu_tier, "3")
        with self.assertRaisesRegex(ValidationError, "their company"):
            self.person.kehu_tier = "0"
        stray = self.env["res.partner"].create({"name": "Stray"})
        self.assertEqual(stray.kehu_tier, "0")
        stray.parent_id = self.partner
        self.assertEqual(stray.kehu_tier, "3")
        with self.assertRaisesRegex(ValidationError, "their company"):
            self.env["res.partner"].create({"name": "Laxer", "parent_id": self.partner.id, "kehu_tier": "1"})

    def test_nobody_sets_a_tier_above_own_clearance_or_lowers_one(self):
        mine = self.file_archive(self.clerk, name="Mine")
        mine.kehu_tier = "1"
        with self.assertRaisesRegex(AccessError, "above your own clearance"):
            mine.kehu_tier = "2"
        with self.assertRaisesRegex(AccessError, "above your own clearance"), self.env.cr.savepoint():
            self.file_archive(self.clerk, name="Forged", kehu_tier="3")
        for model in ("kehu.archive", "res.partner"):
            with self.assertRaisesRegex(AccessError, "above your own clearance"), self.env.cr.savepoint():
                self.env[model].with_user(self.clerk).with_context(default_kehu_tier="3").create({"name": "Forged"})
        with self.assertRaisesRegex(AccessError, "officer"):
            mine.kehu_tier = "0"
        raised = mine.with_user(self.cleared)
        raised.kehu_tier = "2"
        for user in (self.cleared, self.officer):
            with self.assertRaisesRegex(AccessError, "on request only"), self.env.cr.savepoint():
                raised.with_user(user).kehu_tier = "1"
            self.env.invalidate_all()
        self.assertEqual(mine.sudo().kehu_tier, "2")

    def test_no_way_round_the_officer(self):
        """Neither by moving a contact, nor by merging, nor by copying."""
        normal = self.env["res.partner"].create({"name": "Normal Company", "is_company": True})
        with self.assertRaisesRegex(AccessError, "officer"), self.env.cr.savepoint():
            self.person.with_user(self.cleared).parent_id = normal
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "Taking them out"):
            self.partner.with_user(self.cleared).copy()
        self.cleared.group_ids += self.env.ref("kehu_confidential.group_confidential_export")
        self.assertEqual(self.partner.with_user(self.cleared).copy().kehu_tier, "2")
        other = self.env["res.partner"].create({"name": "Secret Customer", "is_company": True})
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            merge.with_user(self.clerk)._merge((self.partner + other).ids, other)
        merge._merge((self.partner + other).ids, other)
        self.assertEqual((self.archive.partner_id, other.kehu_tier), (other, "2"))

    def test_customer_does_not_become_a_colleague(self):
        with self.assertRaisesRegex(ValidationError, "cannot be classified"), self.env.cr.savepoint():
            self.env["res.users"].create(
                {
                    "login": "secret",
                    "partner_id": self.person.id,
                    "group_ids": [Command.link(self.env.ref("base.group_user").id)],
                }
            )
        self.env.invalidate_all()
        self.assertEqual(self.person.kehu_tier, "2")

    def test_hidden_customer_cannot_be_drawn_into_an_archive(self):
        """Filing somebody else's contact under one's own custody would open it."""
        hidden = self.env["res.partner"].create({"name": "Hidden", "is_company": True, "kehu_tier": "2"})
        for vals in ({}, {"kehu_custodian_id": self.clerk.id}, {"kehu_tier": "0"}):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                self.env["kehu.archive"].with_user(self.clerk).create({"partner_id": hidden.id, **vals})
            self.assertNotIn("Hidden", str(refused.exception))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            hidden.with_user(self.clerk).action_kehu_open_archive()
        self.assertFalse(hidden.kehu_archive_ids)

    def test_no_contact_is_hung_below_a_hidden_company(self):
        """It would take over name, code and address, and be its maker's to read."""
        contacts = self.env["res.partner"].with_user(self.clerk)
        mine = {"user_id": self.clerk.id, "kehu_custodian_id": self.clerk.id}
        stray = contacts.create({"name": "Stray", **mine})
        for hang in (
            lambda: contacts.create({"name": "Mole", "parent_id": self.partner.id, **mine}),
            lambda: contacts.with_context(default_parent_id=self.partner.id).create({"name": "Mole", **mine}),
            lambda: contacts.create({"name": "Mole", "parent_id": self.partner.id, "type": "other", **mine}),
            lambda: stray.write({"parent_id": self.partner.id}),
            lambda: stray.write({"parent_id": self.person.id, "type": "other"}),
        ):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                hang()
            self.assertNotIn("Secret", str(refused.exception))
            self.env.invalidate_all()
        self.assertFalse(stray.parent_id)
        self.assertEqual(self.partner.child_ids, self.person)

    def test_own_companies_and_colleagues_stay_normal(self):
        for partner in (self.env.company.partner_id, self.clerk.partner_id):
            with self.assertRaisesRegex(ValidationError, "cannot be classified"), self.env.cr.savepoint():
                partner.kehu_tier = "2"

    def test_portal_user_reads_own_contact_whatever_the_tier(self):
        portal = new_test_user(self.env, "test_portal", "base.group_portal", name="Portal Person")
        portal.partner_id.parent_id = self.partner
        self.assertEqual(portal.partner_id.kehu_tier, "2")
        self.assertEqual(portal.kehu_clearance, "0")
        self.assertTrue(portal.partner_id.with_user(portal).read(["name"]))
        self.assertTrue(self.partner.with_user(portal).has_access("read"))
        with self.assertRaises(AccessError):
            self.archive.with_user(portal).read(["name"])
