"""Asking for 100 approvals and listing 80 of them, beside plain SQL and OCA's base_tier_validation."""

import time

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.orm.model_classes import add_to_registry

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

PEERS = {"odoo-addon-base_tier_validation": "base_tier_validation"}
SIZE = 100
ROUNDS = 7


def bench(env):
    env = install(env)
    asker, approver = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name,
                "login": f"bench_{name}",
                "email": f"{name}@example.com",
                "group_ids": [Command.link(env.ref("base.group_user").id)],
            }
        )
        for name in ("asker", "approver")
    )
    env["kehu.approval.rule"].create(
        {
            "name": "Bench",
            "model_id": env["ir.model"]._get_id("bench.approved"),
            "kind": "filing",
            "step_ids": [Command.create({"name": "One", "user_ids": [Command.link(approver.id)]})],
        }
    )
    env["tier.definition"].create(
        {
            "model_id": env["ir.model"]._get_id("bench.tiered"),
            "review_type": "individual",
            "reviewer_id": approver.id,
            "definition_domain": "[]",
        }
    )
    ask(env, "bench.approved", asker)  # caches of the registry, as on a running server
    ask(env, "bench.tiered", asker)
    ours, our_queries = best(lambda: ask(env, "bench.approved", asker))
    peers, peer_queries = best(lambda: ask(env, "bench.tiered", asker))
    floor = min(insert(env, approver) for _round in range(ROUNDS))
    print(
        f"ask {SIZE} approvals: {ours / SIZE * 1e6:.0f} µs a record (to reach: 600), {our_queries} queries (to "
        f"reach: 20), "
        f"{ours / floor:.1f} × plain SQL"
    )
    print(
        f"  base_tier_validation: {peers / SIZE * 1e6:.0f} µs a record, {peer_queries} queries, {peers / ours:.1f} "
        f"× ours"
    )
    seconds, queries = best(
        lambda: look(
            env,
            "kehu.approval",
            approver,
            {
                "document_name": {},
                "kind_label": {},
                "date": {},
                "state": {},
                "requester_id": {"fields": {"display_name": {}}},
                "step_id": {"fields": {"display_name": {}}},
            },
            [("is_mine", "=", True)],
        )
    )
    peer_seconds, peer_queries = best(
        lambda: look(
            env,
            "bench.tiered",
            approver,
            {
                "name": {},
                "state": {},
                "validation_status": {},
                "can_review": {},
                "next_review": {},
                "reviewer_ids": {},
            },
            [],
        )
    )
    print(
        f"list of 80: {seconds * 1e3:.0f} ms, {queries} queries (to reach: 10); "
        f"base_tier_validation: {peer_seconds / seconds:.1f} × ours, {peer_queries} queries"
    )


def install(env):
    """Two documents with one approval step each: ours and the peer's."""
    common = {"__module__": __name__, "_module": "kehu_workflow"}
    add_to_registry(
        env.registry,
        type(
            "BenchApproved",
            (models.Model,),
            {
                **common,
                "_name": "bench.approved",
                "_description": "Bench Approved",
                "_inherit": ["kehu.approval.mixin"],
                "_workflow_moves": (
                    Move("submit", "Submit", ("new",), "pending", groups=("base.group_user",), approval="filing"),
                    Move("grant", "Grant", ("pending",), "done", granted="filing"),
                ),
                "_approval_kinds": (ApprovalKind("filing", "Filing", watched=("name", "amount")),),
                "name": fields.Char(required=True),
                "amount": fields.Float(),
                "state": fields.Selection([("new", "New"), ("pending", "Pending"), ("done", "Done")], default="new"),
            },
        ),
    )
    add_to_registry(
        env.registry,
        type(
            "BenchTiered",
            (models.Model,),
            {
                **common,
                "_name": "bench.tiered",
                "_description": "Bench Tiered",
                "_inherit": ["tier.validation", "mail.thread"],
                "_tier_validation_manual_config": False,
                "name": fields.Char(required=True),
                "amount": fields.Float(),
                "company_id": fields.Many2one("res.company"),
                "state": fields.Selection(
                    [("draft", "New"), ("confirmed", "Done"), ("cancel", "Cancelled")], default="draft"
                ),
            },
        ),
    )
    names = ["bench.approved", "bench.tiered"]
    env.registry._setup_models__(env.cr, [])
    env.registry.init_models(env.cr, names, {"module": "kehu_workflow", "models_to_check": False}, install=True)
    env = api.Environment(env.cr, SUPERUSER_ID, {})
    for name in names:
        env["ir.model.access"].create(
            {
                "name": name,
                "model_id": env["ir.model"]._get_id(name),
                "group_id": env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
    return env


def best(work):
    """The shortest of a few runs: ``(seconds, queries)``."""
    return min(work() for _round in range(ROUNDS))


def measured(env, work):
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def ask(env, model, user):
    documents = env[model].create([{"name": f"Document {index}", "amount": index} for index in range(SIZE)])
    env.flush_all()
    documents.invalidate_recordset()
    documents = documents.with_user(user)
    return measured(
        env, documents.request_validation if model == "bench.tiered" else lambda: documents._approval_ask("filing")
    )


def insert(env, approver):
    """The rows that asking leaves, as plain SQL: approvals, excluded users, activities."""
    documents = env["bench.approved"].create([{"name": f"Document {index}"} for index in range(SIZE)])
    pattern = env["kehu.approval"].search([], limit=1)
    env.flush_all()

    def work():
        env.cr.execute(
            """WITH asked AS (
                 INSERT INTO kehu_approval (res_model, res_id, rule_id, kind, state, requester_id, date, snapshot, digest,
                                            route, step_id, company_id, create_uid, write_uid, create_date, write_date)
                      SELECT res_model, document, rule_id, kind, state, requester_id, date, snapshot, digest,
                             route, step_id, company_id, create_uid, write_uid, create_date, write_date
                        FROM kehu_approval, unnest(%(documents)s) AS document WHERE id = %(pattern)s
                   RETURNING id, res_id),
               excluded AS (
                 INSERT INTO kehu_approval_excluded_user_rel (kehu_approval_id, res_users_id) SELECT id, %(user)s FROM asked)
               INSERT INTO mail_activity (res_model, res_model_id, res_id, res_name, user_id, date_deadline, kehu_approval_id, active)
                    SELECT 'bench.approved', %(model)s, res_id, 'Document', %(user)s, now(), id, true FROM asked""",
            {
                "documents": documents.ids,
                "pattern": pattern.id,
                "user": approver.id,
                "model": env["ir.model"]._get_id("bench.approved"),
            },
        )

    return measured(env, work)[0]


def look(env, model, user, columns, domain):
    env.invalidate_all()
    return measured(env, lambda: env[model].with_user(user).web_search_read(domain, columns, limit=80))
