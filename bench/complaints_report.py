"""Statistics of 1,000,000 complaints: what the supervisor's pivot, graph and list cost beside plain SQL on the table."""
import statistics
import time

from odoo import Command
from odoo.tools import SQL

SIZE, ROUNDS = 1_000_000, 5
MONTH = [("date_received", ">=", "2026-06-01"), ("date_received", "<", "2026-07-01")]
AVERAGES = ["__count", "settle_on_time:avg", "opinion_on_time:avg", "solved:avg", "satisfaction:avg"]


def bench(env):
    supervisor = env["res.users"].with_context(no_reset_password=True).create({
        "name": "Bench", "login": "bench_supervisor",
        "group_ids": [Command.set([env.ref("kehu_complaint.group_service_supervisor").id])]})
    fill(env)
    report = env["kehu.complaint.report"].with_user(supervisor)
    month_floor = median(env, lambda: env.execute_query(SQL(
        "SELECT kind_id, count(*) FROM kehu_complaint WHERE date_received >= '2026-06-01' AND date_received < '2026-07-01' GROUP BY 1")))
    all_floor = median(env, lambda: env.execute_query(SQL("SELECT kind_id, count(*) FROM kehu_complaint GROUP BY 1")))
    print(f"{SIZE:,} complaints over two years, two clocks each; supervisor without clearance, 5 % hidden from him")
    for label, floor, work in (
        ("a month by kind, all averages", month_floor, lambda: report.formatted_read_group(MONTH, ["kind_id"], AVERAGES)),
        ("all by kind, counted", all_floor, lambda: report.formatted_read_group([], ["kind_id"], ["__count"])),
        ("all by month, solved and satisfaction", all_floor, lambda: report.formatted_read_group(
            [], ["date_received:month"], ["__count", "solved:avg", "satisfaction:avg"])),
        ("all by kind, all averages", all_floor, lambda: report.formatted_read_group([], ["kind_id"], AVERAGES)),
        ("first page of 80 of the list", month_floor, lambda: report.web_search_read(
            [], {name: {} for name in ("number", "date_received", "settle_hours", "settle_on_time", "solved")}, limit=80, count_limit=10001)),
    ):
        took = median(env, work)
        print(f"  {label:<40}{took / floor:7.1f} × a plain count by kind")
    plan = "\n".join(row[0] for row in env.execute_query(SQL(
        "EXPLAIN SELECT avg(settle_on_time) FROM (%s) r WHERE date_received >= '2026-06-01' AND date_received < '2026-07-01'",
        env["kehu.complaint.report"]._table_query)))
    print("  clocks of a month are found by index:", "kehu_deadline_document_idx" in plan)


def fill(env):
    """Insert complaints and their ended clocks by SQL."""
    rules = [env.ref(f"kehu_complaint.deadline_rule_{name}").id for name in ("opinion", "settle")]
    kinds = env["kehu.complaint.kind"].search([]).ids
    env.cr.execute(SQL(
        """INSERT INTO kehu_complaint (name, number, company_id, channel, priority, state, verification, kehu_own_tier, kehu_tier, kind_id,
                                       date_received, date_replied, date_closed, satisfaction, compensation_amount)
           SELECT 'Bench', 'B' || n, %s, 'phone', '0', 'closed', 'none', '0', CASE WHEN n %% 20 = 0 THEN '3' ELSE '0' END,
                  (%s)[1 + n %% %s], moment, moment + interval '30 hours', moment + interval '40 hours', (1 + n %% 5)::varchar, n %% 900
             FROM generate_series(1, %s) n, LATERAL (SELECT timestamp '2025-01-01' + n * interval '63 seconds' AS moment) t""",
        env.company.id, kinds, len(kinds), SIZE))
    env.cr.execute(SQL(
        """INSERT INTO kehu_deadline (rule_id, res_model, res_id, amount, unit, state, date_start, date_due, date_ladder, date_stop)
           SELECT rule, 'kehu.complaint', c.id, 2, 'days', CASE WHEN c.id %% 7 = 0 THEN 'missed' ELSE 'met' END, date_received,
                  date_received + interval '2 days', date_received, date_replied
             FROM kehu_complaint c, unnest(%s) rule WHERE c.name = 'Bench'""", rules))
    env.cr.execute("ANALYZE kehu_complaint, kehu_deadline")
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
