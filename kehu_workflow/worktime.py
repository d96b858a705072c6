"""Working time as plain arithmetic (P4): when is something due, how much time has passed. No database.

All datetimes are naive UTC with whole seconds, as in Odoo's fields.

Units, and what an amount of them means (Civil Code of the PRC, articles 201 and 203: the day on
which a period starts is not counted, and a period in days ends when the last day's business ends):

========== ===============================================================================
minutes    elapsed time, round the clock
hours      elapsed time, round the clock
work_hours working time of the calendar: the first instant at which so much has been worked
days       ends with the n-th calendar day after the start, at 23:59:59 local time
work_days  ends with the end of work (23:59:59 if that is midnight) on the n-th working day after
           the day of the start
========== ===============================================================================

An amount of zero is the start itself. A negative amount counts backwards, mirrored: work hours to
the last instant after which so much is worked, days to the beginning of the n-th day before
(00:00, or the start of work).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import pytz

UNITS = ("minutes", "hours", "work_hours", "days", "work_days")
SECONDS = {"minutes": 60, "hours": 3600, "work_hours": 3600}

# How far the search for working time goes before it gives up: somebody forgot the hours.
HORIZON_YEARS = 40

FULL_DAY = ((0, 24 * 60),)
EPOCH = datetime(1970, 1, 1)


class NoWorkingTime(ValueError):
    """The calendar has not enough working time within the horizon."""


class _Year(NamedTuple):
    """One local year; instants are seconds since 1970, days proleptic ordinals."""

    midnights: list[int]  # of all its days and of the day after the last
    starts: list[int]  # of the working intervals
    ends: list[int]
    worked: list[int]  # seconds worked in this year before each interval
    total: int  # seconds worked in this year
    days: list[int]  # working days
    opening: list[int]  # start of work on each of them
    closing: list[int]  # end of work on each of them


@dataclass(frozen=True)
class WorkAxis:
    """The working time of one calendar, as an axis on which positions are found by bisection.

    Years are laid out when first needed and then kept; what the axis answers depends on nothing
    but its arguments, so it can be shared between threads.

    :param week: working minutes of each of 14 weekdays, ``((from, to), …)`` in local minutes after
        midnight; the first seven are the weeks that ``resource.calendar`` numbers even
    :param tz: name of the time zone
    :param leaves: ``(from, to)`` naive UTC, time off
    :param overrides: ``{date: None}`` is a holiday, ``{date: weekday}`` a day worked with the hours
        of that weekday (0–6), of its own weekday or else the first one that has hours (−1)
    """

    week: tuple[tuple[tuple[int, int], ...], ...] = (FULL_DAY,) * 14
    tz: str = "UTC"
    leaves: tuple[tuple[datetime, datetime], ...] = ()
    overrides: Mapping[date, int | None] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    # === PUBLIC ===

    def due(self, start: datetime, amount: float, unit: str) -> datetime:
        """The instant ``amount`` of ``unit`` after ``start``; see the module for what units mean.

        ``due(s, a) ≤ due(t, b)`` whenever ``s ≤ t`` and ``a ≤ b``. Days are whole: a fraction counts as one more.

        :raise NoWorkingTime: the calendar has not so much time within the next 40 years
        """
        if not amount:
            return start
        match unit:
            case "minutes" | "hours":
                return start + timedelta(seconds=round(amount * SECONDS[unit]))
            case "work_hours":
                return _datetime(self._walk(_seconds(start), round(amount * SECONDS[unit])))
            case "days":
                return self._day_edge(self._local_day(start) + _whole(amount), closing=amount > 0)
            case "work_days":
                return _datetime(self._walk_days(self._local_day(start), _whole(amount)))
        raise ValueError(f"unknown unit {unit!r}")

    def elapsed(self, start: datetime, end: datetime, unit: str = "work_hours") -> float:
        """How much of ``unit`` lies between ``start`` and ``end``; negative when ``end`` is earlier.

        The inverse of :meth:`due`. Days are counted whole: those after the day of ``start`` up to
        and including the day of ``end``. ``elapsed(a, b) + elapsed(b, c) == elapsed(a, c)``.
        """
        match unit:
            case "minutes" | "hours":
                return (end - start).total_seconds() / SECONDS[unit]
            case "work_hours":
                return self._worked_between(_seconds(start), _seconds(end)) / SECONDS[unit]
            case "days":
                return self._local_day(end) - self._local_day(start)
            case "work_days":
                return self._days_between(self._local_day(start), self._local_day(end))
        raise ValueError(f"unknown unit {unit!r}")

    def is_working_day(self, day: date) -> bool:
        """Whether anything is worked on the local ``day``."""
        year = self._year(day.year)
        return _contains(year.days, day.toordinal())

    # === WORK HOURS ===

    def _walk(self, position, seconds):
        """The instant ``seconds`` of work after (before, when negative) ``position``."""
        if not seconds:
            return position
        number = first = self._year_of(position)
        year = self._year(number)
        if seconds > 0:
            target = _worked_before(year, position) + seconds
            while target > year.total:
                target -= year.total
                number += 1
                self._check_horizon(number - first)
                year = self._year(number)
            index = bisect_left(year.worked, target) - 1
            return year.starts[index] + target - year.worked[index]
        target = _worked_before(year, position) + seconds
        while target < 0:
            number -= 1
            self._check_horizon(first - number)
            year = self._year(number)
            target += year.total
        index = bisect_right(year.worked, target) - 1
        return year.starts[index] + target - year.worked[index]

    def _worked_between(self, start, end):
        if end < start:
            return -self._worked_between(end, start)
        first, last = self._year_of(start), self._year_of(end)
        whole = sum(self._year(number).total for number in range(first, last))
        return whole + _worked_before(self._year(last), end) - _worked_before(self._year(first), start)

    # === WORKING DAYS ===

    def _walk_days(self, day, count):
        """End of work on the ``count``-th working day after ``day``; start of work when negative."""
        number = first = date.fromordinal(day).year
        year = self._year(number)
        if count > 0:
            index = bisect_right(year.days, day) + count - 1
            while index >= len(year.days):
                index -= len(year.days)
                number += 1
                self._check_horizon(number - first)
                year = self._year(number)
            return year.closing[index]
        index = bisect_left(year.days, day) + count
        while index < 0:
            number -= 1
            self._check_horizon(first - number)
            year = self._year(number)
            index += len(year.days)
        return year.opening[index]

    def _days_between(self, start, end):
        if end < start:
            return -self._days_between(end, start)
        first, last = date.fromordinal(start).year, date.fromordinal(end).year
        whole = sum(len(self._year(number).days) for number in range(first, last))
        return whole + bisect_right(self._year(last).days, end) - bisect_right(self._year(first).days, start)

    # === DAYS ===

    def _local_day(self, instant):
        position = _seconds(instant)
        number = self._year_of(position)
        return date(number, 1, 1).toordinal() + bisect_right(self._year(number).midnights, position) - 1

    def _day_edge(self, day, *, closing):
        number = date.fromordinal(day).year
        index = day - date(number, 1, 1).toordinal()
        midnights = self._year(number).midnights
        return _datetime(midnights[index + 1] - 1 if closing else midnights[index])

    # === LAYOUT ===

    def _check_horizon(self, years):
        if years > HORIZON_YEARS:
            raise NoWorkingTime(f"not so much working time within {HORIZON_YEARS} years")

    def _year_of(self, position):
        """The local year in which ``position`` lies."""
        number = _datetime(position).year
        midnights = self._year(number).midnights
        return number + (position >= midnights[-1]) - (position < midnights[0])

    def _year(self, number):
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._lay_out(number)
        return year

    def _lay_out(self, number):
        zone = pytz.timezone(self.tz)
        first, last = date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal()
        midnights = [_instant(zone, day, 0) for day in range(first, last + 2)]
        leaves = [
            (start, end)
            for start, end in ((_seconds(start), _leave_end(end)) for start, end in self.leaves)
            if start < midnights[-1] and end > midnights[0]
        ]
        intervals, days, opening, closing = [], [], [], []
        for index, day in enumerate(range(first, last + 1)):
            if midnights[index + 1] - midnights[index] == 24 * 3600:
                hours = [
                    (midnights[index] + 60 * start, midnights[index] + 60 * end) for start, end in self._hours(day)
                ]
            else:  # the clock is put forward or back
                hours = [(_instant(zone, day, start), _instant(zone, day, end)) for start, end in self._hours(day)]
            if worked := _subtract(hours, leaves):
                intervals += worked
                days.append(day)
                opening.append(worked[0][0])
                closing.append(min(worked[-1][1], midnights[index + 1] - 1))
        starts, ends = [start for start, _end in intervals], [end for _start, end in intervals]
        sums = list(accumulate((end - start for start, end in intervals), initial=0))
        return _Year(midnights, starts, ends, sums[:-1], sums[-1], days, opening, closing)

    def _hours(self, day):
        """Local minutes worked on the day with this ordinal, before leaves."""
        weekday = (day - 1) % 7
        parity = (day - 1) // 7 % 2 * 7
        override = self.overrides.get(date.fromordinal(day), weekday) if self.overrides else weekday
        if override is None:
            return ()
        if override >= 0:
            return self.week[parity + override]
        own = self.week[parity + weekday]
        return own or next((hours for hours in self.week[parity : parity + 7] if hours), ())


class Plan(NamedTuple):
    """When a clock is due, and from when its escalation counts (later, if it was paused when late)."""

    due: datetime
    escalation: datetime


def plan(
    axis: WorkAxis, start: datetime, amount: float, unit: str, pauses: Iterable[tuple[datetime, datetime]] = ()
) -> Plan:
    """When a clock of ``amount`` is due that started at ``start`` and stood still during ``pauses``.

    A pause moves what comes after it by its own length in ``unit``; pauses that touch are one. Once the clock was late
    no pause makes it punctual again: it only holds up the escalation.

    :param pauses: finished pauses ``(from, to)`` in the order of time
    """
    due = escalation = axis.due(start, amount, unit)
    for begin, end in _join(pauses):
        length = axis.elapsed(max(begin, start), end, unit)
        if length <= 0:
            continue
        if begin <= due:
            due = escalation = axis.due(due, length, unit)
        else:
            escalation = axis.due(escalation, length, unit)
    return Plan(due, escalation)


# === HELPERS ===


def _join(pauses):
    joined = []
    for begin, end in pauses:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _seconds(instant):
    delta = instant - EPOCH
    return delta.days * 86400 + delta.seconds


def _datetime(seconds):
    return EPOCH + timedelta(seconds=seconds)


def _instant(zone, day, minutes):
    """Seconds since 1970 of a local wall time; as core does where the clock is put forward or back."""
    wall = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(minutes=minutes)
    return _seconds(wall - zone.utcoffset(wall, is_dst=False)) if zone.zone != "UTC" else _seconds(wall)


def _leave_end(end):
    """Time off until 23:59:59 means until midnight."""
    seconds = _seconds(end)
    return seconds + 1 if seconds % 60 == 59 else seconds


def _worked_before(year, position):
    """Seconds worked in ``year`` before ``position``."""
    index = bisect_right(year.starts, position) - 1
    if index < 0:
        return 0
    return year.worked[index] + min(position, year.ends[index]) - year.starts[index]


def _subtract(intervals, leaves):
    """Merge ``intervals`` and take ``leaves`` away."""
    merged = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    for leave_start, leave_end in leaves:
        merged = [
            piece
            for start, end in merged
            for piece in ((start, min(end, leave_start)), (max(start, leave_end), end))
            if piece[0] < piece[1]
        ]
    return merged


def _contains(ordered, value):
    index = bisect_left(ordered, value)
    return index < len(ordered) and ordered[index] == value


def _whole(amount):
    """Days, rounded away from zero."""
    return -int(-amount // 1) if amount > 0 else int(amount // 1)
