from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models.importing.import_run import RUN
from .test_import_rows import ImportCase

COLUMNS = ["name", "taken_number", "taken_date", "taken_state"]
HEADINGS = ["客户名称", "原档案编号", "原建档日期", "原档案状态"]


class ImportRunCase(ImportCase):
    """A manager of archives brings lists in, and the marketing director decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "takeover_director", "kehu_archive.group_marketing_director")

    @classmethod
    def bring_in(cls, rows, user=None, columns=COLUMNS, headings=HEADINGS):
        """Import ``rows``; return the import and its archives, in the order of the rows."""
        user = user or cls.manager
        dialog = cls.upload([headings[: len(columns)], *rows], user=user)
        result = cls.execute(dialog, columns, dryrun=False, date_format="%Y-%m-%d")
        assert result["ids"], result["messages"]
        archives = cls.env["kehu.archive"].browse(result["ids"])
        return archives.import_id.with_user(user), archives

    @classmethod
    def approve(cls, run):
        run.workflow_move("submit")
        run.with_user(cls.director).action_approval_approve()


@tagged("post_install", "-at_install")
class TestTakeOver(ImportRunCase):
    """F8: an old register is taken over with number, date and status in one approved go (A1, A3, A24)."""

    rows = [
        ["旧档一有限公司", "KH-90007", "2015-03-02", "正式"],
        ["旧档二有限公司", "2009字第12号", "2009-08-01", "休眠"],
        ["旧档三有限公司", "", "2019-01-05", "已关闭"],
        ["旧档四有限公司", "KH-90003", "", ""],
        ["新客户五有限公司", "", "", ""],
    ]

    def test_old_register_takes_force_with_its_approval(self):
        run, archives = self.bring_in(self.rows)
        self.assertEqual((run.archive_count, run.taken_count), (5, 4))
        self.assertFalse(any(archives.mapped("number")) or any(archives.mapped("date_filed")))
        self.assertEqual(set(archives.mapped("state")), {"preliminary"})
        self.approve(run)
        self.assertEqual(run.state, "taken")
        self.assertEqual(archives.mapped("number"), ["KH-90007", "2009字第12号", "KH-90008", "KH-90003", "KH-90009"])
        self.assertEqual(archives.mapped("state"), ["formal", "dormant", "closed", "formal", "preliminary"])
        self.assertEqual(
            [str(day) for day in archives[:3].mapped("date_filed")], ["2015-03-02", "2009-08-01", "2019-01-05"]
        )
        self.assertEqual(archives[3].date_filed, run.company_id._kehu_today())
        self.assertEqual(self.file_archive(name="后来的有限公司").number, "KH-90010")

    def test_register_without_numbers_is_taken_over(self):
        run, archives = self.bring_in([["旧档六有限公司", "", "2019-01-05", "正式"]])
        self.approve(run)
        self.assertEqual((archives.state, str(archives.date_filed)), ("formal", "2019-01-05"))
        self.assertTrue(archives.number)

    def test_taken_over_rows_have_no_clock_and_no_to_do(self):
        run, archives = self.bring_in(self.rows[:4])
        self.assertFalse(archives.deadline_ids)
        self.approve(run)
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "kehu.archive"), ("res_id", "in", archives.ids)]
        )
        self.assertFalse(activities)
        self.assertFalse(archives.deadline_ids)

    def test_used_number_is_refused_by_its_row(self):
        first = self.file_archive(name="First")
        for number in (first.number, "KH-90001"):
            rows = [HEADINGS, ["甲有限公司", "KH-90001", "", ""], ["乙有限公司", number, "", ""]]
            dialog = self.upload(rows, user=self.manager)
            result = self.execute(dialog, COLUMNS, dryrun=False, date_format="%Y-%m-%d")
            self.assertFalse(result["ids"])
            self.assertIn(number, "".join(message["message"] for message in result["messages"]))
        self.assertFalse(self.env["kehu.archive.import"].search([("name", "=", "list.csv")]))

    def test_clerk_brings_no_old_register_in(self):
        result = self.execute(self.upload([HEADINGS, self.rows[0]]), COLUMNS, dryrun=False, date_format="%Y-%m-%d")
        self.assertFalse(result["ids"])
        self.assertIn("manager of archives", result["messages"][0]["message"])

    def test_number_is_not_taken_by_rpc(self):
        """Neither a row without an import, nor a key in the context, nor a write chooses a number (A1)."""
        archives = self.env["kehu.archive"].with_user(self.manager)
        for context in ({}, {RUN: 1}, {RUN: {"import_id": 1}}):
            with self.assertRaisesRegex(AccessError, "comes in with an import"), self.env.cr.savepoint():
                archives.with_context(**context).create({"name": "Forged", "taken_number": "KH-90001"})
        forged = archives.with_context(default_taken_number="KH-90001", **{RUN: 1}).create({"name": "Forged"})
        self.assertFalse(forged.taken_number or forged.import_id)
        self.assertTrue(forged.number)
        with self.assertRaises(AccessError):
            forged.write({"taken_number": "KH-90001"})
        run, mine = self.bring_in(self.rows[:1])
        with self.assertRaises(AccessError):
            forged.write({"import_id": run.id})
        for model, record in (("kehu.archive.import", run), ("kehu.archive", mine.with_user(self.manager))):
            for move in ("take", "take_over_formal"):
                with self.subTest(model=model, move=move), self.assertRaises(UserError):
                    record.workflow_move(move)
        with self.assertRaises(AccessError):
            run.write({"state": "taken"})
        with self.assertRaises(AccessError):
            self.env["kehu.archive.import"].with_user(self.manager).create({"name": "Forged"})
        with self.assertRaisesRegex(UserError, "taken over with its import"):
            mine.with_user(self.manager).workflow_move("close", "ended")

    def test_who_asks_does_not_approve(self):
        run, _archives = self.bring_in(self.rows[:1], user=self.director)
        with self.assertRaises(UserError):
            run.workflow_move("submit") and run.action_approval_approve()
        self.assertNotEqual(run.state, "taken")

    def test_row_changed_meanwhile_is_not_approved(self):
        run, archives = self.bring_in(self.rows[:1])
        run.workflow_move("submit")
        with self.assertRaisesRegex(AccessError, "being checked"):
            archives.with_user(self.manager).write({"taken_number": "KH-90009"})
        archives.with_user(self.manager).name = "另一家有限公司"
        with self.assertRaises(UserError):
            run.with_user(self.director).action_approval_approve()
        self.assertEqual(archives.state, "preliminary")

    def test_old_row_is_corrected_while_being_checked(self):
        _run, archives = self.bring_in(self.rows[:2])
        archives[0].with_user(self.manager).write({"taken_number": " KH-90001 "})
        self.assertEqual(archives[0].taken_number, "KH-90001")
        with self.assertRaisesRegex(ValidationError, "already"):
            archives[1].with_user(self.manager).write({"taken_number": "KH-90001"})
        with self.assertRaises(AccessError):
            archives[1].with_user(self.clerk).write({"taken_number": "KH-90002"})

    def test_new_customers_are_kept_and_numbered(self):
        run, archives = self.bring_in([["新一有限公司"], ["新二有限公司"]], self.clerk, ["name"])
        self.assertFalse(any(archives.mapped("number")))
        with self.assertRaisesRegex(UserError, "keep them"):
            run.with_user(self.manager).workflow_move("submit")
        with self.assertRaises(AccessError):
            run.with_user(self.salesman).workflow_move("keep")
        run.workflow_move("keep")
        numbers = [int(number[3:]) for number in archives.mapped("number")]
        self.assertEqual(numbers[1], numbers[0] + 1)

    def test_batches_of_one_file_are_one_import(self):
        rows = [["name"], *([f"分批{number}有限公司"] for number in range(5))]
        dialog = self.upload(rows)
        for skip in (0, 2, 4):
            self.assertTrue(self.execute(dialog, ["name"], dryrun=False, limit=2, skip=skip)["ids"])
        archives = self.env["kehu.archive"].search([("name", "like", "分批")])
        self.assertEqual((len(archives), len(archives.import_id)), (5, 1))
