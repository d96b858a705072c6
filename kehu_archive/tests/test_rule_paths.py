from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestRulePaths(ArchiveCase):
    """A6, X3: the rules of administrators, evaluated as superuser, tell nothing of customers hidden from who writes
    them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule_manager = new_test_user(
            cls.env,
            "test_rule_manager",
            "kehu_archive.group_archive_user,kehu_workflow.group_workflow_manager",
            name="Zhu",
        )
        cls.archives = cls.env["ir.model"]._get_id("kehu.archive")

    def approval_rule(self, **vals):
        return (
            self.env["kehu.approval.rule"]
            .with_user(self.rule_manager)
            .create(
                {
                    "name": "Rule",
                    "model_id": self.archives,
                    "kind": "filing",
                    "sequence": -1,
                    "step_ids": [
                        Command.create(
                            {
                                "name": "Step",
                                "user_ids": [Command.set(self.officer.ids)],
                                "role": vals.pop("role", False),
                            }
                        )
                    ],
                    **vals,
                }
            )
        )

    def deadline_rule(self, role=False, **vals):
        return (
            self.env["kehu.deadline.rule"]
            .with_user(self.rule_manager)
            .create(
                {
                    "name": "Clock",
                    "model_id": self.archives,
                    "step_ids": [Command.create({"recipient": "role", "role": role or "kehu_custodian_id"})],
                    **vals,
                }
            )
        )

    def assert_refused(self, action, *args, **vals):
        with (
            self.subTest(**vals),
            self.assertRaisesRegex(ValidationError, "leads to other records"),
            self.env.cr.savepoint(),
        ):
            action(*args, **vals)

    def test_rule_does_not_reach_other_customers(self):
        for path in (
            "category_id.partner_ids",
            "partner_id.category_id.partner_ids",
            "partner_id.parent_id",
            "parent_id",
            "kehu_custodian_id.partner_id",
            "kehu_custodian_id.sale_order_ids.partner_id",
            "partner_id.user_id.partner_id",
        ):
            try:
                self.env["kehu.archive"].search([(f"{path}.street", "=", "x")], limit=1)
            except ValueError:
                continue  # comes with an addon that is not installed
            domain = f"[('{path}.street', '=like', 'x%')]"
            self.assert_refused(self.approval_rule, domain=domain)
            self.assert_refused(self.approval_rule, domain=f"[('{path}', 'ilike', 'x')]")
            self.assert_refused(self.approval_rule, amount_path=f"{path}.partner_latitude")
            self.assert_refused(self.approval_rule, role=f"{path}.user_id")
            self.assert_refused(self.deadline_rule, role=f"{path}.user_id")
            for name in ("domain", "start_domain", "stop_domain", "pause_domain"):
                self.assert_refused(self.deadline_rule, **{name: domain})

    def test_rule_looks_at_its_customer(self):
        self.rule_manager.sudo().group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        domain = "[('partner_id.street', '=like', 'x%'), ('partner_id.country_id.code', '=', 'CN'), ('type_id', 'ilike', 'x')]"
        self.approval_rule(domain=domain, amount_path="partner_id.partner_latitude", role="partner_id.user_id")
        self.deadline_rule(domain=domain, role="partner_id.kehu_team_id.user_id")

    def test_uncleared_rule_manager_asks_for_no_content(self):
        for content in (
            "('name', '=like', 'Zq%')",
            "('partner_id.street', '=like', 'Zq%')",
            "('partner_id.vat', 'ilike', '9')",
            "('id', '=', 1)",
            "('registered_capital', '>', 5)",
            "('partner_id', '=', 5)",
            "('partner_id.user_id', '=', 2)",
            "('partner_id', 'ilike', 'x')",
            "('partner_id', 'any', [('phone', '=', '1')])",
            "('kehu_custodian_id', '=', 2)",
        ):
            domain = f"['|', ('state', '=', 'formal'), {content}]"
            with self.subTest(content=content):
                for name in ("domain", "start_domain", "stop_domain", "pause_domain"):
                    with self.assertRaisesRegex(AccessError, "may be hidden from you"), self.env.cr.savepoint():
                        self.deadline_rule(**{name: domain})
                with self.assertRaisesRegex(AccessError, "may be hidden from you"), self.env.cr.savepoint():
                    self.approval_rule(domain=domain)
                with self.assertRaisesRegex(AccessError, "may be hidden from you"), self.env.cr.savepoint():
                    self.approval_rule().step_ids.domain = domain

    def test_uncleared_rule_manager_asks_for_status_and_kind(self):
        domain = (
            "[('state', '=', 'formal'), ('type_id', 'ilike', 'x'), ('date_filed.month_number', '=', 1), "
            "('company_id', '=', 1), "
            "('partner_id.country_id', '=', 1), ('partner_id.is_company', '=', True), ('registered_capital', '!=', "
            "False)]"
        )
        self.approval_rule(domain=domain).step_ids.domain = domain
        rule = self.deadline_rule(domain=domain)
        for record in (rule, self.approval_rule()):
            with self.assertRaisesRegex(UserError, "is not deleted"), self.env.cr.savepoint():
                record.unlink()  # the same answer, whether it ever matched or not
        with self.assertRaisesRegex(UserError, "stays with its model"):
            rule.model_id = self.env["ir.model"]._get_id("kehu.tier.lowering")
        rule.active = False

    def test_rules_that_come_with_the_addons_are_valid(self):
        self.env["kehu.approval.rule"].with_context(active_test=False).search([])._check_declaration()
        deadlines = self.env["kehu.deadline.rule"].with_context(active_test=False).search([])
        deadlines._check_conditions()
        deadlines.with_user(self.rule_manager)._check_conditions()
        self.env["kehu.approval.rule"].with_user(self.rule_manager).search([])._check_declaration()
        self.assertTrue(deadlines)

    def test_trial_answers_for_its_user_alone(self):
        self.approval_rule(
            step_ids=[
                Command.create({"name": "Step", "user_ids": [Command.set((self.rule_manager | self.officer).ids)]})
            ]
        )
        archive = self.file_archive(self.clerk)
        trial = (
            self.env["kehu.approval.test.wizard"]
            .with_user(self.rule_manager)
            .create({"document": f"kehu.archive,{archive.id}", "kind": "filing"})
        )
        self.assertNotIn("requester_id", trial._fields)
        self.assertRegex(trial.answer, r"Step .*: Qian\n +not: Zhu")
