"""Runs in `odoo shell`: sweeps late clocks in processes that are killed with −9 at places all over the work.

Prints one line of JSON.
"""

import json
import os
import sys
import threading

import odoo
from odoo.addons.kehu_workflow.models.deadline import deadline_sweep

sys.path.insert(0, os.environ["KEHU_TESTS"])
from killing import COMMIT, STATEMENT, kill, measure, places

CLOCKS, RACED, KILLS, BATCH = 320, 100, 12, 10
deadline_sweep.BATCH = BATCH
registry = env.registry  # noqa: F821


def late_memos(name, count):
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        rule = env["kehu.deadline.rule"].create(
            {
                "name": name,
                "model_id": env["ir.model"]._get_id("kehu.test.memo"),
                "domain": str([("name", "=like", f"{name} %")]),
                "start_field_id": env["ir.model.fields"]._get("kehu.test.memo", "date_from").id,
                "stop_domain": "[('is_done', '=', True)]",
                "amount": 1,
                "unit": "hours",
                "step_ids": [
                    odoo.Command.create({"summary": "1", "recipient": "role", "role": "user_id"}),
                    odoo.Command.create({"summary": "2", "action": "message", "amount": 1, "unit": "hours"}),
                    odoo.Command.create(
                        {"summary": "3", "action": "hook", "hook": "count_violation", "amount": 2, "unit": "hours"}
                    ),
                ],
            }
        )
        memos = env["kehu.test.memo"].create(
            [
                {
                    "name": f"{name} {index}",
                    "user_id": env.ref("base.user_admin").id,
                    "date_from": f"2026-01-01 00:00:{index % 60:02}",
                }
                for index in range(count)
            ]
        )
        return rule.id, memos.ids


def sweep():
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        env["kehu.deadline"]._cron_sweep()


def outcome(rule_id, memo_ids):
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        memos = env["kehu.test.memo"].browse(memo_ids)
        clocks = env["kehu.deadline"].search([("rule_id", "=", rule_id)])
        escalations = {clock.id: [] for clock in clocks}
        for event in env["kehu.deadline.event"].search([("deadline_id", "in", clocks.ids)], order="id"):
            escalations[event.deadline_id.id].append(event.name)
        return {
            "clocks": len(clocks),
            "waiting": len(clocks.filtered("next_action_at")),
            "escalations": sorted({"".join(names) for names in escalations.values()}),
            "events": sum(map(len, escalations.values())),
            "activities": env["mail.activity"].search_count([("kehu_deadline_id", "in", clocks.ids)]),
            "messages": env["mail.message"].search_count(
                [
                    ("model", "=", "kehu.test.memo"),
                    ("res_id", "in", memo_ids),
                    ("message_type", "=", "notification"),
                    ("body", "like", "<b>"),
                ]
            ),
            "violations": sorted(set(memos.mapped("violation_count"))),
        }


env.cr.rollback()  # noqa: F821
warm_rule, _memos = late_memos("warm", 3)
sweep()  # what is cached by now is not counted in the life of a child
killed_rule, killed_memos = late_memos("killed", CLOCKS)
kills = [
    kill(sweep, method, number) for method in (COMMIT, STATEMENT) for number in places(measure(sweep)[method], KILLS)
]
under_fire = outcome(killed_rule, killed_memos)
sweep()
killed = outcome(killed_rule, killed_memos)

raced_rule, raced_memos = late_memos("raced", RACED)
failures = []


def race():
    try:
        sweep()
    except Exception as error:
        failures.append(repr(error))


threads = [threading.Thread(target=race) for _number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
raced = outcome(raced_rule, raced_memos)

with registry.cursor() as cr:
    env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
    env["kehu.deadline.rule"].browse([warm_rule, killed_rule, raced_rule]).active = False
registry.signal_changes()
print(
    json.dumps({"kills": kills, "under_fire": under_fire, "killed": killed, "raced": raced, "failures": failures}),
    flush=True,
)
os._exit(0)  # the shell's own cursor was closed before the first fork
