"""Taking complaints down: in batches of 300, one by one, and over JSON-2, beside a bare model and OCA's helpdesk and
claims.
"""

import json
import statistics
import sys
import threading
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

sys.path.insert(0, str(Path(__file__).parent))
from odoo import SUPERUSER_ID, Command, api, fields, http, models
from odoo.orm.model_classes import add_to_registry

PEERS = {
    "odoo-addon-helpdesk_mgmt": "helpdesk_mgmt",
    "odoo-addon-helpdesk_mgmt_sla": "helpdesk_mgmt_sla",
    "odoo-addon-crm_claim": "crm_claim",
}
BARE = "bench.complaint"
BATCH, ROUNDS, SINGLES = 300, 9, 60


def bench(env):
    env = install_bare(env)
    # A customer for each: who complains again makes a major complaint, which tells many.
    customers = env["res.partner"].create(
        [{"name": f"Bench {index}", "email": f"bench{index}@example.com", "phone": "0755"} for index in range(BATCH)]
    )
    product = env["product.product"].create({"name": "Bench"})
    common = {
        "name": "Chargers get hot",
        "description": "<p>Three of ten get hot.</p>",
        "partner_id": customers[0].id,
        "user_id": env.uid,
    }
    ours = {
        **common,
        "kind_id": env.ref("kehu_complaint.complaint_kind_exchange").id,
        "product_id": product.id,
        "serial": "SN-1",
        "verification": "verified",
    }
    models_ = {
        BARE: ours,
        "kehu.complaint": ours,
        "helpdesk.ticket": {**common, "team_id": helpdesk(env).id},
        "crm.claim": {key: common[key] for key in ("name", "description", "partner_id", "user_id")},
    }
    env.cr.commit()
    batches = measure(
        env,
        ROUNDS,
        BATCH,
        {
            name: lambda name=name, vals=vals: env[name].create(
                [{**vals, "partner_id": customer.id} for customer in customers]
            )
            for name, vals in models_.items()
        },
    )
    singles = measure(
        env,
        SINGLES,
        1,
        {name: lambda name=name, vals=vals: env[name].create(dict(vals)) for name, vals in models_.items()},
    )
    remote = over_json2(env, models_, customers.ids)
    print(
        f"create, batch of {BATCH} | one by one | one over JSON-2 (p50): ratios to a bare mail.thread model with "
        f"the same columns"
    )
    for name in models_:
        print(
            f"  {name:<18}{batches[name][0] / batches[BARE][0]:5.2f} × {batches[name][1]:6.2f} queries each |"
            f"{singles[name][0] / singles[BARE][0]:5.2f} × {singles[name][1]:4.0f} queries "
            f"|{remote[name] / remote[BARE]:5.2f} ×"
        )
    print(
        "to reach: batch 2 ×, 0.3 queries each; over JSON-2 0.7 × helpdesk "
        f"({remote['kehu.complaint'] / remote['helpdesk.ticket']:.2f} × here)"
    )


def install_bare(env):
    """Make a model with the plain columns of a complaint and a chatter, nothing else; return the environment that knows
    it.
    """
    plain = {"char", "text", "html", "integer", "float", "datetime", "date", "boolean"}
    columns = {}
    for name, field in env["kehu.complaint"]._fields.items():
        if field.store and name not in {*models.MAGIC_COLUMNS, *env["mail.thread"]._fields}:
            if field.type in plain:
                columns[name] = type(field)()
            elif field.type == "many2one":
                columns[name] = fields.Many2one(field.comodel_name)
            elif field.type in ("selection", "monetary"):
                columns[name] = fields.Char() if field.type == "selection" else fields.Float()
    add_to_registry(
        env.registry,
        type(
            "BenchComplaint",
            (models.Model,),
            {
                "__module__": __name__,
                "_module": "kehu_complaint",
                "_name": BARE,
                "_description": BARE,
                "_inherit": ["mail.thread"],
                **columns,
            },
        ),
    )
    env.registry._setup_models__(env.cr, [])
    env.registry.init_models(env.cr, [BARE], {"module": "kehu_complaint", "models_to_check": False}, install=True)
    env["ir.model.access"].create(
        {
            "name": BARE,
            "model_id": env["ir.model"]._get_id(BARE),
            "group_id": env.ref("base.group_user").id,
            "perm_read": True,
            "perm_write": True,
            "perm_create": True,
            "perm_unlink": True,
        }
    )
    env.cr.commit()
    return api.Environment(env.cr, SUPERUSER_ID, {})


def helpdesk(env):
    """A team whose tickets get one service level: two days until they are done."""
    team = env["helpdesk.ticket.team"].create({"name": "Bench", "use_sla": True})
    done = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env["helpdesk.sla"].create({"name": "Answer", "team_ids": [Command.link(team.id)], "stage_id": done.id, "days": 2})
    return team


def measure(env, rounds, size, works):
    """``{name: (median microseconds a record, queries a record)}``; the models take turns, so that a busy moment meets
    them all.
    """
    times, queries = {name: [] for name in works}, {}
    for _round in range(rounds):
        for name, work in works.items():
            env.invalidate_all()
            before, start = env.cr.sql_log_count, time.perf_counter()
            work()
            env.flush_all()
            times[name].append(time.perf_counter() - start)
            queries[name] = (env.cr.sql_log_count - before) / size
            env.cr.rollback()  # what was complained about once would be a repeated complaint the next time
    return {name: (statistics.median(times[name][2:]) / size * 1e6, queries[name]) for name in works}


class _Silent(WSGIRequestHandler):
    def log(self, *_arguments):
        """The requests are counted, not told."""


def over_json2(env, models_, customer_ids):
    """``{model: median seconds}`` of one creation by an HTTP request to this process."""
    admin = env.ref("base.user_admin")
    key = (
        env["res.users.apikeys"]
        .with_user(admin)
        .sudo()
        ._generate("rpc", "bench", fields.Datetime.now() + timedelta(days=1))
    )
    env.cr.commit()
    server = make_server("127.0.0.1", 0, http.root, threaded=True, request_handler=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json", "X-Odoo-Database": env.cr.dbname}
    times = {name: [] for name in models_}
    try:
        for customer_id in customer_ids[:SINGLES]:
            for name, vals in models_.items():
                body = json.dumps({"vals_list": [{**vals, "partner_id": customer_id}]}).encode()
                start = time.perf_counter()
                with urllib.request.urlopen(
                    urllib.request.Request(
                        f"http://127.0.0.1:{server.server_port}/json/2/{name}/create", data=body, headers=headers
                    )
                ) as answer:
                    answer.read()
                times[name].append(time.perf_counter() - start)
    finally:
        server.shutdown()
    return {name: statistics.median(measured[3:]) for name, measured in times.items()}
