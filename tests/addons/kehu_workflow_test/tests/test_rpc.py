import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

# Loggers that tell of refused calls.
REFUSALS = ("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.sql_db")


@tagged("post_install", "-at_install")
class TestAttacksOverRpc(HttpCase):
    """A3, A6: what an employee with a script tries, and gets nowhere with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk, cls.boss, cls.thief = (
            new_test_user(
                cls.env, f"rpc_{name}", groups=f"kehu_workflow_test.group_{group}", password=f"rpc_{name}_password"
            )
            for name, group in (("clerk", "clerk"), ("boss", "manager"), ("thief", "clerk"))
        )
        cls.rule = cls.env["kehu.approval.rule"].create(
            {
                "name": "Filing",
                "model_id": cls.env["ir.model"]._get_id("kehu.test.case"),
                "kind": "filing",
                "step_ids": [Command.create({"name": "Boss", "role": "manager_id"})],
            }
        )
        cls.case = cls.env["kehu.test.case"].create({"name": "Case", "amount": 1, "manager_id": cls.boss.id})
        cls.case.with_user(cls.thief).workflow_move("submit")
        cls.approval = cls.case.approval_ids
        cls.entry = cls.case.workflow_log_ids
        cls.reminder = cls.case.activity_ids
        cls.errand = cls.case.activity_schedule("mail.mail_activity_data_todo", user_id=cls.thief.id)

    def test_the_form_of_a_new_one_opens(self):
        """Nobody makes approvals and clocks by hand; whoever asks for their form gets an answer all the same."""
        for model in (self.env["kehu.approval"], self.env["kehu.deadline"]):
            self.assertIn("value", model.onchange({}, [], dict.fromkeys(model._fields, {})))

    def test_approval_is_found_by_its_rule(self):
        self.assertIn(self.approval.id, [row[0] for row in self.env["kehu.approval"].name_search("Filing")])
        mine = [("approval_id", "in", self.approval.ids)]
        self.assertEqual(
            self.env["kehu.approval.decision"].search_count([*mine, ("approval_id", "ilike", "Filing")]), 0
        )

    def attacks(self):
        """``(model, method, ids or None, arguments)``; the thief submitted the case and wants it filed."""
        case, approval, entry, step = self.case.ids, self.approval.ids, self.entry.ids, self.rule.step_ids
        decision = {
            "approval_id": approval[0],
            "res_model": "kehu.test.case",
            "res_id": case[0],
            "step_id": step.id,
            "user_id": self.boss.id,
            "principal_id": self.boss.id,
            "verdict": "approved",
        }
        forged = {"res_model": "kehu.test.case", "res_id": case[0], "user_id": self.boss.id, "move": "grant"}
        forged |= {"state_from": "pending", "state_to": "filed"}
        permit = {"model": "kehu.test.case", "ids": case, "target": "filed"}
        yield "kehu.test.case", "write", case, {"vals": {"state": "filed"}}
        yield "kehu.test.case", "web_save", case, {"vals": {"state": "filed"}, "specification": {}}
        yield "kehu.test.case", "create", None, {"vals_list": [{"name": "x", "state": "filed"}]}
        yield "kehu.test.case", "create", None, {"vals_list": [{"name": "x"}], "context": {"default_state": "filed"}}
        yield "kehu.test.case", "copy", case, {"default": {"state": "filed"}}
        yield "kehu.test.case", "name_create", None, {"name": "x", "context": {"default_state": "filed"}}
        yield "kehu.test.case", "write", case, {"vals": {"child_ids": [[0, 0, {"name": "x", "state": "filed"}]]}}
        yield "kehu.test.case", "write", case, {"vals": {"amount": 1_000_000}}
        yield "kehu.test.case", "write", case, {"vals": {"approval_ids": [[1, approval[0], {"state": "approved"}]]}}
        yield "kehu.test.case", "write", case, {"vals": {"approval_decision_ids": [[0, 0, decision]]}}
        yield "kehu.test.case", "write", case, {"vals": {"workflow_log_ids": [[0, 0, forged]]}}
        yield "kehu.test.case", "unlink", case, {"context": {"_force_unlink": True}}
        for context in ({}, {"kehu_workflow_permit": True}, {"kehu_workflow_permit": permit}):
            yield "kehu.test.case", "write", case, {"vals": {"state": "filed"}, "context": context}
            for move in ("grant", "expire", "no_such_move"):
                yield "kehu.test.case", "workflow_move", case, {"name": move, "context": context}
                yield "kehu.test.case", "action_workflow_move", case, {"name": move, "context": context}
        for method in ("_move", "_approval_granted", "_workflow_append_log", "_workflow_moved", "_approval_ask"):
            yield "kehu.test.case", method, case, {}
        for method in (
            "_decide",
            "_close",
            "_advance",
            "_lapse",
            "_withdraw",
            "_begin_step",
            "_cron_refresh_candidates",
        ):
            yield "kehu.approval", method, approval, {}
        yield "kehu.approval", "approve", approval, {}
        yield "kehu.approval", "approve", approval, {"context": {"uid": self.boss.id, "su": True}}
        yield "kehu.approval", "refuse", approval, {"reason": "mine"}
        yield "kehu.approval", "write", approval, {"vals": {"state": "approved"}}
        yield (
            "kehu.approval",
            "write",
            approval,
            {"vals": {"requester_id": self.boss.id, "excluded_user_ids": [[5, 0, 0]]}},
        )
        yield "kehu.approval", "unlink", approval, {}
        yield (
            "kehu.approval",
            "create",
            None,
            {"vals_list": [{"res_model": "kehu.test.case", "res_id": case[0], "kind": "filing", "state": "approved"}]},
        )
        yield "kehu.approval.decision", "create", None, {"vals_list": [decision]}
        yield "kehu.approval.step", "write", step.ids, {"vals": {"user_ids": [[4, self.thief.id]]}}
        yield "kehu.approval.rule", "write", self.rule.ids, {"vals": {"active": False}}
        yield "kehu.approval.rule", "create", None, {"vals_list": [{"name": "x", "kind": "filing"}]}
        yield "kehu.approval.test.wizard", "create", None, {"vals_list": [{"kind": "filing"}]}
        yield (
            "kehu.approval.delegation",
            "create",
            None,
            {"vals_list": [{"delegator_id": self.boss.id, "delegate_id": self.clerk.id, "date_to": "2099-01-01"}]},
        )
        reminder = {"res_model": "kehu.test.case", "res_id": case[0], "user_id": self.boss.id, "summary": "x"}
        yield "mail.activity", "create", None, {"vals_list": [{**reminder, "kehu_approval_id": approval[0]}]}
        yield (
            "mail.activity",
            "create",
            None,
            {"vals_list": [reminder], "context": {"default_kehu_approval_id": approval[0]}},
        )
        yield "mail.activity", "write", self.errand.ids, {"vals": {"kehu_approval_id": approval[0]}}
        yield "kehu.workflow.log", "create", None, {"vals_list": [forged]}
        yield "kehu.workflow.log", "write", entry, {"vals": {"reason": "x"}}
        yield "kehu.workflow.log", "unlink", entry, {}

    def assert_untouched(self):
        self.env.invalidate_all()
        self.assertRecordValues(self.case, [{"state": "pending", "amount": 1}])
        self.assertRecordValues(
            self.approval,
            [{"state": "pending", "decision_count": 0, "requester_id": self.thief.id, "decision_ids": []}],
        )
        self.assertEqual(self.case.workflow_log_ids, self.entry)
        self.assertEqual(self.case.activity_ids - self.errand, self.reminder)
        self.assertEqual(self.rule.step_ids.user_ids, self.env["res.users"])
        self.assertTrue(self.rule.active)
        self.assertEqual(self.env["kehu.test.case"].search_count([("name", "=", "x")]), 0)

    @mute_logger(*REFUSALS, "odoo.addons.rpc.controllers.xmlrpc")
    def test_xmlrpc(self):
        for model, method, ids, arguments in self.attacks():
            with self.subTest(model=model, method=method, arguments=arguments):
                with self.assertRaises(xmlrpc.client.Fault) as refusal:
                    self.xmlrpc_object.execute_kw(
                        self.env.cr.dbname,
                        self.thief.id,
                        "rpc_thief_password",
                        model,
                        method,
                        [ids] if ids else [],
                        arguments,
                    )
                self.assertNotRegex(refusal.exception.faultString, "TypeError|KeyError")
                self.assert_untouched()

    @mute_logger(*REFUSALS)
    def test_json2(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.thief)
            ._generate("rpc", "Test", datetime.now() + timedelta(hours=1))
        )
        headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
        for model, method, ids, arguments in self.attacks():
            with self.subTest(model=model, method=method, arguments=arguments):
                body = {**arguments, **({"ids": ids} if ids else {})}
                response = self.url_open(f"/json/2/{model}/{method}", data=json.dumps(body), headers=headers)
                self.assertIn(response.status_code, (403, 422), response.text[:300])
                self.assertNotRegex(response.text, "TypeError|KeyError")
                self.assert_untouched()

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def test_the_boss_files_it_over_rpc(self):
        self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.boss.id,
            "rpc_boss_password",
            "kehu.approval",
            "approve",
            [self.approval.ids],
            {"reason": "fine"},
        )
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "filed")
