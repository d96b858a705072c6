from datetime import datetime

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


def local(*args):
    """An instant in Shanghai as naive UTC."""
    return pytz.timezone("Asia/Shanghai").localize(datetime(*args)).astimezone(pytz.utc).replace(tzinfo=None)


class DeadlineCommon(TransactionCase):
    """Spring 2026 in a Shanghai office from 8 to 12 and 13 to 17; a new case must be answered in two working days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "Asia/Shanghai"
        cls.env["kehu.deadline.rule"].search([]).active = False
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "Asia/Shanghai", "company_id": cls.env.company.id}
        )
        cls.env.company.resource_calendar_id = cls.calendar
        cls.env["kehu.workday"].with_context(active_test=False).search([]).write({"source": "manual"})
        cls.env["kehu.workday"].with_context(active_test=False).search([]).unlink()
        cls.env["kehu.workday"]._fill_year(2026)
        cls.handler = new_test_user(
            cls.env, "clock_handler", groups="kehu_workflow_test.group_clerk", email="handler@example.com"
        )
        cls.boss = new_test_user(
            cls.env, "clock_boss", groups="kehu_workflow_test.group_manager", email="boss@example.com"
        )
        cls.plain = new_test_user(cls.env, "clock_plain", groups="base.group_user", email="plain@example.com")
        cls.rule = cls.create_rule()

    @classmethod
    def create_rule(cls, model="kehu.test.case", steps=None, **values):
        if steps is None:
            steps = [
                {"trigger": "warning", "recipient": "role", "role": "user_id", "summary": "Due tomorrow"},
                {"recipient": "role", "role": "user_id", "summary": "Late"},
                {"amount": 1, "recipient": "users", "user_ids": [Command.set(cls.boss.ids)], "summary": "One day late"},
            ]
        defaults = {
            "name": "First Answer",
            "model_id": cls.env["ir.model"]._get_id(model),
            "stop_domain": "['|', ('is_answered', '=', True), ('state', '=', 'closed')]",
            "pause_domain": "[('is_waiting', '=', True)]",
            "pause_group_id": cls.env.ref("kehu_workflow_test.group_manager").id,
            "amount": 2,
            "unit": "work_days",
            "warning_amount": 1,
            "warning_unit": "work_days",
            "step_ids": [Command.create(step) for step in steps],
        }
        return cls.env["kehu.deadline.rule"].create(defaults | values)

    def create_cases(self, count=1, at=None, **values):
        with freeze_time(at or local(2026, 3, 9, 10)):
            return self.env["kehu.test.case"].create(
                [{"name": f"Case {index}", "amount": 1, "user_id": self.handler.id, **values} for index in range(count)]
            )

    def sweep(self, at):
        cron = self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep")
        with freeze_time(at), self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def clocks(self, records, **conditions):
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return self.env["kehu.deadline"].search(
            domain + [(name, "=", value) for name, value in conditions.items()], order="id"
        )

    def reminders(self, records):
        """The steps that have been, in that order."""
        events = self.env["kehu.deadline.event"].search(
            [("deadline_id", "in", self.clocks(records).ids), ("kind", "=", "step")], order="id"
        )
        return events.mapped("name")
