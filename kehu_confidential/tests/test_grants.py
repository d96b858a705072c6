from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestGrants(TierCase):
    """X4: named people, a purpose and a period, to the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.file_customer(cls.officer, name="Secret Customer", kehu_tier="3", user_id=False)

    def grant(self, officer=None, **vals):
        now = fields.Datetime.now()
        return (
            self.env["kehu.grant"]
            .with_user(officer or self.officer)
            .create(
                {
                    "user_id": self.salesman.id,
                    "partner_id": self.customer.id,
                    "purpose": "Prepares the contract",
                    "date_from": now,
                    "date_until": now + timedelta(days=3),
                    **vals,
                }
            )
        )

    def reads(self, user=None):
        self.env.invalidate_all()
        found = {
            bool(record.with_user(user or self.salesman).search([("id", "=", record.id)]))
            for record in (self.customer,)
        } | {record.with_user(user or self.salesman).has_access("read") for record in (self.customer,)}
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

    def test_form_is_saved_and_begins_with_its_saving(self):
        Grant = self.env["kehu.grant"].with_user(self.officer)
        self.assertNotIn(
            "edit",
            etree.fromstring(Grant.get_view(view_type="form")["arch"]).attrib,
            "the client shows no “save” otherwise",
        )
        with freeze_time("2026-03-02 08:00:00") as clock:
            form = Form(Grant)
            form.user_id, form.partner_id, form.purpose = self.salesman, self.customer, "Prepares the contract"
            form.date_until = "2026-03-03 08:00:00"
            clock.move_to("2026-03-02 08:20:00")
            grant = form.save()
        self.assertEqual(fields.Datetime.to_string(grant.date_from), "2026-03-02 08:20:00")
        with self.assertRaisesRegex(AccessError, "not changed"):
            grant.date_until = "2026-04-03 08:00:00"

    def test_revoking_acts_at_once_and_says_why(self):
        grant = self.grant()
        self.assertTrue(self.reads())
        for user in (self.salesman, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                grant.with_user(user).revoke("I like it so")
        with self.assertRaisesRegex(UserError, "why"):
            grant.revoke("  ")
        dialog = (
            self.env["kehu.grant.revoke"]
            .with_user(self.officer)
            .create({"grant_ids": [Command.set(grant.ids)], "reason": "The contract fell through"})
        )
        dialog.action_apply()
        self.assertFalse(self.reads())
        self.assertEqual(
            (grant.state, grant.revoked_by_id, grant.revoke_reason),
            ("revoked", self.officer, "The contract fell through"),
        )

    def test_raising_above_the_granters_clearance_ends_it(self):
        lesser = new_test_user(
            self.env,
            "test_lesser",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_confidential,base.group_user,base.group_partner_manager",
        )
        customer = self.file_customer(self.officer, name="Raised", kehu_tier="2", user_id=False)
        kept = self.grant(partner_id=customer.id)
        ended = self.grant(lesser, partner_id=customer.id, user_id=self.employee.id)
        self.assertTrue(customer.with_user(self.employee).has_access("read"))
        customer.kehu_tier = "3"
        self.assertEqual((kept.state, ended.state), ("live", "revoked"))
        self.assertFalse(customer.with_user(self.employee).has_access("read"))

    def test_portal_user_who_goes_on_reading_is_told(self):
        customer = self.env["res.partner"].create({"name": "Raised", "is_company": True})
        portal = new_test_user(self.env, "test_portal", "base.group_portal", name="Pal")
        portal.partner_id.parent_id = customer
        customer.with_user(self.officer).kehu_tier = "3"
        change = self.env["kehu.right.change"].search([("res_model", "=", "res.partner"), ("name", "=", "child_ids")])
        self.assertEqual((change.res_ids, change.beneficiary_ids), (customer.ids, portal))

    def test_who_reads_on_by_a_grant_is_told_at_raise(self):
        customer = self.env["res.partner"].create({"name": "Open", "is_company": True})
        self.grant(partner_id=customer.id, user_id=self.employee.id)
        customer.with_user(self.cleared).kehu_tier = "1"
        Change = self.env["kehu.right.change"]
        self.assertFalse(Change.search([("name", "=", "kehu_grant_ids")]))
        customer.with_user(self.cleared).kehu_tier = "2"
        self.assertTrue(customer.with_user(self.employee).has_access("read"))
        change = Change.search([("name", "=", "kehu_grant_ids")])
        self.assertEqual(
            (change.res_ids, change.beneficiary_ids, change.state), (customer.ids, self.employee, "direct")
        )
        self.assertIn(self.officer, change.activity_ids.user_id)
        self.assertTrue(
            self.env["kehu.access.log"].search([("partner_id", "=", customer.id), ("note", "like", "kehu_grant_ids")])
        )

    def test_a_leaver_loses_all_at_once(self):
        self.grant()
        self.customer.user_id = self.salesman
        self.salesman.group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        self.assertTrue(self.reads())
        self.salesman.active = False
        self.assertFalse(self.reads())

    def test_who_may_not_grant(self):
        colleague = new_test_user(self.env, "test_officer_2", "kehu_confidential.group_tier_officer")
        admin = new_test_user(self.env, "test_settings", "base.group_system")
        now = fields.Datetime.now()
        portal = new_test_user(self.env, "test_grant_portal", "base.group_portal")
        contact = self.customer.child_ids.create({"name": "Person", "parent_id": self.customer.id})
        for label, error, officer, vals in (
            ("the officer", AccessError, self.officer, {"user_id": self.officer.id}),
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
                    {"kehu_grant_ids": [Command.update(grant.id, {"date_until": "2099-01-01"})]}
                ),
                lambda user=user: self.customer.with_user(user).write({"kehu_grant_ids": [Command.delete(grant.id)]}),
            ):
                with self.assertRaises((AccessError)), self.env.cr.savepoint():
                    attack()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            grant.sudo().unlink()

    def test_each_sees_own_grants(self):
        grant = self.grant()
        auditor = new_test_user(self.env, "test_auditor", "kehu_confidential.group_tier_auditor")
        for user, sees in ((self.salesman, True), (self.officer, True), (self.employee, False), (auditor, False)):
            self.assertEqual(
                bool(self.env["kehu.grant"].with_user(user).search([("id", "=", grant.id)])), sees, user.name
            )

    def test_an_unknown_way_to_search_opens_nothing(self):
        self.grant()
        partners = self.env["res.partner"].with_user(self.employee)
        for domain in ([("kehu_is_granted", "=", True)], [("kehu_is_granted", "!=", False)]):
            self.assertFalse(partners.search(domain))
        self.assertIn(
            self.customer, self.env["res.partner"].with_user(self.salesman).search([("kehu_is_granted", "=", True)])
        )
        self.assertNotIn(
            self.customer, self.env["res.partner"].with_user(self.salesman).search([("kehu_is_granted", "=", False)])
        )
