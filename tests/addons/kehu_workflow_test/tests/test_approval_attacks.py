from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestFrozenValues(ApprovalCommon):
    """A6: what was asked for stays as it is, from asking on."""

    def test_watched_values_are_frozen_while_pending_and_after(self):
        child = self.create_cases(1, parent_id=self.case.id)
        approval = self.submit()
        for _round in range(2):
            for values in (
                {"amount": 5},
                {"beneficiary_id": self.outsider.id},
                {"child_ids": [Command.update(child.id, {"amount": 5})]},
                {"child_ids": [Command.create({"name": "late", "amount": 5})]},
            ):
                with self.assertRaisesRegex(UserError, "Take it back first"), self.env.cr.savepoint():
                    self.case.with_user(self.clerk).write(values)
            self.env.invalidate_all()
            self.assertEqual((self.case.amount, child.amount, len(self.case.child_ids)), (1000, 1000, 1))
            self.case.with_user(self.clerk).write({"amount": 1000, "note": "free"})
            if approval.state == "pending":
                approval.with_user(self.manager).approve()
                approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")

    def test_no_context_thaws_them(self):
        self.submit()
        for key in ("skip_validation_check", "kehu_workflow_permit", "install_mode", "tracking_disable"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.case.with_user(self.clerk).with_context(**{key: True}).write({"amount": 5})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.case.sudo().write({"amount": 5})

    def test_field_watched_by_a_rule_is_frozen_too(self):
        self.rule.watched_field_ids = self.env["ir.model.fields"]._get("kehu.test.case", "note")
        self.submit()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.case.note = "changed"

    def test_asked_for_document_is_not_deleted(self):
        self.case.with_user(self.clerk)._approval_ask("copy") if self.create_rule(kind="copy") else None
        with self.assertRaisesRegex(UserError, "is kept"):
            self.case.with_user(self.clerk).with_context(_force_unlink=True).unlink()

    def test_form_decides_on_what_it_showed(self):
        approval = self.submit()
        shown = self.case.with_user(self.manager).approval_shown
        self.assertEqual(shown, str(approval.id))
        approval.with_user(self.clerk).withdraw()
        self.case.with_user(self.clerk).amount = 1500
        asked = self.submit() - approval
        self.env.invalidate_all()
        stale = self.case.with_user(self.manager).with_context(kehu_approvals_shown=shown)
        for press in (stale.action_approval_approve, stale.action_approval_refuse):
            with self.assertRaisesRegex(UserError, "asked for anew"):
                press()
        self.assertFalse(asked.decision_ids)
        now = self.case.with_user(self.manager)
        now.with_context(kehu_approvals_shown=now.approval_shown).action_approval_approve()
        self.assertEqual(asked.decision_ids.user_id, self.manager)

    def test_same_thing_is_not_asked_twice(self):
        self.create_rule(kind="copy")
        self.case.with_user(self.clerk)._approval_ask("copy")
        with self.assertRaisesRegex(UserError, "already and waits"):
            self.case.with_user(self.clerk)._approval_ask("copy")
        self.assertEqual(len(self.approval_of(self.case)), 1)


@tagged("post_install", "-at_install")
class TestNothingIsForged(ApprovalCommon):
    """A6: nobody but the server writes approvals and decisions."""

    def test_no_one_creates_writes_or_deletes(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        decision = approval.decision_ids
        copies = {
            "kehu.approval": {**approval.copy_data()[0], "state": "approved"},
            "kehu.approval.decision": {
                **decision.copy_data()[0],
                "user_id": self.director.id,
                "principal_id": self.director.id,
            },
        }
        for user in (self.clerk, self.manager, self.env.ref("base.user_admin")):
            for record, values in ((approval, {"state": "approved"}), (decision, {"verdict": "refused"})):
                mine = record.with_user(user).with_context(install_mode=True, _force_unlink=True)
                with self.assertRaises(AccessError):
                    mine.create(copies[record._name])
                with self.assertRaises(AccessError):
                    mine.write(values)
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.copy()
        self.assertRecordValues(approval, [{"state": "pending", "decision_count": 1}])
        self.assertEqual(approval.decision_ids, decision)

    def test_no_way_in_through_the_document(self):
        approval = self.submit()
        case = self.case.with_user(self.clerk)
        for commands in (
            {"approval_ids": [Command.update(approval.id, {"state": "approved"})]},
            {"approval_ids": [Command.delete(approval.id)]},
            {"approval_ids": [Command.clear()]},
            {"approval_ids": [Command.create({"kind": "filing", "state": "approved"})]},
            {"approval_decision_ids": [Command.create({"approval_id": approval.id, "verdict": "approved"})]},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                case.write(commands)
        self.assert_undecided(approval)

    def test_outcome_moves_are_not_for_clients(self):
        self.submit()
        for name in ("grant", "send_back"):
            with self.assertRaisesRegex(AccessError, "It follows when"):
                self.case.with_user(self.manager).workflow_move(name)
        self.assertEqual(self.case.state, "pending")

    def test_rules_are_for_administrators(self):
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).write({"active": False})
            with self.assertRaises(AccessError):
                self.rule.step_ids.with_user(user).write({"user_ids": [Command.link(user.id)]})

    def test_used_rules_and_steps_stay(self):
        self.submit()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.rule.unlink()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.rule.step_ids[1].unlink()

    # === DEFAULTS ===

    def test_no_default_makes_it_approved(self):
        forged = {
            "state": "approved",
            "decision_count": 9,
            "date": "2020-01-01 00:00:00",
            "date_closed": "2020-01-01 00:00:00",
        }
        for name, value in forged.items():
            self.env["ir.default"].with_user(self.clerk).set("kehu.approval", name, value, user_id=True)
            self.env["ir.default"].set("kehu.approval", name, value)
        self.env["ir.default"].set("kehu.approval.decision", "reason", "forged")
        self.env["ir.default"].set("kehu.workflow.log", "reason", "forged")
        context = {f"default_{name}": value for name, value in forged.items() if name != "state"}
        self.case.with_user(self.clerk).with_context(**context).workflow_move("submit")
        approval = self.approval_of(self.case)
        self.assertEqual((approval.state, approval.decision_count, approval.date_closed), ("pending", 0, False))
        self.assertGreater(approval.date.year, 2020)
        self.assertFalse(self.log_of(self.case).filtered("reason"))
        approval.with_user(self.manager).approve()
        self.assertFalse(approval.decision_ids.reason)
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.director).approve()
        self.assertEqual(self.case.state, "filed")

    def test_context_of_the_request_is_no_state(self):
        self.case.with_user(self.clerk).with_context(default_state="approved").workflow_move("submit")
        self.assertEqual(self.approval_of(self.case).state, "pending")
        self.assertEqual(self.case.state, "pending")

    def test_users_default_fills_no_read_only_field(self):
        names = self.env["kehu.test.case"]._kehu_fields_of_code()
        self.assertIn("state", names)
        self.assertNotIn("name", names)
        self.env["ir.default"].with_user(self.clerk).set("kehu.test.case", "name", "Mine", user_id=True)
        Case = self.env["kehu.test.case"].with_user(self.clerk)
        self.assertEqual(Case.default_get(["name", "state"]), {"name": "Mine", "state": "new"})
