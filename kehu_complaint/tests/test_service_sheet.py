import io
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestServiceSheet(ComplaintCase, HttpCase):
    """C13: the sheet of a month is on the general manager's desk before the 10th."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.general_manager.email = "gm@example.com"
        with freeze_time("2025-10-31 15:30:00"):  # half past eleven at night in Shanghai
            cls.settled, cls.waiting = cls.complain(), cls.complain(accused_user_ids=[Command.link(cls.salesman.id)])
            cls.bring_to(cls.settled, "closed")
        with freeze_time("2025-10-31 16:30:00"):  # the first of November there
            cls.next_month = cls.complain()

    def build(self, moment):
        with freeze_time(moment):
            self.env.ref("kehu_complaint.ir_cron_service_sheet").method_direct_trigger()
        return self.sheets()

    def sheets(self, period="month"):
        return self.env["kehu.service.sheet"].search(
            [("company_id", "=", self.env.company.id), ("period", "=", period)]
        )

    def distributed(self):
        sheet = self.build("2025-11-03 06:00:00")
        with freeze_time("2025-11-04 02:00:00"):
            sheet.approval_ids.with_context(force_report_rendering=True).with_user(self.director).approve()
        return sheet

    def test_it_is_built_on_the_first_working_day_and_once(self):
        self.assertFalse(self.build("2025-11-01 06:00:00"), "a Saturday")
        self.assertFalse(self.build("2025-11-02 20:00:00"), "Monday before work")
        for _run in range(2):
            sheet = self.build("2025-11-03 06:00:00")
            self.assertEqual(len(sheet), 1)
        self.assertEqual(
            (str(sheet.date_from), str(sheet.date_to), sheet.state), ("2025-10-01", "2025-10-31", "pending")
        )
        week = self.sheets("week")[:1]
        self.assertEqual((str(week.date_from), str(week.date_to)), ("2025-10-27", "2025-11-02"))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            sheet.copy({"date_from": sheet.date_from, "date_to": sheet.date_to})

    def test_week_before_a_week_off_is_not_left_out(self):
        calendar = self.env.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "calendar_id": calendar.id,
                "date_from": "2025-11-02 16:00:00",
                "date_to": "2025-11-09 15:59:59",
            }
        )
        self.env["kehu.workday"]._cron_fill()
        self.build("2025-11-05 06:00:00")
        self.assertFalse(self.sheets("week"))
        self.build("2025-11-10 06:00:00")
        self.assertEqual(sorted(map(str, self.sheets("week").mapped("date_from"))), ["2025-10-27", "2025-11-03"])

    def test_the_figures_of_the_days_in_shanghai(self):
        sheet = self.build("2025-11-20 06:00:00")
        with freeze_time("2025-11-20 06:00:00"):
            total = sheet.line_ids.filtered(lambda line: line.dimension == "all")
        self.assertRecordValues(
            total,
            [
                {
                    "count": 2,
                    "timed_count": 2,
                    "on_time": 50,
                    "solved": 50,
                    "answered_count": 1,
                    "satisfaction": 80,
                    "compensation": 500,
                }
            ],
        )
        kind = self.kind.with_context(lang=self.env.company.partner_id.lang).name
        self.assertRecordValues(
            sheet.line_ids.filtered(lambda line: line.dimension == "kind"), [{"name": kind, "count": 2}]
        )
        self.assertEqual(sheet.major_numbers, self.waiting.number, "it repeats the other")
        self.assertEqual(sheet.line_ids.filtered(lambda line: line.dimension == "cause").mapped("count"), [1, 1])
        self.assertEqual((sheet.solved_target, sheet.satisfaction_target), (90, 80))
        self.settled.sudo().satisfaction = "1"
        self.assertEqual(total.satisfaction, 80, "what was counted stays")

    def test_it_goes_to_the_general_manager_with_workbook_and_pdf(self):
        sheet = self.distributed()
        self.assertEqual((sheet.state, sheet.recipient_ids), ("distributed", self.general_manager))
        mail = self.env["mail.mail"].search(
            [("model", "=", sheet._name), ("res_id", "=", sheet.id), ("attachment_ids", "!=", False)]
        )
        self.assertEqual(mail.recipient_ids, self.general_manager.partner_id)
        workbook, paper = mail.attachment_ids.sorted("name", reverse=True)
        book = load_workbook(io.BytesIO(workbook.raw))
        self.assertEqual(len(book.worksheets[1]._charts), 6)
        figures = book.worksheets[0]
        self.assertEqual(figures.cell(6, 2).value, 2)
        self.assertIn("Shen |", figures.cell(figures.max_row, 1).value)
        self.assertIn("Shen |", figures.oddFooter.center.text)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.raw)).pages)
        self.assertIn("Shen |", text)
        page = self.env["ir.actions.report"]._render_qweb_html("kehu_complaint.service_sheet", sheet.ids)[0].decode()
        for words in (self.product.name, "<svg", "(target <span>90</span>)", "Shen"):
            self.assertIn(words, page)
        self.assertNotIn(self.customer.name, page)
        self.assertTrue(workbook.with_user(self.general_manager).has_access("read"))
        self.assertFalse(workbook.with_user(self.employee).has_access("read"))

    def test_director_sees_the_figures_on_the_approval(self):
        sheet = self.build("2025-11-03 06:00:00")
        total = sheet.with_user(self.director).line_ids.filtered(lambda line: line.dimension == "all")
        shown = sheet.approval_ids.with_user(self.director).with_context(lang="en_US").essentials
        self.assertIn(f"Complaints: {total.count}", shown)

    def test_who_may_not_read_it_does_not_get_it(self):
        self.env.company.kehu_sheet_group_ids = self.env.ref("base.group_user")
        sheet = self.distributed()
        self.assertIn(self.general_manager, sheet.recipient_ids)
        self.assertIn(self.supervisor, sheet.recipient_ids)
        self.assertFalse((self.employee | self.taker) & sheet.recipient_ids)

    def test_director_decides_and_nobody_sends_it_past(self):
        sheet = self.build("2025-11-03 06:00:00")
        for user in (self.supervisor, self.general_manager, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                sheet.approval_ids.with_user(user).approve()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            sheet.with_user(self.director).workflow_move("grant")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            sheet.with_user(self.director).action_rebuild()
        sheet.approval_ids.with_user(self.director).refuse("Two complaints are missing")
        self.assertEqual(sheet.state, "draft")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            sheet.with_user(self.supervisor).action_rebuild()
        sheet.with_user(self.director).action_rebuild()

    def test_nobody_writes_figures(self):
        sheet = self.build("2025-11-03 06:00:00")
        mine, line = sheet.with_user(self.director), sheet.line_ids[:1].with_user(self.director)
        for attack in (
            lambda: mine.write({"date_built": "2025-01-01"}),
            lambda: mine.write({"line_ids": [Command.update(line.id, {"count": 0})]}),
            lambda: mine.write({"recipient_ids": [Command.link(self.employee.id)]}),
            lambda: mine.write({"state": "distributed"}),
            lambda: line.write({"solved": 100}),
            lambda: line.unlink(),
            lambda: mine.unlink(),
            lambda: mine.create({"period": "week", "date_from": "2025-01-01", "date_to": "2025-01-07"}),
            lambda: sheet.with_user(self.taker).read(["major_numbers"]),
            lambda: sheet.with_user(self.taker).action_download_workbook(),
            lambda: sheet.line_ids.with_user(self.employee).read(["count"]),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()

    def test_late_sheets_climb_to_the_general_manager(self):
        sheet = self.build("2025-11-03 06:00:00")
        clock = sheet.sudo().deadline_ids
        self.assertLess(str(clock.date_due), "2025-11-09 16:00:00", "before the 10th begins in Shanghai")
        self.assertGreater(str(clock.date_due), "2025-11-08 15:00:00")
        self.env["kehu.deadline"].search([("id", "!=", clock.id)])._end("cancelled")
        with freeze_time("2025-11-11 02:00:00"):
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.assertIn(self.general_manager, sheet.activity_ids.filtered("kehu_deadline_id").user_id)

    def test_a_sheet_nobody_could_decide_waits_for_the_director(self):
        self.env.ref("kehu_complaint.approval_rule_sheet").active = False
        sheet = self.build("2025-11-03 06:00:00")
        self.assertEqual(sheet.state, "draft")
        self.assertIn(self.director, sheet.activity_ids.user_id)

    def test_killed_amid_the_companies_it_goes_on_with_the_rest(self):
        sheets = self.env.registry["kehu.service.sheet"]
        build, calls = sheets._build, []

        def killed(sheet):
            calls.append(sheet)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return build(sheet)

        with (
            patch.object(sheets, "_build", killed),
            freeze_time("2025-11-03 06:00:00"),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.env.ref("kehu_complaint.ir_cron_service_sheet").method_direct_trigger()
        self.env.invalidate_all()
        self.build("2025-11-03 07:00:00")
        self.assertEqual((len(self.sheets()), len(self.sheets("week"))), (1, 1))
        self.assertTrue(self.sheets().line_ids and self.sheets("week").line_ids)
