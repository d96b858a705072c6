from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestConcerned(GradingCase):
    """G3, G9: whoever was concerned with a customer since the matter began decides nothing in it,
    stepped back or not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Big")
        cls.invoice(cls.customer, 900, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=1)
        cls.seller, cls.other = cls.members[:2]
        cls.customer.user_id = cls.seller
        cls.grader("financier_two", "kehu_archive.group_finance")
        cls.run_ = cls.measure(cls.scheme)
        cls.sheet = cls.run_.sudo().evaluation_ids

    def vote(self, user, grade=None):
        return (
            self.env["kehu.evaluation.vote"]
            .with_user(user)
            .create({"evaluation_id": self.sheet.id, "grade_id": (grade or self.grade_b).id})
        )

    def step_back(self, user=None):
        self.customer.with_context(tracking_disable=True, mail_notrack=True).user_id = user or self.salesman

    def change(self, user=None, **vals):
        return (
            self.env["kehu.evaluation"]
            .with_user(user or self.customer.user_id)
            .create({"partner_id": self.customer.id, "proposed_grade_id": self.grade_a.id, "reason": "Grows", **vals})
        )

    def test_seller_who_steps_back_does_not_vote(self):
        self.step_back()
        self.env.invalidate_all()
        self.assertFalse(self.sheet.with_user(self.seller).can_vote)
        with self.assertRaisesRegex(AccessError, "sells to a customer"):
            self.vote(self.seller)
        self.assertTrue(self.sheet.with_user(self.other).can_vote)
        self.vote(self.other)

    def test_seller_of_before_the_run_votes(self):
        self.step_back()
        self.env["kehu.former.seller"].sudo().search([("partner_id", "=", self.customer.id)]).date_until = "2025-01-01"
        self.vote(self.seller)

    def test_seller_in_the_window_does_not_vote(self):
        self.step_back()
        self.env["kehu.former.seller"].sudo().search([("partner_id", "=", self.customer.id)]).date_until = "2026-01-02"
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "sells to a customer"):
            self.vote(self.seller)

    def test_seller_who_stepped_back_before_the_proposal(self):
        self.step_back()
        self.env["kehu.former.seller"].sudo().search([]).date_until = fields.Datetime.now() - timedelta(days=9)
        self.sheet = self.change(self.salesman).sudo()
        terms = (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create({"name": "Fair", "partner_id": self.customer.id, "content": "10 %"})
        )
        self.assertFalse(self.sheet.with_user(self.seller).can_vote)
        for document in self.sheet, terms:
            self.assertIn(self.seller, document._approval_excluded_users()[document.id])

    def test_voter_who_comes_to_sell_before_it_takes_effect(self):
        self.step_back()
        self.sheet = self.change(self.salesman, date_from=self.env.company._kehu_today() + timedelta(days=1)).sudo()
        self.vote(self.other, self.grade_a)
        self.sheet.with_user(self.salesman).workflow_move("submit")
        self.sheet.with_user(self.financier).action_approval_approve()
        self.step_back(self.other)
        with self.assertRaisesRegex(UserError, "sells to the customer voted"), self.env.cr.savepoint():
            self.sheet.with_user(self.marketing).action_approval_approve()
        self.env.invalidate_all()
        self.step_back()
        self.env["kehu.former.seller"].sudo().search([]).unlink()
        self.sheet.with_user(self.marketing).action_approval_approve()
        self.assertEqual(self.sheet.state, "approved")
        self.step_back(self.other)
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.job("take_effect")
        self.assertEqual(self.sheet.state, "approved")
        self.assertIn(self.grading_manager, self.sheet.activity_ids.user_id)

    def test_seller_of_a_merged_contact_does_not_vote(self):
        twin = self.env["res.partner"].create({"name": "Big, too", "user_id": self.other.id})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((twin + self.customer).ids, self.customer)
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "sells to a customer"):
            self.vote(self.other)

    def test_first_proposer_does_not_vote_after_a_second(self):
        self.step_back(self.other)
        self.sheet.with_user(self.other).proposed_grade_id = self.grade_a
        self.step_back()
        self.env["kehu.former.seller"].sudo().search([]).date_until = "2025-01-01"
        self.sheet.with_user(self.salesman).proposed_grade_id = self.grade_b
        with self.assertRaisesRegex(AccessError, "asks for the decision"):
            self.vote(self.other)

    def test_vote_of_later_proposer_counts_no_more(self):
        self.customer.kehu_team_id = self.env["crm.team"].sudo().create({"name": "Unit", "user_id": self.other.id})
        vote = self.vote(self.other)
        self.assertEqual(self.sheet.committee_grade_id, self.grade_b)
        self.sheet.with_user(self.other).proposed_grade_id = self.grade_b
        self.assertFalse(vote.is_current or self.sheet.committee_grade_id)
        self.vote(self.members[2])
        self.assertEqual(self.sheet.committee_grade_id, self.grade_b, "the vote of a member without interest counts")

    def test_vote_of_later_seller_counts_no_more(self):
        vote = self.vote(self.other)
        self.step_back()
        self.assertTrue(vote.is_current)
        self.step_back(self.other)
        self.assertFalse(vote.is_current or self.sheet.committee_grade_id)
        self.step_back()
        self.assertFalse(vote.is_current or self.sheet.committee_grade_id)

    def test_vote_of_seller_of_merged_contact_counts_no_more(self):
        vote = self.vote(self.other)
        twin = self.env["res.partner"].create({"name": "Big, too", "user_id": self.other.id})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((twin + self.customer).ids, self.customer)
        self.env.invalidate_all()
        self.assertFalse(vote.is_current or self.sheet.committee_grade_id)

    def test_votes_on_submitted_run_stay(self):
        vote = self.vote(self.other)
        self.run_.workflow_move("submit")
        self.step_back(self.other)
        self.assertTrue(vote.is_current)

    def test_seller_who_steps_back_does_not_approve(self):
        self.step_back(self.financier)
        change = self.change()
        self.vote_on(change)
        change.workflow_move("submit")
        self.step_back()
        self.assertNotIn(self.financier, change.sudo().approval_ids._eligible()[change.sudo().approval_ids.id])
        with self.assertRaises(UserError):
            change.with_user(self.financier).action_approval_approve()

    def vote_on(self, change):
        self.env["kehu.evaluation.vote"].with_user(self.members[2]).create(
            {"evaluation_id": change.id, "grade_id": self.grade_a.id}
        )

    def test_seller_does_not_approve_a_run_with_a_chosen_grade(self):
        self.step_back(self.financier)
        self.vote(self.members[2], self.grade_a)  # as the score says
        self.assertFalse(any(self.run_._approval_excluded_users().values()))
        self.vote(self.members[2], self.grade_b)
        self.step_back()
        self.run_.workflow_move("submit")
        with self.assertRaises(UserError):
            self.run_.with_user(self.financier).action_approval_approve()

    def test_manager_who_sells_neither_cancels_nor_withdraws(self):
        self.step_back(self.grading_manager)
        lowered = (
            self.env["kehu.evaluation"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "proposed_grade_id": self.grade_d.id,
                    "reason": "Pays no more",
                }
            )
        )
        lowered.proposer_ids = self.salesman
        for sheet in (self.sheet, lowered):
            with self.assertRaises(AccessError):
                sheet.with_user(self.grading_manager).workflow_move("cancel", reason="No")
        self.vote_on(lowered)
        lowered.with_user(self.salesman).workflow_move("submit")
        self.step_back()
        with self.assertRaises(AccessError):
            lowered.with_user(self.grading_manager).workflow_move("withdraw", reason="No")
        lowered.with_user(self.salesman).workflow_move("withdraw", reason="Wrong grade")

    def test_manager_who_sells_undoes_no_run_of_others(self):
        self.vote(self.members[2], self.grade_d)
        self.step_back(self.grading_manager)
        self.step_back()
        other = self.grader("other_manager", "grading_manager")
        self.run_.date_effective = self.env.company._kehu_today() + timedelta(days=9)
        self.run_.with_user(other).workflow_move("submit")
        mine = self.run_.with_user(self.grading_manager)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.workflow_move("withdraw", reason="No")
        for user in self.financier, self.marketing:
            self.run_.with_user(user).action_approval_approve()
        self.assertEqual((self.run_.state, mine.workflow_moves or []), ("approved", []))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.workflow_move("cancel", reason="No")
        self.run_.with_user(other).workflow_move("cancel", reason="Measured wrongly")

    def test_manager_cancels_own_proposal_before_anybody_voted(self):
        first, second = self.change(self.grading_manager), self.change(self.grading_manager)
        first.workflow_move("cancel", reason="A mistake")
        self.vote_on(second)
        with self.assertRaises(AccessError):
            second.workflow_move("cancel", reason="They voted against it")

    def test_financier_who_sells_sets_no_credit_grade(self):
        self.step_back(self.financier)
        self.step_back()
        with self.assertRaisesRegex(AccessError, "neither sells"):
            self.sheet.with_user(self.financier).credit_grade_id = self.grade_a

    def test_seller_of_special_terms_does_not_approve_them(self):
        self.step_back(self.financier)
        terms = (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create({"name": "Fair", "partner_id": self.customer.id, "content": "10 %"})
        )
        self.step_back()
        self.assertIn(self.financier, terms._approval_excluded_users()[terms.id])

    def test_applicant_manager_does_not_admit(self):
        admission = self.env["kehu.admission"].with_user(self.grading_manager).create({"partner_id": self.customer.id})
        for name in ("admit", "refuse"):
            move = admission._workflow_get_move(name)
            self.assertFalse(admission._workflow_filter_movable_by_user(move))
            self.assertTrue(admission.with_user(self.env.user)._workflow_filter_movable_by_user(move))

    def test_only_the_server_notes_who_sold(self):
        values = {"partner_id": self.customer.id, "user_id": self.other.id}
        self.step_back()
        row = self.env["kehu.former.seller"].search([("partner_id", "=", self.customer.id)])
        for user in (self.grading_manager, self.env.ref("base.user_admin")):
            for attack in (
                lambda user=user: row.with_user(user).create(values),
                lambda user=user: row.with_user(user).unlink(),
                lambda user=user: row.with_user(user).write({"date_until": "2020-01-01"}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attack()
