from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .deadline_common import DeadlineCommon, local


@tagged("post_install", "-at_install")
class TestDeadlineSweep(DeadlineCommon):
    """Escalation goes in order, each step once (C10)."""

    def test_escalation_goes_step_by_step(self):
        case = self.create_cases()
        for at, told in (
            (local(2026, 3, 10, 7, 59), []),
            (local(2026, 3, 10, 8), ["Due tomorrow"]),
            (local(2026, 3, 10, 8), ["Due tomorrow"]),
            (local(2026, 3, 11, 16, 59), ["Due tomorrow"]),
            (local(2026, 3, 11, 17), ["Due tomorrow", "Late"]),
            (local(2026, 3, 12, 17), ["Due tomorrow", "Late", "One day late"]),
            (local(2026, 4, 12, 17), ["Due tomorrow", "Late", "One day late"]),
        ):
            self.sweep(at)
            self.assertEqual(self.reminders(case), told, at)
        activities = case.env["mail.activity"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)], order="id"
        )
        self.assertEqual(activities.user_id, self.handler + self.boss)
        self.assertEqual(activities[-1].summary, "First Answer: One day late")
        case.is_answered = True
        self.assertFalse(activities.exists(), "what is done needs no reminder")
        self.assertEqual(len(self.clocks(case).event_ids), 3)

    def test_rule_says_whom_each_step_tells(self):
        label = self.env["kehu.test.case"].fields_get(["user_id"], ["string"])["user_id"]["string"]
        self.assertEqual(self.rule.step_ids.mapped("people"), [label, label, self.boss.name])
        step = self.rule.step_ids[0]
        step.write({"recipient": "group", "group_id": self.env.ref("kehu_workflow_test.group_manager").id})
        self.assertEqual(step.people, step.group_id.name)
        step.action = "message"
        self.assertFalse(step.people)

    def test_late_sweep_catches_up_in_order(self):
        early = self.create_cases(at=local(2026, 3, 9, 10))
        later = self.create_cases(at=local(2026, 3, 10, 10))
        self.sweep(local(2026, 4, 1, 9))
        escalation = ["Due tomorrow", "Late", "One day late"]
        self.assertEqual(self.reminders(early), escalation)
        self.assertEqual(self.reminders(later), escalation)
        self.assertFalse((self.clocks(early) + self.clocks(later)).filtered("next_action_at"))

    def test_late_reminder_takes_the_place_of_the_warning(self):
        case = self.create_cases()
        told = case.env["mail.activity"]
        for at, summaries in (
            (local(2026, 3, 10, 8), ["First Answer: Due tomorrow"]),
            (local(2026, 3, 11, 17), ["First Answer: Late"]),
            (local(2026, 3, 12, 17), ["First Answer: Late", "First Answer: One day late"]),
        ):
            self.sweep(at)
            found = told.search([("kehu_deadline_id", "in", self.clocks(case).ids)], order="id")
            self.assertEqual(found.mapped("summary"), summaries, at)

    def test_nobody_is_told_the_unreadable(self):
        case = self.create_cases(is_secret=True, manager_id=self.boss.id)
        nobody = self.create_cases(user_id=False)
        self.sweep(local(2026, 3, 12, 17))
        told = self.env["mail.activity"].search(
            [("kehu_deadline_id", "in", (self.clocks(case) + self.clocks(nobody)).ids)]
        )
        self.assertNotIn(self.handler, told.user_id)
        owner = told.filtered(lambda activity: activity.res_id == nobody.id and "Late" in activity.summary)
        self.assertEqual(owner.user_id, self.rule.user_id, "whoever is in charge of the rule hears that nobody did")

    def test_step_that_finds_nobody_is_tried_again(self):
        case, other = self.create_cases(2, user_id=False)
        for hour in (8, 9, 10):
            self.sweep(local(2026, 3, 10, hour))
        self.assertEqual(self.reminders(case + other), [])
        events = self.clocks(case).event_ids
        self.assertEqual((events.mapped("kind"), events.name), (["nobody"], "Due tomorrow"))
        told = self.env["mail.activity"].search([("kehu_deadline_id", "in", self.clocks(case).ids)])
        self.assertEqual(told.user_id, self.rule.user_id, "told once")
        case.user_id = self.handler
        self.sweep(local(2026, 3, 10, 11))
        self.assertEqual(self.reminders(case), ["Due tomorrow"])
        self.assertEqual(self.reminders(other), [])
        self.sweep(local(2026, 3, 12, 17))
        self.assertEqual(self.reminders(case), ["Due tomorrow", "Late", "One day late"])
        self.assertEqual(self.reminders(other), ["One day late"], "later steps do not wait for it")

    def test_step_that_waits_survives_pause_and_new_plan(self):
        case = self.create_cases(user_id=False)
        self.sweep(local(2026, 3, 10, 8))
        with freeze_time(local(2026, 3, 10, 9)):
            case.is_waiting = True
        self.assertFalse(self.clocks(case).next_action_at)
        with freeze_time(local(2026, 3, 11, 9)):
            case.write({"is_waiting": False, "user_id": self.handler.id})
        self.sweep(local(2026, 3, 11, 9))
        self.assertEqual(self.reminders(case), ["Due tomorrow"])

    def test_mail_tells_rule_administrator_nothing_unreadable(self):
        template = self.env["mail.template"].create(
            {"name": "Late", "model_id": self.env["ir.model"]._get_id("kehu.test.case"), "subject": "{{ object.name }}"}
        )
        self.rule.active = False
        rule = self.create_rule(
            user_id=self.plain.id,
            steps=[
                {
                    "action": "mail",
                    "template_id": template.id,
                    "recipient": "users",
                    "user_ids": [Command.set(self.handler.ids)],
                }
            ],
        )
        secret, plain = self.create_cases(is_secret=True, manager_id=self.boss.id), self.create_cases()
        self.handler.active = False
        self.sweep(local(2026, 3, 12, 9))
        mails = self.env["mail.mail"].search([("model", "=", "kehu.test.case"), ("res_id", "in", (secret + plain).ids)])
        self.assertEqual([(mail.res_id, mail.recipient_ids) for mail in mails], [(plain.id, self.plain.partner_id)])
        told = self.env["mail.activity"].search([("kehu_deadline_id.rule_id", "=", rule.id)])
        self.assertEqual([(activity.res_id, activity.user_id) for activity in told], [(secret.id, self.plain)])

    def test_condition_that_came_true_unseen_stops_the_escalation(self):
        case = self.create_cases()
        self.env.flush_all()
        self.env.cr.execute("UPDATE kehu_test_case SET is_answered = true WHERE id = %s", [case.id])
        self.env.invalidate_all()
        self.sweep(local(2026, 3, 10, 9))
        self.assertEqual(self.clocks(case).state, "met")
        self.assertFalse(self.reminders(case))

    def test_mails_notes_and_actions_of_the_model(self):
        template = self.env["mail.template"].create(
            {
                "name": "Late",
                "model_id": self.env["ir.model"]._get_id("kehu.test.case"),
                "subject": "Late: {{ object.name }}",
            }
        )
        self.rule.active = False
        self.create_rule(
            steps=[
                {
                    "action": "mail",
                    "template_id": template.id,
                    "recipient": "users",
                    "user_ids": [Command.set(self.boss.ids)],
                },
                {"action": "message", "summary": "This is late", "sequence": 11},
                {"action": "hook", "hook": "note_violation", "sequence": 12},
            ]
        )
        cases = self.create_cases(3)
        self.sweep(local(2026, 3, 12, 9))
        mails = self.env["mail.mail"].search([("model", "=", "kehu.test.case"), ("res_id", "in", cases.ids)])
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 3, "queued, not sent, before the sweep commits")
        self.assertEqual(mails.recipient_ids, self.boss.partner_id)
        self.assertEqual(sorted(mails.mapped("subject")), ["Late: Case 0", "Late: Case 1", "Late: Case 2"])
        self.assertEqual(cases.mapped("violation_count"), [1, 1, 1])
        self.assertIn("This is late", cases[0].message_ids.mapped("body")[0])
        self.sweep(local(2026, 3, 13, 9))
        self.assertEqual(cases.mapped("violation_count"), [1, 1, 1])

    def test_one_bad_record_does_not_stop_the_others(self):
        self.rule.active = False
        self.create_rule(steps=[{"action": "hook", "hook": "note_violation"}])
        cases = self.create_cases(3)
        cases[1].note = "broken"
        with mute_logger("odoo.addons.kehu_workflow.models.deadline.deadline_sweep"):
            self.sweep(local(2026, 3, 12, 9))
        self.assertEqual(cases.mapped("violation_count"), [1, 0, 1])
        clock = self.clocks(cases[1])
        self.assertEqual(clock.event_ids.kind, "error")
        self.assertIn("cannot be noted", clock.event_ids.name)
        self.assertEqual(clock.next_action_at, local(2026, 3, 12, 10))
        cases[1].note = "mended"
        self.sweep(local(2026, 3, 12, 10))
        self.assertEqual(cases.mapped("violation_count"), [1, 1, 1])

    def test_lengthened_escalation_does_not_repeat_its_steps(self):
        case = self.create_cases()
        self.sweep(local(2026, 3, 11, 17))
        with freeze_time(local(2026, 3, 11, 18)):
            step = {
                "amount": 2,
                "recipient": "users",
                "user_ids": [Command.set(self.boss.ids)],
                "summary": "Two days late",
            }
            self.rule.step_ids = [Command.create(step)]
        self.sweep(local(2026, 3, 13, 17))
        self.assertEqual(self.reminders(case), ["Due tomorrow", "Late", "One day late", "Two days late"])

    def test_changed_rule_repeats_no_action(self):
        self.rule.active = False
        rule = self.create_rule(
            amount=24,
            unit="hours",
            warning_amount=0,
            steps=[
                {"recipient": "role", "role": "user_id", "summary": "Late"},
                {"action": "hook", "hook": "note_violation"},
            ],
        )
        case = self.create_cases()
        self.sweep(local(2026, 3, 10, 12))
        self.assertEqual(case.violation_count, 1)
        for amount in (25, 24):
            with freeze_time(local(2026, 3, 10, 13)):
                rule.amount = amount
            self.sweep(local(2026, 3, 10, 14))
            self.assertEqual(case.violation_count, 1)
            self.assertEqual(case.activity_ids.user_id, self.handler, "still to be done")
        with freeze_time(local(2026, 3, 10, 15)):
            rule.amount = 72
        self.sweep(local(2026, 3, 10, 16))
        self.assertFalse(case.activity_ids, "in time again")
        self.sweep(local(2026, 3, 12, 12))
        self.assertEqual(case.violation_count, 2, "late again")

    def test_clock_of_record_gone_by_the_database_ends(self):
        case, other = self.create_cases(2)
        clock = self.clocks(case)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM kehu_test_case WHERE id = %s", [case.id])
        self.env.invalidate_all()
        self.sweep(local(2026, 3, 11, 17))
        self.assertEqual(clock.state, "cancelled")
        self.assertFalse(clock.event_ids)
        self.assertTrue(self.reminders(other))

    def test_clock_resumes_and_stops_in_one_transaction(self):
        case = self.create_cases(is_waiting=True, note="a")
        with freeze_time(local(2026, 3, 10, 9)):
            case.is_waiting = False
            case.write({"is_waiting": True, "note": "b"})
        pauses = self.clocks(case).pause_ids.sorted("id")
        self.assertEqual(pauses.mapped("reason"), ["a", "b"])
        self.assertEqual([bool(pause.date_to) for pause in pauses], [True, False])

    def test_left_person_in_charge_is_not_told(self):
        left = new_test_user(self.env, "clock_left", groups="kehu_workflow.group_workflow_manager")
        steps = [{"recipient": "users", "user_ids": [Command.set(self.boss.ids)], "summary": "Late"}]
        self.rule.active = False
        rule = self.create_rule(user_id=left.id, warning_amount=0, steps=steps)
        self.boss.active = left.active = False
        case = self.create_cases()
        self.sweep(local(2026, 3, 11, 17))
        self.assertTrue(case.activity_ids.user_id)
        self.assertTrue(all(case.activity_ids.user_id.mapped("active")))
        self.assertEqual(case.activity_ids.user_id, rule._in_charge())

    def test_pause_of_a_late_clock_holds_up_the_escalation_only(self):
        case = self.create_cases()
        self.sweep(local(2026, 3, 11, 17))
        with freeze_time(local(2026, 3, 12, 9)):
            case.is_waiting = True
        self.sweep(local(2026, 3, 12, 17))
        with freeze_time(local(2026, 3, 16, 9)):
            case.is_waiting = False
            clock = self.clocks(case)
            self.assertEqual(clock.date_due, local(2026, 3, 11, 17))
            self.assertEqual(clock.next_action_at, local(2026, 3, 16, 17))
            case.is_answered = True
        self.assertEqual(clock.state, "missed")

    def test_hundred_cost_as_many_queries_as_one(self):
        counts = {}
        for step, size in enumerate((1, 1, 20, 100)):
            cases = self.create_cases(size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.sweep(local(2026, 3, 10, 8, step))
            counts[size] = self.env.cr.sql_log_count - before
            self.assertEqual(len(self.reminders(cases)), size)
        self.assertLessEqual(counts[100], counts[1] + 8)
        self.assertLessEqual(counts[20], counts[1] + 8)

    def test_creating_with_clocks_costs_few_queries(self):
        memo = self.env["kehu.test.memo"]
        self.create_rule(model="kehu.test.memo", stop_domain="[('is_done', '=', True)]", pause_domain="[]")
        counts = {}
        for size in (1, 1, 20, 100, 300):
            before = self.env.cr.sql_log_count
            memos = memo.create([{"name": str(index), "user_id": self.handler.id} for index in range(size)])
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
            self.assertEqual(len(self.clocks(memos)), size)
            before = self.env.cr.sql_log_count
            memos.is_done = True
            self.env.flush_all()
            self.assertLessEqual(self.env.cr.sql_log_count - before, 12)
        self.assertLessEqual(counts[300], 0.3 * 300)
        self.assertLessEqual(counts[100], 0.3 * 100)

    def test_list_of_eighty_shows_its_clocks_with_few_queries(self):
        cases = self.create_cases(80)
        self.env.flush_all()
        self.env.invalidate_all()
        columns = {"name": {}, "deadline_date": {}, "deadline_state": {}, "deadline_summary": {}}
        cases[0].with_user(self.plain).web_read(columns)
        self.env["kehu.test.case"].invalidate_model()
        self.env["kehu.deadline"].invalidate_model()
        with self.assertQueryCount(4):
            cases.with_user(self.plain).web_read(columns)
