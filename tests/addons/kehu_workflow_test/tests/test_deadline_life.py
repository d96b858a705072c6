from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .deadline_common import DeadlineCommon, local


@tagged("post_install", "-at_install")
class TestDeadlineLife(DeadlineCommon):
    """How clocks start, stop, stand still and follow their record (A4, C7)."""

    def test_case_answered_in_time_meets_its_deadline(self):
        case = self.create_cases(at=local(2026, 2, 13, 10))
        clock = self.clocks(case)
        self.assertEqual(
            clock.date_due, local(2026, 2, 24, 17), "Saturday the 14th is worked, the Spring Festival is not"
        )
        self.assertEqual(clock.date_warning, local(2026, 2, 14, 8))
        self.assertEqual(case.deadline_date, clock.date_due)
        with freeze_time(local(2026, 2, 24, 16)):
            case.is_answered = True
        self.assertRecordValues(clock, [{"state": "met", "date_stop": local(2026, 2, 24, 16), "next_action_at": False}])
        self.assertFalse(case.deadline_date)

    def test_late_answer_is_missed_and_stays_so_after_reopening(self):
        case = self.create_cases()
        with freeze_time(local(2026, 3, 12, 9)):
            case.is_answered = True
        first = self.clocks(case)
        self.assertEqual(first.state, "missed")
        with freeze_time(local(2026, 3, 16, 9)):
            case.is_answered = False
        second = self.clocks(case) - first
        self.assertRecordValues(
            first + second,
            [
                {"state": "missed", "date_start": local(2026, 3, 9, 10), "date_due": local(2026, 3, 11, 17)},
                {"state": "running", "date_start": local(2026, 3, 16, 9), "date_due": local(2026, 3, 18, 17)},
            ],
        )

    def test_waiting_for_the_customer_stands_still(self):
        case = self.create_cases()
        clock = self.clocks(case)
        with freeze_time(local(2026, 3, 10, 9)):
            case.is_waiting = True
            self.assertEqual(clock.state, "paused")
            self.assertEqual(case.deadline_state, "paused")
            self.assertEqual(case.deadline_summary[0]["reason"], "The rule says so.")
            self.assertFalse(clock.pause_ids.reason, "the sentence is nobody's language")
            chinese = case.with_context(lang="zh_CN")
            self.assertEqual(chinese.deadline_summary[0]["reason"], "按规则暂停。")
        self.sweep(local(2026, 3, 20, 9))
        self.assertFalse(self.reminders(case))
        with freeze_time(local(2026, 3, 13, 9)):
            case.is_waiting = False
        self.assertRecordValues(clock, [{"state": "running", "date_due": local(2026, 3, 16, 17)}])
        self.assertRecordValues(
            clock.pause_ids,
            [{"date_from": local(2026, 3, 10, 9), "date_to": local(2026, 3, 13, 9), "is_by_rule": True}],
        )

    def test_a_case_says_itself_why_it_stands_still(self):
        case = self.create_cases(note="photos of the chargers")
        with freeze_time(local(2026, 3, 10, 9)):
            case.is_waiting = True
            case.note = "something else"
            self.assertEqual(self.clocks(case).pause_ids.reason, "photos of the chargers")
            self.assertEqual(case.deadline_summary[0]["reason"], "photos of the chargers")
            with self.assertRaisesRegex(UserError, "stands still by its rule: photos"):
                self.clocks(case).with_user(self.boss).action_resume()

    def test_manager_pauses_with_a_reason_and_nobody_else(self):
        case = self.create_cases()
        clock = self.clocks(case)
        for user in (self.handler, self.plain):
            with self.assertRaisesRegex(AccessError, "Test Manager"):
                clock.with_user(user).action_pause("I need time")
        for reason in ("", "   ", 1, ["x"], False):
            with self.assertRaisesRegex(UserError, "Say why"):
                clock.with_user(self.boss).action_pause(reason)
        self.assertFalse(clock.pause_ids)
        with freeze_time(local(2026, 3, 10, 9)):
            clock.with_user(self.boss).action_pause("waiting for the maker")
            with self.assertRaisesRegex(UserError, "not running"):
                clock.with_user(self.boss).action_pause("again")
        self.assertRecordValues(
            clock.pause_ids, [{"reason": "waiting for the maker", "user_id": self.boss.id, "is_by_rule": False}]
        )
        with freeze_time(local(2026, 3, 11, 9)):
            case.note = "a write that looks at the clocks"
            case.priority = "1"
            self.assertEqual(clock.state, "paused", "what a person paused only a person resumes")
            clock.with_user(self.boss).action_resume()
        self.assertRecordValues(clock, [{"state": "running", "date_due": local(2026, 3, 12, 17)}])
        with self.assertRaisesRegex(UserError, "not paused"):
            clock.with_user(self.boss).action_resume()

    def test_hidden_case_hides_its_clocks(self):
        case = self.create_cases(is_secret=True, manager_id=self.boss.id)
        clock = self.clocks(case)
        with freeze_time(local(2026, 3, 10, 9)):
            clock.with_user(self.boss).action_pause("secret reason")
        for user, sees in ((self.boss, True), (self.plain, False), (self.handler, False)):
            for rows in (clock, clock.pause_ids):
                mine = rows.with_user(user)
                self.assertEqual(bool(mine.search([("id", "in", rows.ids)])), sees)
                self.assertEqual(mine.search_count([("id", "in", rows.ids)]), int(sees))
                groups = mine._read_group([("id", "in", rows.ids)], ["res_model"], ["__count"])
                self.assertEqual(bool(groups), sees)
                if not sees:
                    with self.assertRaises(AccessError):
                        mine.read(["res_id"])
        with self.assertRaises(AccessError):
            clock.with_user(self.plain).action_pause("forged")

    def test_priority_changes_the_rule_but_not_the_start(self):
        self.rule.domain = "[('priority', '=', '0')]"
        urgent = self.create_rule(
            name="Urgent", domain="[('priority', '=', '1')]", start_domain="[('note', '=', 'never')]", amount=1
        )
        self.rule.start_domain = "[('note', '=', False)]"
        urgent.start_domain = "[('note', '=', False)]"
        self.sweep(local(2026, 3, 9, 9))
        case = self.create_cases()
        normal = self.clocks(case)
        with freeze_time(local(2026, 3, 9, 15)):
            case.write({"is_waiting": True, "note": "started"})
        with freeze_time(local(2026, 3, 10, 15)):
            case.write({"priority": "1"})
        new = self.clocks(case) - normal
        self.assertRecordValues(normal, [{"state": "cancelled", "stop_reason": "The rule does not apply any more."}])
        self.assertRecordValues(
            new,
            [{"rule_id": urgent.id, "state": "paused", "date_start": local(2026, 3, 9, 10), "previous_id": normal.id}],
        )
        self.assertEqual(new.pause_ids.date_from, local(2026, 3, 9, 15))
        with freeze_time(local(2026, 3, 11, 9)):
            case.is_waiting = False
        self.assertEqual(new.date_due, local(2026, 3, 12, 17), "one day allowed and two days paused")

    def test_counted_from_a_date_of_the_record(self):
        self.rule.active = False
        field = self.env["ir.model.fields"]._get("kehu.test.case", "date_contact")
        filing = self.create_rule(name="File", start_field_id=field.id, amount=5, steps=[])
        case = self.create_cases()
        self.assertFalse(self.clocks(case), "no date yet, no clock")
        case.date_contact = "2026-02-13"
        clock = self.clocks(case)
        self.assertRecordValues(
            clock, [{"rule_id": filing.id, "date_start": local(2026, 2, 13), "date_due": local(2026, 2, 27, 17)}]
        )
        with freeze_time(local(2026, 2, 20, 9)):
            case.date_contact = "2026-02-16"
        self.assertRecordValues(
            self.clocks(case),
            [
                {"state": "cancelled", "date_due": local(2026, 2, 27, 17)},
                {"state": "running", "date_due": local(2026, 2, 28, 17)},
            ],
        )
        with freeze_time(local(2026, 2, 26, 9)):
            case.is_answered = True
        with freeze_time(local(2026, 3, 9, 9)):
            case.is_answered = False
            reopened = self.clocks(case, state="running")
            case.write({"is_waiting": True, "note": "a write that looks at the clocks"})
        self.assertRecordValues(reopened, [{"date_start": local(2026, 3, 9, 9), "state": "paused"}])
        case.date_contact = False
        self.assertEqual(reopened.state, "cancelled")
        self.assertFalse(self.clocks(case, state="running"))

    def test_changed_rule_ends_old_clocks_and_starts_new_ones(self):
        case, done = self.create_cases(2)
        with freeze_time(local(2026, 3, 9, 12)):
            done.is_answered = True
        old = self.clocks(case)
        self.rule.amount = 3
        self.sweep(local(2026, 3, 9, 15))
        self.assertRecordValues(
            self.clocks(case),
            [
                {"id": old.id, "state": "cancelled", "amount": 2, "date_due": local(2026, 3, 11, 17)},
                {
                    "id": self.clocks(case, state="running").id,
                    "state": "running",
                    "amount": 3,
                    "date_due": local(2026, 3, 12, 17),
                },
            ],
        )
        self.assertRecordValues(self.clocks(done), [{"state": "met", "amount": 2, "date_due": local(2026, 3, 11, 17)}])
        self.rule.active = False
        self.sweep(local(2026, 3, 9, 16))
        self.assertFalse(self.clocks(case, state="running"))

    def test_rule_changed_later_takes_no_lateness_back(self):
        case = self.create_cases()
        late = self.clocks(case)
        self.rule.amount = 30
        self.sweep(local(2026, 3, 12, 9))
        running = self.clocks(case) - late
        self.assertRecordValues(late, [{"state": "missed", "amount": 2}])
        self.assertRecordValues(running, [{"state": "running", "date_start": late.date_start, "amount": 30}])
        self.rule.active = False
        self.sweep(local(2026, 3, 12, 10))
        self.assertEqual(running.state, "cancelled", "in time when the rule was archived")
        self.rule.write({"active": True, "amount": 2})
        other = self.clocks(self.create_cases())
        self.rule.active = False
        self.sweep(local(2026, 3, 12, 11))
        self.assertEqual(other.state, "missed")

    def test_new_holiday_plans_running_clocks_again_and_says_so(self):
        case, done = self.create_cases(2)
        with freeze_time(local(2026, 3, 9, 12)):
            done.is_answered = True
        self.env["kehu.workday"].create({"name": "Flood", "date": "2026-03-10"})
        self.sweep(local(2026, 3, 9, 15))
        clock = self.clocks(case)
        self.assertEqual(clock.date_due, local(2026, 3, 12, 17))
        self.assertRecordValues(
            clock.event_ids,
            [{"kind": "replan", "due_before": local(2026, 3, 11, 17), "due_after": local(2026, 3, 12, 17)}],
        )
        self.assertEqual(self.clocks(done).date_due, local(2026, 3, 11, 17))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Inventory",
                "calendar_id": self.calendar.id,
                "date_from": local(2026, 3, 12),
                "date_to": local(2026, 3, 12, 23, 59, 59),
            }
        )
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "4" and line.day_period == "afternoon"
        ).unlink()
        self.sweep(local(2026, 3, 9, 16))
        self.assertEqual(clock.date_due, local(2026, 3, 13, 12))

    def test_deleted_case_ends_its_clocks(self):
        case = self.create_cases()
        clock = self.clocks(case)
        case.unlink()
        self.assertRecordValues(clock, [{"state": "cancelled", "stop_reason": "The record was deleted."}])

    def test_clocks_are_filtered_by_how_urgent_they_are(self):
        with freeze_time(local(2026, 3, 11, 9)):
            late = self.create_cases(at=local(2026, 3, 5, 9))
            today = self.create_cases(at=local(2026, 3, 9, 9))
            soon = self.create_cases(at=local(2026, 3, 10, 9))
            fine = self.create_cases(at=local(2026, 3, 11, 9))
            done = self.create_cases(at=local(2026, 3, 10, 9), is_answered=True)
        with freeze_time(local(2026, 3, 11, 9)):
            paused = self.create_cases(at=local(2026, 3, 11, 9), is_waiting=True)
        cases = late + today + soon + fine + done + paused
        with freeze_time(local(2026, 3, 11, 9, 30)):
            expected = {"late": late, "today": today, "warning": soon, "running": fine, "paused": paused, False: done}
            for state, case in expected.items():
                self.assertEqual(case.deadline_state, state)
                found = (
                    self.env["kehu.test.case"]
                    .with_user(self.plain)
                    .search([("id", "in", cases.ids), ("deadline_state", "=", state)])
                )
                self.assertEqual(found, case, state)
            self.assertEqual(
                self.env["kehu.test.case"].search(
                    [("id", "in", cases.ids), ("deadline_date", "<", local(2026, 3, 11, 9))]
                ),
                late,
            )

    def test_rules_that_cannot_work_are_refused_when_made(self):
        wrong = [
            ({"stop_domain": "[('no_such_field', '=', 1)]"}, "Done When"),
            ({"domain": "[('user_id', '=', uid)]"}, "Which Ones"),
            ({"domain": "[('user_id"}, "Which Ones"),
            ({"domain": "__import__('os').system('true')"}, "Which Ones"),
            ({"model_id": self.env["ir.model"]._get_id("res.partner")}, "no clocks"),
            ({"start_field_id": self.env["ir.model.fields"]._get("kehu.test.case", "name").id}, "not a date"),
            ({"amount": 0.5}, "counted whole"),
            (
                {
                    "calendar_id": self.env["resource.calendar"]
                    .create({"name": "Empty", "attendance_ids": [Command.clear()]})
                    .id
                },
                "no working hours",
            ),
            ({"steps": [{"recipient": "role", "role": "name"}]}, "neither a path to users"),
            ({"steps": [{"recipient": "role", "role": "_deadline_sync"}]}, "neither a path to users"),
            (
                {"steps": [{"recipient": "group", "group_id": self.env["res.groups"].create({"name": "Empty"}).id}]},
                "no members",
            ),
            ({"steps": [{"recipient": "users"}]}, "no active user"),
            ({"steps": [{"action": "hook", "hook": "unlink"}]}, "does not offer"),
            (
                {"steps": [{"action": "mail", "recipient": "users", "user_ids": [Command.set(self.boss.ids)]}]},
                "template",
            ),
        ]
        for values, message in wrong:
            with self.assertRaisesRegex((ValidationError, UserError), message):
                self.create_rule(**values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.create_rule(amount=0)

    def test_rule_administrator_makes_a_rule_in_the_form(self):
        admin = new_test_user(
            self.env, "clock_admin", groups="kehu_workflow.group_workflow_manager,kehu_workflow_test.group_clerk"
        )
        with Form(self.env["kehu.deadline.rule"].with_user(admin)) as form:
            form.name = "Second Answer"
            form.model_id = self.env["ir.model"].with_user(admin)._get("kehu.test.case")
            form.stop_domain = "[('is_answered', '=', True)]"
            form.start_field_id = self.env["ir.model.fields"].with_user(admin)._get("kehu.test.case", "date_contact")
            form.amount = 3
            with form.step_ids.new() as step:
                step.recipient = "group"
                step.group_id = self.env.ref("kehu_workflow_test.group_manager").with_user(admin)
        self.assertEqual(form.record.user_id, admin)
        case = self.create_cases(date_contact="2026-03-09")
        self.assertEqual(self.clocks(case, rule_id=form.record.id).date_due, local(2026, 3, 12, 17))
        form.record.amount = 4
        self.env["kehu.workday"].with_user(admin).create({"name": "Flood", "date": "2026-03-10"})
        self.sweep(local(2026, 3, 9, 12))
        self.assertEqual(self.clocks(case, rule_id=form.record.id, state="running").date_due, local(2026, 3, 16, 17))

    def test_time_zone_of_another_country_is_told(self):
        self.env.company.country_id = self.env.ref("base.cn")
        self.assertEqual((self.rule.zone, self.rule.zone_problem), ("Asia/Shanghai", False))
        self.calendar.tz = "Europe/Brussels"
        self.rule.invalidate_recordset()
        self.assertEqual(self.rule.zone, "Europe/Brussels")
        self.assertIn("Europe/Brussels", self.rule.zone_problem)

    def test_rule_with_history_is_not_deleted(self):
        case = self.create_cases()
        admin = new_test_user(self.env, "rule_admin", groups="kehu_workflow.group_workflow_manager")
        for rule in (self.rule, self.rule.with_user(admin).with_context(_force_unlink=True)):
            with self.assertRaisesRegex(UserError, "archive it"):
                rule.unlink()
        self.assertTrue(self.clocks(case))

    def test_rule_of_another_company_is_not_for_us(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule.company_id = other
        case = self.create_cases()
        self.assertFalse(self.clocks(case))
