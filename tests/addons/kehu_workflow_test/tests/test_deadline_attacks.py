from freezegun import freeze_time

from odoo import Command
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from .deadline_common import DeadlineCommon, local


@tagged("post_install", "-at_install")
class TestDeadlineIsNotForged(DeadlineCommon):
    """No client writes a clock, its pauses or its history, by whatever way (C7, C10)."""

    def setUp(self):
        super().setUp()
        self.case = self.create_cases()
        self.clock = self.clocks(self.case)
        with freeze_time(local(2026, 3, 10, 9)):
            self.clock.with_user(self.boss).action_pause("waiting")
            self.clock.with_user(self.boss).action_resume()
        self.sweep(local(2026, 3, 16, 9))

    def test_nobody_creates_writes_or_deletes(self):
        admin = self.env.ref("base.user_admin")
        contexts = ({}, {"install_mode": True, "bypass_access": True, "default_state": "met"})
        for user in (self.plain, self.handler, self.boss, admin):
            for context in contexts:
                for rows in (self.clock, self.clock.pause_ids, self.clock.event_ids[:1]):
                    mine = rows.with_user(user).with_context(**context)
                    before = rows.read()
                    with self.assertRaises(AccessError):
                        mine.write({"res_id": 1})
                    with self.assertRaises(AccessError):
                        mine.unlink()
                    with self.assertRaises(AccessError):
                        mine.create({"res_model": "kehu.test.case", "res_id": self.case.id})
                    with self.assertRaises(AccessError):
                        mine.copy()
                    self.assertEqual(rows.read(), before)

    def test_clocks_do_not_go_with_the_field_they_count_from(self):
        # By the database, where no code of the clocks sees it.
        admin = self.env.ref("base.user_admin").with_context(lang="en_US")
        fields = self.env["ir.model.fields"].with_user(admin)
        added = fields.create(
            {
                "name": "x_counted_from",
                "field_description": "Counted from",
                "model_id": self.env["ir.model"]._get_id("kehu.test.case"),
                "ttype": "datetime",
            }
        )
        self.rule.start_field_id = added
        before = self.clock.read(), self.clock.pause_ids.read(), self.clock.event_ids.read()
        for context in ({}, {"_force_unlink": True, "force_delete": True, MODULE_UNINSTALL_FLAG: True}):
            with self.assertRaisesRegex(UserError, "First Answer"), self.env.cr.savepoint():
                added.with_context(**context).unlink()
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.clock.read(), self.clock.pause_ids.read(), self.clock.event_ids.read()), before)
        self.rule.start_field_id = False
        added.unlink()

    def test_commands_from_the_case_do_not_reach_the_clock(self):
        commands = [
            Command.create({"rule_id": self.rule.id, "res_model": "kehu.test.case", "state": "met", "amount": 1}),
            Command.update(self.clock.id, {"state": "met"}),
            Command.update(self.clock.id, {"pause_ids": [Command.clear()]}),
            Command.delete(self.clock.id),
            Command.unlink(self.clock.id),
            Command.clear(),
        ]
        values = self.clock.read()
        for user in (self.handler, self.boss):
            for command in commands:
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.case.with_user(user).write({"deadline_ids": [command]})
                    self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.clock.read(), values)
        self.assertEqual(len(self.clocks(self.case)), 1)

    def test_what_a_script_sends_is_refused(self):
        clock, case = self.clock.ids, self.case.ids
        forged = {
            "rule_id": self.rule.id,
            "res_model": "kehu.test.case",
            "res_id": case[0],
            "amount": 9,
            "unit": "days",
            "state": "met",
        }
        attacks = [
            ("kehu.deadline", "web_save", [clock, {"state": "met"}], {"specification": {}}),
            ("kehu.deadline", "web_save", [[], forged], {"specification": {}}),
            ("kehu.deadline", "create", [[forged]], {"context": {"default_state": "met"}}),
            ("kehu.deadline", "name_create", ["forged"], {}),
            ("kehu.deadline", "copy", [clock], {"default": {"state": "met"}}),
            (
                "kehu.deadline",
                "action_pause",
                [clock],
                {"reason": "forged", "context": {"uid": self.boss.id, "su": True}},
            ),
            ("kehu.deadline", "action_resume", [clock], {}),
            ("kehu.deadline", "_end", [clock, "met"], {}),
            ("kehu.deadline", "sudo", [clock], {}),
            ("kehu.deadline", "lock_for_update", [clock], {}),
            (
                "kehu.deadline.pause",
                "create",
                [[{"deadline_id": clock[0], "reason": "forged", "date_from": "2026-03-09 00:00:00"}]],
                {},
            ),
            ("kehu.deadline.event", "unlink", [self.clock.event_ids.ids], {}),
            (
                "kehu.test.case",
                "web_save",
                [case, {"deadline_ids": [[1, clock[0], {"state": "met"}]]}],
                {"specification": {}},
            ),
            ("kehu.test.case", "create", [[{"name": "x", "deadline_ids": [[0, 0, forged]]}]], {}),
            ("kehu.deadline.rule", "write", [self.rule.ids, {"amount": 99}], {}),
            ("kehu.deadline.step", "unlink", [self.rule.step_ids.ids], {}),
            ("kehu.workday", "create", [[{"name": "forged", "date": "2026-03-11"}]], {}),
            ("kehu.workday", "_fill_year", [2026], {}),
        ]
        before = [
            rows.read()
            for rows in (self.clock, self.clock.pause_ids, self.clock.event_ids, self.rule, self.rule.step_ids)
        ]
        counts = {model: self.env[model].search_count([]) for model, *_call in attacks}
        for model, method, args, kwargs in attacks:
            with self.subTest(model=model, method=method), self.assertRaises(UserError):
                call_kw(self.env[model].with_user(self.handler), method, args, kwargs)
        loaded = self.env["kehu.deadline"].with_user(self.handler).load([".id", "state"], [[str(clock[0]), "met"]])
        self.assertFalse(loaded["ids"])
        self.env.invalidate_all()
        after = [
            rows.read()
            for rows in (self.clock, self.clock.pause_ids, self.clock.event_ids, self.rule, self.rule.step_ids)
        ]
        self.assertEqual(before, after)
        self.assertEqual({model: self.env[model].search_count([]) for model in counts}, counts)

    def test_private_methods_stay_private(self):
        for model in ("kehu.deadline", "kehu.test.case", "kehu.workday"):
            for name in ("_end", "_start", "_pause", "_escalate", "_cron_sweep", "_deadline_sync", "_fill_year"):
                with self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_plain_user_changes_no_rule_and_no_holiday(self):
        day = self.env["kehu.workday"].search([], limit=1)
        for rows in (self.rule, self.rule.step_ids, day):
            mine = rows.with_user(self.boss)
            with self.assertRaises(AccessError):
                mine.write({"active": False} if "active" in rows._fields else {"amount": 9})
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(AccessError):
            self.env["kehu.workday.fill.wizard"].with_user(self.boss).create({"year": 2026})
