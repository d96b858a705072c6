from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestSpecialTerms(GradingCase):
    """G10: what goes beyond the grade is approved, and approved anew each year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Special")

    def terms(self, **vals):
        return (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create({"name": "Free samples", "partner_id": self.customer.id, "content": "Ten samples a month", **vals})
        )

    @freeze_time("2027-01-10")
    def test_they_hold_for_a_year_and_are_approved_anew(self):
        terms = self.terms()
        self.assertEqual(terms.date_to, date(2028, 1, 9))
        terms.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "submitted or approved"):
            terms.content = "Twenty samples a month"
        with self.assertRaisesRegex(UserError, "yours to decide"):
            terms.with_user(self.salesman).action_approval_approve()
        self.assertEqual(terms.state, "pending", "who asked does not decide")
        for user in (self.financier, self.marketing):
            terms.with_user(user).action_approval_approve()
        self.assertEqual(terms.state, "approved")
        terms.activity_ids.unlink()  # who asked is told
        with freeze_time("2027-12-09"):
            self.job("expire")
            self.assertFalse(terms.activity_ids)
        with freeze_time("2027-12-10"):
            self.job("expire")
            self.job("expire")
            self.assertEqual(terms.activity_ids.user_id, self.salesman)
            self.assertEqual(len(terms.activity_ids), 1, "reminded once")
            renewed = self.env["kehu.special.terms"].browse(terms.action_renew()["res_id"])
        self.assertEqual(
            (renewed.state, renewed.date_from, renewed.date_to, renewed.previous_id),
            ("draft", date(2028, 1, 10), date(2029, 1, 9), terms),
        )
        with freeze_time("2028-01-10"):
            self.job("expire")
        self.assertEqual(terms.state, "ended")

    def test_what_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "a year at most"):
            self.terms(date_from="2027-01-01", date_to="2028-01-01")
        with self.assertRaises(UserError):
            self.terms(state="approved")
        terms = self.terms(user_id=self.financier.id, is_reminded=True)
        self.assertEqual((terms.user_id, terms.is_reminded), (self.salesman, False))
        with self.assertRaises(AccessError):
            terms.write({"user_id": self.financier.id})
        with self.assertRaises(AccessError):
            terms.workflow_move("expire")
        with self.assertRaisesRegex(UserError, "were approved"):
            terms.action_renew()
        colleague = terms.with_user(self.grader("colleague", "grading_user"))
        for attack in (
            lambda: colleague.write({"content": "A hundred samples"}),
            lambda: colleague.unlink(),
            lambda: colleague.with_context(_force_unlink=True).unlink(),
            lambda: colleague.workflow_move("submit"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        self.assertEqual(terms.writer_ids, self.salesman)
        with self.assertRaises(AccessError):
            terms.write({"writer_ids": [Command.clear()]})
        terms.with_user(self.grading_manager).content = "Five samples"
        self.customer.sudo().kehu_tier = "2"
        self.assertFalse(self.env["kehu.special.terms"].with_user(self.financier).search([("id", "=", terms.id)]))

    def test_writer_of_the_terms_does_not_approve_them(self):
        boss = new_test_user(
            self.env,
            "test_boss",
            "kehu_grading.group_grading_manager,kehu_archive.group_finance",
            company_id=self.company.id,
        )
        terms = self.terms(discount_limit=1)
        terms.with_user(boss).write({"content": "All for nothing", "discount_limit": 99})
        terms.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "yours to decide"):
            terms.with_user(boss).action_approval_approve()
        for user in (self.financier, self.marketing):
            terms.with_user(user).action_approval_approve()
        self.assertEqual((terms.state, terms.writer_ids), ("approved", self.salesman | boss))

    def test_decision_of_a_later_seller_grants_nothing(self):
        terms = self.terms()
        terms.workflow_move("submit")
        terms.with_user(self.financier).action_approval_approve()
        self.financier.group_ids += self.env.ref("base.group_partner_manager")
        self.customer.with_user(self.financier).user_id = self.financier
        with self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
            terms.with_user(self.marketing).action_approval_approve()
        self.assertEqual(terms.state, "pending")
