"""Models that exist while a benchmark runs: a bare document, and the same with clocks."""

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.orm.model_classes import add_to_registry

TABLES = {"bench.bare": "bench_bare", "bench.clocked": "bench_clocked"}


def with_addon(env, name):
    """Install one of Odoo's own addons to measure against; return the environment that knows it."""
    addon = env["ir.module.module"].search([("name", "=", name)])
    if addon.state != "installed":
        addon.button_immediate_install()
    return api.Environment(env.cr, SUPERUSER_ID, {})


def install(env):
    """Make the models and their tables; return the environment that knows them."""
    registry = env.registry
    for name, parents in (("bench.bare", ["mail.thread"]), ("bench.clocked", ["mail.thread", "kehu.deadline.mixin"])):
        add_to_registry(
            registry,
            type(
                name.title().replace(".", ""),
                (models.Model,),
                {
                    "__module__": __name__,
                    "_module": "kehu_workflow",
                    "_name": name,
                    "_description": name,
                    "_inherit": parents,
                    "name": fields.Char(required=True),
                    "user_id": fields.Many2one("res.users"),
                    "priority": fields.Char(default="0"),
                    "is_done": fields.Boolean(),
                },
            ),
        )
    registry._setup_models__(env.cr, [])
    registry.init_models(env.cr, list(TABLES), {"module": "kehu_workflow", "models_to_check": False}, install=True)
    for name in TABLES:
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
    env.cr.commit()
    return api.Environment(env.cr, SUPERUSER_ID, {})


def rule(env, **values):
    """A rule with a warning and two steps, in working days of a Shanghai office."""
    env.company.resource_calendar_id.tz = "Asia/Shanghai"
    return env["kehu.deadline.rule"].create(
        {
            "name": "Answer",
            "model_id": env["ir.model"]._get_id("bench.clocked"),
            "stop_domain": "[('is_done', '=', True)]",
            "amount": 2,
            "unit": "work_days",
            "warning_amount": 1,
            "step_ids": [
                Command.create({"recipient": "role", "role": "user_id"}),
                Command.create({"recipient": "role", "role": "user_id", "amount": 1}),
            ],
            **values,
        }
    )
