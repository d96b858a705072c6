"""Creating documents with clocks, in batches of 300, beside the bare model, raw SQL and OCA's helpdesk with SLA."""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from odoo import Command

from support import clocked

PEERS = {"odoo-addon-helpdesk_mgmt": "helpdesk_mgmt", "odoo-addon-helpdesk_mgmt_sla": "helpdesk_mgmt_sla"}
BATCH, ROUNDS = 300, 15


def bench(env):
    env = clocked.install(env)
    clocked.rule(env)
    env.cr.commit()
    floor, _queries = measure(env, lambda: insert(env))
    bare, bare_queries = measure(env, lambda: env["bench.bare"].create(values(env)))
    ours, our_queries = measure(env, lambda: env["bench.clocked"].create(values(env)))
    team = helpdesk(env)
    peer, peer_queries = measure(env, lambda: env["helpdesk.ticket"].create(tickets(team)), rounds=5)
    print(f"create, batch of {BATCH}: raw SQL of the same rows {floor:.0f} µs a record")
    print(f"  bare mail.thread    {bare / floor:5.1f} × raw SQL, {bare_queries:.2f} queries a record")
    print(
        f"  with clocks         {ours / floor:5.1f} × raw SQL, {our_queries:.2f} queries a record, "
        f"{ours / bare:.2f} × bare (to reach: 2)"
    )
    print(
        f"  helpdesk_mgmt_sla   {peer / floor:5.1f} × raw SQL, {peer_queries:.2f} queries a record, "
        f"{peer / ours:.1f} × ours"
    )


def values(env):
    return [{"name": str(index), "user_id": env.uid} for index in range(BATCH)]


def helpdesk(env):
    """A team whose tickets get one service level: two days until they are done."""
    team = env["helpdesk.ticket.team"].create({"name": "Bench", "use_sla": True})
    done = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env["helpdesk.sla"].create({"name": "Answer", "team_ids": [Command.link(team.id)], "stage_id": done.id, "days": 2})
    env.cr.commit()
    return team


def tickets(team):
    return [
        {"name": str(index), "description": "Bench", "team_id": team.id, "user_id": team.env.uid}
        for index in range(BATCH)
    ]


def measure(env, work, rounds=ROUNDS):
    """Median microseconds and queries a record."""
    times = []
    for _round in range(rounds):
        env.invalidate_all()
        queries, start = env.cr.sql_log_count, time.perf_counter()
        work()
        env.flush_all()
        times.append(time.perf_counter() - start)
        queries = env.cr.sql_log_count - queries
    env.cr.rollback()
    return statistics.median(times[2:]) / BATCH * 1e6, queries / BATCH


def insert(env):
    cr, partner = env.cr, env.user.partner_id.id
    rule = env["kehu.deadline.rule"].search([("model_name", "=", "bench.clocked")]).id
    cr.execute(
        "INSERT INTO bench_clocked (name, user_id) SELECT n, %s FROM generate_series(1, %s) n RETURNING id",
        [env.uid, BATCH],
    )
    ids = [row[0] for row in cr.fetchall()]
    cr.execute(
        "INSERT INTO mail_followers (res_model, res_id, partner_id) SELECT 'bench.clocked', unnest(%s), %s",
        [ids, partner],
    )
    cr.execute(
        """INSERT INTO mail_message (model, res_id, message_type, author_id, date, body)
           SELECT 'bench.clocked', unnest(%s), 'notification', %s, now(), 'created'""",
        [ids, partner],
    )
    cr.execute(
        """INSERT INTO kehu_deadline (rule_id, res_model, res_id, amount, unit, state, date_start, date_due, date_escalation, next_action_at)
           SELECT %s, 'bench.clocked', unnest(%s), 2, 'work_days', 'running', now(), now(), now(), now()""",
        [rule, ids],
    )
