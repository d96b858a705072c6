from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestEnteredSeller(GradingCase):
    """G3, G9: nobody keeps a member or an approver from deciding by entering them as salesperson for a while."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Big")
        cls.env.ref("base.group_partner_manager").user_ids += cls.salesman | cls.grading_manager
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=1)
        cls.member, cls.friend = cls.members[:2]

    def enter(self, *users, by=None):
        for user in users:
            self.customer.with_user(by or self.salesman).user_id = user
        self.env.flush_all()
        self.env.invalidate_all()

    def change(self, user=None, **vals):
        return (
            self.env["kehu.evaluation"]
            .with_user(user or self.salesman)
            .create({"partner_id": self.customer.id, "proposed_grade_id": self.grade_a.id, "reason": "Good", **vals})
        )

    def vote(self, sheet, user, grade=None):
        return (
            self.env["kehu.evaluation.vote"]
            .with_user(user)
            .create({"evaluation_id": sheet.id, "grade_id": (grade or self.grade_d).id})
        )

    def test_vote_stays_whoever_is_entered_as_seller(self):
        sheet = self.change()
        vote = self.vote(sheet, self.member)
        self.enter(self.member)
        self.assertTrue(vote.is_current)
        self.enter(self.salesman)
        self.assertTrue(vote.is_current)
        self.assertEqual(sheet.committee_grade_id, self.grade_d)

    def test_member_entered_for_a_moment_votes(self):
        sheet = self.change()
        self.enter(self.member, self.friend, self.salesman)
        self.vote(sheet, self.member)
        rows = self.env["kehu.former.seller"].search([("user_id", "in", (self.member | self.friend).ids)])
        self.assertEqual(rows.mapped("is_brief"), [True, True])

    def test_import_strikes_no_votes(self):
        sheet = self.change()
        vote = self.vote(sheet, self.member)
        rows = [[str(self.customer.id), str(user.id)] for user in (self.member, self.salesman)]
        self.customer.with_user(self.salesman).load([".id", "user_id/.id"], rows)
        self.env.flush_all()
        self.assertTrue(vote.is_current)
        self.vote(sheet, self.member)

    def test_merged_shell_strikes_no_votes(self):
        sheet = self.change()
        vote = self.vote(sheet, self.member)
        shell = self.env["res.partner"].with_user(self.salesman).create({"name": "Big, too", "user_id": self.member.id})
        Merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.salesman)
        Merge.create({}).sudo()._merge((shell + self.customer).ids, self.customer.sudo())
        self.env.invalidate_all()
        self.assertTrue(vote.is_current)
        self.assertEqual(sheet.committee_grade_id, self.grade_d)
        self.vote(sheet, self.member)

    def test_approver_entered_as_seller_decides(self):
        terms = (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create({"name": "Fair", "partner_id": self.customer.id, "content": "10 %"})
        )
        self.enter(self.financier)
        self.assertNotIn(self.financier, terms.sudo()._approval_excluded_users()[terms.id])
        self.enter(self.salesman)
        self.assertNotIn(self.financier, terms.sudo()._approval_excluded_users()[terms.id])

    def test_approved_lowering_takes_effect_all_the_same(self):
        sheet = self.change(
            self.grading_manager,
            proposed_grade_id=self.grade_d.id,
            date_from=fields.Date.today() + timedelta(days=1),
        )
        self.vote(sheet, self.member)
        sheet.workflow_move("submit")
        for user in (self.financier, self.marketing):
            sheet.with_user(user).action_approval_approve()
        self.enter(self.member, self.financier)
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.job("take_effect")
        self.assertEqual(sheet.sudo().state, "in_force")

    def test_entered_seller_is_partial_after_a_week(self):
        sheet = self.change()
        self.enter(self.member)
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self.env.invalidate_all()
            with self.assertRaisesRegex(AccessError, "sells to a customer"), self.env.cr.savepoint():
                self.vote(sheet, self.member)
            self.enter(self.salesman)
            with self.assertRaisesRegex(AccessError, "sells to a customer"), self.env.cr.savepoint():
                self.vote(sheet, self.member)

    def test_brief_stays_add_up_to_a_week(self):
        sheet = self.change()
        begun = fields.Datetime.now()
        for day, user in enumerate((self.member, self.salesman, self.member, self.salesman, self.member)):
            with freeze_time(begun + timedelta(days=3 * day)):
                self.enter(user)
                self.assertNotIn(self.member, sheet.sudo()._impartial_recused()[sheet.id])
        with freeze_time(begun + timedelta(days=14)):
            self.env.invalidate_all()
            with self.assertRaisesRegex(AccessError, "sells to a customer"):
                self.vote(sheet, self.member)

    def test_seller_who_is_entered_anew_stays_partial(self):
        sheet = self.change()
        self.enter(self.member, by=self.grading_manager)
        self.enter(self.salesman, self.member)
        with self.assertRaisesRegex(AccessError, "sells to a customer"):
            self.vote(sheet, self.member)

    def test_manager_who_sells_enters_nobody_impartially(self):
        sheet = self.change()
        vote = self.vote(sheet, self.member)
        self.enter(self.grading_manager, by=self.env.user)
        self.enter(self.member, by=self.grading_manager)
        self.assertTrue(vote.is_current)

    def test_run_is_approved_by_whom_somebody_enters(self):
        self.invoice(self.customer, 900, date(2026, 6, 1))
        run = self.measure(self.scheme)
        sheet = run.sudo().evaluation_ids.filtered(lambda sheet: sheet.partner_id == self.customer)
        self.vote(sheet, self.friend)
        self.enter(self.financier)
        self.assertNotIn(self.financier, run._approval_excluded_users().get(run.id, self.env["res.users"]))
