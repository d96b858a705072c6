from contextlib import suppress
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_complaint.models.corrective import corrective_action_check

from .major_common import MajorCase

DONE = "2026-03-02 02:00:00"
CHECKED = "2026-04-28 02:00:00"


class KilledError(BaseException):
    """The process ends here."""


@tagged("post_install", "-at_install")
class TestCorrectiveAction(MajorCase):
    """C12: done by one, verified by another, and looked at weeks later."""

    def setUp(self):
        super().setUp()
        self.quality = self.env.ref("kehu_complaint.complaint_cause_quality")
        with freeze_time("2026-02-20 02:00:00"):
            self.complaint = self.complain(cause_id=self.quality.id)

    def act(self, **vals):
        return (
            self.env["kehu.corrective.action"]
            .with_user(self.handler)
            .create(
                {
                    "name": "Measure coils on arrival",
                    "complaint_ids": self.complaint.ids,
                    "plan": "Buy a gauge; write the instruction.",
                    "owner_id": self.investigator.id,
                    "verifier_id": self.supervisor.id,
                    "date_due": "2026-03-06",
                    **vals,
                }
            )
        )

    def bring(self, action, state):
        for reached, user, vals, move in (
            ("open", self.supervisor, {}, "start"),
            ("done", self.investigator, {"root_cause": "Nobody measured.", "evidence": "<p>Sheet 12.</p>"}, "finish"),
            ("verified", self.supervisor, {}, "verify"),
        ):
            with freeze_time(DONE):
                mine = action.with_user(user)
                mine.write(vals)
                mine.workflow_move(move)
            if reached == state:
                return action
        return None

    def check(self, moment=CHECKED):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("kehu_complaint.ir_cron_corrective_action_check").method_direct_trigger()

    def activities(self, action, text):
        return action.sudo().activity_ids.filtered(lambda activity: text in activity.summary)

    def test_done_verified_by_another_effective_after_weeks(self):
        action = self.act()
        self.assertRegex(action.number, r"^CAPA-\d{5}$")
        self.assertEqual((action.cause_id, action.product_id, action.serial), (self.quality, self.product, "SN-001"))
        self.bring(action, "verified")
        self.assertEqual((str(action.date_done), action.verified_user_id), (DONE, self.supervisor))
        self.assertEqual(str(action.date_check), "2026-04-27")
        with (
            freeze_time("2026-04-26 02:00:00"),
            self.assertRaisesRegex(UserError, "known from 2026-04-27"),
            self.env.cr.savepoint(),
        ):
            action.with_user(self.supervisor).workflow_move("confirm")
        self.check("2026-04-26 02:00:00")
        self.assertFalse(action.check_asked_on)
        self.check()
        self.assertEqual(self.activities(action, "Did it help?").user_id, self.supervisor)
        with freeze_time(CHECKED):
            action.with_user(self.supervisor).workflow_move("confirm")
        self.assertEqual(action.state, "effective")
        self.assertFalse(self.activities(action, "Did it help?"))

    def test_what_happens_again_is_reopened_with_the_complaints(self):
        by_product, by_serial, other_cause, before = (
            self.bring(self.act(**vals), "verified")
            for vals in (
                {},
                {"product_id": self.env["product.product"].create({"name": "Cable"}).id},
                {"cause_id": self.env.ref("kehu_complaint.complaint_cause_manner").id},
                {"serial": "SN-X", "product_id": self.product.id},
            )
        )
        with freeze_time("2026-03-01 02:00:00"):
            self.complain(cause_id=self.quality.id, serial="SN-X")
        before.sudo().product_id = False
        with freeze_time("2026-03-20 02:00:00"):
            again = self.complain(cause_id=self.quality.id)
        with (
            freeze_time(CHECKED),
            self.assertRaisesRegex(UserError, "It happened again: 1 complaints"),
            self.env.cr.savepoint(),
        ):
            by_product.with_user(self.supervisor).workflow_move("confirm")
        self.check()
        for action in (by_product, by_serial):
            self.assertEqual((action.state, action.recurrence_ids), ("reopened", again))
            said = "".join(action.message_ids.mapped("body"))
            self.assertIn("It happened again: 1 complaints.", said)
            self.assertNotIn(again.number, said, "the owner may not be one to know which")
            self.assertEqual(self.activities(action, "appened again").user_id, self.investigator | self.supervisor)
            self.assertFalse(action.date_done or action.check_asked_on or action.date_due)
        for action in (other_cause, before):
            self.assertEqual((action.state, bool(action.check_asked_on)), ("verified", True))
            self.assertFalse(action.recurrence_ids)
        # Once more, and this time it helps.
        by_product.with_user(self.supervisor).date_due = "2026-05-10"
        with freeze_time("2026-05-06 02:00:00"):
            by_product.with_user(self.investigator).workflow_move("finish")
        with freeze_time("2026-05-07 02:00:00"):
            by_product.with_user(self.supervisor).workflow_move("verify")
        self.check("2026-07-02 02:00:00")
        with freeze_time("2026-07-02 02:00:00"):
            by_product.with_user(self.supervisor).workflow_move("confirm")
        self.assertEqual(by_product.recurrence_ids, again, "the history stays")

    def test_former_owner_is_no_verifier(self):
        action = self.bring(self.act(), "open")
        action.with_user(self.supervisor).owner_id = self.taker
        action.sudo().owner_id = self.handler
        for former in (self.investigator, self.taker):
            with self.assertRaisesRegex(UserError, "neither verify"), self.env.cr.savepoint():
                action.with_user(self.supervisor).verifier_id = former
        action.with_user(self.supervisor).verifier_id = self.director

    def test_a_complaint_about_the_unit_is_a_recurrence(self):
        action = self.bring(
            self.act(team_id=self.unit.id, complaint_ids=[], cause_id=self.quality.id, serial=False), "verified"
        )
        with freeze_time("2026-03-20 02:00:00"):
            self.complain(cause_id=self.quality.id)
            again = self.complain(self.supervisor, cause_id=self.quality.id, accused_team_ids=self.unit.ids)
        self.check()
        self.assertEqual(action.recurrence_ids, again)

    def test_owner_does_not_verify_and_the_accused_does_nothing(self):
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            self.complaint.accused_user_ids = self.employee
            self.act(owner_id=self.employee.id)
        own = self.act(owner_id=self.supervisor.id, verifier_id=self.investigator.id)
        own.with_user(self.supervisor).workflow_move("start")
        own.with_user(self.supervisor).write({"root_cause": "x", "evidence": "<p>x</p>"})
        own.with_user(self.supervisor).workflow_move("finish")
        with self.assertRaisesRegex(UserError, "neither verify"), self.env.cr.savepoint():
            own.with_user(self.supervisor).workflow_move("verify")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            own.with_user(self.handler).workflow_move("verify")
        own.with_user(self.investigator).workflow_move("verify")
        action = self.bring(self.act(), "done")
        self.complaint.with_user(self.director).accused_user_ids = self.supervisor
        self.assertFalse(action.sudo().verifier_id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            action.with_user(self.supervisor).workflow_move("verify")
        self.assertFalse(action.with_user(self.supervisor).has_access("read"))
        action.with_user(self.director).workflow_move("verify")

    def test_former_owner_and_writer_do_not_verify(self):
        action = self.act(owner_id=self.supervisor.id, verifier_id=self.investigator.id)
        mine = action.with_user(self.supervisor)
        mine.workflow_move("start")
        mine.write({"root_cause": "x", "evidence": "<p>x</p>"})
        mine.owner_id = self.handler
        action.with_user(self.handler).workflow_move("finish")
        for name in ("verify", "rework"):
            with self.assertRaisesRegex(UserError, "neither verify"), self.env.cr.savepoint():
                mine.workflow_move(name, "x")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.done_user_ids = False
        other = self.bring(self.act(verifier_id=self.director.id), "open")
        other.with_user(self.supervisor).evidence = "<p>Written for the owner</p>"
        other.with_user(self.investigator).root_cause = "Nobody measured."
        other.with_user(self.investigator).workflow_move("finish")
        with self.assertRaisesRegex(UserError, "neither verify"), self.env.cr.savepoint():
            other.with_user(self.supervisor).workflow_move("verify")
        other.with_user(self.director).workflow_move("verify")

    def test_database_lets_nobody_verify_own_action(self):
        action = self.act()
        with (
            self.assertRaisesRegex(CheckViolation, "another_verifies"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            action.with_user(self.supervisor).write({"verifier_id": self.investigator.id})
            self.env.flush_all()

    def test_verification_and_outcome_cannot_be_forged(self):
        action = self.bring(self.act(), "done")
        for user in (self.investigator, self.handler, self.supervisor):
            for vals in (
                {"state": "effective"},
                {"date_done": "2020-01-01"},
                {"verified_user_id": user.id},
                {"date_verified": DONE},
                {"check_asked_on": DONE},
                {"date_check": "2020-01-01"},
                {"recurrence_ids": [Command.clear()]},
                {"check_weeks": 0},
                {"evidence": "<p>Another.</p>"},
                {"complaint_ids": [Command.clear()]},
            ):
                with self.assertRaises(AccessError, msg=f"{user.name} {vals}"), self.env.cr.savepoint():
                    action.with_user(user).write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.complaint.with_user(self.handler).write({"corrective_action_ids": [Command.clear()]})
        for name in ("verify", "rework", "confirm", "reopen"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                action.with_user(self.investigator).workflow_move(name, "I say so")
        forged = (
            self.env["kehu.corrective.action"]
            .with_user(self.handler)
            .with_context(default_date_done=DONE)
            .create(
                {
                    "name": "x",
                    "date_done": DONE,
                    "verified_user_id": self.handler.id,
                    "recurrence_ids": self.complaint.ids,
                    "number": "CAPA-1",
                }
            )
        )
        self.assertFalse(forged.date_done or forged.verified_user_id or forged.recurrence_ids)
        self.assertNotEqual(forged.number, "CAPA-1")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.act(state="effective")

    def test_owner_writes_own_part_and_what_was_agreed_stays(self):
        action = self.bring(self.act(), "open")
        mine = action.with_user(self.investigator)
        mine.root_cause = "Nobody measured."
        for vals in (
            {"date_due": "2027-01-01"},
            {"owner_id": self.employee.id},
            {"plan": "Nothing"},
            {"check_weeks": 0},
        ):
            with self.assertRaisesRegex(AccessError, "Not yours"), self.env.cr.savepoint():
                mine.write(vals)
            with self.assertRaisesRegex(AccessError, "Not yours"), self.env.cr.savepoint():
                action.with_user(self.handler).write(vals)
        with self.assertRaisesRegex(UserError, "Evidence"), self.env.cr.savepoint():
            mine.workflow_move("finish")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            action.with_user(self.handler).unlink()

    def test_hidden_with_complaint_but_not_from_its_owner(self):
        action = self.act(name="Teach the salesman manners")
        self.complaint.major_reason_ids = self.media
        stranger = self.service_user("test_stranger", "service_user", "Xu")
        self.assertFalse(action.with_user(stranger).has_access("read"))
        self.assertFalse(self.env["kehu.corrective.action"].with_user(stranger).search([("id", "=", action.id)]))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.corrective.action"].with_user(stranger).create(
                {"name": "x", "complaint_ids": self.complaint.ids}
            )
        mine = action.with_user(self.investigator)
        self.assertTrue(mine.has_access("read"))
        self.assertFalse(self.complaint.with_user(self.investigator).has_access("read"))
        self.assertNotIn("hot", str(mine.web_read({"complaint_ids": {"fields": {"display_name": {}}}})))
        free = self.act(complaint_ids=[], cause_id=self.quality.id)
        self.assertTrue(free.with_user(stranger).has_access("read"))

    def test_due_at_the_end_of_its_day_and_escalated(self):
        with freeze_time("2026-02-24 02:00:00"):
            action = self.act()
            action.with_user(self.supervisor).workflow_move("start")
        rule = self.env.ref("kehu_complaint.deadline_rule_corrective_action")
        clock = action.sudo().deadline_ids.filtered(lambda clock: clock.rule_id == rule)
        local = clock.calendar_id.tz
        self.assertEqual(clock._local_due_date().isoformat(), "2026-03-07", local)
        late = action.sudo().activity_ids
        for moment, user in (
            ("2026-03-07 06:00:00", self.investigator),
            ("2026-03-10 06:00:00", self.supervisor),
            ("2026-03-13 06:00:00", self.director),
        ):
            for _run in range(2):
                with freeze_time(moment), self.enter_registry_test_mode():
                    self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            news = (
                action.sudo().activity_ids.filtered(lambda activity: activity.kehu_deadline_id.rule_id == rule) - late
            )
            self.assertIn(user, news.user_id, moment)
            late |= news

    def test_the_job_is_killed_and_run_twice_and_asks_once(self):
        actions = self.env["kehu.corrective.action"].union(
            *(self.bring(self.act(name=str(number)), "verified") for number in range(5))
        )
        check, batches = type(actions)._check_effectiveness, []

        def killed_in_the_second_batch(batch):
            check(batch)
            batches.append(batch)
            if len(batches) == 2:
                raise KilledError

        self.env.flush_all()
        with (
            patch.object(corrective_action_check, "BATCH", 2),
            patch.object(type(actions), "_check_effectiveness", killed_in_the_second_batch),
            freeze_time(CHECKED),
        ):
            # assertRaises() would take back what was committed before.
            with self.enter_registry_test_mode(), suppress(KilledError), self.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["kehu.corrective.action"]._cron_check_effectiveness()
        self.assertEqual(len(batches), 2)
        self.env.invalidate_all(flush=False)
        self.assertEqual(len(actions.filtered("check_asked_on")), 2)
        for _run in range(2):
            self.check()
        self.assertTrue(all(actions.mapped("check_asked_on")))
        self.assertEqual(len(self.activities(actions, "Did it help?")), 5)

    def test_one_query_finds_what_happened_again(self):
        def queries(count):
            actions = (
                self.env["kehu.corrective.action"]
                .sudo()
                .create(
                    [
                        {"name": str(number), "cause_id": self.quality.id, "product_id": self.product.id}
                        for number in range(count)
                    ]
                )
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            actions._find_recurrences()
            return self.env.cr.sql_log_count - before

        self.assertEqual([queries(count) for count in (1, 20, 100)], [1, 1, 1])
