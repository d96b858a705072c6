import threading
import uuid

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestAtOnce(TransactionCase):
    """A3, A6: of several users who press at once one wins, and the others are told at once.

    Real threads, cursors and commits, with the server's own retries; what they commit is removed again.
    """

    USERS = 8

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = db_connect(cls.env.cr.dbname)
        suffix = uuid.uuid4().hex[:8]
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True})
            users = env["res.users"].concat(
                *(
                    new_test_user(env, f"at_once_{index}_{suffix}", groups="kehu_workflow_test.group_clerk")
                    for index in range(cls.USERS + 1)
                )
            )
            group = env["res.groups"].create({"name": f"At Once {suffix}", "user_ids": [Command.set(users[1:].ids)]})
            rule = env["kehu.approval.rule"].create(
                {
                    "name": "At Once",
                    "sequence": -1,
                    "model_id": env["ir.model"]._get_id("kehu.test.case"),
                    "kind": "filing",
                    "domain": f"[('name', '=', '{suffix}')]",
                    "step_ids": [Command.create({"name": "All", "group_ids": [Command.link(group.id)]})],
                }
            )
            cls.name, cls.user_ids, cls.group_id, cls.rule_id = suffix, users.ids, group.id, rule.id
        cls.addClassCleanup(cls.remove_all)

    @classmethod
    def remove_all(cls):
        with cls.connection.cursor() as cr:
            cr.execute("SELECT id FROM kehu_test_case WHERE name = %s", [cls.name])
            cases = [row[0] for row in cr.fetchall()] or [0]
            for table in ("kehu_approval_decision", "mail_activity", "kehu_approval", "kehu_workflow_log"):
                cr.execute(f"DELETE FROM {table} WHERE res_model = 'kehu.test.case' AND res_id = ANY(%s)", [cases])  # pylint: disable=sql-injection
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            users = env["res.users"].browse(cls.user_ids)
            partners = users.partner_id
            said = Domain("model", "=", "kehu.test.case") & (
                Domain("author_id", "in", partners.ids) | Domain("res_id", "in", cases)
            )
            env["mail.message"].search(said)._kehu_handling_messages("clearing").unlink()
            cr.execute("DELETE FROM kehu_test_case WHERE id = ANY(%s)", [cases])
            env["kehu.approval.rule"].browse(cls.rule_id).unlink()
            env["res.groups"].browse(cls.group_id).unlink()
            users.unlink()
            partners.unlink()

    def setUp(self):
        super().setUp()
        self.patch(Registry, "_lock", DummyRLock())  # the thread that runs the tests may hold it

    def make_case(self, submit=False, **step):
        with self.connection.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["kehu.approval.step"].search([("rule_id", "=", self.rule_id)]).write(
                {"quorum": "one", "needed": 1, **step}
            )
            case = env["kehu.test.case"].create({"name": self.name, "amount": 1})
            if submit:
                case.with_user(self.user_ids[0]).workflow_move("submit")
            return case.id, case.approval_ids.id

    def press(self, *actions):
        """Run ``action(env)`` for each user at once, as the server would; return exceptions or None."""
        outcomes = [None] * len(actions)
        barrier = threading.Barrier(len(actions), timeout=120)

        def run(index, user_id, action):
            with self.connection.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                env.user.has_group("base.group_user")
                barrier.wait()
                try:
                    retrying(lambda: action(env), env)
                except Exception as error:  # all are looked at
                    outcomes[index] = error

        threads = [threading.Thread(target=run, args=(index, *action)) for index, action in enumerate(actions)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return outcomes

    def committed(self, model, ids, *names):
        with self.connection.cursor() as cr:
            records = api.Environment(cr, api.SUPERUSER_ID, {})[model].browse(ids)
            return [records[name].ids if records._fields[name].relational else records[name] for name in names]

    def test_one_of_many_moves_the_case(self):
        for count in (2, 4, self.USERS):
            case_id, _approval_id = self.make_case()
            moves = [
                (user_id, lambda env, case_id=case_id: env["kehu.test.case"].browse(case_id).workflow_move("open"))
                for user_id in self.user_ids[:count]
            ]
            outcomes = self.press(*moves)
            self.assertEqual(outcomes.count(None), 1, outcomes)
            for error in filter(None, outcomes):
                self.assertRegex(str(error), "Somebody else is just working on this|It is “Open” now")
            state, log = self.committed("kehu.test.case", case_id, "state", "workflow_log_ids")
            self.assertEqual((state, len(log)), ("open", 1))

    def test_second_user_is_told_while_the_first_is_at_it(self):
        case_id, _approval_id = self.make_case()
        with self.connection.cursor() as first, self.connection.cursor() as second, mute_logger("odoo.sql_db"):
            second.execute("SET LOCAL lock_timeout = '60s'")  # or a second user who waits would wait forever
            case, again = (
                api.Environment(cr, user_id, {})["kehu.test.case"].browse(case_id)
                for cr, user_id in zip((first, second), self.user_ids[:2], strict=True)
            )
            case.workflow_move("open")
            case.flush_recordset()
            with self.assertRaisesRegex(UserError, "Somebody else is just working on this"):
                again.workflow_move("open")
            for cr in (second, first):
                cr.rollback()

    def test_no_more_decisions_than_needed(self):
        for needed in (1, 2, 3):
            _case_id, approval_id = self.make_case(submit=True, quorum="count", needed=needed)

            def insist(env, approval_id=approval_id):
                env["kehu.approval"].browse(approval_id).approve()

            waiting = list(self.user_ids[1:])
            while waiting:
                outcomes = self.press(*((user_id, insist) for user_id in waiting))
                # Those who were told that somebody was just deciding press again.
                waiting = [
                    user_id
                    for user_id, error in zip(waiting, outcomes, strict=True)
                    if error and "just deciding" in str(error)
                ]
                for error in outcomes:
                    self.assertRegex(str(error or "just deciding"), "just deciding|not pending any more")
            state, decisions, counted = self.committed(
                "kehu.approval", approval_id, "state", "decision_ids", "decision_count"
            )
            self.assertEqual((state, len(decisions), counted), ("approved", needed, needed))

    def test_double_click_is_one_decision(self):
        for _round in range(5):
            _case_id, approval_id = self.make_case(submit=True, quorum="count", needed=2)
            click = (
                self.user_ids[1],
                lambda env, approval_id=approval_id: env["kehu.approval"].browse(approval_id).approve(),
            )
            outcomes = self.press(click, click)
            self.assertEqual(outcomes.count(None), 1)
            state, decisions = self.committed("kehu.approval", approval_id, "state", "decision_ids")
            self.assertEqual((state, len(decisions)), ("pending", 1))

    def test_approving_and_withdrawing_at_once_have_one_outcome(self):
        for _round in range(5):
            case_id, approval_id = self.make_case(submit=True)
            outcomes = self.press(
                (
                    self.user_ids[0],
                    lambda env, approval_id=approval_id: env["kehu.approval"].browse(approval_id).withdraw(),
                ),
                (
                    self.user_ids[1],
                    lambda env, approval_id=approval_id: env["kehu.approval"].browse(approval_id).approve(),
                ),
                (
                    self.user_ids[2],
                    lambda env, approval_id=approval_id: env["kehu.approval"].browse(approval_id).refuse("no"),
                ),
            )
            self.assertEqual(outcomes.count(None), 1, outcomes)
            [state] = self.committed("kehu.approval", approval_id, "state")
            self.assertEqual(
                self.committed("kehu.test.case", case_id, "state"),
                [{"approved": "filed", "refused": "new", "withdrawn": "new"}[state]],
            )

    def test_value_changed_while_asked_is_not_approved_unseen(self):
        for _round in range(5):
            case_id, _none = self.make_case()
            self.press(
                (
                    self.user_ids[0],
                    lambda env, case_id=case_id: env["kehu.test.case"].browse(case_id).workflow_move("submit"),
                ),
                (
                    self.user_ids[1],
                    lambda env, case_id=case_id: env["kehu.test.case"].browse(case_id).write({"amount": 9}),
                ),
            )
            amount, approval_ids = self.committed("kehu.test.case", case_id, "amount", "approval_ids")
            if not approval_ids:
                continue  # the change came first and submitting was told to look again
            [snapshot] = self.committed("kehu.approval", approval_ids, "snapshot")
            outcomes = self.press(
                (
                    self.user_ids[1],
                    lambda env, approval_ids=approval_ids: env["kehu.approval"].browse(approval_ids).approve(),
                )
            )
            self.assertEqual(outcomes == [None], snapshot["amount"] == amount)
