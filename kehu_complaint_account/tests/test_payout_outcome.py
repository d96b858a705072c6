from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .payout_common import DAMAGES, GIFT, REFUND, PayoutCase


@tagged("post_install", "-at_install")
class TestPayoutOutcome(PayoutCase):
    """C5, C6: a complaint is closed when what was approved is carried out, or withdrawn with a reason."""

    def replied(self, *lines):
        complaint = self.approve(self.complain(), *lines)
        for vals, move in (({"executor_id": self.handler.id}, "execute"), ({"reply": "<p>You get it.</p>"}, "reply")):
            complaint.with_user(self.handler).write(vals)
            complaint.with_user(self.handler).workflow_move(move)
        complaint.with_user(self.handler).callback_user_id = self.taker
        return complaint

    def told(self, complaint):
        kind = self.env.ref("kehu_workflow.mail_activity_type_turn")
        reminders = complaint.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        return {(activity.user_id, activity.summary.split()[0]) for activity in reminders}

    def close(self, complaint):
        complaint.with_user(self.taker).write({"satisfaction": "4"})
        complaint.with_user(self.taker).workflow_move("close")

    def test_refund_that_was_never_made_stops_the_closing(self):
        complaint = self.replied(REFUND, GIFT)
        mine = complaint.with_user(self.handler)
        self.assertEqual(self.told(complaint), {(self.handler, "Carry")})
        with (
            self.assertRaisesRegex(UserError, r"Not carried out yet: Refund .*300.*withdraw it"),
            self.env.cr.savepoint(),
        ):
            mine.workflow_move("call_back")
        self.assertEqual(complaint.compensation_ids.mapped("outcome"), [False, "given"], "a gift goes with the reply")
        mine.action_create_credit_note()
        self.assertEqual(self.told(complaint), {(self.handler, "Have")})
        mine.workflow_move("call_back")
        self.assertEqual(self.told(complaint), {(self.taker, "Call")})
        with self.assertRaisesRegex(UserError, "posted or confirmed"), self.env.cr.savepoint():
            self.close(complaint)
        complaint.sudo().credit_note_ids.with_user(self.accountant).action_post()
        self.close(complaint)
        self.assertEqual(complaint.state, "closed")

    def test_credit_note_that_is_undone_stops_the_closing(self):
        complaint = self.replied(REFUND)
        mine = complaint.with_user(self.handler)
        mine.action_create_credit_note()
        mine.workflow_move("call_back")
        for undo in (lambda note: note.button_cancel(), lambda note: note.unlink()):
            undo(
                (complaint.sudo().credit_note_ids.filtered(lambda note: note.state == "draft")).with_user(
                    self.accountant
                )
            )
            self.assertEqual(self.told(complaint), {(self.handler, "Carry")})
            with self.assertRaisesRegex(UserError, "Not carried out yet"), self.env.cr.savepoint():
                self.close(complaint)
            mine.action_create_credit_note()
            self.assertEqual(self.told(complaint), {(self.taker, "Call")})

    def test_supervisor_withdraws_with_a_reason_that_is_kept(self):
        complaint = self.replied(REFUND, DAMAGES, GIFT)
        mine, boss = complaint.with_user(self.handler), complaint.with_user(self.supervisor)
        self.assertIn("forgo", boss.workflow_moves)
        for attack, error in (
            (lambda: mine.workflow_move("forgo", reason="Too dear"), AccessError),
            (lambda: boss.workflow_move("forgo"), UserError),
            (lambda: boss.compensation_ids.write({"outcome": "withdrawn"}), AccessError),
            (
                lambda: boss.write({"compensation_ids": [(1, complaint.compensation_ids[0].id, {"outcome": "given"})]}),
                AccessError,
            ),
        ):
            with self.assertRaises(error), self.env.cr.savepoint():
                attack()
        boss.workflow_move("forgo", reason="The customer was paid by the carrier")
        self.assertEqual(complaint.compensation_ids.mapped("outcome"), ["withdrawn", "withdrawn", "given"])
        self.assertEqual(
            complaint.sudo().workflow_log_ids.filtered(lambda log: log.move == "forgo").reason,
            "The customer was paid by the carrier",
        )
        self.assertNotIn("forgo", boss.workflow_moves)
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            boss.workflow_move("forgo", reason="Once more")
        with self.assertRaisesRegex(UserError, "left to carry out"), self.env.cr.savepoint():
            mine.action_create_credit_note()
        mine.workflow_move("call_back")
        self.close(complaint)
        self.assertEqual(complaint.compensation_amount, 550, "the history of what was approved stays")

    def test_withdrawn_line_that_is_proposed_again_is_paid(self):
        complaint = self.replied(REFUND, GIFT)
        complaint.with_user(self.supervisor).workflow_move("forgo", reason="Not ours")
        complaint.with_user(self.handler).workflow_move("call_back")
        complaint.with_user(self.taker).workflow_move("again", reason="It is ours")
        for user, move in ((self.investigator, "report"), (self.supervisor, "review")):
            complaint.with_user(user).workflow_move(move)
        gift = complaint.compensation_ids[1].with_user(self.handler)
        for attack in (lambda: gift.write({"amount": 9000}), lambda: gift.unlink()):
            with self.assertRaisesRegex(UserError, "carried out already"), self.env.cr.savepoint():
                attack()
        complaint.with_user(self.handler).workflow_move("propose")
        complaint.approval_ids.filtered(lambda approval: approval.state == "pending").with_user(
            self.supervisor
        ).approve()
        complaint.with_user(self.handler).action_create_credit_note()
        self.assertEqual(complaint.sudo().credit_note_ids.amount_total, 300)

    def test_customer_who_withdraws_gives_up_what_is_left(self):
        complaint = self.replied(REFUND)
        complaint.with_user(self.supervisor).workflow_move("drop", reason="The customer takes it back")
        self.assertEqual((complaint.state, complaint.compensation_ids.outcome), ("closed", "withdrawn"))

    def test_form_of_a_new_complaint_offers_no_moves(self):
        self.assertFalse(self.env["kehu.complaint"].with_user(self.taker).new({"name": "New"}).workflow_moves)
