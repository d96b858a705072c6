from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .payout_common import DAMAGES, REFUND, PayoutCase


@tagged("post_install", "-at_install")
class TestSettlement(PayoutCase):
    """C5: what was approved is credited in full, and settled with the customer who complained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.friend = cls.env["res.partner"].create({"name": "Friend of the accountant"})
        cls.friends_bank, cls.own_bank = cls.env["res.partner.bank"].create(
            [
                {"acc_number": acc_number, "partner_id": partner.id, "allow_out_payment": True}
                for acc_number, partner in (("6222 111", cls.friend), ("6222 222", cls.customer))
            ]
        )

    def posted(self, *lines):
        complaint, credit = self.credited(*lines)
        credit.with_user(self.accountant).action_post()
        return complaint, credit

    def register(self, credit, **values):
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=credit.ids)
            .create(values)
        )
        return wizard._create_payments()

    def assertRefused(self, work, sentence="paid to the customer who complained"):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            work()
            self.env.flush_all()
        self.env.invalidate_all()

    def match(self, *moves):
        lines = self.env["account.move.line"].union(*(move.line_ids for move in moves)).with_user(self.accountant)
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def test_less_than_approved_is_not_posted(self):
        complaint, credit = self.credited(REFUND, DAMAGES)
        mine = credit.with_user(self.accountant)
        line = mine.invoice_line_ids[0]
        fee = {"move_id": mine.id, "name": "Fee", "price_unit": -299, "tax_ids": []}
        for attack in (
            lambda: line.write({"price_unit": 0.01}),
            lambda: line.write({"quantity": 0}),
            lambda: line.create(fee),
        ):
            self.assertRefused(lambda attack=attack: attack() and mine.action_post(), "less than")
        mine.action_post()
        mine.button_draft()
        line.price_unit = 0.01
        self.assertRefused(mine.action_post, "less than")
        self.assertEqual(complaint.compensation_paid, 0, "a draft pays nothing")

    def test_refund_is_paid_to_the_customer(self):
        _complaint, credit = self.posted(REFUND)
        self.assertRefused(lambda: self.register(credit, partner_bank_id=self.friends_bank.id))
        payment = self.register(credit, partner_bank_id=self.own_bank.id)
        self.assertTrue(credit.currency_id.is_zero(credit.amount_residual))
        self.assertRefused(lambda: payment.write({"partner_bank_id": self.friends_bank.id}))

    def test_payment_to_somebody_else_settles_nothing(self):
        _complaint, credit = self.posted(REFUND)
        payment = (
            self.env["account.payment"]
            .with_user(self.accountant)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "partner_id": self.friend.id,
                    "amount": 300,
                    "destination_account_id": credit.line_ids.account_id.filtered(
                        lambda account: account.account_type == "asset_receivable"
                    ).id,
                }
            )
        )
        payment.action_post()
        self.assertRefused(lambda: self.match(credit, payment.move_id))

    def test_refund_is_not_written_off(self):
        _complaint, credit = self.posted(REFUND)
        account = self.env["account.account"].search([("account_type", "=", "income_other")], limit=1)
        if not account:
            account = self.env["account.account"].create(
                {"name": "Other income", "code": "KEHU9", "account_type": "income_other"}
            )
        self.assertRefused(
            lambda: self.register(
                credit, amount=0.01, payment_difference_handling="reconcile", writeoff_account_id=account.id
            )
        )
        owed = credit.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        entry = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "line_ids": [
                        Command.create(
                            {"account_id": owed.account_id.id, "partner_id": self.customer.id, "debit": 300}
                        ),
                        Command.create({"account_id": account.id, "credit": 300}),
                    ]
                }
            )
        )
        entry.action_post()
        self.assertRefused(lambda: self.match(credit, entry))

    def test_entry_that_owes_it_to_somebody_settles_nothing(self):
        _complaint, credit = self.posted(REFUND)
        owed = credit.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        for partner in (self.friend, self.customer):
            entry = (
                self.env["account.move"]
                .with_user(self.accountant)
                .create(
                    {
                        "line_ids": [
                            Command.create(
                                {"account_id": owed.account_id.id, "partner_id": self.customer.id, "debit": 300}
                            ),
                            Command.create({"account_id": owed.account_id.id, "partner_id": partner.id, "credit": 300}),
                        ]
                    }
                )
            )
            entry.action_post()
            debit = entry.line_ids.filtered("debit")
            self.assertRefused(lambda debit=debit: (owed | debit).with_user(self.accountant).reconcile())

    def test_statement_line_names_the_customers_account(self):
        _complaint, credit = self.posted(REFUND)
        owed = credit.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        money = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "partner_id": self.customer.id,
                "amount": -300,
                "payment_ref": "Refund",
                "counterpart_account_id": owed.account_id.id,
            }
        )
        for number in ("6222 111", "6222-999"):
            money.account_number = number
            self.assertRefused(lambda: self.match(credit, money.move_id))
        money.account_number = "6222-222"
        self.match(credit, money.move_id)
        self.assertFalse(credit.amount_residual)
        self.assertRefused(lambda: money.write({"account_number": "6222 111"}))

    def test_statement_line_that_names_nobody_settles_nothing(self):
        _complaint, credit = self.posted(REFUND)
        owed = credit.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        money = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.env["account.journal"].search([("type", "=", "bank")], limit=1).id,
                "amount": -300,
                "payment_ref": "Refund",
                "counterpart_account_id": owed.account_id.id,
            }
        )
        self.assertRefused(lambda: self.match(credit, money.move_id))
        self.assertEqual(credit.amount_residual, 300)

    def test_money_makes_up_for_no_line_that_owes_it_to_somebody(self):
        _complaint, credit = self.posted(REFUND)
        owed = credit.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        money = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.env["account.journal"].search([("type", "=", "bank")], limit=1).id,
                "partner_id": self.customer.id,
                "amount": -1,
                "payment_ref": "Refund",
            }
        )
        _liquidity, suspense, _other = money._seek_for_lines()
        common = {"account_id": owed.account_id.id, "currency_id": suspense.currency_id.id}
        money.with_context(force_delete=True).write(
            {
                "line_ids": [
                    Command.delete(suspense.id),
                    Command.create({**common, "partner_id": self.customer.id, "balance": 300, "amount_currency": 300}),
                    Command.create({**common, "partner_id": self.friend.id, "balance": -299, "amount_currency": -299}),
                ]
            }
        )
        debit = money.move_id.line_ids.filtered(lambda line: line.balance == 300)
        self.assertRefused(lambda: (owed | debit).with_user(self.accountant).reconcile())

    def test_part_payment_and_set_off_settle_it(self):
        complaint, credit = self.posted(REFUND)
        self.register(credit, amount=100)
        self.assertEqual(credit.amount_residual, 200)
        invoice = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_line_ids": [Command.create({"name": "Ordinary", "price_unit": 200, "tax_ids": []})],
                }
            )
        )
        invoice.action_post()
        self.match(credit, invoice)
        self.assertEqual((credit.amount_residual, complaint.compensation_paid), (0, 300))
