import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tests import tagged
from odoo.tools import mute_logger

from .payout_common import DAMAGES, GIFT, REFUND, PayoutCase


@tagged("post_install", "-at_install")
class TestPayoutReversed(PayoutCase):
    """C5, C13: what a reversal takes back is approved still and is paid anew; figures count what was really paid."""

    def reverse(self, credit, method="refund_moves", user=None):
        """Reverse posted credit notes as accounting does, and return the reversals."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(user or self.accountant)
            .with_context(active_model="account.move", active_ids=credit.ids)
            .create({"journal_id": credit.journal_id.id, "reason": "A mistake"})
        )
        getattr(wizard, method)()
        return wizard.new_move_ids

    def posted(self, *lines):
        complaint, credit = self.credited(*lines)
        credit.with_user(self.accountant).action_post()
        return complaint, credit

    def take_back(self, credit, amount):
        """Reverse a part of a posted credit note."""
        part = self.reverse(credit).with_user(self.accountant)
        part.write({"invoice_line_ids": [Command.update(part.invoice_line_ids.id, {"price_unit": amount})]})
        part.action_post()
        return part

    def refused(self, complaint):
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_credit_note()

    def test_reversed_credit_note_is_paid_anew(self):
        complaint, credit = self.posted(REFUND, DAMAGES)
        self.assertEqual(complaint.compensation_paid, 500)
        reversal = self.reverse(credit)
        self.refused(complaint)
        reversal.with_user(self.accountant).action_post()
        self.assertEqual(
            (complaint.compensation_paid, complaint.compensation_ids.mapped("is_carried_out")), (0, [False, False])
        )
        self.assertIn("was reversed", complaint.message_ids[0].body)
        complaint.with_user(self.handler).action_create_credit_note()
        again = complaint.sudo().credit_note_ids - credit
        self.assertEqual((again.amount_total, complaint.compensation_paid), (500, 0))
        self.refused(complaint)
        again.with_user(self.accountant).action_post()
        self.assertEqual(complaint.compensation_paid, 500)
        # The first one is not revived beside the second.
        for name, undo in (
            ("unreconcile", lambda: credit.with_user(self.accountant).line_ids.remove_move_reconcile()),
            ("reversal", lambda: reversal.with_user(self.accountant).button_draft()),
            ("credit note", lambda: credit.with_user(self.accountant).button_draft()),
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                undo()
                self.env.flush_all()
            self.env.invalidate_all()

    def test_reversal_that_is_undone_counts_as_paid(self):
        complaint, credit = self.posted(REFUND)
        reversal = self.reverse(credit)
        reversal.with_user(self.accountant).action_post()
        reversal.with_user(self.accountant).button_draft()
        self.assertEqual(complaint.compensation_paid, 300)
        self.refused(complaint)

    def test_paid_or_partly_reversed_one_is_not_paid_anew(self):
        complaint, credit = self.credited(REFUND)
        self.pay(credit)
        self.reverse(credit).with_user(self.accountant).action_post()
        self.refused(complaint)
        complaint, credit = self.posted(REFUND)
        self.take_back(credit, 100)
        self.refused(complaint)
        self.assertEqual(complaint.compensation_paid, 200)

    def test_part_taken_back_is_withdrawn_by_supervisor(self):
        complaint = self.approve(self.complain(), REFUND)
        mine = complaint.with_user(self.handler)
        mine.executor_id = self.handler
        mine.workflow_move("execute")
        mine.reply = "<p>You get it.</p>"
        mine.workflow_move("reply")
        mine.callback_user_id = self.taker
        mine.action_create_credit_note()
        credit = complaint.sudo().credit_note_ids
        credit.with_user(self.accountant).action_post()
        mine.workflow_move("call_back")
        back = self.take_back(credit, 299.99)
        self.assertEqual(complaint.compensation_paid, 0.01)
        closing = complaint.with_user(self.taker)
        closing.satisfaction = "4"
        with self.assertRaisesRegex(UserError, "Not carried out yet"), self.env.cr.savepoint():
            closing.workflow_move("close")
        complaint.with_user(self.supervisor).workflow_move("forgo", reason="The customer wants one cent")
        mine.workflow_move("call_back")
        closing.workflow_move("close")
        self.assertEqual((complaint.state, complaint.compensation_paid), ("closed", 0.01))
        back.button_draft()
        self.assertEqual(complaint.compensation_paid, 300)

    def test_ordinary_invoice_reverses_nothing(self):
        complaint, credit = self.posted(REFUND)
        sold = credit.invoice_line_ids.sudo()
        ordinary = {
            "move_type": "out_invoice",
            "partner_id": self.customer.id,
            "invoice_line_ids": [
                Command.create({"product_id": sold.product_id.id, "quantity": 1, "price_unit": 300, "tax_ids": []})
            ],
        }
        Move = self.env["account.move"].with_user(self.accountant)
        invoice = Move.create(ordinary)
        invoice.action_post()
        (invoice | credit).line_ids.filtered(lambda line: line.account_id.reconcile).reconcile()
        self.assertFalse(credit.amount_residual)
        for declare in (
            lambda: invoice.write({"reversed_entry_id": credit.id}),
            lambda: credit.with_user(self.accountant).write({"reversal_move_ids": [Command.link(invoice.id)]}),
            lambda: Move.create({**ordinary, "reversed_entry_id": credit.id}),
            lambda: Move.create({**ordinary, "reversed_entry_id": f" {credit.id}"}),
            lambda: Move.create({**ordinary, "reversed_entry_id": float(credit.id)}),
            lambda: Move.with_context(default_reversed_entry_id=credit.id).create(ordinary),
            lambda: Move.with_context(kehu_reversal_permit=True).create({**ordinary, "reversed_entry_id": credit.id}),
        ):
            with self.assertRaisesRegex(AccessError, "from itself only"), self.env.cr.savepoint():
                declare()
            self.env.invalidate_all()
        self.refused(complaint)
        _other, credit = self.posted(DAMAGES)
        reversal = self.reverse(credit).with_user(self.accountant)
        with self.assertRaisesRegex(AccessError, "from itself only"), self.env.cr.savepoint():
            reversal.reversed_entry_id = False
        reversal.write({"reversed_entry_id": credit.id, "ref": "The same"})

    def test_accused_accountant_does_not_reverse(self):
        complaint, credit = self.posted(REFUND)
        complaint.accused_user_ids = self.accountant
        reversal = self.reverse(credit, user=self.env.user)
        with self.assertRaisesRegex(AccessError, "leave it to a colleague"), self.env.cr.savepoint():
            reversal.with_user(self.accountant).action_post()

    def test_nobody_says_what_counts(self):
        complaint, credit = self.posted(REFUND)
        line = credit.line_ids.filtered("kehu_compensation_id")
        self.assertEqual(line._fields["kehu_counts"].groups, NO_ACCESS)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.with_user(self.accountant).write({"kehu_counts": False})
        self.env["ir.default"].sudo().set("account.move.line", "kehu_counts", False)
        other = self.approve(self.complain(serial="SN-9", product_id=False), REFUND)
        other.with_user(self.handler).with_context(default_kehu_counts=False).action_create_credit_note()
        self.refused(other)
        for vals in ({"amount_paid": 0}, {"outcome": "withdrawn"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.compensation_ids.with_user(self.supervisor).write(vals)

    def test_credit_notes_are_grouped_and_sorted_by_complaint(self):
        _complaint, credit = self.credited(REFUND)
        other, _credit = self.credited(DAMAGES)
        other.accused_user_ids = self.handler
        self.handler.group_ids |= self.env.ref("account.group_account_invoice")
        Move = self.env["account.move"].with_user(self.handler)
        domain = [("partner_id", "=", self.customer.id)]
        self.assertIn(credit, Move.search(domain, order="kehu_complaint_id"))
        self.assertIn(credit, Move.search(domain, order="kehu_complaint_id desc, id"))
        groups = Move.formatted_read_group(domain, ["kehu_complaint_id"], ["__count"])
        self.assertEqual(
            {group["kehu_complaint_id"] and group["kehu_complaint_id"][0] for group in groups},
            {False, credit.kehu_complaint_id.id},
        )
        groups = Move.formatted_read_group(
            domain, ["kehu_complaint_id", "state"], ["__count"], order="kehu_complaint_id desc"
        )
        self.assertEqual(len(groups), 2)

    def test_figures_count_what_was_really_paid(self):
        complaint, credit = self.credited(REFUND, DAMAGES, GIFT)
        row = self.env["kehu.complaint.report"].search([("complaint_id", "=", complaint.id)])
        for act, paid in (
            (lambda: None, 0),
            (lambda: credit.with_user(self.accountant).action_post(), 500),
            (lambda: credit.with_user(self.accountant).button_draft(), 0),
        ):
            act()
            self.env.invalidate_all()
            self.assertEqual((row.compensation_paid, complaint.compensation_amount), (paid, 550))
