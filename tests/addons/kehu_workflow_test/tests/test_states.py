from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.workflow import Move

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestMoves(CaseCommon):
    """A3: each move names who may make it and what it takes, and leaves a trace."""

    def test_case_goes_its_way_and_leaves_its_history(self):
        case = self.case
        case.with_user(self.clerk).workflow_move("open")
        case.with_user(self.manager).workflow_move("close")
        case.manager_id = self.manager
        case.with_user(self.manager).workflow_move("reopen", "customer came back")
        self.assertEqual(case.state, "open")
        self.assertEqual(case.note, "closing, closed", "before and after the state was written")
        self.assertRecordValues(
            self.log_of(case).sorted("id"),
            [
                {"user_id": self.clerk.id, "move": "open", "state_from": "new", "state_to": "open", "reason": False},
                {
                    "user_id": self.manager.id,
                    "move": "close",
                    "state_from": "open",
                    "state_to": "closed",
                    "reason": False,
                },
                {
                    "user_id": self.manager.id,
                    "move": "reopen",
                    "state_from": "closed",
                    "state_to": "open",
                    "reason": "customer came back",
                },
            ],
        )
        tracking = case.message_ids.tracking_value_ids.sorted("id")
        self.assertEqual(tracking.mapped("new_value_char"), ["Open", "Closed", "Open"])
        self.assertEqual(case.message_ids[0].author_id, self.manager.partner_id)
        self.assertIn("customer came back", case.message_ids[0].body)

    def test_outsider_may_not_open_but_the_named_handler_may(self):
        with self.assertRaisesRegex(AccessError, "Test Clerk.*Handler"):
            self.case.with_user(self.outsider).workflow_move("open")
        self.assertEqual(self.case.state, "new")
        self.case.user_id = self.outsider
        self.case.with_user(self.outsider).workflow_move("open")
        self.assertEqual(self.case.state, "open")

    def test_manager_may_what_implied_group_may(self):
        self.case.with_user(self.manager).workflow_move("open")
        self.assertEqual(self.case.state, "open")

    def test_sudo_of_server_code_lends_nothing_to_the_public_method(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.outsider).sudo().workflow_move("open")
        self.assertEqual(self.case.state, "new")

    def test_nobody_presses_what_only_the_server_does(self):
        with self.assertRaisesRegex(AccessError, "The system does it"):
            self.case.with_user(self.manager).workflow_move("expire")
        self.case.with_user(self.manager).sudo()._move("expire")
        self.assertEqual(self.case.state, "closed")

    def test_all_reasons_against_move_are_told_together(self):
        cases = self.create_cases(2, amount=0)
        cases[1].sudo()._move("expire")
        with self.assertRaisesRegex(
            UserError, "(?s)Case 0: Fill in Amount.*Case 1: It is “Closed” now. Fill in Amount"
        ):
            cases.with_user(self.clerk).workflow_move("open")
        self.assertEqual(cases.mapped("state"), ["new", "closed"])
        self.case.sudo()._move("expire")
        self.case.manager_id = self.manager
        for reason in (None, "", "  "):
            with self.assertRaisesRegex(UserError, "A reason must be given"):
                self.case.with_user(self.manager).workflow_move("reopen", reason)
        self.assertEqual(self.case.state, "closed")

    def test_unknown_move_is_an_answer_not_a_crash(self):
        for name in ("nonsense", "", None, ["open"], {"open": 1}):
            with self.assertRaises(UserError):
                self.case.with_user(self.clerk).workflow_move(name)

    def test_document_that_cannot_be_read_cannot_be_moved(self):
        self.case.is_secret = True
        with self.assertRaises(AccessError):
            self.case.with_user(self.clerk).workflow_move("open")
        self.assertEqual(self.case.state, "new")

    def test_one_bad_record_stops_the_batch(self):
        cases = self.create_cases(3)
        cases[2].amount = 0
        with self.assertRaises(UserError):
            cases.with_user(self.clerk).workflow_move("open")
        self.assertEqual(set(cases.mapped("state")), {"new"})
        self.assertFalse(self.env["kehu.workflow.log"].search_count([("res_id", "in", cases.ids)]))

    def test_a_hundred_cost_as_many_queries_as_one(self):
        counts = {}
        for size in (1, 1, 20, 100):
            cases = self.create_cases(size).with_user(self.clerk)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.workflow_move("open")
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[20], counts[1])
        self.assertEqual(counts[100], counts[1])
        self.assertLessEqual(counts[100], 20)

    def test_record_named_twice_moves_once(self):
        self.case.browse(self.case.ids * 2).with_user(self.clerk).workflow_move("open")
        self.assertEqual(len(self.log_of(self.case)), 1)

    def test_document_under_way_is_not_deleted(self):
        self.case.with_user(self.clerk).workflow_move("open")
        with self.assertRaisesRegex(UserError, "under way"):
            self.case.with_user(self.clerk).with_context(_force_unlink=True).unlink()
        self.assertTrue(self.case.exists())

    def test_declaration_that_cannot_work_stops_the_start(self):
        model = self.env["kehu.test.case"]
        for wrong in (
            Move("x", "X", ("new",), "nowhere"),
            Move("x", "X", ("new",), "open", required=("no_such_field",)),
            Move("x", "X", ("new",), "open", before="_no_such_method"),
            Move("x", "X", ("new",), "open", groups=("kehu_workflow_test.group_nobody",)),
        ):
            self.patch(type(model), "_workflow_moves", (wrong,))
            self.env.registry.clear_cache()
            with self.assertRaises(ValueError):
                model._workflow_check_declaration()
        self.addCleanup(self.env.registry.clear_cache)


@tagged("post_install", "-at_install")
class TestStateIsNotForged(CaseCommon):
    """A3: nobody sets a state but through its moves, whatever is sent along."""

    def forged_contexts(self):
        return [
            {},
            {"kehu_workflow_permit": True},
            {"kehu_workflow_permit": {"model": "kehu.test.case", "ids": self.case.ids, "target": "closed"}},
            {"install_mode": True, "import_file": True, "tracking_disable": True, "module": "base"},
        ]

    def test_state_is_not_written(self):
        for user in (self.clerk, self.manager, self.env.ref("base.user_admin")):
            for context in self.forged_contexts():
                for env_case in (
                    self.case.with_user(user).with_context(**context),
                    self.case.with_user(user).with_context(**context).sudo(),
                ):
                    with self.assertRaisesRegex(AccessError, "through its moves"):
                        env_case.write({"state": "closed", "note": "forged"})
                    with self.assertRaises(AccessError):
                        env_case.state = "closed"
        self.assertRecordValues(self.case, [{"state": "new", "note": False}])

    def test_state_is_not_created(self):
        Case = self.env["kehu.test.case"].with_user(self.clerk)
        before = Case.search_count([])
        for context in self.forged_contexts():
            with self.assertRaises(AccessError):
                Case.with_context(**context).create([{"name": "fine"}, {"name": "forged", "state": "closed"}])
            with self.assertRaises(AccessError):
                Case.with_context(**context, default_state="closed").create({"name": "forged"})
            with self.assertRaises(AccessError):
                Case.with_context(**context, default_state="closed").name_create("forged")
        self.assertEqual(Case.search_count([]), before)
        self.assertEqual(Case.create({"name": "explicit", "state": "new"}).state, "new")

    def test_personal_defaults_do_not_set_a_state(self):
        self.env["ir.default"].set("kehu.test.case", "state", "closed", user_id=self.clerk.id)
        case = self.env["kehu.test.case"].with_user(self.clerk).create({"name": "fine"})
        self.assertEqual(case.state, "new")
        self.assertEqual(Form(self.env["kehu.test.case"].with_user(self.clerk)).state, "new")

    def test_copy_starts_anew(self):
        self.case.sudo()._move("expire")
        self.assertEqual(self.case.with_user(self.clerk).copy().state, "new")
        with self.assertRaises(AccessError):
            self.case.with_user(self.clerk).copy({"state": "closed"})

    def test_parent_does_not_smuggle_it(self):
        parent = self.create_cases(1).with_user(self.clerk)
        child = self.create_cases(1, parent_id=parent.id)
        for command in (
            Command.create({"name": "forged", "state": "closed"}),
            Command.update(child.id, {"state": "closed"}),
        ):
            with self.assertRaises(AccessError):
                parent.write({"child_ids": [command]})
        with self.assertRaises(AccessError):
            parent.with_context(default_state="closed").write({"child_ids": [Command.create({"name": "forged"})]})
        self.assertEqual(parent.child_ids, child)
        self.assertEqual(child.state, "new")

    def test_import_cannot_set_it(self):
        Case = self.env["kehu.test.case"].with_user(self.clerk)
        result = Case.load(["name", "state"], [["good", "New"], ["forged", "Closed"]])
        self.assertFalse(result["ids"])
        self.assertIn("through its moves", result["messages"][0]["message"])
        self.assertFalse(Case.search([("name", "in", ("good", "forged"))]))

    def test_exported_list_is_imported_back(self):
        self.case.sudo()._move("expire")
        Case = self.env["kehu.test.case"].with_user(self.clerk)
        result = Case.load([".id", "name", "state"], [[str(self.case.id), "renamed", "Closed"]])
        self.assertEqual(result["ids"], self.case.ids)
        self.assertRecordValues(self.case, [{"name": "renamed", "state": "closed"}])

    def test_permit_of_a_move_opens_no_other_door(self):
        other = self.create_cases(1)

        def before_close(cases):
            other.write({"state": "closed"})

        def after_close(cases):
            cases.write({"state": "new"})

        self.case.sudo()._move("open")
        for name, method in (("_before_close", before_close), ("_after_close", after_close)):
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.patch(type(self.case), name, method)
                self.case.sudo()._move("close")


@tagged("post_install", "-at_install")
class TestHistory(CaseCommon):
    """A3: the history cannot be edited, and is read by whoever reads the document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case.with_user(cls.clerk).workflow_move("open")
        cls.entry = cls.env["kehu.workflow.log"].search([("res_id", "=", cls.case.id)])

    @users("case_clerk", "case_manager", "admin")
    def test_nobody_writes_it(self):
        entry = self.entry.with_env(self.env)
        values = {
            "res_model": "kehu.test.case",
            "res_id": self.case.id,
            "move": "x",
            "state_from": "a",
            "state_to": "b",
            "user_id": self.env.uid,
        }
        with self.assertRaises(AccessError):
            self.env["kehu.workflow.log"].create(values)
        with self.assertRaises(AccessError):
            entry.write({"reason": "forged"})
        with self.assertRaises(AccessError):
            entry.unlink()
        case = self.case.with_env(self.env)
        for command in (
            Command.create(values),
            Command.update(entry.id, {"reason": "forged"}),
            Command.delete(entry.id),
            Command.clear(),
        ):
            with self.assertRaises(AccessError):
                case.write({"workflow_log_ids": [command]})
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(self.entry, [{"reason": False, "res_id": self.case.id}])

    def test_not_even_the_superuser_changes_it(self):
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.entry.sudo().write({"reason": "forged"})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.entry.sudo().unlink()

    def test_it_is_as_secret_as_its_document(self):
        self.case.write({"is_secret": True, "manager_id": self.manager.id})
        Log = self.env["kehu.workflow.log"]
        mine = [("res_id", "=", self.case.id)]
        self.assertEqual(Log.with_user(self.manager).search(mine), self.entry)
        self.assertFalse(Log.with_user(self.clerk).search(mine))
        self.assertFalse(Log.with_user(self.clerk).search_count(mine))
        self.assertFalse(Log.with_user(self.clerk)._read_group(mine, ["move"], ["__count"]))
        with self.assertRaises(AccessError):
            self.entry.with_user(self.clerk).read(["move"])

    @mute_logger("odoo.models.unlink")
    def test_it_outlives_its_document_unreadably(self):
        self.patch(type(self.case), "_ondelete_methods", [])
        self.case.unlink()
        self.assertTrue(self.entry.exists())
        self.assertFalse(self.env["kehu.workflow.log"].with_user(self.manager).search([("id", "=", self.entry.id)]))


@tagged("post_install", "-at_install")
class TestButtons(CaseCommon):
    """A3: views offer the declared moves by themselves, in the reader's language."""

    def arch(self, view_type, user):
        return etree.fromstring(self.env["kehu.test.case"].with_user(user).get_view(view_type=view_type)["arch"])

    def test_form_has_the_buttons_the_status_bar_and_the_history(self):
        arch = self.arch("form", self.manager)
        self.assertEqual(
            arch.xpath("/form/header/button[@args]/@string"),
            ["Open", "Close", "Submit", "Reopen", "Revise"],
            "steps back come last",
        )
        self.assertEqual(arch.xpath("//field[@name='state']/@statusbar_visible"), ["new,open,closed"])
        self.assertTrue(arch.xpath("//page//field[@name='workflow_log_ids']"))
        self.assertEqual(
            self.arch("form", self.outsider).xpath("/form/header/button[@args]/@string"), ["Open", "Reopen"]
        )
        self.assertEqual(self.arch("list", self.clerk).xpath("/list/header/button/@string"), ["Open", "Submit"])

    def test_approval_shows_first_what_is_approved(self):
        arch = etree.fromstring(self.env["kehu.approval"].with_user(self.manager).get_view(view_type="form")["arch"])
        fields = arch.xpath("//sheet//field/@name")
        self.assertEqual(fields[:2], ["document_name", "essentials"])

    def test_possible_moves_are_those_of_the_user(self):
        self.assertEqual(self.case.with_user(self.clerk).workflow_moves, ["open", "submit"])
        self.assertEqual(self.case.with_user(self.outsider).workflow_moves, False)
        self.case.user_id = self.outsider
        self.case.invalidate_recordset()
        self.assertEqual(self.case.with_user(self.outsider).workflow_moves, ["open"])

    def test_button_opens_the_dialog_for_a_reason(self):
        self.case.sudo()._move("expire")
        self.case.manager_id = self.manager
        action = self.case.with_user(self.manager).action_workflow_move("reopen")
        wizard = Form(self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]))
        wizard.reason = "wrong customer"
        wizard.save().action_confirm()
        self.assertEqual(self.case.state, "open")
        self.assertEqual(self.log_of(self.case)[0].reason, "wrong customer")

    def test_dialog_lends_no_rights(self):
        Wizard = self.env["kehu.workflow.move.wizard"].with_user(self.outsider)
        values = {"res_model": "kehu.test.case", "res_ids": self.case.ids, "move": "open", "reason": "please"}
        with self.assertRaises(AccessError):
            Wizard.create(values).action_confirm()
        for forged in ({"res_model": "res.users"}, {"res_model": "no.such"}, {"move": "unlink"}):
            with self.assertRaises(UserError):
                Wizard.create({**values, **forged}).action_confirm()
        for nothing in (5, True, {"1": 1}, ["1", True, None, [1]]):
            Wizard.create({**values, "res_ids": nothing}).action_confirm()
        self.assertEqual(self.case.state, "new")

    def test_dialog_of_another_user_is_neither_read_nor_changed(self):
        """The reason may be secret, and whoever confirms would make another's move."""
        values = {"res_model": "kehu.test.case", "res_ids": self.case.ids, "move": "open", "reason": "Secret"}
        dialog = self.env["kehu.workflow.move.wizard"].with_user(self.clerk).create(values)
        answer = self.case.with_user(self.clerk).action_workflow_explain()
        for record in (dialog, self.env[answer["res_model"]].browse(answer["res_id"])):
            as_outsider = record.with_user(self.outsider)
            self.assertFalse(as_outsider.search([]))
            for attack in (as_outsider.read, lambda record=as_outsider: record.write({})):
                with self.assertRaises(AccessError):
                    attack()
        with self.assertRaises(AccessError):
            dialog.with_user(self.outsider).reason = "Forged"
        dialog.action_confirm()
        self.assertEqual(self.log_of(self.case).reason, "Secret")

    def test_reason_that_is_no_text_is_none(self):
        self.case.sudo()._move("expire")
        self.case.manager_id = self.manager
        for reason in (7, ["a"], {"a": 1}, True, "  "):
            with self.assertRaisesRegex(UserError, "A reason must be given"), self.env.cr.savepoint():
                self.case.with_user(self.manager).workflow_move("reopen", reason)
        self.assertEqual(self.case.state, "closed")

    def test_why_cant_i(self):
        self.case.amount = 0
        action = self.case.with_user(self.outsider).action_workflow_explain()
        body = self.env[action["res_model"]].browse(action["res_id"]).body
        self.assertIn("Test Clerk", body)
        self.assertIn("Fill in Amount.", body)
        self.assertIn("The system does it by itself.", body)
        self.assertNotIn("Reopen", body)
