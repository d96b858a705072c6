"""Half a year of complaints: two or three a month, and some at each step that a complaint can stand at. Two of them are
major: one was met about, one is before a mediator. What was learnt of three is set right for good.
"""

from datetime import timedelta

from odoo.fields import Command

# (place in the market, days ago, what it is about, cause, until which move, asked for, granted in yuan)
PAST = (
    (1, 172, "摄像机支架螺丝缺失", "packaging", "close", "price_cut", 300),
    (4, 160, "云台转动有异响", "quality", "close", "exchange", 900),
    (16, 149, "控制器到货晚了六天", "delivery", "close", "damages", 2400),
    (29, 133, "通信模块天线接口松动", "quality", "close", "exchange", 800),
    (9, 118, "网关固件升级后无法联网", "information", "close", "criticism", 0),
    (18, 104, "对账单与发票金额不符", "price", "close", "criticism", 0),
    (33, 91, "模块标签贴错型号", "packaging", "close", "exchange", 1800),
    (22, 76, "控制器说明书缺接线图", "information", "close", "suggestion", 0),
    (11, 62, "门锁摄像头夜视模糊", "quality", "close", "exchange", 950),
    (38, 47, "批次模块焊点虚焊", "quality", "close", "exchange", 3600),
    (6, 33, "纸箱受潮", "packaging", "close", "price_cut", 500),
    (24, 12, "控制器散热风扇噪声大", "quality", "call_back", "exchange", 700),
    (31, 9, "车联网平台接入文档过期", "information", "reply", "suggestion", 0),
    (2, 8, "代工料号与合同不一致", "information", "execute", "exchange", 600),
    (35, 7, "模块低温下重启", "quality", "grant", "exchange", 850),
    (20, 6, "安装孔位偏差", "quality", "review", "exchange", 0),
    (13, 4, "经销返利计算有误", "price", "report", "criticism", 0),
    (26, 2, "电机驱动参数丢失", "use", "investigate", "suggestion", 0),
)
MOVES = ("accept", "investigate", "report", "review", "propose", "grant", "execute", "reply", "call_back", "close")
# Who takes which step, how many hours after the complaint came in.
STEPS = dict(
    zip(
        MOVES,
        (
            ("service", 2),
            ("order", 4),
            ("tech2", 26),
            ("service", 28),
            ("order", 30),
            ("service", 34),
            ("order", 40),
            ("order", 60),
            ("order", 64),
            ("service", 100),
        ),
        strict=True,
    )
)


def play(stage):
    for number, (place, days, name, cause, last, kind, amount) in enumerate(PAST, 1):
        lead(stage, number, place, stage.ago(days=days), name, cause, last, kind, amount)
    _major(stage)
    _dispute(stage)
    _correct(stage)
    _count(stage)


def lead(stage, number, place, received, name, cause, last, kind, amount):
    """One complaint goes its way, by the people whose steps they are, on their days."""
    with stage.at(received):
        complaint = _take(stage, f"past_{number}", place, received, name, kind)
    for move in MOVES[: MOVES.index(last) + 1]:
        login, hours = STEPS[move]
        moment = received + timedelta(hours=hours)
        if moment >= stage.now:
            break
        with stage.at(moment):
            mine = complaint.with_env(stage.acting(login))
            _fill(stage, mine, move, cause, amount)
            if move == "grant" and complaint.state == "pending":
                stage.approve(complaint, "service", "director")
            elif move != "grant":
                mine._move(move)


def _take(stage, key, place, received, name, kind, **values):
    return stage.create(
        f"complaint_{key}",
        "kehu.complaint",
        company_id=stage.company.id,
        partner_id=stage[f"market_{place}"].partner_id.id,
        kind_id=stage[f"kehu_complaint.complaint_kind_{kind}"].id,
        name=name,
        channel="phone",
        verification="verified",
        date_received=received,
        description=f"<p>{name}，请尽快处理。</p>",
        **{"user_id": stage["user_order"].id, **values},
    )


def _fill(stage, complaint, move, cause, amount):
    """What somebody writes before the step is taken."""
    if move == "investigate":
        complaint.investigator_id = stage["user_tech2"].id
        complaint.write(
            {
                "opinion": "<p>已安排技术员调查，两个工作日内告知结果。</p>",
                "opinion_way": "phone",
                "opinion_to": "采购部",
                "opinion_on": complaint.date_received + timedelta(hours=3),
            }
        )
        complaint.action_give_opinion()
    elif move == "report":
        complaint.write(
            {
                "cause_id": stage[f"kehu_complaint.complaint_cause_{cause}"].id,
                "course": "与客户核对实物和单据，情况属实。",
                "responsible_team_id": complaint.team_id.id,
                "responsible": "生产部",
                "conclusion": "责任在我方。",
                "remedy": "按客户要求处理。",
                "prevention": "列入首件检验。",
            }
        )
    elif move == "propose":
        paid = [Command.create({"kind": "repair", "quantity": 1, "amount": amount})] if amount else []
        complaint.write(
            {
                "proposal": f"向客户致歉，承担维修费用 {amount} 元。" if amount else "向客户致歉并更正。",
                "compensation_ids": paid,
            }
        )
    elif move == "execute":
        complaint.executor_id = stage["user_order"].id
    elif move == "reply":
        complaint.write(
            {"execution_note": "已处理。", "reply_way": "phone", "reply": "<p>已按约定处理完毕，给您添麻烦了。</p>"}
        )
    elif move == "call_back":
        complaint.callback_user_id = stage["user_service"].id
    elif move == "close":
        complaint.write({"satisfaction": str(3 + complaint.id % 3), "callback_note": "客户认可。"})


def _major(stage):
    """A whole batch is sent back; the crisis team met, one measure is done, one is open."""
    with stage.at(stage.ago(days=16)):
        complaint = _take(
            stage,
            "major",
            8,
            stage.ago(days=16),
            "整批摄像机固件缺陷，门店全部下架",
            "return",
            user_id=stage["user_service"].id,
            major_reason_ids=[Command.set(stage["kehu_complaint.major_reason_return"].ids)],
        )
        complaint.with_env(stage.acting("service"))._move("accept")
        complaint.with_env(stage.acting("service")).action_report_up("整批退货，涉及 12 家门店，已请研发到场。")
    with stage.at(stage.ago(days=15)):
        stage.env["kehu.crisis.meeting"].create(
            {
                "complaint_id": complaint.id,
                "place": "三楼会议室",
                "date": stage.ago(days=15, hours=2),
                "member_ids": [Command.set(stage.named("user_gm", "user_director", "user_service", "user_legal").ids)],
                "minutes": "<p>固件 1.8 版在弱网下反复重启，影响该客户 12 家门店。</p>",
                "decisions": "<p>三日内发布 1.9 版；门店由服务组逐家升级；停发该批次。</p>",
            }
        )
        done, _open = stage.env["kehu.crisis.measure"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "name": name,
                    "owner_id": stage[f"user_{login}"].id,
                    "date_due": stage.day(days=days),
                }
                for name, login, days in (
                    ("停发该批次并清点库存", "service", -13),
                    ("与客户签订补充协议", "legal", 4),
                )
            ]
        )
    with stage.at(stage.ago(days=13)):
        mine = done.with_env(stage.acting("service"))
        mine.result = "仓库 340 台已隔离。"
        mine.action_done()


def _dispute(stage):
    """No agreement came of it: legal affairs are before a mediator, which makes it major."""
    with stage.at(stage.ago(days=40)):
        complaint = _take(
            stage,
            "dispute",
            28,
            stage.ago(days=40),
            "控制器故障致停线，索赔停工损失",
            "damages",
            user_id=stage["user_service"].id,
        )
        complaint.with_env(stage.acting("service"))._move("accept")
    with stage.at(stage.ago(days=25)):
        dispute = stage.name(
            "dispute",
            stage.acting("legal")["kehu.dispute"].create(
                {"complaint_id": complaint.id, "name": "停工损失的金额", "amount": 186000}
            ),
        )
        dispute.step_id.note = "<p>客户主张三天停工损失 18.6 万元，我方认可一天。</p>"
    with stage.at(stage.ago(days=5)):
        dispute.with_env(stage.acting("legal"))._move("mediate", reason="两次协商未果，双方同意由行业协会调解。")
        complaint.with_env(stage.acting("service")).action_report_up("进入调解，争议金额 18.6 万元。")


def _correct(stage):
    """One corrective action was found effective, one is open, one began again because it happened again."""
    for key, number, name, moves in (
        ("effective", 3, "交期变更当日通知客户", ("finish", "verify", "confirm")),
        ("reopened", 2, "云台装配改用新润滑脂", ("finish", "verify")),
        ("open", 10, "回流焊温区每班点检", ()),
    ):
        complaint = stage[f"complaint_past_{number}"]
        begun = complaint.date_received + timedelta(days=6)
        with stage.at(begun):
            action = stage.create(
                f"corrective_{key}",
                "kehu.corrective.action",
                name=name,
                complaint_ids=[Command.set(complaint.ids)],
                plan="修订作业指导书，培训当班人员，一个月后复核。",
                owner_id=stage["user_tech2"].id,
                verifier_id=stage["user_service"].id,
                date_due=begun.date() + timedelta(days=60),
            )
            action.with_env(stage.acting("service"))._move("start")
        for move in moves:
            login, days = {"finish": ("tech2", 25), "verify": ("service", 28), "confirm": ("service", 90)}[move]
            with stage.at(begun + timedelta(days=days)):
                mine = action.with_env(stage.acting(login))
                if move == "finish":
                    mine.write(
                        {"root_cause": "作业指导书没有规定。", "evidence": "<p>新版指导书和培训记录已归档。</p>"}
                    )
                mine._move(move)
    # Eight weeks later the job looks whether it helped.
    with stage.at(stage.ago(days=1)):
        stage["corrective_reopened"]._check_effectiveness()


def _count(stage):
    """The sheets of the last months, counted on the first working days after them; the director has to send them."""
    for months in (3, 2, 1):
        first, last = stage.day(day=1, months=-months), stage.day(day=1, months=1 - months) - timedelta(days=1)
        with stage.at(min(stage.morning(last + timedelta(days=4)), stage.now)):
            sheet = stage.env["kehu.service.sheet"].create(
                {"company_id": stage.company.id, "period": "month", "date_from": first, "date_to": last}
            )
            sheet._build()
            sheet._submit_built()
