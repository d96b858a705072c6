"""Service tickets: one whose technician is at the customer's, one whose dispatch order waits for the supervisor, and a
question that nobody has taken yet.
"""

from datetime import timedelta


def play(stage):
    at_customer = _take(
        stage,
        "camera",
        "hongtu",
        "repair",
        stage.ago(hours=20),
        {
            "name": "智能摄像机夜间画面全黑",
            "serial": "RD-CAM-240118",
            "description": "<p>三号门的摄像机天黑以后画面全黑，白天正常，已断电重启过。</p>",
        },
    )
    order = _dispatch(stage, "camera", at_customer, "tech1", 0, "带一套红外灯板。到现场先找品质部林晓雯。")
    _approve(stage, order)
    order.with_env(stage.as_user("tech1")).workflow_move("leave")
    waiting = _take(
        stage,
        "gateway",
        "hongtu",
        "repair",
        stage.ago(hours=3),
        {
            "name": "二号厂房网关反复掉线",
            "serial": "RD-GW-230907",
            "priority": "1",
            "description": "<p>每天掉线三四次，每次约十分钟，换过网线。</p>",
        },
    )
    _dispatch(stage, "gateway", waiting, "tech2", 1, "带一台家庭网关 G1 备机，检查 SIM 卡流量。")
    _take(
        stage,
        "backup",
        "suyuan",
        "inquiry",
        stage.ago(hours=2),
        {
            "name": "运动控制器的参数怎样备份",
            "serial": "RD-MC-8800-0031",
            "description": "<p>更换主板前想备份参数。</p>",
        },
        taken=False,
    )


def _take(stage, key, customer, kind, received, values, taken=True):
    ticket = stage.create(
        f"ticket_{key}",
        "kehu.service.ticket",
        company_id=stage.company.id,
        partner_id=(stage["partner_customer"] if customer == "hongtu" else stage[f"archive_{customer}"].partner_id).id,
        kind_id=stage[f"kehu_ticket.service_kind_{kind}"].id,
        channel="phone",
        date_received=received,
        desk_id=stage["service_desk"].id,
        user_id=stage["user_order"].id,
        **values,
    )
    if taken:
        ticket.with_env(stage.as_user("order")).workflow_move("take")
    return ticket


def _dispatch(stage, key, ticket, technician, days, instruction):
    """A dispatch order for a visit from nine to eleven o'clock in so many days, submitted."""
    midnight = (stage.now + timedelta(hours=8)).replace(hour=0, minute=0, second=0)  # in China
    begin = midnight + timedelta(days=days, hours=9 - 8)
    order = stage.create(
        f"dispatch_{key}",
        "kehu.dispatch.order",
        ticket_id=ticket.id,
        technician_id=stage[f"user_{technician}"].id,
        date_from=begin,
        date_to=begin + timedelta(hours=2),
        instruction=instruction,
    )
    order.with_env(stage.as_user("order")).workflow_move("submit")
    return order


def _approve(stage, order):
    stage.env["kehu.approval"].search(
        [("res_model", "=", order._name), ("res_id", "=", order.id), ("state", "=", "pending")]
    ).with_env(stage.as_user("service")).approve()
