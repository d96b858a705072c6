"""Statistics of 1,000,000 complaints and 1,000,000 tickets: what a supervisor's pivot, graph and list cost beside plain
SQL.
"""

import statistics
import time

from odoo import Command
from odoo.tools import SQL

SIZE, ROUNDS = 1_000_000, 5
MONTH = [("date_received", ">=", "2026-06-01"), ("date_received", "<", "2026-07-01")]
COMPLAINTS = ["__count", "settle_on_time:avg", "opinion_on_time:avg", "solved:avg", "satisfaction:avg"]
TICKETS = [
    "__count",
    "response_hours:avg",
    "response_on_time:avg",
    "waiting_hours:avg",
    "repair_hours:avg",
    "repair_on_time:avg",
]


def bench(env):
    supervisor = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Bench",
                "login": "bench_supervisor",
                "group_ids": [Command.set([env.ref("kehu_complaint.group_service_supervisor").id])],
            }
        )
    )
    fill_complaints(env)
    fill_tickets(env)
    print(f"{SIZE:,} of each over two years, two clocks each; supervisor without clearance, 5 % hidden")
    measure(
        env,
        env["kehu.complaint.report"].with_user(supervisor),
        "kehu_complaint",
        COMPLAINTS,
        ["solved:avg", "satisfaction:avg"],
        ("number", "date_received", "settle_hours", "settle_on_time", "solved"),
    )
    measure(
        env,
        env["kehu.service.ticket.report"].with_user(supervisor),
        "kehu_service_ticket",
        TICKETS,
        ["repair_hours:avg", "satisfaction:avg"],
        ("number", "date_received", "technician_id", "repair_hours", "repair_on_time"),
    )


def measure(env, report, table, averages, plain_averages, columns):
    table = SQL.identifier(table)
    month_floor = median(
        env,
        lambda: env.execute_query(
            SQL(
                "SELECT kind_id, count(*) FROM %s WHERE date_received >= '2026-06-01' AND date_received < "
                "'2026-07-01' GROUP BY 1",
                table,
            )
        ),
    )
    all_floor = median(env, lambda: env.execute_query(SQL("SELECT kind_id, count(*) FROM %s GROUP BY 1", table)))
    print(f"  {report._description}: × a plain count by kind")
    for label, floor, work in (
        ("a month by kind, counted", month_floor, lambda: report.formatted_read_group(MONTH, ["kind_id"], ["__count"])),
        (
            "a month by kind, all averages",
            month_floor,
            lambda: report.formatted_read_group(MONTH, ["kind_id"], averages),
        ),
        ("all by kind, counted", all_floor, lambda: report.formatted_read_group([], ["kind_id"], ["__count"])),
        (
            "all by month, averages without clocks",
            all_floor,
            lambda: report.formatted_read_group([], ["date_received:month"], ["__count", *plain_averages]),
        ),
        ("all by kind, all averages", all_floor, lambda: report.formatted_read_group([], ["kind_id"], averages)),
        (
            "first page of 80 of the list",
            month_floor,
            lambda: report.web_search_read([], {name: {} for name in columns}, limit=80, count_limit=10001),
        ),
    ):
        print(f"    {label:<40}{median(env, work) / floor:7.1f} ×")


def fill_complaints(env):
    """Insert complaints and their ended clocks by SQL."""
    kinds = env["kehu.complaint.kind"].search([]).ids
    env.cr.execute(
        SQL(
            """INSERT INTO kehu_complaint (name, number, company_id, channel, priority, state, verification, kehu_own_tier, kehu_tier, kind_id,
                                       date_received, date_replied, date_closed, satisfaction, compensation_paid)
           SELECT 'Bench', 'B' || n, %s, 'phone', '0', 'closed', 'none', '0', CASE WHEN n %% 20 = 0 THEN '3' ELSE '0' END,
                  (%s)[1 + n %% %s], moment, moment + interval '30 hours', moment + interval '40 hours', (1 + n %% 5)::varchar, n %% 900
             FROM generate_series(1, %s) n, LATERAL (SELECT timestamp '2025-01-01' + n * interval '63 seconds' AS moment) t""",
            env.company.id,
            kinds,
            len(kinds),
            SIZE,
        )
    )
    fill_clocks(env, "kehu.complaint", "date_replied", "opinion", "settle")


def fill_tickets(env):
    kinds = env["kehu.service.kind"].search([]).ids
    env.cr.execute(
        SQL(
            """INSERT INTO kehu_service_ticket (name, number, company_id, channel, priority, state, kehu_own_tier, kehu_tier, kind_id, user_id,
                                            date_received, date_first_response, date_repaired, date_closed, satisfaction)
           SELECT 'Bench', 'B' || n, %s, 'phone', '0', 'closed', '0', CASE WHEN n %% 20 = 0 THEN '3' ELSE '0' END,
                  (%s)[1 + n %% %s], %s, moment, moment + interval '1 hour', moment + interval '30 hours', moment + interval '40 hours',
                  (1 + n %% 5)::varchar
             FROM generate_series(1, %s) n, LATERAL (SELECT timestamp '2025-01-01' + n * interval '63 seconds' AS moment) t""",
            env.company.id,
            kinds,
            len(kinds),
            env.uid,
            SIZE,
        )
    )
    fill_clocks(env, "kehu.service.ticket", "date_repaired", "response_normal", "repair_normal")


def fill_clocks(env, model, ended, *rules):
    addon = env[f"{model}.report"]._original_module
    table = SQL.identifier(env[model]._table)
    env.cr.execute(
        SQL(
            """INSERT INTO kehu_deadline (rule_id, res_model, res_id, amount, unit, state, date_start, date_due, date_escalation, date_stop)
           SELECT rule, %s, d.id, 2, 'days', CASE WHEN d.id %% 7 = 0 THEN 'missed' ELSE 'met' END, date_received,
                  date_received + interval '2 days', date_received, %s
             FROM %s d, unnest(%s) rule WHERE d.name = 'Bench'""",
            model,
            SQL.identifier(ended),
            table,
            [env.ref(f"{addon}.deadline_rule_{rule}").id for rule in rules],
        )
    )
    env.cr.execute(SQL("ANALYZE %s, kehu_deadline", table))
    env.cr.commit()
    env.invalidate_all()


def median(env, work):
    times = []
    for _round in range(ROUNDS + 1):
        env.invalidate_all()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
