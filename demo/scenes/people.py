"""The people of the company: for each role somebody with a login; the password is the login."""

from odoo.fields import Command

_ARCHIVE, _CONFIDENTIAL, _COMPLAINT, _GRADING, _SALES = (
    "kehu_archive",
    "kehu_confidential",
    "kehu_complaint",
    "kehu_grading",
    "sales_team",
)

# (login, name, job, groups)
PEOPLE = (
    (
        "gm",
        "周建国",
        "总经理",
        (
            f"{_ARCHIVE}.group_archive_user",
            f"{_CONFIDENTIAL}.group_clearance_top_secret",
            f"{_CONFIDENTIAL}.group_tier_auditor",
            f"{_CONFIDENTIAL}.group_confidential_export",
            f"{_ARCHIVE}.group_general_manager",
            f"{_GRADING}.group_grading_committee",
        ),
    ),
    (
        "director",
        "王志远",
        "营销总监",
        (
            f"{_ARCHIVE}.group_marketing_director",
            f"{_CONFIDENTIAL}.group_clearance_top_secret",
            f"{_CONFIDENTIAL}.group_tier_officer",
            f"{_COMPLAINT}.group_service_director",
            f"{_GRADING}.group_grading_committee",
            f"{_SALES}.group_sale_manager",
        ),
    ),
    (
        "bu1",
        "陈晓峰",
        "消费电子事业部经理",
        (
            f"{_ARCHIVE}.group_archive_user",
            f"{_GRADING}.group_grading_committee",
            f"{_SALES}.group_sale_salesman_all_leads",
        ),
    ),
    (
        "bu2",
        "刘洋",
        "工业控制事业部经理",
        (
            f"{_ARCHIVE}.group_archive_user",
            f"{_GRADING}.group_grading_committee",
            f"{_SALES}.group_sale_salesman_all_leads",
        ),
    ),
    (
        "bu3",
        "赵倩",
        "汽车电子事业部经理",
        (f"{_ARCHIVE}.group_archive_user", f"{_SALES}.group_sale_salesman_all_leads"),
    ),
    (
        "sales1",
        "孙浩",
        "消费电子事业部业务员",
        (f"{_ARCHIVE}.group_archive_user", f"{_GRADING}.group_grading_user", f"{_SALES}.group_sale_salesman"),
    ),
    (
        "sales2",
        "何静",
        "工业控制事业部业务员",
        (f"{_ARCHIVE}.group_archive_user", f"{_GRADING}.group_grading_user", f"{_SALES}.group_sale_salesman"),
    ),
    ("sales3", "马超", "汽车电子事业部业务员", (f"{_ARCHIVE}.group_archive_user", f"{_SALES}.group_sale_salesman")),
    (
        "clerk",
        "李敏",
        "营销总监办公室档案管理员",
        (f"{_ARCHIVE}.group_archive_user", f"{_GRADING}.group_grading_manager"),
    ),
    ("order", "孙丽", "订单组组长", (f"{_COMPLAINT}.group_service_user",)),
    (
        "service",
        "吴强",
        "服务组组长",
        (f"{_COMPLAINT}.group_service_supervisor", f"{_CONFIDENTIAL}.group_clearance_confidential"),
    ),
    ("tech1", "郭磊", "服务组技术员", ()),
    ("tech2", "唐敏", "服务组技术员", ()),
    (
        "finance",
        "郑洁",
        "财务部会计",
        (
            f"{_CONFIDENTIAL}.group_clearance_confidential",
            f"{_ARCHIVE}.group_finance",
            "account.group_account_invoice",
        ),
    ),
    ("legal", "韩雪", "法务部法务专员", (f"{_ARCHIVE}.group_legal", f"{_COMPLAINT}.group_crisis_team")),
    ("it", "高翔", "信息部主管", ("kehu_workflow.group_workflow_manager",)),
)
# The administrator, whom the addons make director and general manager, runs the system, takes the mails in and decides
# nothing.
_DECIDING = (
    f"{_ARCHIVE}.group_marketing_director",
    f"{_COMPLAINT}.group_service_director",
    f"{_ARCHIVE}.group_general_manager",
)


def play(stage):
    admin = stage["base.user_admin"]
    admin.write(
        {
            "name": "系统管理员",
            "function": "信息部",
            "email": "admin@ruida.example.com",
            "lang": "zh_CN",
            "odoobot_state": "disabled",
            "group_ids": [
                *(Command.unlink(stage[group].id) for group in _DECIDING),
                Command.link(stage[f"{_COMPLAINT}.group_service_user"].id),
            ],
        }
    )
    stage.name("user_admin", admin)
    for login, name, job, groups in PEOPLE:
        stage.name(
            f"user_{login}",
            stage.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@ruida.example.com",
                    "function": job,
                    "lang": "zh_CN",
                    "tz": "Asia/Shanghai",
                    "odoobot_state": "disabled",  # nobody is greeted by a robot
                    "group_ids": [Command.link(stage[group].id) for group in ("base.group_user", *groups)],
                }
            ),
        )
