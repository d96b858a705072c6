"""Runs in `odoo shell`: does the jobs of service and grading in processes that are killed with −9 at places all over
the work.

Prints one line of JSON: for each job how often each thing was done while it was being killed, and in the end.
"""

import json
import os
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import odoo
from odoo import Command, fields
from odoo.addons.kehu_complaint.models.corrective import corrective_action_check
from odoo.addons.kehu_complaint.models.service import service_confirmation
from odoo.addons.kehu_grading.models.evaluation import evaluation_effect
from odoo.addons.kehu_ticket.models.ticket import ticket_plan

sys.path.insert(0, os.environ["KEHU_TESTS"])
from killing import COMMIT, STATEMENT, kill, measure, places

THINGS, COMPANIES, RUNS, GRADES, KILLS, BATCH = 16, 3, 6, 240, 3, 3
service_confirmation.BATCH = ticket_plan.BATCH = corrective_action_check.BATCH = evaluation_effect.PORTION = BATCH
registry = env.registry  # noqa: F821


@contextmanager
def superuser():
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})


class Confirmations:
    """Each customer who turned to us gets one mail."""

    def __init__(self, env):
        # What the demo data left is done first.
        env["kehu.service.desk"]._cron_confirm()
        customer = env["res.partner"].create({"name": "Killed confirmations", "email": "killed@example.com"})
        self.ids = (
            env["kehu.complaint"]
            .create([{"name": f"Hot {number}", "partner_id": customer.id} for number in range(THINGS)])
            .ids
        )

    def work(self, env):
        env["kehu.service.desk"]._cron_confirm()

    def done(self, env):
        complaints = env["kehu.complaint"].browse(self.ids)
        mails = Counter(
            env["mail.mail"].search([("model", "=", "kehu.complaint"), ("res_id", "in", self.ids)]).mapped("res_id")
        )
        return [
            [mails[complaint.id], int(bool(complaint.date_confirmed and not complaint.is_confirmation_due))]
            for complaint in complaints
        ]


class FollowUps:
    """Each delivery is followed up by one ticket."""

    def __init__(self, env):
        env["kehu.service.plan"]._cron_follow_up()
        today = fields.Date.context_today(env["kehu.service.plan"])
        self.plan_id = env["kehu.service.plan"].create({"name": "Killed", "days": 3, "date_start": today}).id
        self.customer_ids = (
            env["res.partner"].create([{"name": f"Killed delivery {number}"} for number in range(THINGS)]).ids
        )
        env["kehu.product.file"].create(
            [
                {"name": f"KILL-{number}-{index}", "partner_id": customer_id, "date_sold": today - timedelta(days=3)}
                for number, customer_id in enumerate(self.customer_ids)
                for index in range(2)
            ]
        )

    def work(self, env):
        env["kehu.service.plan"]._cron_follow_up()

    def done(self, env):
        tickets = Counter(env["kehu.service.ticket"].search([("plan_id", "=", self.plan_id)]).mapped("customer_id.id"))
        return [[tickets[customer_id]] for customer_id in self.customer_ids]


class Effectiveness:
    """Of each action that was done weeks ago one person is asked whether it helped, or it is reopened once."""

    def __init__(self, env):
        env["kehu.corrective.action"]._cron_check_effectiveness()
        cause = env.ref("kehu_complaint.complaint_cause_quality")
        people = env["res.users"].search([("login", "in", ("order", "service"))], order="login")
        products = env["product.product"].create([{"name": name} for name in ("Killed charger", "Killed cable")])
        actions = env["kehu.corrective.action"].create(
            [
                {
                    "name": f"Killed {number}",
                    "plan": "x",
                    "cause_id": cause.id,
                    "product_id": products[number % 2].id,
                    "company_id": people.company_id.id,
                    "owner_id": people[0].id,
                    "verifier_id": people[1].id,
                    "date_due": "2026-01-05",
                    "root_cause": "x",
                    "evidence": "<p>x</p>",
                    "check_weeks": 1,
                }
                for number in range(THINGS)
            ]
        )
        for move in ("start", "finish", "verify"):
            actions._move(move)
        actions.date_done = fields.Datetime.now() - timedelta(weeks=2)
        actions.activity_ids.unlink()
        # In every second case it happened again.
        env["kehu.complaint"].create(
            {
                "name": "Again",
                "partner_id": env["res.partner"].create({"name": "Killed customer"}).id,
                "product_id": products[0].id,
                "cause_id": cause.id,
                "company_id": people.company_id.id,
            }
        )
        self.ids = actions.ids

    def work(self, env):
        env["kehu.corrective.action"]._cron_check_effectiveness()

    def done(self, env):
        actions = env["kehu.corrective.action"].browse(self.ids)
        asked = Counter(
            env["mail.activity"]
            .search(
                [
                    ("res_model", "=", actions._name),
                    ("res_id", "in", actions.ids),
                    ("user_id.login", "in", ("order", "service")),
                    ("user_id", "in", (actions.owner_id | actions.verifier_id).ids),
                ]
            )
            .mapped(lambda activity: (activity.res_id, activity.user_id))
        )
        reopened = Counter(
            env["kehu.workflow.log"]
            .search([("res_model", "=", actions._name), ("res_id", "in", actions.ids), ("move", "=", "reopen")])
            .mapped("res_id")
        )
        return [
            [
                reopened[action.id] if number % 2 == 0 else int(bool(action.check_asked_on)),
                asked[action.id, action.owner_id if number % 2 == 0 else action.verifier_id],
            ]
            for number, action in enumerate(actions)
        ]


class Sheets:
    """Each company has one sheet of its last week and one of its last month, counted and submitted once."""

    def __init__(self, env):
        env["kehu.service.sheet"]._cron_build()
        leaders = env["res.users"].search([("login", "in", ("gm", "director", "service"))])
        # They work day and night: a sheet is due as soon as its period is over.
        always = env["resource.calendar"].create(
            {
                "name": "Always",
                "tz": "UTC",
                "company_id": False,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {"name": day, "dayofweek": day, "hour_from": 0, "hour_to": 24, "day_period": "full_day"}
                    )
                    for day in "0123456"
                ],
            }
        )
        companies = env["res.company"].create(
            [{"name": f"Killed company {number}", "resource_calendar_id": always.id} for number in range(COMPANIES)]
        )
        leaders.company_ids = [Command.link(company.id) for company in companies]
        customer = env["res.partner"].create({"name": "Customer of killed companies"})
        env["kehu.complaint"].create(
            [{"name": "Hot", "partner_id": customer.id, "company_id": company.id} for company in companies]
        )
        self.ids = companies.ids
        self.due = [
            (company.id, period)
            for company in companies
            for period, *_days in env["kehu.service.sheet"]._periods_due(company)
        ]

    def work(self, env):
        env["kehu.service.sheet"]._cron_build()

    def done(self, env):
        sheets = env["kehu.service.sheet"].search([("company_id", "in", self.ids)])
        approvals = Counter(
            env["kehu.approval"]
            .search([("res_model", "=", sheets._name), ("res_id", "in", sheets.ids)])
            .mapped("res_id")
        )
        found = Counter()
        for sheet in sheets:
            found[sheet.company_id.id, sheet.period] += (
                bool(sheet.date_built) and sheet.state == "pending" and approvals[sheet.id]
            )
        return [[found[key]] for key in self.due]


class Runs:
    """Each run is measured once: every customer has one evaluation of it."""

    def __init__(self, env):
        env["kehu.grading.run"]._cron_measure()
        scheme = env["kehu.grading.scheme"].search([], limit=1)
        runs = env["kehu.grading.run"].create(
            [{"name": f"Killed {number}", "scheme_id": scheme.id} for number in range(RUNS)]
        )
        runs._move("measure")
        self.ids = runs.ids
        self.customers = env["res.partner"].search_count(scheme._population_domain())

    def work(self, env):
        env["kehu.grading.run"]._cron_measure()

    def done(self, env):
        return [
            [int(run.state == "measured"), run.evaluation_count / self.customers]
            for run in env["kehu.grading.run"].browse(self.ids)
        ]


class Grades:
    """Each grade comes into force once, with its policy."""

    def __init__(self, env):
        env["kehu.evaluation"]._cron_take_effect()
        grade = env["kehu.grade"].create({"name": "Killed", "credit_limit": 777})
        customers = env["res.partner"].create([{"name": f"Killed grade {number}"} for number in range(GRADES)])
        evaluations = env["kehu.evaluation"].create(
            [{"partner_id": customer.id, "proposed_grade_id": grade.id} for customer in customers]
        )
        env.flush_all()
        env.cr.execute(
            "UPDATE kehu_evaluation SET state = 'approved', date_from = '2026-01-01' WHERE id = ANY(%s)",
            [evaluations.ids],
        )
        self.grade_id, self.customer_ids = grade.id, customers.ids

    def work(self, env):
        env["kehu.evaluation"]._cron_take_effect()

    def done(self, env):
        held = Counter(
            env["kehu.evaluation"]
            .search([("partner_id", "in", self.customer_ids), ("state", "=", "in_force")])
            .mapped("partner_id.id")
        )
        return [
            [held[customer.id], int(customer.kehu_grade_id.id == self.grade_id), int(customer.credit_limit == 777)]
            for customer in env["res.partner"].browse(self.customer_ids)
        ]


def run(job):
    with superuser() as env:
        job.work(env)


def outcome(job):
    with superuser() as env:
        return job.done(env)


env.cr.rollback()  # noqa: F821
results = {}
for kind in (Confirmations, FollowUps, Effectiveness, Sheets, Runs, Grades):
    with superuser() as cursor_env:
        job = kind(cursor_env)
    registry.signal_changes()  # to the server beside, which keeps the companies of users in its cache

    def work(job=job):
        run(job)

    kills = [
        kill(work, method, number) for method in (COMMIT, STATEMENT) for number in places(measure(work)[method], KILLS)
    ]
    under_fire = outcome(job)
    run(job)
    run(job)
    results[kind.__name__] = {"kills": kills, "under_fire": under_fire, "done": outcome(job)}
print(json.dumps(results), flush=True)
os._exit(0)  # the shell's own cursor was closed before the first fork
