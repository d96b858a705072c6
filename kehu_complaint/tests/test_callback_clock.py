from freezegun import freeze_time

from odoo.tests import tagged

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestCallbackClock(MajorCase):
    """C6, C7: from the reply to the call-back, and from there to the closure, clocks run."""

    def clock(self, complaint, rule):
        rule = self.env.ref(f"kehu_complaint.deadline_rule_{rule}")
        return complaint.sudo().deadline_ids.filtered(lambda clock: clock.rule_id == rule)

    def test_clocks_run_from_the_reply_to_the_closure(self):
        complaint = self.complain()
        with freeze_time("2026-03-02 08:00:00"):
            complaint.sudo().date_received = "2026-03-01 08:00:00"
            self.bring_to(complaint, "replied")
        first = self.clock(complaint, "handed_to_callback")
        self.assertEqual((first.state, str(first.date_due)), ("running", "2026-03-03 08:00:00"))
        self.assertFalse(self.clock(complaint, "called_back"))
        with freeze_time("2026-03-03 07:00:00"):
            complaint.with_user(self.handler).callback_user_id = self.taker
            complaint.with_user(self.handler).workflow_move("call_back")
        second = self.clock(complaint, "called_back")
        self.assertEqual((first.state, second.state, str(second.date_due)), ("met", "running", "2026-03-05 07:00:00"))
        with freeze_time("2026-03-06 07:00:00"):
            complaint.with_user(self.taker).satisfaction = "4"
            complaint.with_user(self.taker).workflow_move("close")
        self.assertEqual(second.state, "missed")

    def test_late_call_back_climbs_to_the_general_manager(self):
        complaint = self.complain()
        with freeze_time("2026-03-02 08:00:00"):
            complaint.sudo().date_received = "2026-03-01 08:00:00"
            self.bring_to(complaint, "callback")
        with freeze_time("2026-03-10 08:00:00"), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.env.invalidate_all()
        told = complaint.sudo().activity_ids.filtered(lambda activity: "back" in (activity.summary or "")).user_id
        self.assertEqual(told, self.taker | self.supervisor | self.director | self.general_manager)
