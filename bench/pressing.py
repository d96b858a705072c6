"""Several users press one button at once: a move beside looking first and then writing."""

import statistics
import threading
import time

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

ROUNDS = 20


def bench(env):
    user = env["res.users"].create(
        {
            "name": "Manager",
            "login": "pressing",
            "group_ids": [Command.link(env.ref("kehu_archive.group_archive_manager").id)],
        }
    )
    env.cr.commit()
    ways = {"a declared move": move, "check, then write": check_and_write}
    lone = {way: press(env, user, work, 1)[0] for way, work in ways.items()}
    for users in (2, 4, 8):
        for way, work in ways.items():
            times, winners = press(env, user, work, users)
            print(
                f"{users} users, {way}: p50 {statistics.median(times) / statistics.median(lone[way]):.1f} ×, "
                f"p95 {p95(times) / p95(lone[way]):.1f} × a lone press; winners a round: {min(winners)}–{max(winners)}"
            )


def move(env, partner_id):
    env["kehu.archive"].search([("partner_id", "=", partner_id)]).workflow_move("close", "bench")


def check_and_write(env, partner_id):
    partner = env["res.partner"].browse(partner_id)
    if partner.ref:
        raise UserError("Somebody was first.")
    partner.ref = "taken"


@mute_logger("odoo.sql_db", "odoo.service.model")  # who loses is told by PostgreSQL, then tried again
def press(env, user, work, users):
    """Have ``users`` threads do ``work`` on one customer at once, in ``ROUNDS`` rounds.

    :return: seconds of each press; winners of each round
    """
    uid, company = user.id, user.company_id
    context = {"allowed_company_ids": company.ids}
    times, winners = [], []
    for _round in range(ROUNDS):
        archive = env["kehu.archive"].create(
            {"name": f"Pressed {time.time_ns()}", "company_id": company.id, "kehu_custodian_id": uid}
        )
        env.cr.commit()
        barrier, won = threading.Barrier(users), []

        def one(partner_id=archive.partner_id.id, barrier=barrier, won=won):
            with env.registry.cursor() as cr:
                own = api.Environment(cr, uid, context)
                barrier.wait()
                start = time.perf_counter()
                try:
                    retrying(lambda: work(own, partner_id), own)
                    won.append(True)
                except UserError:
                    cr.rollback()
                times.append(time.perf_counter() - start)

        threads = [threading.Thread(target=one) for _user in range(users)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners.append(len(won))
    return times, winners


def p95(times):
    return sorted(times)[int(len(times) * 0.95)]
