"""The pictures of README, docs/ and of the applications, as data: who takes each, where, and what it has to show.

`./kehu pictures` takes them from the demo company (dev/inside/take_pictures.py); dev/app_pages.py puts them into the
pages of the applications.
"""

from dataclasses import dataclass

from . import places

FOLDER = places.CHECKOUT / "docs" / "images"
DESK, PHONE = (1280, 800), (390, 760)
_ROW = ".o_data_row"


@dataclass(frozen=True)
class Picture:
    """One picture.

    `path` is where the user `login` goes; names in braces are external ids, and stand for the ids of the records. Each of
    `steps` is a thing to click, or to wait for if it begins with a question mark. The picture is refused unless it `shows`
    something, and if a dialog is open that is no part of it. `addon` is the one whose page has it.
    """

    name: str
    addon: str
    login: str
    path: str
    shows: str
    chinese: str
    english: str
    steps: tuple = ()
    size: tuple = DESK
    is_dialog: bool = False


PICTURES = (
    Picture(
        "archive_list",
        "kehu_archive",
        "clerk",
        "/odoo/customer-archives",
        f"{_ROW} >> nth=3",
        "档案列表：编号、事业部、密级、状态，时限到了哪一步一目了然",
        "The list of archives, with tier, state and clocks",
    ),
    Picture(
        "customer_card",
        "kehu_archive",
        "clerk",
        "/odoo/customer-archives/{ruida.archive_hongtu}",
        ".o_form_view .o_field_widget[name=vat]",
        "客户资料卡：信用代码按校验位核对，上方的按钮通向客户的一切",
        "The customer card: the credit code is checked, and the buttons lead to everything of the customer",
    ),
    Picture(
        "who_can_read",
        "kehu_confidential",
        "director",
        "/odoo/customer-archives/{ruida.archive_xingyao}",
        f".modal {_ROW}",
        "谁能查看：保密专员看到谁能阅读这份绝密档案、凭什么",
        "Who can read this: an officer sees who reads a top secret archive, and by which right",
        steps=("?.o_form_view", ".o_cp_action_menus .dropdown-toggle", ".o-dropdown--menu >> text=谁能查看"),
        is_dialog=True,
    ),
    Picture(
        "access_refused",
        "kehu_confidential",
        "sales2",
        "/odoo/customer-archives/{ruida.archive_xingyao}",
        ".o_notification_buttons button",
        "业务员打开绝密客户的链接：什么都看不到，可以申请查阅",
        "A salesperson opens the link of a top secret customer: nothing is shown, access can be asked for",
    ),
    Picture(
        "access_log",
        "kehu_confidential",
        "gm",
        "/odoo/action-{kehu_confidential.kehu_access_log_action}",
        _ROW,
        "查阅日志：谁在何时、以什么方式读过哪个涉密客户，任何人不能修改",
        "The access log: who read which confidential customer, when and how; nobody changes it",
    ),
    Picture(
        "authority_table",
        "kehu_workflow",
        "it",
        "/odoo/action-{kehu_workflow.kehu_approval_rule_action}",
        f"{_ROW} >> nth=3",
        "审批权限表：什么事、多少金额、依次由谁同意",
        "The authority table: what, from which amount, and who agrees in turn",
    ),
    Picture(
        "approvals_phone",
        "kehu_workflow",
        "service",
        "/odoo/action-{kehu_workflow.kehu_approval_action_mine}",
        ".o_kanban_record:not(.o_kanban_ghost)",
        "待我审批：在手机上看清内容再批准",
        "My approvals, decided on the phone",
        size=PHONE,
    ),
    Picture(
        "deadlines",
        "kehu_workflow",
        "service",
        "/odoo/action-{kehu_workflow.kehu_deadline_action}",
        _ROW,
        "时限：每张单据还剩多久、由谁负责，逾期逐级上报",
        "Deadlines: how long is left, who is in charge; what is late climbs step by step",
    ),
    Picture(
        "complaint_clocks",
        "kehu_complaint",
        "service",
        "/odoo/complaints/{ruida.complaint_loose}",
        ".o_form_view .o_statusbar_buttons button",
        "一件投诉：每个时限还剩多久，按钮只显示您能做的操作",
        "A complaint: what is left of each clock, and the buttons of what the user may do",
    ),
    Picture(
        "complaint_portal",
        "kehu_complaint",
        "customer",
        "/my/complaints",
        "#wrap",
        "客户在门户里看到自己的投诉办到哪一步",
        "The customer sees in the portal how the complaint stands",
        steps=("a:has-text('发票单价')",),
    ),
    Picture(
        "ticket",
        "kehu_ticket",
        "order",
        "/odoo/service-tickets/{ruida.ticket_gateway}",
        ".o_form_view .o_statusbar_buttons button",
        "服务工单：设备、保修、派工单和时限",
        "A service ticket: device, warranty, dispatch orders and clocks",
    ),
    Picture(
        "visit_phone",
        "kehu_ticket",
        "tech1",
        "/odoo/my-visits/{ruida.dispatch_camera}",
        ".o_form_view .o_field_widget",
        "技术员在手机上：路线、要做的事，完成后请客户签字",
        "The technician on the phone: where to go, what to do; the customer signs when it is done",
        size=PHONE,
    ),
    Picture(
        "evaluations",
        "kehu_grading",
        "gm",
        "/odoo/evaluations",
        f"{_ROW} >> nth=3",
        "评级表：全部客户一次算完，每位客户的得分和等级，等委员会投票",
        "The sheets of a grading run: all customers are measured at once, and wait for the committee",
    ),
    Picture(
        "grade_explained",
        "kehu_grading",
        "sales2",
        "/odoo/evaluations",
        ".o_kehu_breakdown tbody tr",
        "为什么是这个等级：每个指标的数值、得分、权重和理由",
        "Why this grade: value, points, weight and reason of every indicator",
        steps=(".o_data_row:has-text('苏源')",),
        size=(1280, 1000),
    ),
)


def of_addon(name):
    return [picture for picture in PICTURES if picture.addon == name]


def files(picture):
    """Where a picture is kept: in docs/, and in its addon, for the page of the application."""
    name = f"{picture.name}.png"
    return FOLDER / name, places.CHECKOUT / picture.addon / "static" / "description" / name
