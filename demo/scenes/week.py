"""This week's visits: both technicians are booked from Monday to Friday; what lies behind is finished."""

from datetime import timedelta

_WORK = ("摄像机月度巡检", "控制器安装调试", "通信模块天线更换", "云台校准", "软件升级并备份参数", "接线复核")
# technician → hours (in China) at which visits of two hours begin; mornings of the coming days are left to urgent ones.
_HOURS = {"tech1": (13, 16), "tech2": (13, 16)}


def play(stage):
    monday = stage.day() - timedelta(days=stage.day().weekday())
    slots = [
        (login, stage.morning(monday + timedelta(days=day)) + timedelta(hours=hour - 9))
        for day in range(5)
        for login, hours in _HOURS.items()
        for hour in hours
    ]
    with stage.at(stage.morning(monday - timedelta(days=3))):
        tickets = stage.env["kehu.service.ticket"].create(
            [
                {
                    "company_id": stage.company.id,
                    "partner_id": stage[f"market_{number}"].partner_id.id,
                    "kind_id": stage["kehu_ticket.service_kind_onsite"].id,
                    "channel": "phone",
                    "name": _WORK[number % len(_WORK)],
                    "date_received": stage.morning(monday - timedelta(days=3)),
                    "desk_id": stage["service_desk"].id,
                    "user_id": stage["user_order"].id,
                    "description": f"<p>{_WORK[number % len(_WORK)]}，按约定时间上门。</p>",
                }
                for number in range(1, len(slots) + 1)
            ]
        )
        tickets.with_env(stage.as_user("order")).workflow_move("take")
        orders = stage.env["kehu.dispatch.order"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "technician_id": stage[f"user_{login}"].id,
                    "date_from": begin,
                    "date_to": begin + timedelta(hours=2),
                    "instruction": "到达前半小时电话联系客户。",
                }
                for ticket, (login, begin) in zip(tickets, slots, strict=True)
            ]
        )
        orders.with_env(stage.as_user("order")).workflow_move("submit")
        stage.approve(orders, "service")
    for order in orders.filtered(lambda order: order.date_to < stage.ago(hours=1)):
        with stage.at(order.date_to):
            _visit(stage, order)


def _visit(stage, order):
    mine = order.with_env(stage.env(user=order.technician_id, su=True))
    mine._move("leave")
    mine.env["kehu.service.log"].create(
        {
            "ticket_id": order.ticket_id.id,
            "user_id": order.technician_id.id,
            "date_from": order.date_from,
            "date_to": order.date_to,
            "work": f"{order.ticket_id.name}，运行正常。",
        }
    )
    mine.ticket_id.write(
        {"solution": f"{order.ticket_id.name}完成，运行正常。", "unsigned_reason": "客户出差，已电话确认"}
    )
    mine.ticket_id._move("finish")
    order.ticket_id.with_env(stage.acting("order"))._move("close")
