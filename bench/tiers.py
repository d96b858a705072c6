"""What the tiers cost an uncleared clerk with grants, beside the superuser, at 100,000 and 1,000,000 contacts; 6 % hidden."""
import statistics
import time
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

SIZES = (100_000, 1_000_000)
HIDDEN_PERCENT, GRANTS, ROUNDS = 6, 50, 7
COLUMNS = {"display_name": {}, "phone": {}, "email": {}, "country_id": {"fields": {"display_name": {}}}}


def bench(env):
    clerk, cleared = (
        env["res.users"].with_context(no_reset_password=True).create({
            "name": login, "login": login, "group_ids": [Command.set([env.ref(f"kehu_archive.{group}").id for group in groups])]})
        for login, groups in (
            ("bench_clerk", ["group_archive_user"]),
            ("bench_cleared", ["group_archive_user", "group_clearance_top_secret"]),
        )
    )
    for size in SIZES:
        fill(env, size)
        grant(env, clerk)
        env.cr.execute("ANALYZE res_partner")
        env.cr.commit()
        print(f"{size:,} contacts, {HIDDEN_PERCENT} % hidden, {GRANTS} grants: clerk beside superuser (to reach: 1.3 ×)")
        for label, work in (("first page of 80, counted", page), ("full count", count), ("group by country", group)):
            print(f"  {label:<26}{ratio(env, clerk, work):.2f} ×")
    names = list(env["res.partner"].with_user(cleared).get_views([(False, "form")])["models"]["res.partner"]["fields"])
    cleared_partners = env["res.partner"].with_user(cleared)
    # Another one each time: within a minute, the second look at the same one is not noted again.
    secret, plain = (
        iter(cleared_partners.search([("kehu_tier", "=", tier)], limit=ROUNDS + 1, order="id desc")) for tier in ("3", "0"))
    logged = median(env, lambda: open_form(next(secret), names))
    unlogged = median(env, lambda: open_form(next(plain), names))
    print(f"form of a top secret customer, logged: {logged / unlogged:.2f} × that of a normal one (to reach: 1.2)")


def fill(env, size):
    """Insert contacts by SQL until there are ``size``, in fifty countries."""
    have = env["res.partner"].with_context(active_test=False).search_count([])
    env.cr.execute(SQL(
        """INSERT INTO res_partner (name, complete_name, active, type, is_company, kehu_tier, country_id, email, phone, company_registry,
                                    create_uid, create_date, write_uid, write_date)
           SELECT 'Customer ' || n, 'Customer ' || n, true, 'contact', true, CASE WHEN n %% 100 < %s THEN '3' ELSE '0' END,
                  (SELECT min(id) FROM res_country) + n %% 50, n || '@example.com', '0755' || n, n::varchar, 1, now(), 1, now()
             FROM generate_series(%s, %s) AS n""", HIDDEN_PERCENT, have + 1, size))
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    env.invalidate_all()
    env.registry.clear_cache()


def grant(env, user):
    now = fields.Datetime.now()
    secret = env["res.partner"].search([("kehu_tier", "=", "3")], limit=GRANTS)
    env["kehu.grant"].create([
        {"user_id": user.id, "partner_id": partner.id, "purpose": "Bench", "date_from": now, "date_until": now + timedelta(days=30)}
        for partner in secret])


def page(partners):
    partners.web_search_read([], COLUMNS, limit=80)


def count(partners):
    partners.search_count([])


def group(partners):
    partners.formatted_read_group([], ["country_id"], ["__count"])


def ratio(env, user, work):
    partners = env["res.partner"]
    return median(env, lambda: work(partners.with_user(user))) / median(env, lambda: work(partners))


def open_form(partner, names):
    partner.web_read({name: {} for name in names})


def median(env, work):
    """Median seconds of some runs; the first of them warms up."""
    times = []
    for _round in range(ROUNDS + 1):
        env.invalidate_all()
        start = time.perf_counter()
        work()
        env.flush_all()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
