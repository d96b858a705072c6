from datetime import date, datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged

from ..worktime import FULL_DAY, NoWorkingTime, WorkAxis, plan

MORNING, AFTERNOON = (8 * 60, 12 * 60), (13 * 60, 17 * 60)
OFFICE = ((MORNING, AFTERNOON),) * 5 + ((),) * 2
ODD_WEEK = ((MORNING,),) * 3 + ((), (), (AFTERNOON,), ())

SPRING_FESTIVAL_2026 = {
    **{date(2026, 2, day): None for day in (15, 16, 17, 18, 19, 20, 21, 22, 23)},
    date(2026, 2, 14): 4,
    date(2026, 2, 28): 0,
}
SPRING_LEAVE = (datetime(2026, 3, 2, 4, 30), datetime(2026, 3, 4, 8, 0))

AXES = {
    "office": WorkAxis(OFFICE * 2, "Asia/Shanghai"),
    "china": WorkAxis(OFFICE * 2, "Asia/Shanghai", (SPRING_LEAVE,), SPRING_FESTIVAL_2026),
    "two weeks": WorkAxis(OFFICE + ODD_WEEK, "Asia/Shanghai", (SPRING_LEAVE,), SPRING_FESTIVAL_2026),
    "round the clock": WorkAxis(tz="Asia/Shanghai"),
    "summer time": WorkAxis((FULL_DAY, *OFFICE[1:6], FULL_DAY) * 2, "Europe/Berlin"),
    "odd offset": WorkAxis(OFFICE * 2, "Pacific/Chatham"),
}

axes = st.sampled_from(sorted(AXES)).map(AXES.get)
instants = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)).map(lambda dt: dt.replace(microsecond=0))
quarters = st.integers(0, 900).map(lambda quarter: quarter / 4)
allowances = st.integers(1, 900).map(lambda quarter: quarter / 4)
elapsing_units = st.sampled_from(("minutes", "hours", "work_hours"))
day_units = st.sampled_from(("days", "work_days"))
units = st.one_of(elapsing_units, day_units)
many = settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def local(*args, tz="Asia/Shanghai"):
    return pytz.timezone(tz).localize(datetime(*args)).astimezone(pytz.utc).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestWorkTimeProperties(BaseCase):
    """What must hold for every calendar, instant and amount (P4)."""

    @many
    @given(axes, instants, instants, quarters, quarters, units)
    def test_later_start_or_more_time_is_never_due_earlier(self, axis, one, other, less, more, unit):
        first, last = sorted((one, other))
        less, more = sorted((less, more))
        self.assertLessEqual(axis.due(first, less, unit), axis.due(last, more, unit))
        self.assertLessEqual(axis.due(first, -more, unit), axis.due(last, -less, unit))
        self.assertLessEqual(axis.due(first, -more, unit), first)

    @many
    @given(axes, instants, quarters, elapsing_units)
    def test_elapsed_is_the_inverse_of_due(self, axis, start, amount, unit):
        self.assertEqual(axis.elapsed(start, axis.due(start, amount, unit), unit), amount)
        self.assertEqual(axis.elapsed(start, axis.due(start, -amount, unit), unit), -amount)

    @many
    @given(axes, instants, st.integers(0, 300), day_units)
    def test_elapsed_days_are_the_inverse_of_due(self, axis, start, days, unit):
        self.assertEqual(axis.elapsed(start, axis.due(start, days, unit), unit), days)

    @many
    @given(axes, instants, instants, instants, units)
    def test_elapsed_times_add_up(self, axis, one, two, three, unit):
        self.assertAlmostEqual(
            axis.elapsed(one, two, unit) + axis.elapsed(two, three, unit), axis.elapsed(one, three, unit), 6
        )

    @many
    @given(axes, instants, allowances, st.lists(st.integers(0, 40_000), max_size=6), elapsing_units)
    def test_time_run_without_pauses_is_the_amount(self, axis, start, amount, gaps, unit):
        due, _escalation = plan(axis, start, amount, unit, pauses := self._pauses(start, gaps))
        paused = sum(axis.elapsed(begin, end, unit) for begin, end in pauses if begin <= due)
        self.assertAlmostEqual(axis.elapsed(start, due, unit) - paused, amount, 6)

    @many
    @given(axes, instants, allowances, st.lists(st.integers(0, 40_000), max_size=4), units)
    def test_pause_in_two_pieces_is_one_pause(self, axis, start, amount, gaps, unit):
        pauses = self._pauses(start, gaps)
        halves = []
        for begin, end in pauses:
            middle = begin + (end - begin) // 120 * 60
            halves += [(begin, middle), (middle, end)]
        self.assertEqual(plan(axis, start, amount, unit, pauses), plan(axis, start, amount, unit, halves))

    @many
    @given(axes, instants, quarters, units)
    def test_lands_in_working_time(self, axis, start, amount, unit):
        due = axis.due(start, amount, unit)
        if unit.startswith("work") and due != start:
            self.assertGreater(axis.elapsed(due - timedelta(seconds=1), due, "work_hours"), 0)

    def _pauses(self, start, gaps):
        edges, instant = [], start
        for minutes in gaps:
            instant += timedelta(minutes=minutes)
            edges.append(instant)
        return list(zip(edges[::2], edges[1::2], strict=False))


@tagged("post_install", "-at_install")
class TestWorkTimeStories(BaseCase):
    """Dates an administrator would check by hand (P4, A4, C7)."""

    def setUp(self):
        super().setUp()
        self.china = AXES["china"]

    def test_spring_festival_eve_lands_on_the_make_up_saturdays(self):
        friday_afternoon = local(2026, 2, 13, 16)
        self.assertEqual(self.china.due(friday_afternoon, 6, "work_hours"), local(2026, 2, 14, 14))
        self.assertEqual(self.china.due(friday_afternoon, 1, "work_days"), local(2026, 2, 14, 17))
        self.assertEqual(self.china.due(friday_afternoon, 2, "work_days"), local(2026, 2, 24, 17))
        eve = local(2026, 2, 16, 9, 30)
        self.assertEqual(self.china.due(eve, 5, "work_days"), local(2026, 2, 28, 17))
        self.assertEqual(self.china.due(eve, 34.25, "work_hours"), local(2026, 2, 28, 10, 15))
        self.assertEqual(AXES["office"].due(eve, 5, "work_days"), local(2026, 2, 23, 17))

    def test_start_day_is_not_counted_last_ends_with_business(self):
        for hour in (0, 9, 17, 23):
            start = local(2026, 3, 9, hour)
            self.assertEqual(self.china.due(start, 3, "work_days"), local(2026, 3, 12, 17))
            self.assertEqual(self.china.due(start, 7, "days"), local(2026, 3, 16, 23, 59, 59))
        self.assertEqual(self.china.due(local(2026, 3, 9, 9), 48, "hours"), local(2026, 3, 11, 9))

    def test_backwards_gives_whole_days_of_notice(self):
        due = local(2026, 2, 28, 17)
        self.assertEqual(self.china.due(due, -1, "work_days"), local(2026, 2, 27, 8))
        self.assertEqual(self.china.due(local(2026, 2, 24, 9), -1, "work_days"), local(2026, 2, 14, 8))
        self.assertEqual(self.china.due(local(2026, 2, 24, 9), -2, "work_hours"), local(2026, 2, 14, 16))
        self.assertEqual(self.china.due(due, -1, "days"), local(2026, 2, 27))

    def test_lunch_and_leave_are_not_worked(self):
        self.assertEqual(
            self.china.due(local(2026, 3, 2, 11, 30), 1, "work_hours"),
            local(2026, 3, 2, 12) + timedelta(days=2, hours=4, minutes=30),
        )
        self.assertEqual(AXES["office"].due(local(2026, 3, 2, 12, 30), 1, "work_hours"), local(2026, 3, 2, 14))

    def test_make_up_day_without_hours_takes_first_ones(self):
        axis = WorkAxis((((MORNING,),) + OFFICE[1:]) * 2, "Asia/Shanghai", (), {date(2026, 3, 7): -1})
        self.assertEqual(axis.due(local(2026, 3, 6, 18), 1, "work_days"), local(2026, 3, 7, 12))
        self.assertTrue(axis.is_working_day(date(2026, 3, 7)))

    def test_pause_cannot_make_a_late_clock_punctual(self):
        start, due = local(2026, 3, 9, 9), local(2026, 3, 10, 17)
        late_pause = (local(2026, 3, 11, 9), local(2026, 3, 13, 9))
        self.assertEqual(plan(self.china, start, 1, "work_days", [late_pause]), (due, local(2026, 3, 12, 17)))

    def test_long_leave_until_the_last_second_leaves_none_over(self):
        holiday = (local(2026, 3, 9), local(2026, 3, 10, 23, 59, 59))
        axis = WorkAxis(tz="Asia/Shanghai", leaves=(holiday,))
        self.assertFalse(axis.is_working_day(date(2026, 3, 10)))
        self.assertEqual(axis.due(local(2026, 3, 8, 23), 2, "work_hours"), local(2026, 3, 11, 1))

    def test_calendar_without_hours_says_so(self):
        for unit in ("work_hours", "work_days"):
            for amount in (1, -1):
                with self.assertRaises(NoWorkingTime):
                    WorkAxis(((),) * 14).due(datetime(2026, 1, 1), amount, unit)


@tagged("post_install", "-at_install")
class TestWorkTimeLikeCore(TransactionCase):
    """The same answers as core, wherever core can express the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Make-up days, which somebody may have filled in, are what core cannot express.
        cls.env["kehu.workday"].search([]).action_archive()
        Calendar = cls.env["resource.calendar"]
        cls.office = Calendar.create({"name": "Office", "tz": "Asia/Shanghai", "company_id": False})
        cls.berlin = cls.office.copy({"tz": "Europe/Berlin"})
        cls.two_weeks = cls.office.copy()
        cls.two_weeks.switch_calendar_type()
        cls.two_weeks.attendance_ids.filtered(lambda line: line.week_type == "1" and line.dayofweek > "2").unlink()
        cls.night = Calendar.create(
            {
                "name": "Seven days, late",
                "tz": "Europe/Berlin",
                "company_id": False,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Late",
                            "dayofweek": str(day),
                            "hour_from": 14,
                            "hour_to": 22,
                            "day_period": "afternoon",
                        },
                    )
                    for day in range(7)
                ],
            }
        )
        cls.calendars = cls.office + cls.berlin + cls.two_weeks + cls.night
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Leave",
                    "calendar_id": calendar.id,
                    "date_from": "2026-05-04 04:00:00",
                    "date_to": "2026-05-07 06:15:00",
                }
                for calendar in cls.calendars
            ]
        )
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Of somebody",
                "calendar_id": cls.office.id,
                "date_from": "2026-05-18 00:00:00",
                "date_to": "2026-05-29 00:00:00",
                "resource_id": cls.env["resource.resource"]
                .create({"name": "Somebody", "calendar_id": cls.office.id})
                .id,
            }
        )

    def test_hours_are_planned_as_core_plans_them(self):
        for calendar in self.calendars:
            for day in range(0, 400, 23):
                start = datetime(2026, 1, 1, 3, 40) + timedelta(days=day, hours=day % 24)
                for hours in (0.5, 4, 7.75, 40, -0.5, -12.25):
                    core = calendar.plan_hours(hours, pytz.utc.localize(start), compute_leaves=True).replace(
                        tzinfo=None
                    )
                    self.assertEqual(
                        calendar._kehu_due(start, hours, "work_hours"), core, (calendar.name, calendar.tz, start, hours)
                    )

    def test_hours_are_counted_as_core_counts_them(self):
        for calendar in self.calendars:
            for day in range(0, 300, 17):
                start = datetime(2026, 1, 1, 3, 40) + timedelta(days=day, hours=day % 24)
                end = start + timedelta(days=day % 19, hours=5)
                core = calendar.get_work_hours_count(start, end)
                self.assertAlmostEqual(calendar._kehu_elapsed(start, end), core, 6)

    def test_days_are_planned_as_core_does_from_next_morning(self):
        for calendar in self.calendars:
            zone = pytz.timezone(calendar.tz)
            for day in range(0, 300, 13):
                start = datetime(2026, 1, 1, 3, 40) + timedelta(days=day, hours=day % 24)
                tomorrow = pytz.utc.localize(start).astimezone(zone).date() + timedelta(days=1)
                next_morning = zone.localize(datetime.combine(tomorrow, datetime.min.time()))
                for days in (1, 3, 11):
                    core = calendar.plan_days(days, next_morning, compute_leaves=True)
                    ours = pytz.utc.localize(calendar._kehu_due(start, days, "work_days")).astimezone(zone)
                    self.assertEqual(ours.date(), core.date(), (calendar.name, calendar.tz, start, days))
                    if calendar == self.night:
                        self.assertEqual(ours, core)
