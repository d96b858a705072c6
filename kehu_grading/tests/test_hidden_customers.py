from datetime import date

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestHiddenCustomers(GradingCase):
    """X3: grading all customers tells nothing of those who are hidden from the grading manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open, cls.hidden = cls.new_customer("Open"), cls.new_customer("Hidden Holding", ref="7431")
        cls.invoice(cls.open, 1000, date(2026, 5, 1))
        cls.invoice(cls.hidden, 3333, date(2026, 6, 1))
        cls.hidden.sudo().write({"kehu_tier": "3", "user_id": False})
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}))
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_condition_asks_for_nothing_private(self):
        scheme = self.scheme.with_user(self.grading_manager)
        for domain in (
            f"[('id', '=', {self.hidden.id})]",
            "[('ref', '=like', '7%')]",
            "['!', ('ref', '=like', '7%')]",
            "['|', ('is_company', '=', True), ('name', 'ilike', 'holding')]",
            "[('kehu_tier', '=', '3')]",
            "[('category_id.partner_ids.name', 'ilike', 'holding')]",
            "[('category_id', 'any', [('partner_ids.name', 'ilike', 'holding')])]",
            "[('country_id', 'not any', [('code', '=', 'CN')])]",
        ):
            with (
                self.subTest(domain=domain),
                self.assertRaisesRegex(ValidationError, "may ask only for: .*Country"),
                self.env.cr.savepoint(),
            ):
                scheme.domain = domain
        with self.assertRaisesRegex(ValidationError, "cannot be understood"), self.env.cr.savepoint():
            scheme.domain = "[('name', "

    def test_condition_on_the_kind_of_customer_is_kept(self):
        self.scheme.with_user(
            self.grading_manager
        ).domain = "[('is_company', '=', True), '|', ('country_id', '=', False), ('country_id', 'ilike', 'China')]"
        self.assertEqual(self.measure(self.scheme).sudo().evaluation_ids.partner_id, self.open + self.hidden)

    def test_counts_are_of_what_the_reader_reads(self):
        run = self.measure(self.scheme)
        counts = [
            (reader.evaluation_count, reader.changed_count)
            for reader in (run.with_user(self.grading_manager), run.sudo())
        ]
        self.assertEqual(counts, [(1, 1), (2, 2)])
        shown = run.with_user(self.grading_manager).with_context(lang="en_US")._approval_essentials("run")[run.id]
        self.assertEqual(shown[-2:], [("Customers", "1"), ("Grades That Change", "1")])
        run.with_user(self.grading_manager).workflow_move("submit")
        self.assertEqual(run.state, "pending", "hidden ones are decided with the others")

    def clear(self, user):
        user.with_user(SUPERUSER_ID).group_ids = [
            Command.link(self.env.ref("kehu_confidential.group_clearance_top_secret").id)
        ]

    def test_run_tells_nobody_that_a_hidden_customer_waits(self):
        self.env.ref("kehu_grading.group_grading_committee").user_ids = self.env["res.users"].union(*self.members)
        self.clear(self.members[0])
        self.scheme.write({"committee_for": "all", "committee_needed": 1})
        run = self.measure(self.scheme)
        mine = run.with_user(self.grading_manager)
        visible, hidden = run.sudo().evaluation_ids.sorted(lambda sheet: sheet.partner_id == self.hidden)
        with self.assertRaisesRegex(UserError, "agree on 1 evaluations"), self.env.cr.savepoint():
            mine.workflow_move("submit")
        self.assertEqual(
            (self.asked(run), self.asked(hidden)),
            (self.members[0] | self.members[1] | self.members[2], self.members[0]),
        )
        Vote = self.env["kehu.evaluation.vote"].with_user(self.members[1])
        Vote.create({"evaluation_id": visible.id, "grade_id": self.grade_a.id})
        self.assertEqual((mine.waiting_count, self.asked(run)), (0, self.env["res.users"]))
        self.assertFalse(
            [sentence for label, sentences in mine._workflow_explain() for sentence in sentences if "1 " in sentence]
        )
        mine.workflow_move("submit")
        self.assertEqual((run.state, run.sudo().evaluation_ids), ("pending", visible))
        # It is decided by itself, by those who may see it.
        self.assertEqual((hidden.state, hidden.measured_run_id, self.asked(hidden)), ("draft", run, self.members[0]))
        self.assertTrue(hidden.breakdown)
        Vote.with_user(self.members[0]).create({"evaluation_id": hidden.id, "grade_id": self.grade_b.id})
        self.clear(self.grading_manager)
        self.assertIn("submit", hidden.with_user(self.grading_manager).workflow_moves)
        self.assertEqual(hidden.grade_id, self.grade_b)

    def test_hidden_sheet_waits_for_approvers_who_read_it(self):
        other = self.grader("second_financier", "kehu_archive.group_finance")
        for user in (self.grading_manager, other):
            self.clear(user)
        sheet = (
            self.env["kehu.evaluation"]
            .with_user(self.grading_manager)
            .create({"partner_id": self.hidden.id, "proposed_grade_id": self.grade_b.id, "reason": "Loyal"})
        )
        sheet.workflow_move("submit")
        approval = sheet.sudo().approval_ids
        self.assertEqual((approval.state, approval.asked_user_ids), ("pending", other))
        self.assertEqual(sheet.sudo().activity_ids.user_id, other)

    def test_votes_on_hidden_customers_tell_nothing(self):
        self.scheme.write({"committee_for": "all", "committee_needed": 2})
        run = self.measure(self.scheme)
        hidden = run.sudo().evaluation_ids.filtered(lambda sheet: sheet.partner_id == self.hidden)
        self.clear(self.members[0])
        vote = (
            self.env["kehu.evaluation.vote"]
            .with_user(self.members[0])
            .create({"evaluation_id": hidden.id, "grade_id": self.grade_b.id})
        )
        run.with_user(self.grading_manager).workflow_move("again")
        self.assertEqual(
            (hidden.state, vote.exists(), run.state),
            ("cancelled", vote, "measuring"),
            "the vote is kept with its sheet",
        )
        self.assertFalse(self.asked(hidden))

    def test_run_of_hidden_customers_alone_evaluated_nobody(self):
        self.open.sudo().kehu_tier = "3"
        run = self.measure(self.scheme)
        with self.assertRaisesRegex(UserError, "evaluated nobody"):
            run.with_user(self.grading_manager).workflow_move("submit")

    def test_sales_of_a_hidden_customer_move_no_position(self):
        """Bands and conditions chosen at will spell no figure of a unit's only hidden customer (X3)."""
        unit = self.env["crm.team"].sudo().create({"name": "Unit", "user_id": False})
        (self.open + self.new_customer("Small")).sudo().kehu_team_id = self.hidden.sudo().kehu_team_id = unit
        for number, method in enumerate(("pareto", "percentile")):
            bands = [Command.create({"start": start, "points": 100 - start}) for start in range(1, 101)]
            scheme = self.new_scheme(
                ("amount", {"method": method, "band_ids": bands}), domain=f"[('kehu_team_id', '=', {unit.id})]"
            )
            seen = []
            for amount in (1, 700, 90000):
                self.invoice(self.hidden.sudo(), amount + number, date(2026, 7, 1))
                run = self.measure(scheme)
                sheets = self.env["kehu.evaluation"].with_user(self.grading_manager).search([("run_id", "=", run.id)])
                self.assertEqual(len(sheets), 2)
                seen.append([(sheet.partner_id, sheet.score, sheet.breakdown) for sheet in sheets])
                self.assertTrue(run.sudo().evaluation_ids - sheets, "the hidden one is graded, too")
            self.assertEqual(seen, [seen[0]] * 3)

    def test_shares_are_among_those_whom_the_reader_sees(self):
        with freeze_time("2026-07-01"):
            self.job("lifecycle")
        rows = (
            self.env["kehu.customer.ranking"]
            .with_user(self.grading_manager)
            .search([("partner_id", "in", (self.open + self.hidden).ids)])
        )
        self.assertEqual(
            [(row.partner_id, row.place, row.share, row.cumulated_share) for row in rows], [(self.open, 2, 100, 100)]
        )
