from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestWorkday(TransactionCase):
    """Statutory holidays and make-up days: filled, edited by hand, and in force at once (P4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Day = cls.env["kehu.workday"].with_context(active_test=False)
        cls.Day.search([]).write({"source": "manual"})
        cls.Day.search([]).unlink()
        cls.Day._fill_year(2026)
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "Asia/Shanghai", "company_id": cls.env.company.id}
        )

    def day(self, *args):
        return self.Day.search([("date", "=", date(*args))])

    def test_year_2026_is_as_the_state_council_announced_it(self):
        working = self.Day.search([("kind", "=", "working")], order="date")
        self.assertEqual(
            [(day.date, day.weekday) for day in working],
            [
                (date(2026, 1, 4), "4"),
                (date(2026, 2, 14), "4"),
                (date(2026, 2, 28), "0"),
                (date(2026, 5, 9), "1"),
                (date(2026, 9, 20), "1"),
                (date(2026, 10, 10), "2"),
            ],
        )
        off = {day.date for day in self.Day.search([("kind", "=", "holiday")])}
        announced = [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)]
        expected = {
            date.fromordinal(date(2026, *first).toordinal() + step) for first, days in announced for step in range(days)
        }
        self.assertEqual(off, expected)
        self.assertEqual(self.day(2026, 2, 20).name, "春节")

    def test_button_opens_the_dialog_with_no_day_selected(self):
        action = call_kw(self.env["kehu.workday"], "action_open_fill", [[]], {})
        self.assertEqual(action["res_model"], "kehu.workday.fill.wizard")

    def test_filling_again_keeps_what_was_edited_archived_or_added(self):
        edited, archived = self.day(2026, 2, 28), self.day(2026, 5, 9)
        edited.write({"kind": "holiday", "name": "We do not work"})
        archived.active = False
        added = self.Day.create({"name": "Foundation day", "date": "2026-03-18"})
        changed = self.Day._fill_year(2026)
        self.assertFalse(changed)
        self.assertRecordValues(
            edited + archived + added,
            [
                {"kind": "holiday", "name": "We do not work", "source": "manual", "active": True},
                {"kind": "working", "name": "5月5日调休", "source": "manual", "active": False},
                {"kind": "holiday", "name": "Foundation day", "source": "manual", "active": True},
            ],
        )

    def test_filled_day_that_is_no_longer_announced_goes(self):
        stale = self.Day.create({"name": "Withdrawn", "date": "2026-07-07", "source": "filled"})
        self.day(2026, 1, 4).write({"weekday": "0", "source": "filled"})
        self.Day._fill_year(2026)
        self.assertFalse(stale.exists())
        self.assertEqual(self.day(2026, 1, 4).weekday, "4")

    def test_year_not_announced_says_so_and_enters_nothing(self):
        last = self.Day._last_announced_year()
        before = self.Day.search_count([])
        for year in (last + 1, 2099, 1999):
            with self.assertRaisesRegex(UserError, f"has not announced the holidays of {year}.*ends with {last}"):
                self.env["kehu.workday.fill.wizard"].create({"year": year}).action_fill()
        self.assertEqual(self.Day.search_count([]), before)

    def test_job_fills_what_is_known_and_waits_for_the_rest(self):
        last = self.Day._last_announced_year()
        with freeze_time(f"{last}-11-20"):
            self.Day._cron_fill()
        self.assertTrue(self.Day.search_count([("date", ">=", date(last, 1, 1))]))
        later = self.Day.search([("date", ">", date(last, 12, 31))])
        # What the law fixes counts until the make-up days are announced, and says so.
        self.assertIn(date(last + 1, 1, 1), later.mapped("date"))
        self.assertEqual(set(later.mapped("kind")), {"holiday"})
        self.assertTrue(all("尚未公布" in day.name for day in later))
        self.assertFalse(later.filtered(lambda day: day.date.year > last + 1))

    def test_weekend_before_new_year_belongs_to_it(self):
        self.Day._fill_year(2022)
        self.Day._fill_year(2023)
        for day in (date(2022, 12, 31), date(2023, 12, 30), date(2023, 12, 31)):
            self.assertEqual(self.day(day.year, day.month, day.day).name, "元旦")
        self.assertFalse(self.Day._fill_year(2022) | self.Day._fill_year(2023), "filled once")

    def test_schedule_that_works_on_holidays(self):
        # 30 September 2026 is followed by eight days off.
        start, company = datetime(2026, 9, 30, 1), self.env.company
        self.assertEqual(self.calendar._kehu_due(start, 1, "work_days", company).date(), date(2026, 10, 8))
        self.calendar.kehu_works_holidays = True
        self.assertEqual(self.calendar._kehu_due(start, 1, "work_days", company).date(), date(2026, 10, 1))

    def test_companies_abroad_have_their_own_holidays(self):
        company = self.env["res.company"].create({"name": "Abroad", "country_id": self.env.ref("base.us").id})
        start = datetime(2026, 9, 30, 1)
        self.assertEqual(self.calendar._kehu_due(start, 1, "work_days", company).date(), date(2026, 10, 1))
        self.Day.create({"name": "Ours", "date": "2026-10-01", "company_id": company.id})
        self.assertEqual(self.calendar._kehu_due(start, 1, "work_days", company).date(), date(2026, 10, 2))
        company.country_id = self.env.ref("base.cn")
        self.assertEqual(self.calendar._kehu_due(start, 1, "work_days", company).date(), date(2026, 10, 8))

    def test_filled_day_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive"):
            self.day(2026, 1, 1).unlink()
        self.assertTrue(self.day(2026, 1, 1))

    def test_one_entry_for_a_date_and_company(self):
        self.Day.create({"name": "Ours", "date": "2026-01-01", "company_id": self.env.company.id})
        for company_id in (False, self.env.company.id):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.Day.create({"name": "Twice", "date": "2026-01-01", "company_id": company_id})

    def test_changes_are_in_force_at_once(self):
        thursday = datetime(2026, 3, 12, 2)

        def due():
            return self.calendar._kehu_due(thursday, 1, "work_days")

        friday, monday, saturday = datetime(2026, 3, 13, 9), datetime(2026, 3, 16, 9), datetime(2026, 3, 14, 9)
        self.assertEqual(due(), friday)
        self.env.registry.cache_invalidated.clear()
        holiday = self.Day.create({"name": "Flood", "date": "2026-03-13"})
        self.assertIn("default", self.env.registry.cache_invalidated, "the other workers are told")
        self.assertEqual(due(), monday)
        makeup = self.Day.create({"name": "Instead", "date": "2026-03-14", "kind": "working"})
        self.assertEqual(due(), saturday)
        makeup.active = False
        self.assertEqual(due(), monday)
        ours = self.Day.create(
            {"name": "We work", "date": "2026-03-13", "kind": "working", "company_id": self.env.company.id}
        )
        self.assertEqual(due(), friday, "the company's own entry wins")
        self.assertEqual(
            self.calendar._kehu_due(thursday, 1, "work_days", self.env["res.company"].create({"name": "Other"})), monday
        )
        (ours + holiday).unlink()
        self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "4" and line.hour_from > 12).hour_to = 16
        self.assertEqual(due(), datetime(2026, 3, 13, 8))
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Inventory",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-13 06:30:00",
                "date_to": "2026-03-13 15:59:59",
            }
        )
        self.assertEqual(due(), datetime(2026, 3, 13, 6, 30))
        leave.unlink()
        self.calendar.tz = "Asia/Tokyo"
        self.assertEqual(due(), datetime(2026, 3, 13, 7))

    def test_nobody_makes_time_off_of_their_own_everybodys(self):
        employee = new_test_user(self.env, "test_employee", "base.group_user")
        resource = self.env["resource.resource"].create({"name": "Employee", "user_id": employee.id})
        mine = {"name": "Off", "resource_id": resource.id, "calendar_id": self.calendar.id}
        days = {"date_from": "2026-03-01 00:00:00", "date_to": "2026-03-31 00:00:00"}
        leave = self.env["resource.calendar.leaves"].with_user(employee).create(mine | days)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            leave.resource_id = False
        leave.date_to = "2026-03-30 00:00:00"
        self.assertEqual(self.calendar._kehu_due(datetime(2026, 3, 12, 2), 1, "work_days"), datetime(2026, 3, 13, 9))
        resource.unlink()
        self.env.invalidate_all()
        self.assertFalse(leave.exists())
        self.assertEqual(self.calendar._kehu_due(datetime(2026, 3, 12, 2), 1, "work_days"), datetime(2026, 3, 13, 9))

    def test_due_dates_cost_no_queries(self):
        self.calendar._kehu_due(datetime(2026, 3, 12, 2), 1, "work_days")
        with self.assertQueryCount(0):
            for hour in range(100):
                self.calendar._kehu_due(datetime(2026, 3, 12, hour % 24), hour, "work_hours")

    def test_flexible_hours_are_around_noon(self):
        flexible = self.env["resource.calendar"].create(
            {
                "name": "Flexible",
                "tz": "Asia/Shanghai",
                "schedule_type": "flexible",
                "hours_per_day": 8,
                "full_time_required_hours": 40,
            }
        )
        self.assertEqual(flexible._kehu_due(datetime(2026, 3, 12, 2), 1, "work_days"), datetime(2026, 3, 13, 8))
        self.assertEqual(flexible._kehu_elapsed(datetime(2026, 3, 9), datetime(2026, 3, 16)), 40)
