from random import Random

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.kehu_workflow.approval import digest
from odoo.addons.kehu_workflow.models.system.ir_autovacuum import compile_again
from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

_TRAILS = ("kehu.workflow.log", "kehu.approval", "kehu.approval.decision", "kehu.deadline", "kehu.deadline.event")
_COLUMNS = {"res_model": {}, "res_id": {}, "display_name": {}}


@tagged("post_install", "-at_install")
class TestTrailSearch(TrailChecks, TransactionCase):
    """A search of rows about documents asks the rules of the documents that it is about, and finds the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk, cls.manager, cls.plain = (
            new_test_user(cls.env, f"trail_{name}", groups=f"base.group_user{group}", email=f"{name}@example.com")
            for name, group in (
                ("clerk", ",kehu_workflow_test.group_clerk"),
                ("manager", ",kehu_workflow_test.group_manager"),
                ("plain", ""),
            )
        )
        cls.env["kehu.deadline.rule"].search([]).active = False
        for model in ("kehu.test.case", "kehu.test.memo"):
            cls.env["kehu.deadline.rule"].create(
                {
                    "name": f"Answer {model}",
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "amount": 2,
                    "unit": "days",
                    "stop_domain": "[('name', '=', 'x')]",
                    "step_ids": [
                        Command.create({"recipient": "users", "user_ids": cls.manager.ids, "summary": "Late"})
                    ],
                }
            )
        for model, kind in (("kehu.test.case", "filing"), ("kehu.test.note", "publication")):
            cls.env["kehu.approval.rule"].create(
                {
                    "name": kind,
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "kind": kind,
                    "step_ids": [Command.create({"name": "Manager", "user_ids": cls.manager.ids})],
                }
            )
        cls.cases = cls.env["kehu.test.case"].create(
            [
                {"name": f"Case {index}", "amount": 1, "is_secret": index % 2, "user_id": cls.clerk.id}
                for index in range(6)
            ]
        )
        cls.notes = cls.env["kehu.test.note"].create([{"name": f"Note {index}"} for index in range(4)])
        cls.memos = cls.env["kehu.test.memo"].create([{"name": f"Memo {index}"} for index in range(4)])
        cls.cases[1].manager_id = cls.manager
        cls.cases[:4]._approval_ask("filing")
        # A note has no values that could be watched.
        note_rule = cls.env["kehu.approval.rule"].search([("kind", "=", "publication")])
        cls.env["kehu.approval"].create(
            [
                {
                    "res_model": note._name,
                    "res_id": note.id,
                    "kind": "publication",
                    "rule_id": note_rule.id,
                    "requester_id": cls.clerk.id,
                    "snapshot": {"name": note.name},
                    "digest": digest({"name": note.name}),
                    "route": [[note_rule.step_ids.id]],
                    "step_id": note_rule.step_ids.id,
                    "company_id": cls.env.company.id,
                }
                for note in cls.notes
            ]
        )
        cls.env["kehu.approval"].with_user(cls.manager).search(
            [("res_model", "=", "kehu.test.case"), ("res_id", "in", cls.cases[:3].ids)]
        ).approve()
        cls.add_history(cls.cases, cls.notes, cls.memos)
        clocks = cls.env["kehu.deadline"].search([("res_model", "in", ("kehu.test.case", "kehu.test.memo"))])
        cls.env["kehu.deadline.event"].create(
            [
                {
                    "deadline_id": clock.id,
                    "res_model": clock.res_model,
                    "res_id": clock.res_id,
                    "user_id": cls.clerk.id,
                    "kind": "replan",
                    "name": "Later",
                }
                for clock in clocks
            ]
        )

    @classmethod
    def add_history(cls, *documents):
        """A line of each document, of one that is gone, and of one whose addon is gone."""
        about = [(record._name, record.id) for records in documents for record in records]
        about += [("kehu.test.case", 2**30), ("kehu.test.gone", 1)]
        cls.env["kehu.workflow.log"].create(
            [
                {
                    "res_model": model,
                    "res_id": res_id,
                    "user_id": cls.clerk.id,
                    "move": "open",
                    "state_from": "new",
                    "state_to": "open",
                }
                for model, res_id in about
            ]
        )

    # === THE SAME ROWS ===

    def test_random_domains_find_the_same(self):
        random, found = Random(20261130), 0
        for name in _TRAILS:
            for user in (self.clerk, self.manager, self.plain, self.env.ref("base.user_admin")):
                rows = self.env[name].with_user(user)
                for _try in range(10):
                    domain = self.random_domain(random, rows)
                    self.env.invalidate_all()
                    found += bool(self.assertFindsTheSame(rows, domain))
        self.assertGreater(found, 40)

    def test_condition_beside_another_narrows_nothing(self):
        """A branch of “or”, and what is negated, says nothing about the rest."""
        case, note = Domain("res_model", "=", "kehu.test.case"), Domain("res_model", "=", "kehu.test.note")
        logs = self.env["kehu.workflow.log"].with_user(self.manager)
        every = logs.search([])
        self.assertEqual(set(every.mapped("res_model")), {"kehu.test.case", "kehu.test.note", "kehu.test.memo"})
        self.assertEqual(every, logs.search(note | Domain("id", ">", 0)))
        self.assertEqual(every - logs.search(note), logs.search(~note))
        self.assertEqual(every - logs.search(note | case), logs.search(~(note | case)))
        self.assertEqual(logs.search(note) | logs.search(case), logs.search(note | case))
        self.assertFalse(logs.search(note & case))
        self.assertEqual(logs.search(note & (case | Domain("id", ">", 0))), logs.search(note))

    def test_secret_documents_stay_hidden_whatever_is_asked(self):
        secret = self.cases.filtered("is_secret")
        logs = self.env["kehu.workflow.log"].with_user(self.plain)
        ids = logs.sudo().search([("res_model", "=", "kehu.test.case"), ("res_id", "in", secret.ids)]).ids
        self.assertEqual(len(ids), 3)
        for domain in (
            [("id", "in", ids)],
            [("res_model", "=", "kehu.test.case"), ("res_id", "in", secret.ids)],
            ["|", ("res_model", "=", "kehu.test.note"), ("id", "in", ids)],
            ["!", ("res_model", "=", "kehu.test.note")],
            ["|", ("res_model", "=", False), ("res_model", "=ilike", "KEHU.TEST.CASE")],
            [],
        ):
            self.env.invalidate_all()
            self.assertFalse(set(logs.search(domain).ids) & set(ids), domain)
            self.assertFalse(logs.search(domain).filtered(lambda log: log.res_id == 2**30), "its document is gone")

    def test_rows_passed_over_on_a_page_are_not_kept(self):
        """What is looked at while a page is looked up is read by nobody afterwards, whatever a client says."""
        case = self.cases.filtered(lambda case: case.is_secret and not case.approval_ids)[:1]
        self.add_history(case)
        hidden = self.env["kehu.workflow.log"].search([("res_id", "=", case.id)], limit=1)
        for context in ({}, {"kehu_trail": True}, {"kehu_trail": None}, {"kehu_trail": "walking"}):
            logs = self.env["kehu.workflow.log"].with_user(self.plain).with_context(**context)
            self.env.invalidate_all()
            self.assertNotIn(hidden.id, logs.search([], limit=80).ids)
            read = logs.web_search_read([], {"move": {}}, limit=5, count_limit=1000)
            self.assertNotIn(hidden.id, [values["id"] for values in read["records"]])
            self.assertEqual(read["length"], logs.search_count([]))
            with self.assertRaises(AccessError):
                logs.browse(hidden.id).move

    def test_form_of_a_hidden_document_shows_no_history(self):
        case = self.cases.filtered(lambda case: case.is_secret and not case.approval_ids)[:1]
        history = {"workflow_log_ids": {"fields": {"move": {}}}}
        for specification in (history, {"name": {}, **history}):
            with self.assertRaises(AccessError):
                case.with_user(self.plain).web_read(specification)
        self.assertFalse(self.env["kehu.workflow.log"].with_user(self.plain).search([("res_id", "=", case.id)]))

    def test_new_row_of_another_model_is_found_at_once(self):
        logs = self.env["kehu.workflow.log"]
        before = logs.with_user(self.plain).search([])
        self.add_history(self.env["kehu.test.memo"].create({"name": "Newest"}))
        self.assertEqual(len(logs.with_user(self.plain).search([]) - before), 1)

    # === THE COST ===

    def test_other_models_do_not_make_a_search_dearer(self):
        """However many models have such rows: only those that are asked for, or of which there are rows, count."""
        for name in _TRAILS:
            rows = self.env[name].with_user(self.plain)
            one = rows.sudo().search([], limit=1)
            for domain in (
                [],
                [("res_model", "=", one.res_model), ("res_id", "=", one.res_id)],
                [("id", "in", one.ids)],
            ):
                with self.subTest(trail=name, domain=domain):
                    few = self.count_selects(lambda rows=rows, domain=domain: rows.search(domain).ids)
                    with self.more_models():
                        many = self.count_selects(lambda rows=rows, domain=domain: rows.search(domain).ids)
                    self.assertEqual(many, few)

    def test_history_of_a_document_asks_its_model_only(self):
        log = self.env["kehu.workflow.log"].with_user(self.plain)
        with self.statements() as statements:
            log.search([("res_model", "=", "kehu.test.note"), ("res_id", "in", self.notes.ids)])
        self.assertFalse([said for said in statements if "kehu_test_case" in said or "kehu_test_memo" in said])

    def test_lists_of_1_20_and_80_rows(self):
        for size in (20, 60):
            cases = self.env["kehu.test.case"].create([{"name": f"More {index}", "amount": 1} for index in range(size)])
            cases._approval_ask("filing")
            self.add_history(cases)
        for name, most in (("kehu.workflow.log", 8), ("kehu.approval", 8), ("kehu.deadline", 10)):
            rows = self.env[name].with_user(self.plain)
            counts, selects = [], []
            for size in (1, 1, 20, 80):
                with self.statements() as statements:
                    result = rows.web_search_read([], _COLUMNS, limit=size)
                self.assertEqual(len(result["records"]), size)
                counts.append(len(statements))
                selects.append(sum(statement.count("SELECT") for statement in statements))
            with self.subTest(trail=name, queries=counts, selects=selects):
                self.assertLessEqual(counts[3], most)
                self.assertEqual(counts[3], counts[2])
                self.assertEqual(selects[3], selects[2])

    def test_form_of_a_case_asks_little(self):
        self.assertFormAsksLittle(self.cases[1].with_user(self.manager), 8)

    def test_a_page_asks_for_the_documents_of_its_rows_alone(self):
        rows = self.env["kehu.workflow.log"].with_user(self.clerk)
        with self.statements() as statements:
            rows.search([], limit=80)
            rows.search_count([], limit=1000)
            rows.search([], limit=80, order="user_id")
        asked = [statement for statement in statements if '"kehu_workflow_log"."res_id"' in statement]
        self.assertEqual(["OFFSET 0" in statement for statement in asked], [False, True, False])

    def test_a_page_of_readable_rows_asks_for_their_model_alone(self):
        notes = self.env["kehu.test.note"].create([{"name": f"Newest {index}"} for index in range(20)])
        self.add_history(notes)
        logs = self.env["kehu.workflow.log"].with_user(self.plain)
        with self.statements() as statements:
            there = [("res_model", "!=", "kehu.test.gone"), ("res_id", "!=", 2**30)]
            page = logs.web_search_read(there, _COLUMNS, limit=10, offset=1, count_limit=11)
        self.assertEqual((len(page["records"]), page["length"]), (10, 11))
        self.assertFalse([said for said in statements if "kehu_test_case" in said or "kehu_test_memo" in said])

    def test_database_compiles_no_statements(self):
        vacuum, database = self.env["ir.autovacuum"], SQL.identifier(self.env.cr.dbname)
        self.env.cr.execute(SQL("ALTER DATABASE %s RESET jit", database))
        vacuum._kehu_compile_nothing()
        self.assertEqual(vacuum._kehu_jit(), "jit=off")
        compile_again(self.env)
        self.assertIsNone(vacuum._kehu_jit())
        self.env.cr.execute(SQL("ALTER DATABASE %s SET jit = on", database))
        vacuum._kehu_compile_nothing()  # somebody has decided
        compile_again(self.env)
        self.assertEqual(vacuum._kehu_jit(), "jit=on")
