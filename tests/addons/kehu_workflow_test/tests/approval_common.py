from odoo import Command
from odoo.tests import new_test_user

from .common import CaseCommon


class ApprovalCommon(CaseCommon):
    """Filing goes to the case's manager, then to one of two directors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director, cls.deputy = (
            new_test_user(cls.env, f"case_{name}", groups="base.group_user", email=f"{name}@example.com")
            for name in ("director", "deputy")
        )
        cls.directors = cls.env["res.groups"].create(
            {"name": "Directors", "user_ids": [Command.set((cls.director + cls.deputy).ids)]}
        )
        cls.rule = cls.create_rule()
        cls.case.manager_id = cls.manager
        cls.env.flush_all()

    @classmethod
    def create_rule(cls, **values):
        return cls.env["kehu.approval.rule"].create(
            {
                "name": "Filing",
                "model_id": cls.env["ir.model"]._get_id("kehu.test.case"),
                "kind": "filing",
                "step_ids": [
                    Command.create({"name": "Manager", "role": "manager_id", "sequence": 1}),
                    Command.create({"name": "Director", "group_ids": [Command.set(cls.directors.ids)], "sequence": 2}),
                ],
                **values,
            }
        )

    def submit(self, case=None, user=None):
        case = case or self.case
        case.with_user(user or self.clerk).workflow_move("submit")
        return self.approval_of(case)

    def refresh_candidates(self):
        cron = self.env.ref("kehu_workflow.ir_cron_approval_refresh")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.cr.cache.clear()  # what is known in a transaction, the next one asks anew

    def approval_of(self, case):
        return self.env["kehu.approval"].search([("res_model", "=", case._name), ("res_id", "in", case.ids)])

    def assert_undecided(self, approval, state="pending"):
        self.env.invalidate_all()
        self.assertEqual(approval.state, "pending")
        self.assertFalse(approval.decision_ids)
        self.assertEqual(self.case.state, state)
