from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestAuthorityTable(ApprovalCommon):
    """A6, C5: the table is filled by an administrator, and never passes anything silently."""

    def test_manager_of_the_rules_needs_no_other_right(self):
        manager = new_test_user(self.env, "case_rules", groups="kehu_workflow.group_workflow_manager", lang="en_US")
        rule = self.rule.with_user(manager)
        rule.watched_field_ids = self.env["ir.model.fields"]._get("kehu.test.case", "amount")
        self.env.invalidate_all()
        with Form(rule) as form:
            self.assertEqual(form.watched_field_ids[:].mapped("name"), ["amount"])
            form.name = "Filing of cases"
        self.assertTrue(rule.copy().watched_field_ids)
        self.assertTrue(self.env["ir.model"].with_user(manager).name_search("Case"))
        for model in ("ir.model", "ir.model.fields"):
            self.assertFalse(self.env[model].with_user(manager).has_access("write"))

    def test_context_of_a_client_chooses_no_archived_rule(self):
        self.create_rule(name="Former", sequence=0, active=False)
        self.case.with_user(self.clerk).with_context(active_test=False).workflow_move("submit")
        self.assertEqual(self.approval_of(self.case).rule_id, self.rule)

    def test_amount_decides_who(self):
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        big = self.create_rule(name="Big", amount_path="amount", amount_from=500)
        for amount, rule in ((0, self.rule), (499.99, self.rule), (500, big), (10**6, big)):
            case = self.create_cases(1, amount=amount, manager_id=self.manager.id)
            self.assertEqual(self.submit(case).rule_id, rule)

    def test_amount_is_compared_in_company_currency(self):
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        big = self.create_rule(name="Big", amount_path="amount", amount_from=500)
        currency = self.env["res.currency"].create({"name": "XKH", "symbol": "X"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 0.1, "name": fields.Date.today()})
        case = self.create_cases(1, amount=60, currency_id=currency.id, manager_id=self.manager.id)
        self.assertEqual(self.submit(case).rule_id, big)

    def test_lines_add_up_as_money(self):
        self.create_cases(1, amount=294.58, parent_id=self.case.id)
        for amount in (309.5, 248.79, 147.13):
            self.create_cases(1, amount=amount, parent_id=self.case.id)
        amounts = self.case._approval_amounts("child_ids.amount")
        self.assertEqual(amounts, {self.case.id: 1000}, "999.9999999999999 in binary fractions")

    def test_lines_in_several_currencies_are_converted(self):
        currency = self.env["res.currency"].create({"name": "XKH", "symbol": "X"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 0.1, "name": fields.Date.today()})
        self.create_cases(1, amount=1, parent_id=self.case.id)
        self.create_cases(1, amount=100, currency_id=currency.id, parent_id=self.case.id)
        self.assertEqual(self.case._approval_amounts("child_ids.amount"), {self.case.id: 1001})

    def test_gaps_and_overlaps_of_amounts_are_shown(self):
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        self.assertRegex(self.rule.gaps, "No rule decides on these amounts: ≥ .*500")
        big = self.create_rule(name="Big", amount_path="amount", amount_from=1000)
        self.env.invalidate_all()
        self.assertRegex(self.rule.gaps, "No rule decides on these amounts: .*500.* – .*1,000")
        self.assertEqual(big.gaps, self.rule.gaps)
        big.amount_from = 400
        self.env.invalidate_all()
        self.assertRegex(self.rule.gaps, "Two rules decide on these amounts.*≥ .*400")
        big.amount_from = 500
        self.env.invalidate_all()
        self.assertFalse(self.rule.gaps)
        self.rule.amount_to = big.amount_from = 0
        self.env.invalidate_all()
        self.assertRegex(self.rule.gaps, "Two rules decide on these amounts.*: all amounts.$")

    def test_archived_users_of_a_step_are_named_as_gone(self):
        self.rule.step_ids[0].write(
            {"user_ids": [Command.set(self.deputy.ids)], "group_ids": [Command.clear()], "role": False}
        )
        self.deputy.active = False
        self.assertRegex(self.rule.problem, "needs 1 people, but its groups and users have only 0 active")

    def test_table_shows_who_decides_and_for_which_amounts(self):
        first, second = self.rule.step_ids
        self.assertFalse(self.rule.amount_range)
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        self.assertRegex(self.rule.amount_range, "^< .*500")
        self.rule.amount_from = 100
        self.assertRegex(self.rule.amount_range, "100.* – .*500")
        self.rule.amount_path = False
        self.assertFalse(self.rule.amount_range)
        first.write({"role": False, "user_ids": [Command.set(self.deputy.ids)]})
        second.write({"user_ids": [Command.set(self.director.ids)], "group_ids": [Command.clear()], "role": False})
        self.assertEqual(self.rule.people, f"{self.deputy.name} → {self.director.name}")
        second.role = "manager_id"
        label = self.case.fields_get(["manager_id"], ["string"])["manager_id"]["string"]
        self.assertEqual(self.rule.people, f"{self.deputy.name} → {self.director.name}, {label}")

    def test_condition_and_company_decide_which_rule(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule.company_id = other
        with self.assertRaisesRegex(UserError, "No approval rule says who decides “Filing”"), self.env.cr.savepoint():
            self.submit()
        self.assertEqual(self.case.state, "new")
        secret = self.create_rule(name="Secret", domain="[('is_secret', '=', True)]")
        plain = self.create_rule(name="Plain")
        self.assertEqual(self.submit().rule_id, plain)
        case = self.create_cases(1, is_secret=True, manager_id=self.manager.id, user_id=self.manager.id)
        case.sudo()._move("submit")
        self.assertEqual(self.approval_of(case).rule_id, secret)

    def test_user_outside_company_neither_decides_nor_is_told(self):
        self.rule.step_ids[0].unlink()
        other = self.env["res.company"].create({"name": "Other"})
        case = self.create_cases(1, company_id=other.id, is_secret=True)
        with self.assertRaisesRegex(UserError, "Not enough people"), self.env.cr.savepoint():
            case._approval_ask("filing")
        self.director.company_ids += other
        approval = case._approval_ask("filing")
        self.assertEqual(approval.candidates, self.director.name)
        self.assertEqual(case.activity_ids.user_id, self.director)
        for user, mine in ((self.director, True), (self.deputy, False)):
            self.assertEqual(approval.with_user(user).is_mine, mine)
            self.assertEqual(case.with_user(user).has_access("read"), mine)

    def test_step_is_skipped_when_its_condition_fails(self):
        self.rule.step_ids[0].domain = "[('amount', '>', 5000)]"
        self.assertEqual(self.submit().step_id.name, "Director")
        self.rule.step_ids[1].domain = "[('amount', '>', 5000)]"
        with self.assertRaisesRegex(UserError, "No step of rule"):
            self.submit(self.create_cases(1, manager_id=self.manager.id))

    def test_empty_group_is_refused_at_configuration_and_at_asking(self):
        empty = self.env["res.groups"].create({"name": "Nobody"})
        with self.assertRaisesRegex(ValidationError, "have only 0 active"):
            self.rule.step_ids[1].group_ids = empty
        with self.assertRaisesRegex(ValidationError, "neither groups nor users"):
            self.create_rule(step_ids=[Command.create({"name": "?"})])
        with self.assertRaisesRegex(ValidationError, "no step"):
            self.create_rule(step_ids=False)
        (self.director + self.deputy).active = False
        self.env.invalidate_all()
        self.assertIn("have only 0 active", self.rule.problem)
        with self.assertRaisesRegex(UserError, "Not enough people can decide step “Director”"):
            self.submit()

    def test_case_without_manager_is_not_asked_for(self):
        self.case.manager_id = False
        with self.assertRaisesRegex(UserError, "step “Manager”"):
            self.submit()

    def test_approvers_who_leave_meanwhile_are_reported(self):
        approval = self.submit()
        (self.director + self.deputy).active = False
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "pending")
        self.assertIn("Nobody!", approval.candidates)
        self.assertIn("Nobody can decide", self.rule.activity_ids.summary)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.env.ref("base.user_admin")).approve()
        approval.with_user(self.env.ref("base.user_admin")).withdraw("directors left")
        self.assertEqual(self.case.state, "new")

    def test_wrong_declarations_are_told(self):
        for wrong, message in (
            ({"kind": "publication"}, "“Publication” is not one of: Filing, Copy"),
            ({"domain": "[('no_such', '=', 1)]"}, "condition"),
            ({"domain": "__import__('os')"}, "condition"),
            ({"amount_path": "name"}, "not an amount"),
            ({"amount_path": "manager_id.no_such"}, "not an amount"),
            ({"step_ids": [Command.create({"name": "?", "role": "company_id"})]}, "leads to no users"),
            ({"step_ids": [Command.create({"name": "?", "role": "users"})]}, "leads to no users"),
            ({"model_id": self.env["ir.model"]._get_id("res.partner")}, "know no approvals"),
        ):
            with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                self.rule.write(wrong)

    def test_administrator_asks_who_would_decide(self):
        self.case.beneficiary_id = self.deputy
        action = self.rule.action_test()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        wizard.document = f"kehu.test.case,{self.case.id}"
        self.assertIn("Manager (One of them): case_manager", wizard.answer)
        self.assertIn("not: case_deputy", wizard.answer)
        self.assertFalse(self.approval_of(self.case))
