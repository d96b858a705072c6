from freezegun import freeze_time

from odoo.tests import tagged

from .deadline_common import DeadlineCommon, local


@tagged("post_install", "-at_install")
class TestDeadlineResponsible(DeadlineCommon):
    """C10: a clock says who has to act, so that lists show who is late."""

    def responsible(self, cases):
        return self.env["kehu.deadline"].search([("res_model", "=", cases._name), ("res_id", "in", cases.ids)])

    @freeze_time(local(2026, 3, 2, 9))
    def test_clock_names_who_has_to_act(self):
        case = self.env["kehu.test.case"].create({"name": "Case", "user_id": self.handler.id})
        clock = self.responsible(case)
        self.assertEqual(clock.responsible_ids, self.handler)
        case.user_id = self.boss
        self.assertEqual(clock.responsible_ids, self.boss)
        case.user_id = False
        self.assertFalse(clock.responsible_ids)
        case.user_id = self.handler
        case.is_answered = True
        case.user_id = self.boss
        self.assertEqual(clock.responsible_ids, self.handler, "who it was when it ended")

    def test_late_clocks_are_grouped_by_who_is_late(self):
        with freeze_time(local(2026, 3, 2, 9)):
            for user in (self.handler, self.handler, self.boss):
                self.env["kehu.test.case"].create({"name": "Case", "user_id": user.id})
        with freeze_time(local(2026, 3, 9, 9)):
            late = self.env["kehu.deadline"].search([("is_late", "=", True), ("rule_id", "=", self.rule.id)])
            rows = self.env["kehu.deadline"]._read_group([("id", "in", late.ids)], ["responsible_ids"], ["__count"])
        self.assertEqual({user: count for user, count in rows}, {self.handler: 2, self.boss: 1})

    def test_naming_costs_the_same_for_many(self):
        counts = []
        for number in (1, 20, 100):
            cases = self.env["kehu.test.case"].create(
                [{"name": f"Case {index}", "user_id": self.handler.id} for index in range(number)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.write({"user_id": self.boss.id})
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(self.responsible(cases).responsible_ids, self.boss)
        self.assertLess(counts[2], counts[0] + 10, counts)
