"""Searching contacts by name with the search indexes, beside the same search without them, at 100,000 and 1,000,000
contacts.
"""

import statistics
import sys
import time
from pathlib import Path

from odoo import Command
from odoo.tools import SQL

sys.path.insert(0, str(Path(__file__).parent))
from support import contacts

SIZES = (100_000, 1_000_000)
CITIES = "深圳广州东莞佛山惠州珠海中山上海北京天津重庆苏州无锡南京杭州宁波温州厦门福州青岛济南大连沈阳武汉长沙成都西安郑州合肥昆明"
TRADES = "电子科技贸易实业机械化工物流医疗建材纺织食品软件通信光电五金塑胶包装印刷汽配能源"
GIVEN = (
    "华强盛世恒隆瑞丰金鼎宏泰嘉利天成万通达顺兴旺福安康宁祥和永久美好新创联合众智慧云海洋山川江河林森木火土石玉宝珍珠明亮光辉星辰日月"
    "东西南北中正大方圆高远长青春夏秋冬梅兰竹菊龙凤麒麟鹏飞翔宇宙乾坤道德仁义礼信忠孝勇诚恒立业家国民生富贵荣华昌茂"
)
TERMS = {
    "two Chinese characters, none": "饕餮",
    "two Chinese characters, rare": "{pair}",
    "two Chinese characters, 1 in 30": "深圳",
    "… 1 in 30, inside the name": "电子",
    "two Chinese characters, in all": "有限",
    "three Chinese characters": "{pair}{next}",
    "Latin, one": "{latin}",
    "Latin, none": "huaqiangbei",
    "part of a credit code": "{code}",
}


def bench(env):
    clerk = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "bench_clerk",
                "login": "bench_clerk",
                "group_ids": [Command.set(env.ref("kehu_archive.group_archive_user").ids)],
            }
        )
    )
    partners = env["res.partner"].with_user(clerk)
    for size in SIZES:
        fill(env, size)
        name, email, code = env.execute_query(
            SQL("SELECT name, email, vat FROM res_partner WHERE vat IS NOT NULL LIMIT 1 OFFSET 777")
        )[0]
        terms = {
            label: term.format(pair=name[2:4], next=name[4], latin=email[6:12], code=code[8:14])
            for label, term in TERMS.items()
        }
        without = {term: measure(partners, term, rounds=3) for term in terms.values()}
        start = time.perf_counter()
        switch(env, True)
        built = time.perf_counter() - start
        with_indexes = {term: measure(partners, term, rounds=15) for term in terms.values()}
        switch(env, False)
        count = statistics.median(timed(lambda: env["res.partner"].search_count([]))[0] for _round in range(5))
        print(
            f"{size:,} contacts: six indexes built in the time of {built / count:.0f} full counts | as fast as "
            f"without | full counts"
        )
        for label, term in terms.items():
            assert with_indexes[term][1] == without[term][1], f"{term}: not the same contacts"
            stock, ours = without[term][0], with_indexes[term][0]
            print(
                f"  {label:<32}{stock / ours:>8.1f} × as fast | without {stock / count:6.2f}, with "
                f"{ours / count:6.3f} full counts"
            )
    print("to reach at 1,000,000: 25 × for two characters, where Odoo alone is slow")


def fill(env, size):
    """Insert companies with Chinese names by SQL until there are ``size``; 6 % are hidden."""
    contacts.fill(
        env,
        size,
        {
            "name": SQL("named.name"),
            "complete_name": SQL("named.name"),
            "is_company": SQL("true"),
            "kehu_tier": SQL("CASE WHEN n %% 100 < 6 THEN '3' ELSE '0' END"),
            "email": SQL("'sales@' || substr(md5(n::text), 1, 8) || '.com'"),
            "vat": SQL("'91440300' || upper(substr(md5(n::text), 1, 10))"),
            "phone": SQL("'0755' || n"),
        },
        SQL(
            "CROSS JOIN LATERAL (SELECT %s || %s || %s || %s || '有限公司' AS name) AS named",
            piece(CITIES, 2, 1),
            piece(GIVEN, 1, 7919),
            piece(GIVEN, 1, 104729),
            piece(TRADES, 2, 31),
        ),
    )


def piece(text, length, factor):
    """SQL for a piece of ``text`` that looks drawn by lot, the same for the same row."""
    return SQL(
        "substr(%s, (1 + %s * (hashint8(n::bigint * %s) & 1048575) %% %s)::int, %s)",
        text,
        length,
        factor,
        len(text) // length,
        length,
    )


def switch(env, enabled):
    env["res.partner"]._kehu_switch_search_indexes(enabled)
    env["res.partner"]._cron_kehu_search_indexes()


def measure(partners, term, rounds):
    """Median seconds of what the client asks while somebody types, and what it found; the first run warms up."""
    runs = []
    for _round in range(rounds + 1):
        partners.env.invalidate_all()
        runs.append(timed(lambda: partners.name_search(term, limit=8)))
    return statistics.median(seconds for seconds, _found in runs[1:]), runs[0][1]


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result
