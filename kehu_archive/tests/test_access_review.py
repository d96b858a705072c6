from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestAccessReview(ArchiveCase):
    """X7: who can read confidential customers and why, kept or withdrawn, signed off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(cls.env, "test_boss", "base.group_user", name="Gao")
        archive = cls.file_archive(
            cls.officer, name="Secret Customer", kehu_tier="3", kehu_custodian_id=cls.clerk.id, kehu_team_id=cls.unit.id)
        cls.customer = archive.partner_id
        cls.customer.user_id = cls.salesman
        cls.customer.child_ids = [Command.create({"name": "Secret Person"})]
        now = fields.Datetime.now()
        cls.grant = cls.env["kehu.grant"].with_user(cls.officer).create({
            "user_id": cls.employee.id, "partner_id": cls.customer.id, "purpose": "Contract",
            "date_from": now, "date_until": now + timedelta(days=3)})

    def open_review(self, **vals):
        return self.env["kehu.access.review"].create({"name": "Test H1", "reviewer_id": self.boss.id, **vals})

    def line(self, review, user, reason):
        return review.line_ids.filtered(lambda line: line.user_id == user and line.reason == reason)

    def decide_all(self, review):
        (review.line_ids - review.line_ids.filtered("decision")).with_user(self.boss).action_keep()

    def test_everybody_who_reads_is_listed_with_the_reason(self):
        review = self.open_review()
        for user, reason in (
            (self.salesman, "salesperson"), (self.clerk, "custodian"), (self.leader, "leader"), (self.employee, "grant"),
        ):
            line = self.line(review, user, reason)
            self.assertEqual((line.tier, line.customer_count), ("3", 1), reason)
        self.assertGreaterEqual(self.line(review, self.officer, "clearance").customer_count, 1)
        self.assertEqual(self.line(review, self.cleared, "clearance").tier, "2")
        self.assertFalse(review.line_ids.filtered(lambda line: line.user_id == self.manager))

    def test_what_is_withdrawn_is_gone_when_the_manager_signs(self):
        review = self.open_review()
        withdrawn = [(self.salesman, "salesperson"), (self.clerk, "custodian"), (self.employee, "grant"), (self.cleared, "clearance")]
        for user, reason in withdrawn:
            self.line(review, user, reason).with_user(self.boss).write({"decision": "withdraw", "remark": "Moved on"})
        with self.assertRaisesRegex(UserError, "not decided"), self.env.cr.savepoint():
            review.with_user(self.boss).workflow_move("sign")
        self.decide_all(review)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            review.with_user(self.officer).workflow_move("sign")
        self.assertTrue(self.customer.with_user(self.employee).has_access("read"))
        review.activity_schedule("mail.mail_activity_data_todo", user_id=self.boss.id)
        review.with_user(self.boss).workflow_move("sign")
        self.assertEqual(review.state, "signed")
        self.assertFalse(review.activity_ids)
        for user in (self.salesman, self.clerk, self.employee):
            self.assertFalse(self.customer.with_user(user).has_access("read"), user.name)
        self.assertEqual(self.cleared.kehu_clearance, "1")
        self.assertIn("Test H1", self.grant.revoke_reason)
        self.assertTrue(self.customer.with_user(self.leader).has_access("read"))

    def test_clearance_through_another_group_is_not_half_withdrawn(self):
        group = self.env["res.groups"].create({
            "name": "Board", "implied_ids": [Command.link(self.env.ref("kehu_archive.group_clearance_confidential").id)]})
        self.manager.group_ids += group
        review = self.open_review()
        self.line(review, self.manager, "clearance").with_user(self.boss).action_withdraw()
        self.decide_all(review)
        with self.assertRaisesRegex(UserError, "Board"), self.env.cr.savepoint():
            review.with_user(self.boss).workflow_move("sign")
        self.assertEqual(review.state, "open")

    def test_nobody_decides_on_himself_or_forges(self):
        review = self.open_review()
        own = self.line(review, self.officer, "clearance").with_user(self.officer)
        with self.assertRaisesRegex(AccessError, "own rights"), self.env.cr.savepoint():
            own.action_keep()
        boss_line = self.line(review, self.salesman, "salesperson").with_user(self.boss)
        for vals in ({"user_id": self.boss.id}, {"reason": "grant"}, {"review_id": False}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                boss_line.write(vals)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.line(review, self.leader, "leader").with_user(self.boss).action_withdraw()
        for vals in ({"state": "signed"}, {"reviewer_id": self.officer.id}, {"line_ids": [Command.clear()]}, {"name": "x"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                review.with_user(self.boss).write(vals)
        for user in (self.boss, self.officer):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                review.with_user(user).unlink()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["kehu.access.review"].with_user(user).create({"name": "Mine"})
        for user in (self.employee, self.manager):
            self.assertFalse(self.env["kehu.access.review"].with_user(user).search([("id", "=", review.id)]))
            self.assertFalse(self.env["kehu.access.review.line"].with_user(user).search([("review_id", "=", review.id)]))
        self.decide_all(review)
        review.with_user(self.boss).workflow_move("sign")
        with self.assertRaisesRegex(UserError, "signed off"), self.env.cr.savepoint():
            boss_line.action_withdraw()

    def test_it_opens_each_half_year_and_runs_against_a_clock(self):
        reviews = self.env["kehu.access.review"]
        self.env.ref("kehu_archive.group_tier_officer").user_ids = self.officer
        with freeze_time("2031-02-03 01:00:00"):
            reviews._cron_open_review()
            reviews._cron_open_review()
        first = reviews.search([("name", "=", "2031 H1")])
        self.assertEqual(len(first), 1)
        self.assertEqual(first.activity_ids.user_id, self.officer)
        self.assertEqual(len(first.deadline_ids), 1)
        first.with_user(self.officer).reviewer_id = self.boss
        with freeze_time("2031-07-01 01:00:00"):
            reviews._cron_open_review()
        self.assertEqual(reviews.search([("name", "=", "2031 H2")]).activity_ids.user_id, self.boss)

    def test_an_officer_opens_one_at_once(self):
        reviews = self.env["kehu.access.review"].sudo()
        before = reviews.search([])
        action = self.env["kehu.access.review"].with_user(self.officer).action_open_review()
        review = reviews.search([]) - before
        self.assertEqual((action["res_id"], review.state), (review.id, "open"))
        self.assertTrue(review.line_ids)
        self.assertTrue(review.activity_ids)
        for user in (self.employee, self.manager, new_test_user(self.env, "test_settings_review", "base.group_system")):
            with self.assertRaisesRegex(AccessError, "officer"):
                self.env["kehu.access.review"].with_user(user).action_open_review()

    def test_queries_do_not_grow(self):
        counts = {}
        for size in (1, 20, 100):
            for index in range(size):
                self.env["res.partner"].create({"name": f"Secret {size}-{index}", "is_company": True, "kehu_tier": "2"})
            users = self.env["res.users"].create([{
                "name": f"Reader {size}-{index}", "login": f"reader_{size}_{index}",
                "group_ids": [Command.set(self.env.ref("kehu_archive.group_clearance_confidential").ids)],
            } for index in range(size)])
            self.assertTrue(users)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["kehu.access.review"]._collect()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertLess(counts[100], counts[1] + 5)
