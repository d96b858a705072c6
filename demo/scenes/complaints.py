"""The service desk: a customer with an account (the password is the login), and complaints at several steps."""

from odoo.fields import Command


def play(stage):
    _open_desk(stage)
    hongtu, suyuan = stage["partner_customer"], stage["archive_suyuan"].partner_id

    # Just in.
    _take(
        stage,
        "hot",
        hongtu,
        "exchange",
        stage.ago(hours=5),
        {
            "name": "移动电源充电时外壳发烫",
            "channel": "portal",
            "product_id": stage["product_power_bank"].id,
            "serial": "PB20-260318-0417",
            "order_reference": "SO-26-0318",
            "description": "<p>本批抽检 20 台，3 台充电约 20 分钟后外壳温度超过 55 ℃，要求更换并说明原因。</p>",
        },
    )

    # Under investigation, the customer is waited for.
    scratch = _take(
        stage,
        "scratch",
        hongtu,
        "price_cut",
        stage.ago(days=3),
        {
            "name": "到货外箱破损，部分产品划伤",
            "channel": "phone",
            "product_id": stage["product_power_bank"].id,
            "order_reference": "SO-26-0305",
            "verification": "verified",
            "description": "<p>12 箱中有 2 箱外箱破损，约 30 台外壳有划痕，要求折价处理。</p>",
            "demand": "折价处理",
        },
    )
    scratch._move("accept")
    scratch.investigator_id = stage["user_service"]
    scratch._move("investigate")
    scratch.waiting_reason = "等待客户提供外箱照片"

    # Not justified, answered and closed.
    price = _take(
        stage,
        "price",
        hongtu,
        "criticism",
        stage.ago(days=20),
        {
            "name": "发票单价与报价不一致",
            "channel": "letter",
            "order_reference": "SO-26-0211",
            "verification": "verified",
            "description": "<p>发票单价比报价单高 0.3 元，请核对。</p>",
            "reply_way": "letter",
            "reply": "<p>您好！经核对，报价单有效期至上月底，本单按新价目表开具发票，价格无误。新价目表随信附上，感谢您的来信。</p>",
        },
    )
    price._move("decline")
    price._move("end")

    # Another customer's.
    restart = _take(
        stage,
        "restart",
        suyuan,
        "exchange",
        stage.ago(days=1),
        {
            "name": "控制主板通电后反复重启",
            "channel": "phone",
            "product_id": stage["product_controller_board"].id,
            "serial": "IC7-260201-0032",
            "verification": "verified",
            "priority": "1",
            "description": "<p>现场 2 块主板通电后每隔约 10 分钟重启一次，产线停机，请尽快处理。</p>",
        },
    )
    restart._move("accept")

    _propose(stage, suyuan)

    # About a supervisor: the director decides whether the supervisor is kept from it.
    manner = _take(
        stage,
        "manner",
        suyuan,
        "criticism",
        stage.ago(hours=2),
        {
            "name": "售后电话答复态度生硬",
            "channel": "phone",
            "verification": "none",
            "description": "<p>客户反映，昨天下午询问主板更换进度时，客服主管没有听完就挂断电话，要求道歉。</p>",
        },
    )
    stage.env["kehu.complaint.accusation"].create(
        {
            "complaint_id": manner.id,
            "user_id": stage["user_order"].id,
            "accused_user_ids": [Command.set(stage["user_service"].ids)],
            "reason": "客户说得出通话时间，与客服主管的来电记录一致。",
        }
    )


def _propose(stage, customer):
    """Investigated and reviewed; what it costs waits for the supervisor, and the first opinion is late."""
    loose = _take(
        stage,
        "loose",
        customer,
        "damages",
        stage.ago(days=5),
        {
            "name": "运动控制器接线端子松动",
            "channel": "phone",
            "product_id": stage["product_controller"].id,
            "serial": "RD-MC-8800-0031",
            "verification": "verified",
            "description": "<p>一台控制器运行三个月后接线端子松动，更换期间停线四小时，要求承担人工损失。</p>",
            "investigator_id": stage["user_tech2"].id,
        },
    )
    loose.with_env(stage.as_user("service")).workflow_move("accept")
    order = loose.with_env(stage.as_user("order"))
    order.workflow_move("investigate")
    technician = loose.with_env(stage.as_user("tech2"))
    technician.write(
        {
            "cause_id": stage["kehu_complaint.complaint_cause_quality"].id,
            "course": "端子排批次抽检，5 台中 1 台锁紧力矩不足。",
            "responsible_team_id": stage["team_industrial"].id,
            "responsible": "生产部装配二线",
            "conclusion": "装配时力矩不足，责任在我方。",
            "remedy": "上门更换端子排，承担停线期间的人工损失。",
            "prevention": "装配工位改用定扭螺丝刀，每班首件检验。",
        }
    )
    technician.workflow_move("report")
    loose.with_env(stage.as_user("service")).workflow_move("review")
    order.write(
        {
            "proposal": "更换端子排，并承担停线期间的人工损失 860 元。",
            "compensation_ids": [Command.create({"kind": "damages", "quantity": 1, "amount": 860})],
        }
    )
    order.workflow_move("propose")


def _open_desk(stage):
    stage.create(
        "service_desk", "kehu.service.desk", name="投诉受理中心", company_id=stage.company.id, alias_name="tousu"
    )
    customer = stage.create(
        "partner_customer",
        "res.partner",
        name="林晓雯",
        function="品质工程师",
        email="linxiaowen@hongtu.example.com",
        phone="+86 138 0000 1003",
        lang="zh_CN",
        tz="Asia/Shanghai",
        parent_id=stage["archive_hongtu"].partner_id.id,
    )
    stage.name(
        "user_customer",
        stage.env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "partner_id": customer.id,
                "login": "customer",
                "password": "customer",
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
                "group_ids": [Command.set(stage["base.group_portal"].ids)],
            }
        ),
    )


def _take(stage, key, partner, kind, received, values):
    handler = {} if values["channel"] == "portal" else {"user_id": stage["user_order"].id}
    desk = {"desk_id": stage["service_desk"].id} if partner == stage["partner_customer"] else {}
    return stage.create(
        f"complaint_{key}",
        "kehu.complaint",
        company_id=stage.company.id,
        partner_id=partner.id,
        kind_id=stage[f"kehu_complaint.complaint_kind_{kind}"].id,
        date_received=received,
        **desk,
        **handler,
        **values,
    )
