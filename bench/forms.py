"""Opening each main form, and lists of approvals, clocks and history, at 20,000 documents of each kind: beside the same
read without history, approvals and clocks, and beside a list of base_tier_validation's reviews. In the time of the
processor, of the worker and of its database.
"""

import statistics
import sys
import time
from pathlib import Path

from lxml import etree

from odoo import Command
from odoo.tools import SQL

from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

sys.path.insert(0, str(Path(__file__).parent))
from support import contacts

PEERS = {"odoo-addon-base_tier_validation": "base_tier_validation"}
SIZE, ROUNDS, PAGE = 20_000, 15, 80
GROUPS = {
    "staff": (
        "kehu_archive.group_archive_manager",
        "kehu_complaint.group_service_supervisor",
        "kehu_grading.group_grading_manager",
    ),
    "employee": ("base.group_user",),  # reads archives, and five complaints
}
DOCUMENTS = {
    "kehu.archive": {},
    "kehu.complaint": {"name": "Bench", "kind_id": "kehu_complaint.complaint_kind_exchange"},
    "kehu.service.ticket": {"name": "Bench", "kind_id": "kehu_ticket.service_kind_repair"},
    "kehu.evaluation": {},
    "kehu.admission": {},
}
PLANNER = ("jit", "jit_above_cost", "random_page_cost", "work_mem", "shared_buffers", "fsync")


def bench(env):
    print("PostgreSQL: " + ", ".join(f"{name} = {_setting(env, name)}" for name in PLANNER))
    user, employee = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": name,
                    "login": f"bench_{name}",
                    "email": f"{name}@example.com",
                    "group_ids": [Command.set([env.ref(group).id for group in groups])],
                }
                for name, groups in GROUPS.items()
            ]
        )
    )
    contacts.fill(
        env,
        SIZE,
        {
            "name": SQL("'Bench ' || n"),
            "complete_name": SQL("'Bench ' || n"),
            "is_company": SQL("true"),
            "kehu_tier": SQL("'0'"),
        },
    )
    customers = env["res.partner"].search([("name", "=like", "Bench %"), ("is_company", "=", True)], order="id")
    for model, values in DOCUMENTS.items():
        _multiply(env, model, values, customers)
    env.cr.execute("ANALYZE")
    env.cr.commit()
    print(f"{SIZE:,} documents of each kind, each with 3 moves, 2 clocks and 1 approval, where its kind has them")
    for model in DOCUMENTS:
        _open(env, model, user, [])
    _open(env, "kehu.approval", user, [("res_model", "=", "kehu.complaint")])
    _review(env, customers, user)
    peer, queries = _list(env, "tier.review", user)
    print(f"list of {PAGE} reviews of base_tier_validation: {queries} queries")
    env.cr.execute(
        SQL(
            "UPDATE kehu_complaint SET user_id = %s WHERE id IN (SELECT id FROM kehu_complaint ORDER BY id LIMIT 5)",
            employee.id,
        )
    )
    for model in ("kehu.approval", "kehu.deadline", "kehu.workflow.log"):
        ours, queries = _list(env, model, user)
        theirs, _queries = _list(env, model, employee)
        few, _queries = _list(env, model, employee, [("res_model", "=", "kehu.complaint")])
        print(
            f"  {env[model]._description:<28}{ours / peer:5.2f} × that (to reach: 1), {queries} queries (to reach: 8); "
            f"for an employee who reads one kind of five {theirs / peer:.2f} ×, five of {SIZE:,} {few / peer:.2f} ×"
        )


def _setting(env, name):
    return env.execute_query(SQL("SELECT current_setting(%s)", name))[0][0]


def _multiply(env, model, values, customers):
    """Copy a document for each customer by SQL, with rows about each copy."""
    values = {name: env.ref(value).id if name.endswith("_id") else value for name, value in values.items()}
    pattern = env[model].create({**values, "partner_id": customers[0].id})
    env.flush_all()
    table, columns = pattern._table, _columns(env, pattern._table)
    unique = {
        column
        for (column,) in env.execute_query(
            SQL(
                """SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                    WHERE indisunique AND indrelid = %s::regclass""",
                table,
            )
        )
    }
    copied = {name: SQL("pattern.%s", SQL.identifier(name)) for name in columns if name != "id"}
    for name in copied.keys() & unique:
        if pattern._fields[name].type == "char":
            copied[name] = SQL("pattern.%s || '-' || customer.id", SQL.identifier(name))
    copied["partner_id"] = SQL("customer.id")
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s pattern, res_partner customer WHERE pattern.id = %s AND customer.id IN %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, copied)),
            SQL(", ").join(copied.values()),
            SQL.identifier(table),
            pattern.id,
            tuple(customers[1:].ids),
        )
    )
    documents = SQL("(SELECT id FROM %s WHERE id > %s) AS document", SQL.identifier(table), pattern.id)
    _add_rows(env, model, documents)
    env.cr.commit()


def _columns(env, table):
    return [
        name
        for (name,) in env.execute_query(
            SQL("SELECT column_name FROM information_schema.columns WHERE table_name = %s", table)
        )
    ]


def _add_rows(env, model, documents):
    now = SQL("now() AT TIME ZONE 'UTC'")
    env.cr.execute(
        SQL(
            """INSERT INTO kehu_workflow_log (res_model, res_id, date, user_id, move, state_from, state_to)
               SELECT %s, document.id, %s, 1, 'bench', state.*
                 FROM %s, (VALUES ('draft', 'asked'), ('asked', 'draft'), ('draft', 'asked')) AS state""",
            model,
            now,
            documents,
        )
    )
    clocks = env["kehu.deadline.rule"].search([("model_id.model", "=", model)], limit=2)
    env.cr.execute(
        SQL(
            """INSERT INTO kehu_deadline (rule_id, res_model, res_id, amount, unit, state, date_start, date_due,
                                          date_escalation, date_stop)
               SELECT rule, %s, document.id, 2, 'days', 'met', %s, %s, %s, %s FROM %s, unnest(%s::int[]) AS rule""",
            model,
            now,
            now,
            now,
            now,
            documents,
            clocks.ids,
        )
    )
    rule = env["kehu.approval.rule"].search([("model_id.model", "=", model), ("step_ids", "!=", False)], limit=1)
    if rule:
        env.cr.execute(
            SQL(
                """INSERT INTO kehu_approval (res_model, res_id, rule_id, kind, state, requester_id, date, date_closed,
                                              snapshot, digest, route, step_id)
                   SELECT %s, document.id, %s, %s, 'approved', 1, %s, %s, '{}', '-', '[]', %s FROM %s""",
                model,
                rule.id,
                rule.kind,
                now,
                now,
                rule.step_ids[0].id,
                documents,
            )
        )


def _review(env, customers, user):
    """Insert as many reviews of the peer."""
    definition = env["tier.definition"].create(
        {
            "model_id": env["ir.model"]._get_id("res.partner"),
            "review_type": "individual",
            "reviewer_id": user.id,
            "definition_domain": "[]",
        }
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """INSERT INTO tier_review (status, model, res_id, definition_id, sequence, requested_by, done_by, reviewed_date)
               SELECT 'approved', 'res.partner', id, %s, 1, 1, %s, now() AT TIME ZONE 'UTC'
                 FROM res_partner WHERE id IN %s""",
            definition.id,
            user.id,
            tuple(customers.ids),
        )
    )
    env.cr.commit()
    env.cr.execute("ANALYZE tier_review")


def _open(env, model, user, domain):
    """Print how long opening the form takes, in turns with the same read without rows about the document."""
    records = env[model].with_user(user).search(domain, order="id desc", limit=ROUNDS + 1)
    whole = TrailChecks().view_specification(records[0])
    rest = {
        name: values
        for name, values in whole.items()
        if not hasattr(env.get(records._fields[name].comodel_name), "_trail_append_only")
    }
    times = {"whole": [], "rest": []}
    for record in records:
        for label, specification in (("whole", whole), ("rest", rest)):
            times[label].append(_timed(env, lambda record=record, spec=specification: record.web_read(spec)))
    ratio = statistics.median(times["whole"][1:]) / statistics.median(times["rest"][1:])
    print(f"form of {records._description:<28}{ratio:5.2f} × without history, approvals, clocks (to reach: 1.3)")


def _list(env, model, user, domain=()):
    """Return the time and the queries of a page of the list, with the count that the web client asks for."""
    records = env[model].with_user(user)
    specification = TrailChecks().view_specification(records, "list")
    counted = int(etree.fromstring(records.get_view(view_type="list")["arch"]).get("count_limit") or 10_000) + 1
    times = []
    for _round in range(ROUNDS + 1):
        queries = env.cr.sql_log_count
        times.append(
            _timed(
                env,
                lambda: records.web_search_read(list(domain), specification, limit=PAGE, count_limit=counted),
            )
        )
        queries = env.cr.sql_log_count - queries
    return statistics.median(times[1:]), queries


def _timed(env, work):
    env.invalidate_all()
    env.cr.cache.clear()
    start = _processor_time(env)
    work()
    return _processor_time(env) - start


def _processor_time(env):
    """Return the seconds of the processor that this process and its database have had; of the wall, if it is elsewhere."""
    scheduled = Path(f"/proc/{env.cr.connection.info.backend_pid}/schedstat")
    try:
        return time.process_time() + int(scheduled.read_text().split()[0]) / 1e9
    except OSError:
        return time.perf_counter()
