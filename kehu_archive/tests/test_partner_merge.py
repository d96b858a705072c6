from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(ArchiveCase):
    """X2, X4, X5: two contacts become one, and nobody reads more for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        partners = cls.env["res.partner"]
        cls.secret = partners.create({"name": "Secret Customer", "is_company": True, "kehu_tier": "3"})
        cls.normal = partners.create({"name": "Normal Customer", "is_company": True})
        cls.officer.group_ids += cls.env.ref("base.group_partner_manager")

    def merge(self, *partners, into, user=None):
        partners = self.env["res.partner"].union(*partners, into)
        self.env["base.partner.merge.automatic.wizard"].with_user(user or self.env.user).create({})._merge(
            partners.ids, into
        )
        self.assertEqual(partners.exists(), into)
        self.env.flush_all()
        self.env.invalidate_all()
        return into

    def grant(self, customer, user, **vals):
        return (
            self.env["kehu.grant"]
            .with_user(self.officer)
            .create(
                {
                    "user_id": user.id,
                    "partner_id": customer.id,
                    "purpose": "x",
                    "date_until": fields.Datetime.now() + timedelta(days=1),
                    **vals,
                }
            )
        )

    def assertHidden(self, customer, *users):
        for user in users:
            self.assertFalse(customer.with_user(user).has_access("read"), user.name)

    def test_the_stricter_tier_wins_in_both_directions(self):
        person = self.env["res.partner"].create({"name": "Person", "parent_id": self.normal.id})
        for into, other in (
            (self.normal, self.secret),
            (self.env["res.partner"].create({"name": "Top", "kehu_tier": "3"}), self.normal),
        ):
            self.merge(other, into=into)
            self.assertEqual((into.kehu_tier, person.kehu_tier), ("3", "3"))
        self.assertHidden(person, self.employee)

    def test_a_grant_on_a_normal_contact_opens_no_classified_one(self):
        for into, other in ((self.secret, self.normal), (self.normal.copy(), self.secret.copy())):
            lower = other if into.kehu_tier == "3" else into
            grants = (
                self.grant(lower, self.employee)
                + self.grant(lower, self.salesman, date_from=fields.Datetime.now() + timedelta(hours=1))
                + self.grant(lower, self.officer.copy({"login": f"other{into.id}"}))
            )
            self.merge(other, into=into)
            self.assertEqual(set(grants.mapped("state")), {"revoked"})
            self.assertIn("merged", grants[0].revoke_reason)
            self.assertHidden(into, self.employee, self.salesman)

    def test_a_grant_on_one_of_two_secrets_opens_not_both(self):
        other = self.secret.copy()
        grant, both = (
            self.grant(other, self.employee),
            [self.grant(customer, self.salesman) for customer in (self.secret, other)],
        )
        self.merge(other, into=self.secret)
        self.assertEqual(grant.state, "revoked")
        self.assertHidden(self.secret, self.employee)
        self.assertEqual([given.state for given in both], ["live", "live"])
        self.assertTrue(self.secret.with_user(self.salesman).has_access("read"))

    def test_roles_at_one_customer_do_not_read_the_other(self):
        twin = self.secret.copy()
        for into, other in ((self.secret, self.normal), (self.normal.copy(), twin)):
            normal = other if into.kehu_tier == "3" else into
            normal.write(
                {"user_id": self.employee.id, "kehu_custodian_id": self.clerk.id, "kehu_team_id": self.unit.id}
            )
            self.assertTrue(normal.with_user(self.leader).has_access("read"))
            self.merge(other, into=into)
            self.assertHidden(into, self.employee, self.clerk, self.leader, self.salesman)
            self.assertFalse(into.user_id or into.kehu_custodian_id or into.kehu_team_id)
            notes = (
                self.env["kehu.access.log"]
                .search([("partner_id", "=", into.id), ("action", "=", "right")])
                .mapped("note")
            )
            self.assertTrue(any("kehu_custodian_id" in note for note in notes))
            self.assertTrue(any(f"#{other.id}" in note for note in notes))

    def test_who_reads_both_keeps_the_relation(self):
        (self.normal + self.secret).user_id = self.salesman
        self.normal.kehu_custodian_id = self.officer
        self.merge(self.normal, into=self.secret)
        self.assertEqual((self.secret.user_id, self.secret.kehu_custodian_id), (self.salesman, self.officer))

    def test_followers_of_the_normal_contact_are_dropped(self):
        self.normal.message_subscribe((self.employee + self.officer).partner_id.ids)
        activity = self.normal.activity_schedule("mail.mail_activity_data_todo", user_id=self.employee.id)
        self.merge(self.normal, into=self.secret)
        self.assertNotIn(self.employee.partner_id, self.secret.message_partner_ids)
        self.assertIn(self.officer.partner_id, self.secret.message_partner_ids)
        self.assertFalse(activity.exists())

    def test_the_log_stays(self):
        self.secret.with_user(self.officer).read(["phone"])
        entry = self.env["kehu.access.log"].search([("partner_id", "=", self.secret.id), ("action", "=", "read")])
        self.merge(self.secret, into=self.normal)
        self.assertEqual(
            (entry.res_id, entry.partner_id, entry.user_id, entry.tier),
            (self.secret.id, self.normal, self.officer, "3"),
        )

    def test_a_request_to_lower_one_is_not_agreed_to_for_both(self):
        other = self.env["res.partner"].create({"name": "Confidential", "is_company": True, "kehu_tier": "2"})
        director = new_test_user(
            self.env,
            "test_director",
            "kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret",
            name="Gao",
        )
        request = (
            self.env["kehu.tier.lowering"]
            .with_user(director)
            .create({"partner_id": other.id, "tier": "1", "reason": "Published."})
        )
        request.workflow_move("submit")
        approval = request.sudo().approval_ids
        self.merge(self.secret, into=other)
        self.assertEqual((request.state, approval.state, other.kehu_tier), ("draft", "lapsed", "3"))

    def test_a_leak_report_is_as_confidential_as_what_remains(self):
        report = (
            self.env["kehu.leak.report"]
            .with_user(self.employee)
            .create(
                {
                    "name": "Lost papers",
                    "what": "Papers",
                    "remedy": "Searched",
                    "partner_id": self.normal.id,
                    "supervisor_id": self.officer.id,
                }
            )
        )
        report.workflow_move("report")
        self.merge(self.normal, into=self.secret)
        self.assertEqual((report.sudo().partner_id, report.sudo().state), (self.secret, "reported"))
        self.assertHidden(report, self.employee)
        self.assertTrue(report.with_user(self.officer).has_access("read"))

    def test_nobody_merges_the_unreadable(self):
        for user in (self.clerk, self.cleared):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                self.merge(self.secret, into=self.normal, user=user)
            self.assertNotIn("Secret", str(refused.exception))

    def test_contact_of_a_colleague_stays_theirs(self):
        admin = new_test_user(self.env, "test_admin", "base.group_system,base.group_partner_manager", name="Zhao")
        spy, contact = (
            self.env["res.partner"].create({"name": "Spy", "email": "spy@evil.example"}),
            self.officer.partner_id,
        )
        for active in (True, False):
            self.officer.active = active
            with self.assertRaisesRegex(UserError, "are kept"), self.env.cr.savepoint():
                self.merge(contact, into=spy, user=admin)
        self.merge(spy, into=contact)
        self.assertEqual((self.officer.partner_id, contact.name), (contact, "Qian"))
        self.assertTrue(
            self.env["kehu.access.log"].search([("partner_id", "=", contact.id), ("note", "like", f"#{spy.id}")])
        )

    def test_contact_that_wrote_becomes_no_colleague(self):
        spy = self.env["res.partner"].create({"name": "Spy", "email": "spy@evil.example"})
        self.file_archive().sudo().message_post(body="I approve", author_id=spy.id)
        with self.assertRaisesRegex(UserError, "words of a colleague"), self.env.cr.savepoint():
            self.merge(spy, into=self.officer.partner_id)

    def test_contact_of_a_company_stays_the_companys(self):
        company, zone = self.env.company, self.env.company._kehu_zone()
        clerk = new_test_user(self.env, "merging_clerk", "base.group_partner_manager", name="Zhao")
        other = self.env["res.partner"].create({"name": company.name, "is_company": True, "tz": "Pacific/Honolulu"})
        with self.assertRaisesRegex(UserError, "are kept"), self.env.cr.savepoint():
            self.merge(company.partner_id, into=other, user=clerk)
        self.merge(other, into=company.partner_id)
        self.assertEqual(str(company._kehu_zone()), str(zone))
        lines = self.env["kehu.access.log"].search([("partner_id", "=", company.partner_id.id)])
        self.assertIn(f"#{other.id}", str(lines.mapped("note")))
