from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestWaiting(ComplaintCase):
    """C7: waiting for the customer stops the other clocks, and does not last unseen."""

    def sweep(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()

    def told(self, complaint):
        return complaint.sudo().activity_ids.filtered("kehu_deadline_id").user_id

    def test_long_waiting_is_told_to_handler_and_supervisor(self):
        with freeze_time("2026-06-01 02:00:00"):
            complaint = self.complain()
            complaint.with_user(self.handler).waiting_reason = "Photos"
        self.sweep("2026-06-07 02:00:00")
        self.assertFalse(self.told(complaint), "all other clocks stand still")
        self.sweep("2026-06-09 02:00:00")
        self.assertEqual(self.told(complaint), self.handler)
        self.assertEqual(complaint.deadline_state, "late")
        self.sweep("2026-06-16 02:00:00")
        self.assertEqual(self.told(complaint), self.handler | self.supervisor)
        with freeze_time("2026-06-16 03:00:00"):
            complaint.with_user(self.handler).waiting_reason = False
            self.assertFalse(self.told(complaint))

    def test_each_waiting_counts_anew(self):
        with freeze_time("2026-06-01 02:00:00"):
            complaint = self.complain()
            complaint.with_user(self.handler).waiting_reason = "Photos"
        with freeze_time("2026-06-05 02:00:00"):
            complaint.with_user(self.handler).waiting_reason = False
        with freeze_time("2026-06-06 02:00:00"):
            complaint.with_user(self.handler).waiting_reason = "The serial number"
        self.sweep("2026-06-10 02:00:00")
        self.assertFalse(self.told(complaint) & self.supervisor)
        waiting = complaint.sudo().deadline_ids.filtered(
            lambda clock: clock.rule_id == self.env.ref("kehu_complaint.deadline_rule_waiting")
        )
        self.assertEqual(waiting.sorted("id").mapped("state"), ["met", "running"])

    def test_discontent_customer_is_not_closed_without_a_word(self):
        complaint = self.bring_to(self.complain(), "callback")
        mine = complaint.with_user(self.taker)
        mine.satisfaction = "2"
        with self.assertRaisesRegex(UserError, "what they said"), self.env.cr.savepoint():
            mine.workflow_move("close")
        mine.callback_note = "They wanted it sooner, and are done with it."
        mine.workflow_move("close")

    def test_answered_customer_gets_no_receipt(self):
        late, waiting = self.complain(), self.complain(serial="SN-2")
        late.with_user(self.supervisor).reply = "<p>Not ours.</p>"
        late.with_user(self.supervisor).workflow_move("decline")
        with self.enter_registry_test_mode():
            self.env.ref("kehu_complaint.ir_cron_confirm").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(waiting.date_confirmed)
        self.assertFalse(late.date_confirmed or late.is_confirmation_due)
