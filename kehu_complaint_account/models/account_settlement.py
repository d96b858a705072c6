"""A credit note for a complaint is settled with the customer who complained, and not written off (C5)."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_bank import sanitize_account_number

OWED = ("asset_receivable", "liability_payable")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _check_payout_settled(self):
        """Refuse to settle a credit note otherwise than with its customer and in full.

        :raise UserError: a credit note for a complaint is settled with somebody else, or by less than it pays
        """
        notes = self._payout_documents()
        customers = notes.kehu_complaint_id.customer_id
        accounts = self.env["res.partner.bank"].sudo().search([("partner_id", "child_of", customers.ids)])
        numbers = {
            customer: set(mine.mapped("sanitized_acc_number"))
            for customer, mine in accounts.grouped(lambda account: account.partner_id.commercial_partner_id).items()
        }
        for note in notes:
            owed = note.line_ids.filtered(lambda line: line.account_type in OWED)
            partials = owed.matched_debit_ids | owed.matched_credit_ids
            settling = (partials.debit_move_id | partials.credit_move_id) - owed
            payments = settling.move_id.origin_payment_id | note.matched_payment_ids
            money = settling.move_id.statement_line_id
            banks = payments.partner_bank_id | money.partner_bank_id
            named = (settling.partner_id | payments.partner_id | banks.partner_id) - note.company_id.partner_id
            customer = note.kehu_complaint_id.customer_id
            # Money that names nobody may be anybody's.
            is_named = all(payment.partner_id for payment in payments) and all(
                line.partner_id or line.move_id.statement_line_id.account_number for line in settling
            )
            if not (
                is_named
                and named.commercial_partner_id <= customer
                and money._payout_numbers() <= numbers.get(customer, set())
                and all(move._payout_settles_whole() for move in settling.move_id)
            ):
                raise UserError(
                    self.env._(
                        "What was approved for a complaint is paid to the customer who complained, and nothing of it "
                        "is written off: choose an account of the customer, and pay the whole amount, or set it off "
                        "against an invoice of the customer."
                    )
                )

    def _payout_matched(self):
        """Return the documents with which those of ``self``, in sudo, are settled, and themselves."""
        lines = self.line_ids
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        return (partials.debit_move_id | partials.credit_move_id).move_id

    def _payout_settles_whole(self):
        """Return whether a document, in sudo, is an invoice, or moves as much money as it settles.

        A manual entry moves none. What one line settles is not made up for by another line that owes it to somebody.
        """
        self.ensure_one()
        if self.is_invoice(include_receipts=True):
            return True
        source = self.origin_payment_id or self.statement_line_id
        if not source:
            return False
        paid = abs(sum(source._seek_for_lines()[0].mapped("balance")))
        balances = self.line_ids.filtered(lambda line: line.account_type in OWED).mapped("balance")
        settled = sum(balance for balance in balances if balance > 0)
        return self.company_currency_id.compare_amounts(paid, settled) >= 0


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.constrains("account_number", "partner_id")
    def _check_payout_settled(self):
        self.move_id._payout_matched()._check_payout_settled()

    def _payout_numbers(self):
        """Return the numbers of the bank accounts to which money went, as the bank says."""
        return {sanitize_account_number(line.account_number) for line in self if line.account_number}


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.constrains("debit_move_id", "credit_move_id")
    def _check_payout_settled(self):
        (self.debit_move_id | self.credit_move_id).move_id._check_payout_settled()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.constrains("partner_id", "partner_bank_id", "invoice_ids")
    def _check_payout_settled(self):
        (self.invoice_ids | self.move_id._payout_matched())._check_payout_settled()
