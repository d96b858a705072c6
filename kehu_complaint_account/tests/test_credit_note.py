import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_complaint.models.payout.payout_mixin import PayoutPermit

from .payout_common import REFUND, PayoutCase


@tagged("post_install", "-at_install")
class TestCreditNote(PayoutCase):
    """C5: money goes out from an approved proposal only, no more than approved, each line once."""

    def test_the_handler_drafts_and_accounting_posts(self):
        complaint, credit = self.credited()
        self.assertRecordValues(
            credit, [{"move_type": "out_refund", "state": "draft", "partner_id": self.customer.id, "amount_total": 500}]
        )
        self.assertEqual(
            credit.invoice_line_ids.mapped("name"), ["Refund", "Damages"], "without the notes of the complaint"
        )
        self.assertEqual(complaint.compensation_ids.mapped("is_carried_out"), [True, True, False])
        self.assertIn(self.accountant, credit.activity_ids.user_id)
        self.assertIn("500", complaint.message_ids[0].body)
        approved = credit.with_user(self.accountant).message_ids.filtered(lambda message: "Approved on" in message.body)
        self.assertIn("500", approved.body)
        self.assertIn(complaint.approval_decision_ids.user_id.name, approved.body)
        self.assertNotIn(complaint.number, approved.body)
        credit.with_user(self.accountant).action_post()
        self.assertEqual(credit.state, "posted")
        self.assertFalse(credit.activity_ids)

    def test_only_who_may_read_it_in_accounting_is_asked(self):
        clearance = "kehu_confidential.group_clearance_top_secret"
        cleared = new_test_user(self.env, "test_cleared_accountant", f"account.group_account_invoice,{clearance}")
        complaint = self.approve(self.complain(), REFUND)
        self.handler.group_ids += self.env.ref(clearance)
        self.customer.kehu_tier = "3"
        complaint.with_user(self.handler).action_create_credit_note()
        asked = complaint.sudo().credit_note_ids.activity_ids.user_id
        self.assertEqual((cleared in asked, self.accountant in asked), (True, False))

    def test_invoice_opens_without_right_to_payments(self):
        _complaint, credit = self.credited()
        group = self.env.ref("base.group_user")
        model = self.env["ir.model"]._get_id("account.move")
        self.env["ir.model.access"].create(
            {"name": "sales", "model_id": model, "group_id": group.id, "perm_read": True}
        )
        self.assertEqual(credit.with_user(self.salesman).web_read({"payment_count": {}})[0]["payment_count"], 0)

    def test_accountant_outside_the_service_opens_the_complaint(self):
        complaint = self.approve(self.complain(), REFUND)
        told = complaint.with_user(self.handler).action_create_credit_note()
        self.assertIn("300", told["params"]["message"])
        self.salesman.group_ids += self.env.ref("account.group_account_readonly")
        mine = complaint.with_user(self.salesman)
        self.env.invalidate_all()
        self.assertEqual(Form(mine).credit_note_count, 1)
        self.assertEqual(
            self.env["account.move"].with_user(self.salesman).search(mine.action_open_credit_notes()["domain"]),
            complaint.sudo().credit_note_ids,
        )

    def test_executor_drafts_without_right_to_invoices(self):
        complaint = self.approve(self.complain(), REFUND)
        complaint.with_user(self.handler).executor_id = self.investigator
        complaint.with_user(self.investigator).action_create_credit_note()
        self.assertEqual(complaint.sudo().credit_note_ids.amount_total, 300)

    def test_nothing_is_paid_before_approval(self):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.handler).write({"proposal": "…", "compensation_ids": [Command.create(REFUND)]})
        for _state in ("proposal", "pending"):
            with self.assertRaisesRegex(UserError, "before the proposal is approved"), self.env.cr.savepoint():
                complaint.with_user(self.handler).action_create_credit_note()
            if complaint.state == "proposal":
                complaint.with_user(self.handler).workflow_move("propose")
        self.assertFalse(complaint.sudo().credit_note_ids)

    def test_who_has_no_part_or_is_complained_about_cannot(self):
        complaint = self.approve(self.complain(), REFUND)
        for user in (self.employee, self.accountant, self.salesman):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(user).action_create_credit_note()
        complaint.accused_user_ids = self.taker
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.taker).action_create_credit_note()

    def test_the_accused_accountant_does_not_post_and_is_not_told(self):
        complaint = self.approve(self.complain(), REFUND)
        complaint.accused_user_ids = self.accountant
        complaint.with_user(self.handler).action_create_credit_note()
        credit = complaint.sudo().credit_note_ids
        self.assertNotIn(self.accountant, credit.activity_ids.user_id)
        for attack in (lambda move: move.action_post(), lambda move: move.write({"state": "posted"})):
            with self.assertRaisesRegex(AccessError, "leave it to a colleague"), self.env.cr.savepoint():
                attack(credit.with_user(self.accountant))
        self.assertEqual(credit.state, "draft")

    def test_each_line_is_paid_once(self):
        complaint, credit = self.credited()
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_credit_note()
        # Two presses that do not see each other meet at the index.
        line = credit.line_ids.filtered("kehu_compensation_id")[:1]
        permit = PayoutPermit(frozenset(complaint.ids), frozenset(complaint.compensation_ids.ids))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.env["account.move"].with_context(kehu_payout_permit=permit).create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.customer.id,
                    "kehu_complaint_id": complaint.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Twice",
                                "price_unit": 300,
                                "tax_ids": [],
                                "kehu_compensation_id": line.kehu_compensation_id.id,
                            }
                        )
                    ],
                }
            )
            self.env.flush_all()

    def test_a_cancelled_credit_note_can_be_made_again(self):
        complaint, credit = self.credited()
        credit.with_user(self.accountant).button_cancel()
        complaint.with_user(self.handler).action_create_credit_note()
        self.assertEqual(sorted(complaint.sudo().credit_note_ids.mapped("state")), ["cancel", "draft"])
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            credit.with_user(self.accountant).button_draft()
            self.env.flush_all()

    def test_posted_credit_note_is_not_made_again(self):
        complaint, credit = self.credited(REFUND)
        self.pay(credit)
        mine = credit.with_user(self.accountant)
        mine.button_draft()
        mine.button_cancel()
        self.assertIn("was cancelled", complaint.message_ids[0].body)
        line = mine.line_ids.filtered(lambda line: line.sudo().kehu_compensation_id)
        own = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create({"move_type": "out_refund", "partner_id": self.customer.id})
        )
        for attack, error in (
            (lambda: mine.write({"posted_before": False}), AccessError),
            (lambda: line.write({"move_id": own.id}), AccessError),
            (lambda: line.unlink(), UserError),
            (lambda: mine.unlink(), UserError),
            (lambda: mine.with_context(force_delete=True).unlink(), UserError),
        ):
            with self.assertRaises(error), self.env.cr.savepoint():
                attack()
                self.env.flush_all()
            self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_create_credit_note()
        mine.button_draft()
        mine.action_post()
        self.assertEqual(credit.state, "posted", "the same one can be posted again")

    def test_deleted_draft_is_noted_and_made_again(self):
        complaint, credit = self.credited(REFUND)
        credit.with_user(self.accountant).unlink()
        self.assertIn("was deleted", complaint.message_ids[0].body)
        complaint.with_user(self.handler).action_create_credit_note()
        self.assertEqual(complaint.sudo().credit_note_ids.amount_total, 300)

    def test_accused_accountant_neither_changes_nor_undoes_it(self):
        complaint, credit = self.credited(REFUND)
        complaint.accused_user_ids = self.accountant
        mine = credit.with_user(self.accountant)
        line = mine.invoice_line_ids
        for attack in (
            lambda: line.write({"price_unit": 5000}),
            lambda: line.unlink(),
            lambda: line.create({"move_id": mine.id, "name": "More", "price_unit": 100}),
            lambda: mine.write({"invoice_line_ids": [Command.update(line.id, {"price_unit": 5000})]}),
            lambda: mine.write({"partner_id": self.salesman.partner_id.id}),
            lambda: mine.button_cancel(),
            lambda: mine.unlink(),
        ):
            with self.assertRaisesRegex(AccessError, "leave it to a colleague"), self.env.cr.savepoint():
                attack()
            self.env.invalidate_all()
        self.assertTrue(credit.exists())
        self.assertEqual((credit.state, credit.amount_total), ("draft", 300))

    def test_nobody_links_a_credit_note_by_hand(self):
        complaint, credit = self.credited()
        Move = self.env["account.move"].with_user(self.accountant)
        values = {"move_type": "out_refund", "partner_id": self.customer.id}
        own = Move.create(values)
        self.env["ir.default"].set("account.move", "kehu_complaint_id", complaint.id, user_id=self.manager.id)
        forger = new_test_user(
            self.env, "test_forger", "account.group_account_invoice,kehu_complaint.group_service_user", name="Ma"
        )
        self.env["ir.default"].set("account.move", "kehu_complaint_id", complaint.id, user_id=forger.id)
        line = {"name": "x", "price_unit": 1}
        for attack in (
            lambda: Move.create({**values, "kehu_complaint_id": complaint.id}),
            lambda: Move.with_context(default_kehu_complaint_id=complaint.id).create(values),
            lambda: (
                Move.with_user(forger)
                .with_context(kehu_payout_permit={"complaint_ids": complaint.ids})
                .create({**values, "kehu_complaint_id": complaint.id})
            ),
            lambda: own.with_user(forger).write({"kehu_complaint_id": complaint.id}),
            lambda: own.with_user(forger).write(
                {
                    "invoice_line_ids": [
                        Command.create({**line, "kehu_compensation_id": complaint.compensation_ids[0].id})
                    ]
                }
            ),
            lambda: complaint.with_user(forger).write({"credit_note_ids": [Command.link(own.id)]}),
            lambda: complaint.with_user(forger).write({"credit_note_ids": [Command.create(values)]}),
            lambda: credit.with_user(forger).write({"kehu_complaint_id": False}),
            lambda: (
                credit.line_ids.filtered("kehu_compensation_id")
                .with_user(forger)
                .write({"kehu_compensation_id": False})
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        self.assertFalse((own | Move.with_user(forger).create(values)).sudo().kehu_complaint_id)

    def test_no_more_than_approved_goes_out_and_to_nobody_else(self):
        _complaint, credit = self.credited()
        mine = credit.with_user(self.accountant)
        line = mine.invoice_line_ids[:1]
        tax = self.env["account.tax"].create({"name": "VAT 13", "amount": 13, "type_tax_use": "sale"})
        other = self.env["res.partner"].create({"name": "Somebody else"})
        for attack in (
            lambda: line.write({"price_unit": 301}),
            lambda: line.with_context(kehu_payout_permit=True).write({"price_unit": 301}),
            lambda: line.write({"quantity": 2}),
            lambda: line.write({"tax_ids": [Command.link(tax.id)]}),
            lambda: mine.write(
                {"invoice_line_ids": [Command.create({"name": "More", "price_unit": 100, "tax_ids": []})]}
            ),
            lambda: line.create({"move_id": mine.id, "name": "More", "price_unit": 100, "tax_ids": []}),
            lambda: mine.write({"partner_id": other.id}),
            lambda: mine.action_switch_move_type(),
            lambda: (
                mine.invoice_line_ids[-1:].with_context(dynamic_unlink=True).unlink()
                and line.write({"price_unit": 500})
            ),
        ):
            with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
                attack()
        mine.write(
            {"invoice_line_ids": [Command.update(line.id, {"price_unit": 265.49, "tax_ids": [Command.link(tax.id)]})]}
        )
        self.assertAlmostEqual(credit.amount_total, 500)
        mine.action_post()

    def test_a_rate_by_hand_pays_no_more_than_approved(self):
        _complaint, credit = self.credited()
        mine = credit.with_user(self.accountant)
        line = mine.invoice_line_ids[:1]
        foreign = (self.env.ref("base.EUR") + self.env.ref("base.USD") - credit.currency_id)[:1]
        foreign.active = True
        dear = {"invoice_currency_rate": 1000.0, "invoice_line_ids": [Command.update(line.id, {"price_unit": 100_000})]}
        for attack in (
            lambda: mine.write({"currency_id": foreign.id}),
            lambda: mine.write({"currency_id": foreign.id, **dear}),
            lambda: mine.write(dear),
        ):
            with self.assertRaisesRegex(UserError, "what was approved"), self.env.cr.savepoint():
                attack()
        mine.action_post()
        self.assertEqual((credit.currency_id, credit.amount_residual), (credit.company_currency_id, 500))

    def test_account_and_address_of_others_are_refused(self):
        _complaint, credit = self.credited()
        mine = credit.with_user(self.accountant)
        friend = self.env["res.partner"].create({"name": "Friend of the accountant"})
        buyer = self.env["res.partner"].create({"name": "Their buyer", "parent_id": self.customer.id})
        friends, own = self.env["res.partner.bank"].create(
            [{"acc_number": "111", "partner_id": friend.id}, {"acc_number": "222", "partner_id": self.customer.id}]
        )
        for attack in (
            lambda: mine.write({"partner_bank_id": friends.id}),
            lambda: mine.write({"partner_shipping_id": friend.id}),
            lambda: mine.line_ids[-1:].write({"partner_id": friend.id}),
        ):
            with self.assertRaisesRegex(UserError, "to the customer who complained"), self.env.cr.savepoint():
                attack()
        mine.write({"partner_bank_id": own.id, "partner_shipping_id": buyer.id})
        mine.action_post()
        self.assertEqual((credit.state, credit.partner_bank_id), ("posted", own))

    def test_a_copy_is_no_credit_note_for_the_complaint(self):
        _complaint, credit = self.credited()
        copy = credit.with_user(self.accountant).copy()
        self.assertFalse(copy.sudo().kehu_complaint_id or copy.sudo().line_ids.kehu_compensation_id)

    def test_what_is_carried_out_stays_as_it_was_approved(self):
        complaint, credit = self.credited()
        with self.assertRaisesRegex(UserError, "carried out already"), self.env.cr.savepoint():
            complaint.with_user(self.handler).workflow_move("withdraw", reason="Too much")
        self.bring_rest(complaint)
        complaint.with_user(self.taker).workflow_move("again", reason="The customer wants more")
        for user, _vals, move in ((self.investigator, {}, "report"), (self.supervisor, {}, "review")):
            complaint.with_user(user).workflow_move(move)
        refund = complaint.compensation_ids[:1].with_user(self.handler)
        for attack in (lambda: refund.write({"amount": 400}), lambda: refund.unlink()):
            with self.assertRaisesRegex(UserError, "carried out already"), self.env.cr.savepoint():
                attack()
        complaint.with_user(self.handler).write(
            {"compensation_ids": [Command.create({"kind": "refund", "amount": 100})]}
        )
        complaint.with_user(self.handler).workflow_move("propose")
        complaint.approval_ids.filtered(lambda approval: approval.state == "pending").with_user(
            self.supervisor
        ).approve()
        complaint.with_user(self.handler).action_create_credit_note()
        self.assertEqual((complaint.sudo().credit_note_ids - credit).amount_total, 100)

    def bring_rest(self, complaint):
        complaint.with_user(self.handler).executor_id = self.handler
        complaint.with_user(self.handler).workflow_move("execute")
        complaint.with_user(self.handler).reply = "<p>The money is on its way.</p>"
        complaint.with_user(self.handler).workflow_move("reply")
        complaint.with_user(self.handler).callback_user_id = self.taker
        complaint.with_user(self.handler).workflow_move("call_back")

    def test_ordinary_credit_notes_are_accounting_s(self):
        with self.assertQueryCount(__system__=0):
            self.env["account.move"]._check_payout()
        move = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.customer.id,
                    "invoice_line_ids": [Command.create({"name": "Ordinary", "price_unit": 9000, "tax_ids": []})],
                }
            )
        )
        move.action_post()
        self.assertEqual(move.state, "posted")
