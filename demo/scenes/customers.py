"""The archives of the customers, all of them invented: filed by the clerk, three of them approved, one late, one
confidential, one top secret.
"""

from odoo.fields import Command

from .units import UNITS

_SALESPERSON = {team: salesperson for team, _name, _manager, salesperson in UNITS}

# Customers of whom little is known yet: preliminary archives.
# (name, code, province, city, unit, type)
LISTED = (
    ("深圳云栖智联科技有限公司", "91440300MA5GR1011N", "GD", "深圳市", "team_consumer", "customer"),
    ("宁波海纳家电有限公司", "91330200MA2CM20226", "ZJ", "宁波市", "team_consumer", "customer"),
    ("无锡精锐传感技术有限公司", "91320200MA1WQ3033P", "JS", "无锡市", "team_industrial", "customer"),
    ("上海浦江医疗器械股份有限公司", "91310115MA1K34044P", "SH", "上海市", "team_industrial", "customer"),
    ("青岛海川电气有限公司", "91370200MA3DT50558", "SD", "青岛市", "team_industrial", "distributor"),
    ("厦门鹭岛光电有限公司", "91350200MA31F60667", "FJ", "厦门市", "team_consumer", "supplier"),
    ("武汉楚天汽车电子有限公司", "91420100MA4KX7077Q", "HB", "武汉市", "team_automotive", "customer"),
    ("成都蓉欣通信设备有限公司", "91510100MA6CG8088C", "SC", "成都市", "team_consumer", "distributor"),
    ("西安秦川动力控制有限公司", "91610131MA6UY9099E", "SN", "西安市", "team_automotive", "customer"),
    ("天津渤海物流装备有限公司", "91120116MA05R1110D", "TJ", "天津市", "team_industrial", "customer"),
    ("长沙湘江商业银行股份有限公司", "91430100MA4L11221Y", "HN", "长沙市", "team_industrial", "bank"),
    ("合肥皖新财产保险有限公司", "91340100MA2NX1332P", "AH", "合肥市", "team_consumer", "insurer"),
)


def _people(*people):
    return [
        Command.create({"name": name, "function": job, "kehu_role": role, "phone": phone})
        for name, job, role, phone in people
    ]


# name here → (unit, type, channel, custodian, days since the first contact, values)
DESCRIBED = {
    "hongtu": (
        "team_consumer",
        "customer",
        "exhibition",
        "clerk",
        60,
        {
            "name": "宏图智能设备(深圳)有限公司",
            "vat": "91440300MA5RD0001Q",
            "state_id": "GD",
            "city": "深圳市",
            "street": "宝安区福海街道桥塘路 18 号",
            "phone": "+86 755 2788 1001",
            "email": "info@hongtu.example.com",
            "kehu_tier": "0",
            "legal_representative": "林国栋",
            "registered_capital": 20_000_000,
            "enterprise_nature": "private",
            "date_founded": "2015-06-18",
            "business_scope": "智能家居终端、可穿戴设备的研发与销售。",
            "credit_description": "付款及时，月结 30 天。",
            "preferences": "偏好邮件沟通；样品须附检测报告。",
            "child_ids": _people(
                ("黄珊", "采购经理", "buyer", "+86 138 0000 1001"), ("林国栋", "总经理", "decider", "+86 138 0000 1002")
            ),
        },
    ),
    "suyuan": (
        "team_industrial",
        "customer",
        "visit",
        "clerk",
        60,
        {
            "name": "苏源自动化股份有限公司",
            "vat": "91320500MA1XK2002M",
            "state_id": "JS",
            "city": "苏州市",
            "street": "工业园区星湖街 218 号",
            "phone": "+86 512 6266 2002",
            "email": "info@suyuan.example.com",
            "kehu_tier": "1",
            "legal_representative": "顾文涛",
            "registered_capital": 85_000_000,
            "enterprise_nature": "listed",
            "date_founded": "2009-03-12",
            "business_scope": "工业机器人控制器、伺服驱动器制造。",
            "credit_description": "信用良好，账期 60 天。",
            "preferences": "技术评审由总工程师主持，需提前一周预约。",
            "child_ids": _people(
                ("顾文涛", "董事长", "decider", "+86 139 0000 2001"),
                ("许峰", "总工程师", "technical", "+86 139 0000 2002"),
                ("沈悦", "财务总监", "finance", "+86 139 0000 2003"),
            ),
        },
    ),
    "qianjiang": (
        "team_industrial",
        "customer",
        "referral",
        "clerk",
        30,
        {
            "name": "钱江精密仪器有限公司",
            "vat": "91330100MA2BT3003D",
            "state_id": "ZJ",
            "city": "杭州市",
            "street": "滨江区长河路 351 号",
            "phone": "+86 571 8700 3003",
            "email": "info@qianjiang.example.com",
            "kehu_tier": "0",
            "legal_representative": "方卫",
            "registered_capital": 30_000_000,
            "enterprise_nature": "private",
            "date_founded": "2012-11-05",
            "business_scope": "精密测量仪器的生产与销售。",
        },
    ),
    "yuexing": (
        "team_automotive",
        "customer",
        "tender",
        "clerk",
        60,
        {
            "name": "粤兴新能源汽车部件有限公司",
            "vat": "91440300MA5YX4004P",
            "state_id": "GD",
            "city": "深圳市",
            "street": "坪山区金牛西路 12 号",
            "phone": "+86 755 8999 4004",
            "email": "info@yuexing.example.com",
            "kehu_tier": "2",
            "legal_representative": "罗明",
            "registered_capital": 120_000_000,
            "enterprise_nature": "joint",
            "date_founded": "2017-08-22",
            "business_scope": "动力电池管理系统、车载控制器。",
            "credit_description": "在谈年度框架合同，价格条款保密。",
            "preferences": "只接受项目负责人当面交付的报价。",
            "child_ids": _people(
                ("罗明", "总经理", "decider", "+86 137 0000 4001"),
                ("邓颖", "项目总监", "influencer", "+86 137 0000 4002"),
            ),
        },
    ),
    "xingyao": (
        "team_automotive",
        "customer",
        "visit",
        "director",
        60,
        {
            "name": "星曜航电科技有限公司",
            "vat": "91110108MA01Q5005A",
            "state_id": "BJ",
            "city": "北京市",
            "street": "海淀区北清路 68 号",
            "phone": "+86 10 6280 5005",
            "email": "info@xingyao.example.com",
            "kehu_tier": "3",
            "legal_representative": "严正",
            "registered_capital": 200_000_000,
            "enterprise_nature": "state",
            "date_founded": "2018-01-30",
            "business_scope": "航空电子与车载雷达联合研发项目。",
            "credit_description": "战略合作项目，资料仅限总经理与营销总监查阅。",
            "preferences": "会议须事先报备。",
            "child_ids": _people(("严正", "总经理", "decider", "+86 136 0000 5001")),
        },
    ),
    "nanfang": (
        "team_consumer",
        "distributor",
        "phone",
        "clerk",
        2,
        {
            "name": "南方讯联分销有限公司",
            "vat": "9144010158800600XJ",
            "state_id": "GD",
            "city": "广州市",
            "street": "天河区体育西路 103 号",
            "phone": "+86 20 3800 6006",
            "email": "info@nanfang.example.com",
            "kehu_tier": "0",
            "legal_representative": "梁慧",
            "registered_capital": 10_000_000,
            "enterprise_nature": "private",
            "date_founded": "2011-05-16",
            "business_scope": "电子元器件分销。",
            "child_ids": _people(("梁慧", "总经理", "decider", "+86 135 0000 6001")),
        },
    ),
}


def play(stage):
    stage.env["kehu.archive"].create(
        [
            {
                "name": name,
                "vat": code,
                "city": city,
                **_filed(stage, province, unit, kind),
                "kehu_custodian_id": stage["user_clerk"].id,
            }
            for name, code, province, city, unit, kind in LISTED
        ]
    )
    for key, (unit, kind, channel, custodian, days, values) in DESCRIBED.items():
        stage.create(
            f"archive_{key}",
            "kehu.archive",
            **{
                **values,
                **_filed(stage, values["state_id"], unit, kind),
                "country_id": stage["base.cn"].id,
                "channel_id": stage[f"kehu_archive.acquisition_channel_{channel}"].id,
                "kehu_custodian_id": stage[f"user_{custodian}"].id,
                "date_first_contact": stage.day(days=-days),
            },
        )
    _approve(stage)
    # Merged with the archive of 宏图: found by its old number, too.
    stage.env["kehu.archive.former"].create(
        {
            "res_model": "kehu.archive",
            "res_id": stage["archive_hongtu"].id,
            "number": "KH-90001",
            "name": "宏图智能设备深圳公司（重复）",
            "state": "preliminary",
            "date_first_contact": stage.day(months=-20),
            "user_id": stage["user_director"].id,
            "card": "法定代表人: 何宏图",
        }
    )


def _filed(stage, province, unit, kind):
    return {
        "company_id": stage.company.id,
        "state_id": stage[f"base.state_cn_{province}"].id,
        "kehu_team_id": stage[unit].id,
        "user_id": stage[f"user_{_SALESPERSON[unit]}"].id,
        "type_id": stage[f"kehu_archive.archive_type_{kind}"].id,
    }


def _approve(stage):
    """Three go all the way; that of 粤兴 waits for its business unit."""
    stage.as_user("clerk")["kehu.archive"].browse(
        stage.named("archive_hongtu", "archive_suyuan", "archive_yuexing").ids
    ).workflow_move("submit")
    stage.as_user("gm")["kehu.archive"].browse(stage["archive_xingyao"].ids).workflow_move("submit")
    for login, names in (
        ("bu1", ["archive_hongtu"]),
        ("bu2", ["archive_suyuan"]),
        ("bu3", ["archive_xingyao"]),
        ("director", ["archive_hongtu", "archive_suyuan", "archive_xingyao"]),
    ):
        approvals = stage.env["kehu.approval"].search(
            [("res_model", "=", "kehu.archive"), ("res_id", "in", stage.named(*names).ids), ("state", "=", "pending")]
        )
        approvals.with_env(stage.as_user(login)).approve()
