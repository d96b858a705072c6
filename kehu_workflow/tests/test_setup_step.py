from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSetupStep(TransactionCase):
    """What a company has set up, and what is missing, is said by a list that opens the right page (U15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "test_rules", "base.group_user,kehu_workflow.group_workflow_manager")
        cls.employee = new_test_user(cls.env, "test_employee", "base.group_user")

    def check(self):
        """Return the steps of the list that the manager of the rules opens, by the window that each opens."""
        Step = self.env["kehu.setup.step"].with_user(self.manager)
        return Step.search(Step.action_check()["domain"])

    def missing(self, action):
        return self.check().filtered(lambda step: step.action == action and not step.is_done).mapped("missing")

    def test_each_step_opens_its_page(self):
        steps = self.check()
        self.assertGreaterEqual(len(steps), 5)
        for step in steps:
            with self.subTest(step.name):
                self.assertEqual(bool(step.missing), not step.is_done)
                self.assertEqual(step.action_open()["type"], "ir.actions.act_window")

    def test_rule_that_nobody_decides_is_named(self):
        rules = self.env.ref("kehu_workflow.approval_rule_rule_change")
        action = "kehu_workflow.kehu_approval_rule_action"
        group = self.env["res.groups"].create({"name": "Leaving", "user_ids": [Command.set(self.manager.ids)]})
        rules.step_ids.write(
            {"group_ids": [Command.set(group.ids)], "user_ids": [Command.clear()], "role": False, "needed": 1}
        )
        self.assertNotIn(f"{rules.name}:", "".join(self.missing(action)))
        group.user_ids = False
        self.assertIn(f"{rules.name}:", "".join(self.missing(action)))

    def test_hours_and_holidays_that_are_missing_are_said(self):
        company = self.env.company
        company.resource_calendar_id = self.env["resource.calendar"].create({"name": "None", "attendance_ids": []})
        company.resource_calendar_id.attendance_ids.unlink()
        self.assertTrue(self.missing("resource.action_resource_calendar_form"))
        year = company._kehu_today().year
        days = self.env["kehu.workday"].search([("date", ">=", f"{year}-01-01"), ("date", "<=", f"{year}-12-31")])
        days.active = False
        self.assertIn(str(year), "".join(self.missing("kehu_workflow.kehu_workday_action")))
        days.active = True
        self.assertFalse(self.missing("kehu_workflow.kehu_workday_action") if days else [])

    def test_employees_set_nothing_up(self):
        steps = self.check()
        Step = self.env["kehu.setup.step"].with_user(self.employee)
        for attack in (
            lambda: Step.action_check(),
            lambda: steps[0].with_user(self.employee).action_open(),
            lambda: steps[0].with_user(self.employee).read(["missing"]),
            lambda: Step.create({"name": "x", "action": "base.action_res_users"}),
            lambda: steps[0].with_user(self.manager).write({"action": "base.action_res_users"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
