"""What the tiers cost an uncleared clerk with grants, beside the superuser, at 100,000 and 1,000,000 contacts; 6 %
hidden.
"""

import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tools import SQL

sys.path.insert(0, str(Path(__file__).parent))
from support import contacts

SIZES = (100_000, 1_000_000)
HIDDEN_PERCENT, GRANTS, ROUNDS = 6, 50, 31
LAST_FIRST = "complete_name desc, id"
COLUMNS = {"display_name": {}, "phone": {}, "email": {}, "country_id": {"fields": {"display_name": {}}}}


def bench(env):
    clerk, cleared = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login,
                "login": login,
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
            }
        )
        for login, groups in (
            ("bench_clerk", ["kehu_archive.group_archive_user"]),
            ("bench_cleared", ["kehu_archive.group_archive_user", "kehu_confidential.group_clearance_top_secret"]),
        )
    )
    for size in SIZES:
        fill(env, size)
        grant(env, clerk)
        env.cr.commit()
        partners = env["res.partner"]
        mine = partners.with_user(clerk)
        assert mine.search_count([("kehu_tier", "=", "3")]) == GRANTS, "The clerk does not see what is granted."
        colleague = partners.with_user(cleared)
        assert "3" not in mine.search([], limit=80, order=LAST_FIRST).mapped("kehu_tier"), (
            "Something on the last page was granted."
        )
        print(
            f"{size:,} contacts, {HIDDEN_PERCENT} % hidden, {GRANTS} grants: clerk beside superuser (to reach: 1.3 "
            f"×) | "
            "beside a colleague with clearance, who has Odoo's own rules"
        )
        for label, work in (
            ("first page of 80, counted whole", page),
            ("first page of 80, counted to 10,000", client_page),
            ("the same, the last names first", last_page),
            ("full count", count),
            ("group by country", group),
        ):
            print(
                f"  {label:<36}{ratio(env, lambda: work(mine), lambda: work(partners)):.2f} × |"
                f" {ratio(env, lambda: work(mine), lambda: work(colleague)):.2f} ×"
            )
    cleared_partners = env["res.partner"].with_user(cleared)
    # Another one each time: within a minute, the second look at the same one is not noted again.
    secret, plain = (
        cleared_partners.search([("kehu_tier", "=", tier)], limit=ROUNDS + 1, order="id desc") for tier in ("3", "0")
    )
    # Without what other apps have on the form for their own people.
    names = [
        name
        for name in cleared_partners.get_views([(False, "form")])["models"]["res.partner"]["fields"]
        if is_read(plain[:1], name)
    ]
    before = noted(env, cleared)
    secrets, plains = iter(secret), iter(plain)
    cost = ratio(env, lambda: open_form(next(secrets), names), lambda: open_form(next(plains), names))
    entries = noted(env, cleared) - before
    assert entries == len(secret), f"{entries} entries for {len(secret)} forms"
    print(
        f"form of a top secret customer, {entries} of {len(secret)} openings in the log: "
        f"{cost:.2f} × that of a normal one (to reach: 1.2)"
    )


def fill(env, size):
    """Insert contacts by SQL until there are ``size``, in fifty countries."""
    contacts.fill(
        env,
        size,
        {
            "name": SQL("'Customer ' || n"),
            "complete_name": SQL("'Customer ' || n"),
            "is_company": SQL("true"),
            "kehu_tier": SQL("CASE WHEN n %% 100 < %s THEN '3' ELSE '0' END", HIDDEN_PERCENT),
            "country_id": SQL("(SELECT min(id) FROM res_country) + n %% 50"),
            "email": SQL("n || '@example.com'"),
            "phone": SQL("'0755' || n"),
            "company_registry": SQL("n::varchar"),
        },
    )


def grant(env, user):
    if env["kehu.grant"].search_count([("user_id", "=", user.id)]):
        return
    now = fields.Datetime.now()
    secret = env["res.partner"].search([("kehu_tier", "=", "3")], limit=GRANTS)
    env["kehu.grant"].create(
        [
            {
                "user_id": user.id,
                "partner_id": partner.id,
                "purpose": "Bench",
                "date_from": now,
                "date_until": now + timedelta(days=30),
            }
            for partner in secret
        ]
    )


def page(partners):
    partners.web_search_read([], COLUMNS, limit=80)


def client_page(partners):
    """As the web client asks: “10,000+” is enough for it."""
    partners.web_search_read([], COLUMNS, limit=80, count_limit=10_001)


def last_page(partners):
    """A page like most: of the first one, half was granted, and goes into the log."""
    partners.web_search_read([], COLUMNS, limit=80, count_limit=10_001, order=LAST_FIRST)


def count(partners):
    partners.search_count([])


def group(partners):
    partners.formatted_read_group([], ["country_id"], ["__count"])


def open_form(partner, names):
    partner.web_read({name: {} for name in names})


def is_read(partner, name):
    try:
        return bool(partner.web_read({name: {}}))
    except AccessError:
        return False


def noted(env, user):
    return env["kehu.access.log"].search_count([("user_id", "=", user.id), ("action", "=", "read")])


def ratio(env, work, base):
    """How many times longer ``work`` takes than ``base``: the median of pairs, run in turn; the first pair warms up."""
    ratios = [seconds(env, work) / seconds(env, base) for _round in range(ROUNDS + 1)]
    return statistics.median(ratios[1:])


def seconds(env, work):
    env.invalidate_all()
    start = time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start
