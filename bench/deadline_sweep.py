"""The sweep of late clocks, 1 % due, beside a plain UPDATE and Odoo's automation rules.

KEHU_BENCH_CLOCKS: how many clocks there are, default "100000,1000000".
"""

import os
import sys
import time
from pathlib import Path

from odoo import Command

sys.path.insert(0, str(Path(__file__).parent))
from support import clocked

SIZES = [int(size) for size in os.environ.get("KEHU_BENCH_CLOCKS", "100000,1000000").split(",")]
PEER_DUE = 500


def bench(env):
    env = clocked.install(clocked.with_addon(env, "base_automation"))
    rule = clocked.rule(env, warning_amount=0)
    # One step, so that each clock takes one step.
    rule.step_ids = [Command.clear(), Command.create({"recipient": "role", "role": "user_id"})]
    env.cr.commit()
    costs = []
    for size in SIZES:
        fill(env, rule, size)
        due = size // 100
        floor = update(env) / due
        seconds, queries = sweep(env)
        cost = seconds / due
        costs.append(cost)
        env.cr.execute("SELECT count(*) FROM mail_activity WHERE kehu_deadline_id IS NOT NULL")
        assert env.cr.fetchone()[0] == due
        print(
            f"sweep, {due} due of {size}: {cost * 1e6:.0f} µs a clock with its activity (to reach: 1,000), "
            f"{cost / floor:.0f} × a plain UPDATE, {queries / due:.3f} queries a clock"
        )
    if len(costs) > 1:
        print(
            f"  the same work among {SIZES[-1] // SIZES[0]} times as many clocks: {costs[-1] / costs[0]:.2f} × "
            f"(flat is 1)"
        )
    print(f"  automation rule with an activity, {PEER_DUE} due: {automation(env) / costs[0]:.0f} × our cost a record")


def fill(env, rule, size):
    cr = env.cr
    cr.execute("DELETE FROM mail_activity WHERE kehu_deadline_id IS NOT NULL")
    cr.execute(
        "TRUNCATE kehu_deadline_event, kehu_deadline_pause, kehu_deadline, bench_clocked RESTART IDENTITY CASCADE"
    )
    cr.execute("DELETE FROM mail_followers WHERE res_model = 'bench.clocked'")
    cr.execute(
        "INSERT INTO bench_clocked (name, user_id, is_done) SELECT 'Document ' || n, %s, false FROM "
        "generate_series(1, %s) n",
        [env.ref("base.user_admin").id, size],
    )
    # The due ones lie scattered over the table and are late in another order than their ids.
    cr.execute(
        """INSERT INTO kehu_deadline (rule_id, res_model, res_id, company_id, calendar_id, amount, unit, state,
                                      date_start, date_due, date_escalation, next_action_at, step_count, to_replan)
           SELECT %(rule)s, 'bench.clocked', id, %(company)s, %(calendar)s, 2, 'work_days', 'running', due, due, due, due, 0, false
             FROM (SELECT id, CASE WHEN id %% 100 = 0 THEN now() AT TIME ZONE 'UTC' - (id::bigint * 7919 %% 100000) * interval '1 second'
                                   ELSE now() AT TIME ZONE 'UTC' + interval '1 day' + id * interval '1 second' END AS due
                     FROM bench_clocked) AS document""",
        {"rule": rule.id, "company": env.company.id, "calendar": env.company.resource_calendar_id.id},
    )
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE kehu_deadline, bench_clocked")
    cr._cnx.autocommit = False
    env.invalidate_all()


def update(env):
    """Seconds of the same rows by one plain UPDATE, taken back."""
    start = time.perf_counter()
    env.cr.execute(
        """UPDATE kehu_deadline SET next_action_at = NULL, step_count = 1
            WHERE state = 'running' AND next_action_at <= now() AT TIME ZONE 'UTC'"""
    )
    seconds = time.perf_counter() - start
    env.cr.rollback()
    return seconds


def sweep(env):
    queries, start = env.cr.sql_log_count, time.perf_counter()
    env["kehu.deadline"]._cron_sweep()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def automation(env):
    """Seconds a record of Odoo's automation rules doing the same."""
    model = env["ir.model"]._get("bench.bare")
    env["bench.bare"].search([]).unlink()
    env["bench.bare"].create([{"name": str(index), "user_id": env.uid} for index in range(PEER_DUE)])
    rule = env["base.automation"].create(
        {
            "name": "Late",
            "model_id": model.id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get("bench.bare", "create_date").id,
            "trg_date_range": 0,
            "trg_date_range_type": "minutes",
            "action_server_ids": [
                Command.create(
                    {
                        "name": "Remind",
                        "model_id": model.id,
                        "state": "code",
                        "usage": "base_automation",
                        "code": """env["mail.activity"].create([{
                "res_model_id": env["ir.model"]._get_id(record._name), "res_id": record.id, "user_id": record.user_id.id,
                "activity_type_id": env.ref("mail.mail_activity_data_todo").id, "summary": "Late",
            } for record in records])""",
                    }
                )
            ],
        }
    )
    env.cr.execute("UPDATE bench_bare SET create_date = create_date - interval '1 hour'")
    env.cr.execute("UPDATE base_automation SET last_run = '2020-01-01' WHERE id = %s", [rule.id])
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    env["base.automation"]._cron_process_time_based_actions()
    env.flush_all()
    seconds = time.perf_counter() - start
    assert env["mail.activity"].search_count([("res_model", "=", "bench.bare")]) == PEER_DUE
    return seconds / PEER_DUE
