from collections import Counter

from freezegun import freeze_time

from odoo.tests import tagged

from .common import ComplaintCase

MONDAY = "2026-03-02 01:00:00"


@tagged("post_install", "-at_install")
class TestDayInTheLife(ComplaintCase):
    """C1, C7, C10: three hundred complaints in one morning, and what becomes of those that nobody looks at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {index}",
                    "email": f"customer{index}@example.com",
                    "is_company": True,
                    "kehu_team_id": cls.unit.id,
                }
                for index in range(30)
            ]
        )

    def take(self, count):
        return (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .create(
                [
                    {
                        "name": f"Complaint {index}",
                        "partner_id": self.customers[index % 30].id,
                        "kind_id": self.kind.id,
                        "user_id": self.handler.id,
                        "verification": "verified",
                        "serial": f"SN-{index:04}",
                    }
                    for index in range(count)
                ]
            )
        )

    def sweep(self, at):
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()

    def steps(self, complaints, rule):
        """Count ``(complaint, step)`` in the history of the clocks."""
        clocks = self.env["kehu.deadline"].search(
            [("res_model", "=", "kehu.complaint"), ("res_id", "in", complaints.ids), ("rule_id", "=", rule.id)]
        )
        events = self.env["kehu.deadline.event"].search([("deadline_id", "in", clocks.ids), ("kind", "=", "step")])
        return Counter((event.deadline_id.res_id, event.step_id) for event in events)

    def test_three_hundred_in_a_morning(self):
        opinion = self.env.ref("kehu_complaint.deadline_rule_opinion")
        with freeze_time(MONDAY):
            complaints = self.take(300)
        self.assertEqual(len(set(complaints.mapped("number"))), 300)
        accepted, declined, waiting, forgotten = (
            complaints[:200],
            complaints[200:220],
            complaints[220:230],
            complaints[230:],
        )
        with freeze_time("2026-03-02 09:00:00"):
            accepted.with_user(self.supervisor).workflow_move("accept")
            accepted.with_user(self.handler).write(
                {
                    "opinion": "<p>It is ours.</p>",
                    "opinion_way": "phone",
                    "opinion_to": "Their buyer",
                    "opinion_on": "2026-03-02 09:00:00",
                }
            )
            accepted.with_user(self.handler).action_give_opinion()
            declined.with_user(self.handler).write({"reply": "<p>The warranty ended in 2020.</p>"})
            declined.with_user(self.supervisor).workflow_move("decline")
            waiting.with_user(self.handler).write({"waiting_reason": "Photos"})
        # At the warning, when late, and 8, 24 and 48 hours after; the job runs more often than anything happens.
        for hour in ("03-03 00", "03-03 18", "03-04 02", "03-04 02", "03-04 10", "03-05 02", "03-06 02", "03-06 03"):
            self.sweep(f"2026-{hour}:00:00")
        steps = self.steps(complaints, opinion)
        self.assertEqual({complaint_id for complaint_id, _step in steps}, set(forgotten.ids))
        self.assertEqual(set(steps.values()), {1}, "Each escalation step once")
        self.assertEqual(len(steps), 5 * len(forgotten))
        with freeze_time("2026-03-06 03:00:00"):
            late = self.env["kehu.complaint"].search([("deadline_state", "=", "late"), ("id", "in", complaints.ids)])
            self.assertEqual(late, forgotten)
        states = Counter(
            self.env["kehu.deadline"]
            .search(
                [("rule_id", "=", opinion.id), ("res_model", "=", "kehu.complaint"), ("res_id", "in", complaints.ids)]
            )
            .mapped("state")
        )
        self.assertEqual(states, {"met": 220, "paused": 10, "running": 70})

    def test_taking_many_costs_little_more_than_taking_one(self):
        self.take(1)
        queries = {}
        for count in (1, 20, 100):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.take(count)
            self.env.flush_all()
            queries[count] = self.env.cr.sql_log_count - before
        self.assertLess((queries[100] - queries[1]) / 99, 0.3, queries)
