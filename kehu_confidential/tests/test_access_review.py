from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestAccessReview(TierCase):
    """X7: who can read confidential customers and why, kept or withdrawn, signed off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(cls.env, "test_boss", "base.group_user", name="Gao")
        cls.customer = cls.file_customer(
            cls.officer, name="Secret Customer", kehu_tier="3", user_id=cls.salesman.id, kehu_team_id=cls.unit.id
        )
        cls.customer.child_ids = [Command.create({"name": "Secret Person"})]
        now = fields.Datetime.now()
        cls.grant = (
            cls.env["kehu.grant"]
            .with_user(cls.officer)
            .create(
                {
                    "user_id": cls.employee.id,
                    "partner_id": cls.customer.id,
                    "purpose": "Contract",
                    "date_from": now,
                    "date_until": now + timedelta(days=3),
                }
            )
        )

    def open_review(self, **vals):
        return self.env["kehu.access.review"].create({"name": "Test H1", "reviewer_id": self.boss.id, **vals})

    def line(self, review, user, reason):
        return review.line_ids.filtered(lambda line: line.user_id == user and line.reason == reason)

    def decide_all(self, review):
        (review.line_ids - review.line_ids.filtered("decision")).with_user(self.boss).action_keep()

    def test_everybody_who_reads_is_listed_with_the_reason(self):
        review = self.open_review()
        for user, reason in (
            (self.salesman, "salesperson"),
            (self.leader, "leader"),
            (self.employee, "grant"),
        ):
            line = self.line(review, user, reason)
            self.assertEqual((line.tier, line.customer_count), ("3", 1), reason)
        self.assertGreaterEqual(self.line(review, self.officer, "clearance").customer_count, 1)
        self.assertEqual(self.line(review, self.cleared, "clearance").tier, "2")
        self.assertFalse(review.line_ids.filtered(lambda line: line.user_id == self.manager))

    def test_what_is_withdrawn_is_gone_when_the_manager_signs(self):
        review = self.open_review()
        withdrawn = [
            (self.salesman, "salesperson"),
            (self.employee, "grant"),
            (self.cleared, "clearance"),
        ]
        for user, reason in withdrawn:
            self.line(review, user, reason).with_user(self.boss).write({"decision": "withdraw", "remark": "Moved on"})
        with self.assertRaisesRegex(UserError, "not decided"), self.env.cr.savepoint():
            review.with_user(self.boss).workflow_move("sign")
        self.decide_all(review)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            review.with_user(self.officer).workflow_move("sign")
        self.assertTrue(self.customer.with_user(self.employee).has_access("read"))
        self.assertEqual(review.activity_ids.user_id, self.boss)
        review.with_user(self.boss).workflow_move("sign")
        self.assertEqual(review.state, "signed")
        self.assertFalse(review.activity_ids)
        for user in (self.salesman, self.clerk, self.employee):
            self.assertFalse(self.customer.with_user(user).has_access("read"), user.name)
        self.assertEqual(self.cleared.kehu_clearance, "1")
        self.assertIn("Test H1", self.grant.revoke_reason)
        self.assertTrue(self.customer.with_user(self.leader).has_access("read"))

    def test_clearance_through_another_group_is_not_half_withdrawn(self):
        group = self.env["res.groups"].create(
            {
                "name": "Board",
                "implied_ids": [Command.link(self.env.ref("kehu_confidential.group_clearance_confidential").id)],
            }
        )
        self.manager.group_ids += group
        review = self.open_review()
        self.line(review, self.manager, "clearance").with_user(self.boss).action_withdraw()
        self.decide_all(review)
        with self.assertRaisesRegex(UserError, "Board"), self.env.cr.savepoint():
            review.with_user(self.boss).workflow_move("sign")
        self.assertEqual(review.state, "open")

    def test_nobody_decides_on_own_rights_or_forges(self):
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
        for vals in (
            {"state": "signed"},
            {"reviewer_id": self.officer.id},
            {"line_ids": [Command.clear()]},
            {"name": "x"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                review.with_user(self.boss).write(vals)
        for user in (self.boss, self.officer):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                review.with_user(user).unlink()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["kehu.access.review"].with_user(user).create({"name": "Mine"})
        for user in (self.employee, self.manager):
            self.assertFalse(self.env["kehu.access.review"].with_user(user).search([("id", "=", review.id)]))
            self.assertFalse(
                self.env["kehu.access.review.line"].with_user(user).search([("review_id", "=", review.id)])
            )
        self.decide_all(review)
        review.with_user(self.boss).workflow_move("sign")
        with self.assertRaisesRegex(UserError, "signed off"), self.env.cr.savepoint():
            boss_line.action_withdraw()

    def test_own_rights_are_left_out_and_told_to_officers(self):
        self.env.ref("kehu_confidential.group_tier_officer").sudo().all_user_ids.lang = self.boss.lang = "en_US"
        self.boss.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        review = self.open_review()
        own = self.line(review, self.boss, "clearance")
        self.assertFalse(self.told(review, self.officer))
        lines = review.line_ids.with_user(self.boss)
        answer = lines.action_keep()["params"]["message"]
        self.assertIn(f"{len(lines) - 1} rights are decided", answer)
        self.assertIn("Gao (Clearance)", answer)
        self.assertEqual(set((review.line_ids - own).mapped("decision")), {"keep"})
        self.assertFalse(own.decision)
        with self.assertRaisesRegex(UserError, "Your own rights are not decided yet.*" + self.officer.name):
            review.with_user(self.boss).workflow_move("sign")
        self.assertIn("the reviewer's own rights", self.told(review, self.officer))
        own.with_user(self.officer).action_keep()
        self.assertFalse(self.told(review, self.officer))
        review.with_user(self.boss).workflow_move("sign")

    def test_officers_are_asked_for_the_reviewer(self):
        self.env.ref("kehu_confidential.group_tier_officer").sudo().all_user_ids.lang = self.boss.lang = "en_US"
        review = self.open_review(reviewer_id=False)
        self.assertIn("enter the reviewer", self.told(review, self.officer))
        review.with_user(self.officer).reviewer_id = self.boss
        self.assertFalse(self.told(review, self.officer))
        self.assertIn("decide on each right", self.told(review, self.boss))

    def told(self, review, user):
        return "; ".join(review.sudo().activity_ids.filtered(lambda task: task.user_id == user).mapped("summary"))

    def test_officer_decides_for_the_reviewer_alone(self):
        second = new_test_user(self.env, "test_officer_2", "kehu_confidential.group_tier_officer", name="Sui")
        self.boss.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        review = self.open_review()
        line, own = self.line(review, self.salesman, "salesperson"), self.line(review, self.boss, "clearance")
        line.with_user(self.boss).action_withdraw()
        self.assertEqual((line.decided_user_id, bool(line.date_decided)), (self.boss, True))
        for act in (
            line.with_user(second).action_keep,
            lambda: line.with_user(second).write({"remark": "x"}),
            lambda: line.with_user(self.boss).write({"decided_user_id": second.id}),
            lambda: review.with_user(second).write({"reviewer_id": second.id}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        own.with_user(second).action_keep()
        line.with_user(self.boss).action_keep()
        self.assertIn("Sun: Take away → Keep", "".join(review.message_ids.mapped("body")))
        self.decide_all(review)
        review.with_user(second).reviewer_id = self.manager
        with self.assertRaisesRegex(UserError, "not decided"), self.env.cr.savepoint():
            review.with_user(self.manager).workflow_move("sign")
        review.with_user(second).reviewer_id = self.boss
        review.with_user(self.boss).workflow_move("sign")
        self.assertEqual((review.state, own.decided_user_id), ("signed", second))

    def test_it_opens_each_half_year_and_runs_against_a_clock(self):
        reviews = self.env["kehu.access.review"]
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        with freeze_time("2031-02-03 01:00:00"):
            reviews._cron_open_review()
            reviews._cron_open_review()
        first = reviews.search([("name", "=", "2031-01 – 2031-06")])
        self.assertEqual(len(first), 1)
        self.assertEqual(first.activity_ids.user_id, self.officer)
        self.assertEqual(len(first.deadline_ids), 1)
        first.with_user(self.officer).reviewer_id = self.boss
        with freeze_time("2031-07-01 01:00:00"):
            reviews._cron_open_review()
        self.assertEqual(reviews.search([("name", "=", "2031-07 – 2031-12")]).activity_ids.user_id, self.boss)

    def test_an_officer_opens_one_at_once(self):
        reviews = self.env["kehu.access.review"].sudo()
        before = reviews.search([])
        action = self.env["kehu.access.review"].with_user(self.officer).action_open_review()
        review = reviews.search([]) - before
        self.assertEqual((action["res_id"], review.state), (review.id, "open"))
        self.assertTrue(review.line_ids)
        review.with_user(self.officer).reviewer_id = self.boss
        self.assertEqual(review.activity_ids.user_id, self.boss)
        for user in (self.employee, self.manager, new_test_user(self.env, "test_settings_review", "base.group_system")):
            with self.assertRaisesRegex(AccessError, "officer"):
                self.env["kehu.access.review"].with_user(user).action_open_review()

    def test_queries_do_not_grow(self):
        counts = {}
        for size in (1, 20, 100):
            for index in range(size):
                self.env["res.partner"].create({"name": f"Secret {size}-{index}", "is_company": True, "kehu_tier": "2"})
            users = self.env["res.users"].create(
                [
                    {
                        "name": f"Reader {size}-{index}",
                        "login": f"reader_{size}_{index}",
                        "group_ids": [Command.set(self.env.ref("kehu_confidential.group_clearance_confidential").ids)],
                    }
                    for index in range(size)
                ]
            )
            self.assertTrue(users)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["kehu.access.review"]._collect()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertLess(counts[100], counts[1] + 5)
