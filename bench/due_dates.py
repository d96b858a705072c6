"""Due dates in working time, beside core's plan_hours and plan_days."""

import random
import time
from datetime import datetime, timedelta

import pytz

OURS, CORE = 20_000, 200


def bench(env):
    env["kehu.workday"].search([]).active = False  # what core cannot express
    calendar = env["resource.calendar"].create({"name": "Office", "tz": "Asia/Shanghai", "company_id": env.company.id})
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Leave",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, month, 3),
                "date_to": datetime(2026, month, 5),
            }
            for month in range(1, 13)
        ]
    )
    chance = random.Random(1)
    starts = [datetime(2026, 1, 5) + timedelta(minutes=chance.randrange(400_000)) for _number in range(OURS)]
    measure(env, calendar, starts, "40 working hours", (40, "work_hours"), calendar.plan_hours)
    measure(env, calendar, starts, "5 working days", (5, "work_days"), calendar.plan_days)
    same = sum(
        calendar._kehu_due(start, 40, "work_hours")
        == calendar.plan_hours(40, pytz.utc.localize(start), compute_leaves=True).replace(tzinfo=None)
        for start in starts[:CORE]
    )
    print(f"the same answers as core: {same} of {CORE}")


def measure(env, calendar, starts, title, amount, plan):
    calendar._kehu_due(starts[0], *amount)
    queries = env.cr.sql_log_count
    method = clock(lambda start: calendar._kehu_due(start, *amount), starts)
    axis = calendar._kehu_axis()
    ours = clock(lambda start: axis.due(start, *amount), starts)
    assert env.cr.sql_log_count == queries
    peer = clock(
        lambda start: plan(amount[0], start, compute_leaves=True), [pytz.utc.localize(start) for start in starts[:CORE]]
    )
    per_call = (env.cr.sql_log_count - queries) / CORE
    print(
        f"due date, {title}: {ours * 1e6:.1f} µs, core {peer / ours:.0f} × that with {per_call:.1f} queries each "
        f"(to reach: 300); through the calendar's method {peer / method:.0f} ×"
    )


def clock(work, starts):
    begin = time.perf_counter()
    for start in starts:
        work(start)
    return (time.perf_counter() - begin) / len(starts)
