from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestVoteAttacks(GradingCase):
    """G3, X3: the dialog of many votes votes in one's own name, on what one may read and vote on, and tells of nothing
    else.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].union(*(cls.new_customer(f"Firm {number}") for number in range(3)))
        for number, customer in enumerate(cls.customers):
            cls.invoice(customer, 400 * (number + 1), date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=2)
        cls.member, cls.second, cls.third = cls.members
        cls.env.ref("kehu_grading.group_grading_committee").user_ids = cls.member | cls.second | cls.third
        cls.grading = cls.measure(cls.scheme)
        cls.sheets = cls.grading.sudo().evaluation_ids.sorted("id")

    def wizard(self, sheets, user, **vals):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["kehu.evaluation.vote.wizard"]
            .with_user(user)
            .create({"evaluation_ids": [Command.set(sheets.ids)], **vals})
        )

    def voters(self, sheet):
        return sheet.sudo().vote_ids.filtered("is_current").user_id

    def test_sheet_of_hidden_customer_is_neither_told_nor_voted_on(self):
        hidden = self.sheets[0]
        hidden.partner_id.sudo().write({"kehu_tier": "3", "user_id": False})
        for make in (
            lambda: self.wizard(self.sheets, self.member),
            lambda: self.wizard(hidden, self.member),
            lambda: (
                self.env["kehu.evaluation.vote.wizard"]
                .with_user(self.member)
                .with_context(default_evaluation_ids=self.sheets.ids)
                .create({})
            ),
        ):
            try:
                wizard = make()
                self.assertNotIn("Firm 0", f"{wizard.left_out} {wizard.read(['evaluation_ids', 'left_out'])}")
                wizard.action_vote()
            except UserError as error:
                self.assertNotIn("Firm 0", str(error))
            self.assertFalse(self.voters(hidden))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.evaluation.vote"].with_user(self.member).create(
                {"evaluation_id": hidden.id, "grade_id": self.grade_a.id}
            )

    def test_sheet_of_another_company_is_not_voted_on(self):
        other = self.env["res.company"].create({"name": "Another company"})
        foreign = self.env["kehu.evaluation"].create({"partner_id": self.customers[0].id, "company_id": other.id})
        try:
            self.wizard(foreign, self.member, choice="grade", grade_id=self.grade_a.id).action_vote()
        except UserError as error:
            self.assertNotIn("Another company", str(error))
        self.assertFalse(self.voters(foreign))

    def test_interested_member_is_left_out_whatever_the_client_says(self):
        mine = self.sheets[0]
        mine.partner_id.sudo().user_id = self.member
        wizard = self.wizard(self.sheets, self.member, choice="grade", grade_id=self.grade_a.id)
        wizard.with_context(default_user_id=self.second.id, default_is_current=False).action_vote()
        self.assertEqual(
            [self.voters(sheet) for sheet in self.sheets], [self.env["res.users"], self.member, self.member]
        )
        with self.assertRaisesRegex(UserError, "You vote on none of these"), self.env.cr.savepoint():
            self.wizard(mine, self.member).action_vote()
        # Who steps back stays interested.
        mine.partner_id.sudo().user_id = self.salesman
        with self.assertRaisesRegex(UserError, "You vote on none of these"), self.env.cr.savepoint():
            self.wizard(mine, self.member).action_vote()

    def test_vote_after_the_decision_is_refused(self):
        wizard = self.wizard(self.sheets, self.third)
        for member in (self.member, self.second):
            self.wizard(self.sheets, member).action_vote()
        self.grading.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "You vote on none of these"), self.env.cr.savepoint():
            wizard.action_vote()
        self.assertEqual(self.voters(self.sheets[0]), self.member | self.second)

    def test_dialog_pressed_twice_leaves_one_vote_that_counts(self):
        wizard = self.wizard(self.sheets, self.member)
        wizard.action_vote()
        wizard.action_vote()
        votes = self.sheets[0].sudo().vote_ids
        self.assertEqual((len(votes), votes.filtered("is_current").user_id), (2, self.member))
        self.assertEqual(self.sheets[0].vote_count, 1)
        with self.assertRaisesRegex(UserError, "One vote for one document"), self.env.cr.savepoint():
            self.env["kehu.evaluation.vote"].with_user(self.member).create(
                [{"evaluation_id": self.sheets[0].id, "grade_id": self.grade_a.id}] * 2
            )

    def test_dialog_of_a_colleague_is_not_pressed(self):
        wizard = self.wizard(self.sheets, self.member, choice="grade", grade_id=self.grade_d.id)
        for user in (self.second, self.salesman, self.grading_manager):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                wizard.with_user(user).action_vote()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                wizard.with_user(user).write({"grade_id": self.grade_a.id})
        self.assertFalse(self.voters(self.sheets[0]))
