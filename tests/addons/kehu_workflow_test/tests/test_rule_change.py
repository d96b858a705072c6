from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .approval_common import ApprovalCommon

FIRST = "Changes of .* are approved first"


@tagged("post_install", "-at_install")
class TestRuleChange(ApprovalCommon):
    """A35: where the company asks for it, a change of a rule is proposed, approved, and carried out by the server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin, cls.head = (
            new_test_user(cls.env, f"rule_{name}", "kehu_workflow.group_workflow_manager", lang="en_US")
            for name in ("admin", "head")
        )
        rule = cls.env.ref("kehu_workflow.approval_rule_rule_change")
        # Another addon may have one that comes first.
        cls.env["kehu.approval.rule"].search([("kind", "=", "change"), ("id", "!=", rule.id)]).active = False
        rule.step_ids.write({"group_ids": [Command.clear()], "user_ids": [Command.set(cls.head.ids)]})
        cls.deadline_rule = cls.env["kehu.deadline.rule"].create(
            {
                "name": "File the case",
                "model_id": cls.env["ir.model"]._get_id("kehu.test.case"),
                "amount": 3,
                "step_ids": [Command.create({"recipient": "users", "user_ids": [Command.set(cls.manager.ids)]})],
            }
        )
        cls.env.company.kehu_rules_approved = True
        cls.env.flush_all()

    def propose(self, rule, vals):
        rule.with_user(self.admin).with_context(kehu_propose_change=True).write(vals)
        return self.env["kehu.rule.change"].with_user(self.admin).search([], limit=1)

    def submit_change(self, change, reason="The policy says so."):
        change.reason = reason
        change.workflow_move("submit")
        return self.env["kehu.approval"].search([("res_model", "=", change._name), ("res_id", "=", change.id)])

    def test_changes_are_free_where_no_company_asks(self):
        self.env.company.sudo().kehu_rules_approved = False
        self.deadline_rule.with_user(self.admin).amount = 5
        self.rule.with_user(self.admin).step_ids[0].user_ids = self.deputy
        self.assertTrue(self.rule.with_user(self.admin).copy().active)

    def test_wording_of_a_language_is_a_change(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.admin.lang = self.env["res.lang"]._activate_lang("zh_CN").code
        rule = self.deadline_rule.with_context(lang="zh_CN")
        rule.name = "归档"
        change = self.propose(rule, {"name": "建档"})
        self.submit_change(change).with_user(self.head).approve()
        self.assertEqual((rule.name, rule.with_context(lang="en_US").name), ("建档", "File the case"))

    def test_direct_changes_are_refused(self):
        rule, deadline_rule = self.rule.with_user(self.admin), self.deadline_rule.with_user(self.admin)
        step, reminder = rule.step_ids[0], deadline_rule.step_ids[0]
        archived = self.rule.copy({"active": False}).with_user(self.admin)
        attacks = (
            lambda: deadline_rule.write({"amount": 100}),
            lambda: deadline_rule.write({"active": False}),
            lambda: deadline_rule.action_archive(),
            lambda: deadline_rule.unlink(),
            lambda: deadline_rule.write({"step_ids": [Command.clear()]}),
            lambda: deadline_rule.write({"step_ids": [Command.update(reminder.id, {"user_ids": [Command.clear()]})]}),
            lambda: reminder.write({"amount": 100}),
            lambda: reminder.unlink(),
            lambda: reminder.copy(),
            lambda: rule.write({"amount_to": 10}),
            lambda: rule.write({"step_ids": [Command.delete(step.id)]}),
            lambda: step.write({"user_ids": [Command.link(self.admin.id)]}),
            lambda: step.create({"rule_id": rule.id, "name": "Me", "user_ids": [Command.set(self.admin.ids)]}),
            lambda: step.write({"rule_id": archived.id}),
            lambda: archived.step_ids[0].write({"rule_id": rule.id}),
            lambda: archived.write({"active": True}),
            lambda: archived.action_unarchive(),
            lambda: self.create_rule_as_admin(active=True),
            lambda: step.with_context(kehu_propose_change=True).write({"user_ids": [Command.link(self.admin.id)]}),
            lambda: self.enter(step._kehu_watch_relation("user_ids")),
            lambda: rule.with_context(kehu_rule_permit=True).write({"amount_to": 10}),
            lambda: rule.with_context(kehu_rule_permit={"x": 1}).write({"amount_to": 10}),
        )
        for number, attack in enumerate(attacks):
            with (
                self.subTest(number),
                self.assertRaisesRegex(UserError, FIRST),
                self.env.cr.savepoint(),
            ):
                attack()

    def test_proposal_reaches_no_step_of_another_rule(self):
        other = self.create_rule(name="Other", sequence=99)
        step = other.step_ids[0]
        for command in (Command.update(step.id, {"user_ids": [Command.set(self.admin.ids)]}), Command.delete(step.id)):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.propose(self.rule, {"name": "Nicer", "step_ids": [command]})
        self.assertTrue(step.exists())

    def test_company_decides_on_no_documents_of_all_companies(self):
        quiet = self.env["res.company"].create({"name": "Quiet"})
        rule = self.create_rule(company_id=quiet.id)
        asking = rule._kehu_rule_asking()
        self.assertFalse(rule._kehu_rule_concerns(asking))
        of_all = rule.new({"res_model": "mail.message", "company_id": quiet.id})
        self.assertTrue(of_all._kehu_rule_concerns(asking), "its documents have no company")

    def enter(self, watching):
        with watching:
            """Somebody writes the users of the step from another model."""

    def create_rule_as_admin(self, **vals):
        values = {"name": "Mine", "model_id": self.rule.model_id.id, "kind": "filing", **vals}
        values["step_ids"] = [Command.create({"name": "Me", "user_ids": [Command.set(self.admin.ids)]})]
        return self.env["kehu.approval.rule"].with_user(self.admin).create(values)

    def test_import_of_a_rule_is_refused(self):
        self.env["ir.model.data"].create(
            {"module": "__import__", "name": "rule", "model": "kehu.deadline.rule", "res_id": self.deadline_rule.id}
        )
        loaded = (
            self.env["kehu.deadline.rule"].with_user(self.admin).load(["id", "amount"], [["__import__.rule", "99"]])
        )
        self.assertRegex(loaded["messages"][0]["message"], FIRST)
        self.env.invalidate_all()
        self.assertEqual(self.deadline_rule.amount, 3)

    def test_change_is_carried_out_when_it_is_approved(self):
        reminder = self.deadline_rule.step_ids
        change = self.propose(
            self.deadline_rule,
            {"amount": 5, "step_ids": [Command.update(reminder.id, {"user_ids": [Command.set(self.deputy.ids)]})]},
        )
        self.assertEqual((self.deadline_rule.amount, reminder.user_ids), (3, self.manager))
        self.assertIn("Time Allowed: 3.0 → 5.0", change.changes)
        self.assertIn(self.deputy.name, change.changes)
        approval = self.submit_change(change)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.admin).approve()
        self.assertEqual(self.deadline_rule.amount, 3)
        approval.with_user(self.head).approve()
        self.assertEqual(change.state, "done")
        self.assertEqual((self.deadline_rule.amount, reminder.user_ids), (5, self.deputy))

    def test_refused_change_changes_nothing(self):
        change = self.propose(self.rule, {"amount_path": "amount", "amount_to": 5})
        self.submit_change(change).with_user(self.head).refuse("No.")
        self.assertEqual(change.state, "draft")
        self.assertFalse(self.rule.amount_to)
        change.workflow_move("discard")

    def test_rule_changed_meanwhile_is_not_written(self):
        change = self.propose(self.deadline_rule, {"amount": 5})
        approval = self.submit_change(change)
        self.deadline_rule.sudo().step_ids.user_ids = self.clerk
        with self.assertRaisesRegex(UserError, "has been changed since"), self.env.cr.savepoint():
            approval.with_user(self.head).approve()
        self.assertEqual(self.deadline_rule.amount, 3)

    def test_proposal_is_filled_by_the_server_alone(self):
        change = self.propose(self.deadline_rule, {"amount": 5})
        for vals in ({"proposed": {"values": {"amount": 9}, "lang": "en_US"}}, {"res_id": 1}, {"changes": "Nothing"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                change.write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            change.create({"name": "X", "res_model": "res.users", "res_id": 2, "changes": "X"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            change.workflow_move("grant")

    def test_wrong_or_empty_change_is_not_proposed(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.propose(self.deadline_rule, {"amount": 1.5})
        with self.assertRaisesRegex(UserError, "Nothing would change"), self.env.cr.savepoint():
            self.propose(self.deadline_rule, {"amount": 3})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.deadline_rule.with_user(self.clerk).with_context(kehu_propose_change=True).write({"amount": 9})
        self.assertEqual(self.deadline_rule.amount, 3)

    def test_new_rule_is_archived_until_it_is_approved(self):
        rule = self.create_rule_as_admin()
        self.assertFalse(rule.active)
        self.assertFalse(self.rule.with_user(self.admin).copy().active)
        rule.action_propose_toggle()
        change = self.env["kehu.rule.change"].with_user(self.admin).search([], limit=1)
        self.assertIn("Name: Mine", change.changes)
        approval = self.submit_change(change)
        rule.step_ids.user_ids = self.deputy
        with self.assertRaisesRegex(UserError, "has been changed since"), self.env.cr.savepoint():
            approval.with_user(self.head).approve()
        rule.step_ids.user_ids = self.admin
        approval.with_user(self.head).approve()
        self.assertTrue(rule.active)

    def test_form_that_proposes_leaves_the_rule(self):
        proposing = self.deadline_rule.with_user(self.admin).with_context(kehu_propose_change=True)
        with Form(proposing) as form:
            form.amount = 7
        self.assertEqual(self.deadline_rule.amount, 3)
        change = self.env["kehu.rule.change"].search([], limit=1)
        self.assertEqual(change.proposed["values"], {"amount": 7})

    def test_setting_is_switched_off_by_an_approval_alone(self):
        system = new_test_user(self.env, "rule_system", "base.group_system", lang="en_US")
        company = self.env.company.with_user(system)
        with self.assertRaisesRegex(UserError, "switched off by an approval only"), self.env.cr.savepoint():
            company.write({"kehu_rules_approved": False})
        with self.assertRaisesRegex(UserError, FIRST), self.env.cr.savepoint():
            self.env.ref("kehu_workflow.approval_rule_rule_change").with_user(system).active = False
        company.action_propose_rules_unapproved()
        change = self.env["kehu.rule.change"].with_user(system).search([], limit=1)
        self.submit_change(change).with_user(self.head).approve()
        self.assertFalse(company.kehu_rules_approved)

    def test_other_companys_rules_stay_free(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.admin.company_ids += other
        rule = self.rule.copy({"company_id": other.id, "active": True}).with_user(self.admin)
        rule.name = "Theirs"
        rule.amount_path = "amount"
        with self.assertRaisesRegex(UserError, FIRST), self.env.cr.savepoint():
            rule.company_id = False

    def test_other_company_does_not_say_who_decides_on_changes(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.admin.company_ids += other
        changes = self.env["ir.model"]._get_id("kehu.rule.change")
        with self.assertRaisesRegex(UserError, FIRST), self.env.cr.savepoint():
            self.create_rule_as_admin(model_id=changes, kind="change", company_id=other.id, sequence=0, active=True)
        rule = self.create_rule_as_admin(model_id=changes, kind="change", company_id=other.id, sequence=0)
        with self.assertRaisesRegex(UserError, FIRST), self.env.cr.savepoint():
            rule.active = True

    def test_several_rules_are_not_proposed_at_once(self):
        rules = (self.rule + self.rule.copy({"active": True})).with_user(self.admin)
        with self.assertRaisesRegex(UserError, FIRST), self.env.cr.savepoint():
            rules.with_context(kehu_propose_change=True).write({"sequence": 3})
