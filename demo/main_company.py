"""The main company before anything is installed beside `base`: with its country Odoo brings the Chinese chart of
accounts and taxes.
"""

import base64
from pathlib import Path

NAME = "锐达电子有限公司"
TIME_ZONE = "Asia/Shanghai"


def prepare(env):
    company, currency = env.ref("base.main_company"), env.ref("base.CNY")
    currency.active = True
    company.write(
        {
            "name": NAME,
            "logo": base64.b64encode((Path(__file__).parent / "logo.png").read_bytes()),
            "country_id": env.ref("base.cn").id,
            "currency_id": currency.id,
            "state_id": env.ref("base.state_cn_GD").id,
            "city": "深圳市",
            "street": "南山区科技园锐达大厦",
            "phone": "+86 755 8600 0000",
            "email": "office@ruida.example.com",
            "website": "https://www.ruida.example.com",
        }
    )
    # The calendar of the company, which `resource` makes, takes the administrator's.
    (company.partner_id | env.ref("base.partner_root") | env.ref("base.partner_admin")).tz = TIME_ZONE
    env["res.lang"].search([]).week_start = "1"
