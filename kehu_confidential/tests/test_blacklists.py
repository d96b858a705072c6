from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TierCase

ADDRESS = "marker@example.com"


@tagged("post_install", "-at_install")
class TestBlacklists(TierCase):
    """X3: for whom a customer is hidden, the customer's address is not on the blacklist."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "test_list_spy", "base.group_system", name="Spy")
        cls.env["res.partner"].create({"name": "Marker", "email": ADDRESS, "kehu_tier": "2", "is_company": True})
        cls.own = cls.env["res.partner"].with_user(cls.spy).create({"name": "Mine", "email": ADDRESS})
        cls.listed = cls.env["mail.blacklist"].create({"email": ADDRESS})
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_contact_of_the_same_address_is_not_listed(self):
        for user, is_told in ((self.spy, False), (self.officer, True), (self.spy, False)):
            contacts = self.env["res.partner"].with_user(user)
            contact = contacts.browse(self.own.id)
            self.assertEqual(contact.is_blacklisted, is_told, user.login)
            for operator, value in (("=", True), ("!=", False)):
                found = contacts.search([("id", "=", contact.id), ("is_blacklisted", operator, value)])
                self.assertEqual(bool(found), is_told, user.login)
            for operator, value in (("!=", True), ("=", False)):
                found = contacts.search([("id", "=", contact.id), ("is_blacklisted", operator, value)])
                self.assertEqual(bool(found), not is_told, user.login)
        self.assertTrue(self.own.with_user(self.env.ref("base.user_root")).is_blacklisted)

    def test_user_of_same_address_is_not_listed_after_a_new_field(self):
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_zq",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "field_description": "Z",
            }
        )
        self.addCleanup(field.unlink)
        colleague = new_test_user(self.env, "test_list_colleague", "base.group_user", email=ADDRESS)
        for user, is_told in ((self.spy, False), (self.officer, True), (self.spy, False)):
            self.assertEqual(colleague.with_user(user).is_blacklisted, is_told, user.login)

    def test_address_listed_hidden_is_entered_like_any_other(self):
        entries = self.env["mail.blacklist"].with_user(self.spy)
        fresh = entries.create({"email": "other@example.com"})
        entry = entries.create({"email": "Marker@Example.com"})
        self.assertNotEqual(entry, self.listed)
        self.assertGreater(entry.id, fresh.id)
        self.assertEqual((entry.email, entry.create_uid, entry.active), (ADDRESS, self.spy, True))
        both = entries.create([{"email": ADDRESS}, {"email": "third@example.com"}])
        self.assertEqual(len(both), 2)
        self.assertIn(entry, both, "an entry of one's own is found")
        self.assertEqual(entries._add(ADDRESS), entry)
        entries._remove(ADDRESS)
        self.assertFalse(entry.active)
        self.assertTrue(self.listed.active, "what is sent asks the whole list")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.listed.with_user(self.spy).read(["email"])

    def test_who_sees_the_entry_enters_no_other_one(self):
        entries = self.env["mail.blacklist"].with_user(self.officer).sudo()
        self.assertEqual(entries.create({"email": ADDRESS}), self.listed)
        self.assertEqual(self.env["mail.blacklist"].create({"email": ADDRESS}), self.listed)
