from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestGrants(ArchiveCase):
    """X4: named people, a purpose and a period, to the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.file_archive(cls.officer, name="Secret Customer", kehu_tier="3", kehu_custodian_id=False)
        cls.customer = cls.archive.partner_id

    def grant(self, officer=None, **vals):
        now = fields.Datetime.now()
        return self.env["kehu.grant"].with_user(officer or self.officer).create({
            "user_id": self.salesman.id, "partner_id": self.customer.id, "purpose": "Prepares the contract",
            "date_from": now, "date_until": now + timedelta(days=3), **vals})

    def reads(self, user=None):
        self.env.invalidate_all()
        found = {
            bool(record.with_user(user or self.salesman).search([("id", "=", record.id)]))
            for record in (self.archive, self.customer)
        } | {record.with_user(user or self.salesman).has_access("read") for record in (self.archive, self.customer)}
        self.assertEqual(len(found), 1)
        return found.pop()

    def test_a_grant_opens_one_customer_and_ends_to_the_second(self):
        with freeze_time("2026-03-02 08:00:00") as clock:
            self.assertFalse(self.reads())
            self.grant(date_from="2026-03-02 09:00:00", date_until="2026-03-03 09:00:00")
            self.assertFalse(self.reads())
            clock.move_to("2026-03-02 09:00:00")
            self.assertTrue(self.reads())
            self.assertEqual(self.customer.with_user(self.salesman).sudo().display_name, "Secret Customer")
            self.assertFalse(self.reads(self.employee))
            self.assertFalse(self.customer.with_user(self.salesman).has_access("write"))
            clock.move_to("2026-03-03 08:59:59")
            self.assertTrue(self.reads())
            clock.move_to("2026-03-03 09:00:00")
            self.assertFalse(self.reads())

    def test_revoking_acts_at_once_and_says_why(self):
        grant = self.grant()
        self.assertTrue(self.reads())
        for user in (self.salesman, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                grant.with_user(user).revoke("I like it so")
        with self.assertRaisesRegex(UserError, "why"):
            grant.revoke("  ")
        dialog = self.env["kehu.grant.revoke"].with_user(self.officer).create({
            "grant_ids": [Command.set(grant.ids)], "reason": "The contract fell through"})
        dialog.action_apply()
        self.assertFalse(self.reads())
        self.assertEqual(
            (grant.state, grant.revoked_by_id, grant.revoke_reason), ("revoked", self.officer, "The contract fell through"))

    def test_a_leaver_loses_all_at_once(self):
        self.grant()
        self.customer.user_id = self.salesman
        self.salesman.group_ids += self.env.ref("kehu_archive.group_clearance_top_secret")
        self.assertTrue(self.reads())
        self.salesman.active = False
        self.assertFalse(self.reads())

    def test_who_may_not_grant(self):
        colleague = new_test_user(self.env, "test_officer_2", "kehu_archive.group_tier_officer")
        admin = new_test_user(self.env, "test_settings", "base.group_system")
        now = fields.Datetime.now()
        portal = new_test_user(self.env, "test_grant_portal", "base.group_portal")
        contact = self.customer.child_ids.create({"name": "Person", "parent_id": self.customer.id})
        for label, error, officer, vals in (
            ("himself", AccessError, self.officer, {"user_id": self.officer.id}),
            ("uncleared officer", AccessError, colleague, {}),
            ("manager", AccessError, self.manager, {}),
            ("administrator", AccessError, admin, {}),
            ("portal user", ValidationError, self.officer, {"user_id": portal.id}),
            ("contact", ValidationError, self.officer, {"partner_id": contact.id}),
            ("endless", ValidationError, self.officer, {"date_until": now + timedelta(days=400)}),
            ("backdated", ValidationError, self.officer, {"date_from": now - timedelta(days=9)}),
            ("forged revocation", ValidationError, self.officer, {"revoke_reason": "x"}),
        ):
            with self.subTest(label), self.assertRaises(error) as refused, self.env.cr.savepoint():
                self.grant(officer, **vals)
            self.assertNotIn("Secret", str(refused.exception))
        self.assertFalse(self.reads())

    def test_a_grant_stays_as_it_was_given(self):
        grant = self.grant()
        for user in (self.officer, self.salesman, self.env.ref("base.user_admin")):
            own = grant.with_user(user)
            for attack in (
                lambda own=own: own.write({"date_until": "2099-01-01"}),
                lambda own=own: own.write({"revoked_on": False}),
                lambda own=own: own.unlink(),
                lambda user=user: self.customer.with_user(user).write(
                    {"kehu_grant_ids": [Command.update(grant.id, {"date_until": "2099-01-01"})]}),
                lambda user=user: self.customer.with_user(user).write({"kehu_grant_ids": [Command.delete(grant.id)]}),
            ):
                with self.assertRaises((AccessError)), self.env.cr.savepoint():
                    attack()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            grant.sudo().unlink()

    def test_each_sees_his_own_grants(self):
        grant = self.grant()
        auditor = new_test_user(self.env, "test_auditor", "kehu_archive.group_tier_auditor")
        for user, sees in ((self.salesman, True), (self.officer, True), (self.employee, False), (auditor, False)):
            self.assertEqual(bool(self.env["kehu.grant"].with_user(user).search([("id", "=", grant.id)])), sees, user.name)

    def test_an_unknown_way_to_search_opens_nothing(self):
        self.grant()
        partners = self.env["res.partner"].with_user(self.employee)
        for domain in ([("kehu_is_granted", "=", True)], [("kehu_is_granted", "!=", False)]):
            self.assertFalse(partners.search(domain))
        self.assertIn(self.customer, self.env["res.partner"].with_user(self.salesman).search([("kehu_is_granted", "=", True)]))
        self.assertNotIn(self.customer, self.env["res.partner"].with_user(self.salesman).search([("kehu_is_granted", "=", False)]))
