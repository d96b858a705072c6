"""Forty-two customers of three units, filed two years ago: invented, in demo/market.csv, with how each of them buys
(its profile, see the scene of the trade).
"""

import csv
from pathlib import Path

from dateutil.relativedelta import relativedelta
from odoo.fields import Command

from .units import UNITS

with (Path(__file__).parent.parent / "market.csv").open(encoding="utf-8", newline="") as _file:
    MARKET = tuple(csv.DictReader(_file))

_SURNAMES, _NAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张",
    "志明 丽华 建平 晓燕 国强 文静 海波 秀英 俊杰 雅琴 立新".split(),
)
_JOBS = (("采购经理", "buyer"), ("总工程师", "technical"), ("财务经理", "finance"))
_SALESPERSON = {team: salesperson for team, _name, _manager, salesperson in UNITS}


def play(stage):
    buyer = stage.create("tag_buyer", "res.partner.category", name="成交客户")
    with stage.at(stage.morning(stage.day(day=3, months=-26))):
        archives = stage.env["kehu.archive"].create(
            [
                {**_archive(stage, number, customer), "category_id": [Command.set(buyer.ids)]}
                for number, customer in enumerate(MARKET)
            ]
        )
        for number, archive in enumerate(archives, 1):
            stage.name(f"market_{number}", archive)
        archives.with_env(stage.as_user("clerk")).workflow_move("submit")
    with stage.at(stage.morning(stage.day(day=4, months=-26))):
        stage.approve(archives, "bu1", "bu2", "bu3", "director")


def _archive(stage, number, customer):
    job, role = _JOBS[number % len(_JOBS)]
    website = f"kh{number + 1:02}.example.com"
    return {
        "name": customer["name"],
        "vat": customer["vat"],
        "company_id": stage.company.id,
        "country_id": stage["base.cn"].id,
        "state_id": stage[f"base.state_cn_{customer['province']}"].id,
        "city": customer["city"],
        "street": f"{customer['name'][2:4]}路 {number * 7 + 12} 号",
        "phone": f"+86 400 800 {number + 2101}",
        "email": f"office@{website}",
        "kehu_team_id": stage[customer["unit"]].id,
        "user_id": stage[f"user_{_SALESPERSON[customer['unit']]}"].id,
        "kehu_custodian_id": stage["user_clerk"].id,
        "type_id": stage["kehu_archive.archive_type_customer"].id,
        "channel_id": stage[f"kehu_archive.acquisition_channel_{('exhibition', 'visit', 'phone')[number % 3]}"].id,
        "kehu_tier": "1" if customer["profile"] == "large" else "0",
        "date_first_contact": stage.day(day=1, months=-26),
        "legal_representative": _person(number),
        "registered_capital": 5_000_000 * (1 + number % 9),
        "enterprise_nature": ("private", "private", "joint", "listed")[number % 4],
        "date_founded": stage.day(day=1 + number % 28, years=-8 - number % 9) + relativedelta(months=number % 12),
        "business_scope": f"{customer['business']}。",
        "child_ids": [
            Command.create(
                {
                    "name": _person(number + 50),
                    "function": job,
                    "kehu_role": role,
                    "phone": f"+86 138 0000 {number + 5101}",
                    "email": f"contact@{website}",
                }
            )
        ],
    }


def _person(number):
    return _SURNAMES[number % len(_SURNAMES)] + _NAMES[number * 3 % len(_NAMES)]
