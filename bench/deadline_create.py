"""Creating documents with clocks, in batches of 300, beside the bare model and raw SQL."""
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from support import clocked  # noqa: E402

BATCH, ROUNDS = 300, 15


def bench(env):
    env = clocked.install(env)
    clocked.rule(env)
    env.cr.commit()
    floor, _queries = measure(env, lambda: insert(env))
    bare, bare_queries = measure(env, lambda: env["bench.bare"].create(values(env)))
    ours, our_queries = measure(env, lambda: env["bench.clocked"].create(values(env)))
    print(f"create, batch of {BATCH}: raw SQL of the same rows {floor:.0f} µs a record")
    print(f"  bare mail.thread    {bare / floor:5.1f} × raw SQL, {bare_queries:.2f} queries a record")
    print(f"  with clocks         {ours / floor:5.1f} × raw SQL, {our_queries:.2f} queries a record, {ours / bare:.2f} × bare (to reach: 2)")


def values(env):
    return [{"name": str(index), "user_id": env.uid} for index in range(BATCH)]


def measure(env, work):
    """Median microseconds and queries a record."""
    times = []
    for _round in range(ROUNDS):
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
    cr.execute("INSERT INTO bench_clocked (name, user_id) SELECT n, %s FROM generate_series(1, %s) n RETURNING id", [env.uid, BATCH])
    ids = [row[0] for row in cr.fetchall()]
    cr.execute(
        "INSERT INTO mail_followers (res_model, res_id, partner_id) SELECT 'bench.clocked', unnest(%s), %s", [ids, partner])
    cr.execute(
        """INSERT INTO mail_message (model, res_id, message_type, author_id, date, body)
           SELECT 'bench.clocked', unnest(%s), 'notification', %s, now(), 'created'""", [ids, partner])
    cr.execute(
        """INSERT INTO kehu_deadline (rule_id, res_model, res_id, amount, unit, state, date_start, date_due, date_ladder, next_action_at)
           SELECT %s, 'bench.clocked', unnest(%s), 2, 'work_days', 'running', now(), now(), now(), now()""", [rule, ids])
