"""C1–C8: a complaint in the browser from the counter to the end, and whoever tries to get round the rules over RPC."""

import json
import threading

import pytest
from clients import RemoteError

RUDE = "业务员态度恶劣"
HOT = "移动电源批次鼓包"


def ref(rpc, name):
    module, _dot, name = name.partition(".")
    return rpc("admin").call(
        "ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"]
    )[0]["res_id"]


@pytest.fixture(scope="module")
def customer(rpc):
    """A customer of the demo company whom everybody may read."""
    archive = rpc("service").call("kehu.archive", "search_read", [["kehu_tier", "=", "0"]], ["partner_id"])[0]
    return archive["partner_id"][0]


@pytest.fixture
def customer_name(rpc, customer):
    return rpc("service").call("res.partner", "read", [customer], ["name"])[0]["name"]


@pytest.fixture(scope="module")
def take(rpc, customer):
    def take(name, **values):
        return rpc("order").call(
            "kehu.complaint",
            "create",
            {
                "name": name,
                "partner_id": customer,
                "kind_id": ref(rpc, "kehu_complaint.complaint_kind_exchange"),
                "verification": "verified",
                "user_id": rpc("order").uid,
                **values,
            },
        )

    return take


def press(page, label):
    page.click(f".o_statusbar_buttons button:has-text('{label}')")


def test_a_complaint_from_the_counter_to_its_end(browser_as, rpc, customer_name, screenshot):
    order = browser_as("order")
    order.goto("/odoo/complaints/new")
    order.fill("div[name=name] input, div[name=name] textarea", HOT)
    order.fill("div[name=partner_id] input", customer_name)
    order.click(f".o-autocomplete--dropdown-item:has-text('{customer_name}')")
    order.fill("div[name=kind_id] input", "换货")
    order.click(".o-autocomplete--dropdown-item:has-text('换货')")
    order.fill("div[name=serial] input", "PB20-999")
    order.click("div[name=verification] label:has-text('已核实')")
    order.fill("div[name=user_id] input", "孙丽")
    order.click(".o-autocomplete--dropdown-item:has-text('孙丽')")
    order.click(".o_form_button_save")
    order.wait_for_selector(".o_arrow_button_current:has-text('已登记')")
    order.wait_for_selector(".o_field_kehu_deadline .badge")
    screenshot(order, "complaint_received")
    assert not order.locator(".o_statusbar_buttons button:has-text('受理（成立）')").count(), (
        "the supervisor's to decide"
    )

    (found,) = rpc("service").call("kehu.complaint", "search_read", [["name", "=", HOT]], ["number"])
    service = browser_as("service")
    service.goto(f"/odoo/complaints/{found['id']}")
    press(service, "受理（成立）")
    service.wait_for_selector(".o_arrow_button_current:has-text('已受理')")

    # The investigator is an accountant, who belongs to no service and writes one part only.
    rpc("order").call("kehu.complaint", "write", [found["id"]], {"investigator_id": rpc("finance").uid})
    order.reload()
    press(order, "开始调查")
    order.wait_for_selector(".o_arrow_button_current:has-text('调查中')")
    finance = rpc("finance")
    finance.call(
        "kehu.complaint",
        "write",
        [found["id"]],
        {
            "cause_id": ref(rpc, "kehu_complaint.complaint_cause_quality"),
            "course": "电芯来料不良",
            "responsible": "采购部",
            "conclusion": "责任在我方",
            "remedy": "全部更换",
            "prevention": "来料全检",
        },
    )
    finance.call("kehu.complaint", "workflow_move", [found["id"]], "report")
    service.reload()
    press(service, "报告审核通过")
    service.wait_for_selector(".o_arrow_button_current:has-text('处理意见')")
    screenshot(service, "complaint_reviewed")

    rpc("order").call(
        "kehu.complaint",
        "write",
        [found["id"]],
        {"proposal": "更换 10 台", "compensation_ids": [[0, 0, {"kind": "repair", "quantity": 10, "amount": 900}]]},
    )
    order.reload()
    press(order, "提交处理意见")
    order.wait_for_selector(".o_arrow_button_current:has-text('处理意见审批中')")
    service.reload()
    service.click(".o_statusbar_buttons button[name=action_approval_approve]")
    service.wait_for_selector(".o_arrow_button_current:has-text('已批准')")

    rpc("order").call("kehu.complaint", "write", [found["id"]], {"executor_id": rpc("order").uid})
    order.reload()
    press(order, "开始执行")
    order.wait_for_selector(".o_arrow_button_current:has-text('执行中')")
    rpc("order").call(
        "kehu.complaint",
        "write",
        [found["id"]],
        {"execution_note": "已寄出", "reply_way": "phone", "reply": "<p>10 台新品已寄出，运单号 SF100。</p>"},
    )
    order.reload()
    press(order, "答复客户")
    order.wait_for_selector(".o_arrow_button_current:has-text('已答复')")
    rpc("order").call("kehu.complaint", "write", [found["id"]], {"callback_user_id": rpc("service").uid})
    order.reload()
    press(order, "转回访")
    order.wait_for_selector(".o_arrow_button_current:has-text('回访')")
    rpc("service").call("kehu.complaint", "write", [found["id"]], {"satisfaction": "5", "callback_note": "很满意"})
    service.reload()
    press(service, "结案")
    service.wait_for_selector(".o_arrow_button_current:has-text('已结案')")
    service.click("a[name=workflow_history]")
    service.wait_for_selector("div[name=workflow_log_ids] .o_data_row")
    assert service.locator("div[name=workflow_log_ids] .o_data_row").count() == 10
    screenshot(service, "complaint_closed")


def test_the_accused_meets_nothing_on_any_route(take, rpc, json2, web):
    complaint = take(RUDE, accused_user_ids=[[6, 0, [rpc("service").uid]]], description=f"<p>{RUDE}</p>")
    domain = [["id", "=", complaint]]
    for client in (rpc("service"), web("service")):
        assert client.call("kehu.complaint", "search", domain) == []
        assert client.call("kehu.complaint", "search_count", [["name", "=", RUDE]]) == 0
        assert client.call("kehu.complaint", "name_search", RUDE) == []
        assert (
            client.call("kehu.complaint", "formatted_read_group", [["name", "=", RUDE]], ["state"], ["__count"]) == []
        )
        for model in ("mail.message", "kehu.deadline", "kehu.workflow.log", "kehu.archive.journal", "mail.activity"):
            key = "model" if model == "mail.message" else "res_model"
            assert client.call(model, "search", [[key, "=", "kehu.complaint"], ["res_id", "=", complaint]]) == [], model
        for method, arguments in (
            ("read", [["name"]]),
            ("web_read", [{"name": {}}]),
            ("export_data", [["name"]]),
            ("write", [{"accused_user_ids": [[5]]}]),
            ("workflow_move", ["accept"]),
            ("message_post", []),
            ("action_workflow_explain", []),
            ("copy", []),
            ("unlink", []),
        ):
            with pytest.raises(RemoteError) as refused:
                client.call("kehu.complaint", method, [complaint], *arguments)
            assert RUDE not in str(refused.value), method
    with pytest.raises(RemoteError):
        json2("service").call("kehu.complaint", "read", [complaint], fields=["name"])
    status, body = web("service").post(
        "/web/export/csv",
        data=json.dumps(
            {
                "model": "kehu.complaint",
                "fields": [{"name": "name", "label": "name", "type": "char"}],
                "ids": [complaint],
                "domain": [],
                "import_compat": False,
                "groupby": [],
            }
        ),
    )
    assert RUDE not in body.decode(errors="replace")


ATTACKS = (
    {"state": "closed"},
    {"state": "approved"},
    {"number": "TS-99999"},
    {"compensation_amount": 1},
    {"conflicted_user_ids": [[5]]},
    {"date_closed": "2020-01-01 00:00:00"},
    {"date_replied": "2020-01-01 00:00:00"},
    {"kehu_tier": "0"},
    {"access_token": "x"},
    {"customer_id": 1},
    {"approval_ids": [[5]]},
    {"deadline_ids": [[5]]},
    {"workflow_log_ids": [[5]]},
)


@pytest.mark.parametrize(
    "context", [{}, {"kehu_workflow_permit": True, "default_state": "closed", "su": True, "uid": 1}]
)
def test_what_the_server_fills_is_nobodys_to_write(context, take, rpc, json2):
    complaint = take("伪造尝试")
    names = sorted({name for attack in ATTACKS for name in attack} - {"access_token"})  # nobody reads it
    before = rpc("director").call("kehu.complaint", "read", [complaint], names)
    for attack in ATTACKS:
        for write in (
            lambda: rpc("service").call("kehu.complaint", "write", [complaint], attack, context=context),
            lambda: json2("service").call("kehu.complaint", "write", [complaint], vals=attack, context=context),
        ):
            try:
                write()
            except RemoteError as refused:
                assert "Traceback" not in str(refused), attack
    assert rpc("director").call("kehu.complaint", "read", [complaint], names) == before


def test_two_supervisors_press_at_once_and_one_wins(take, rpc):
    complaint = take("同时受理")
    answers = []

    def accept(login):
        try:
            answers.append(rpc(login).call("kehu.complaint", "workflow_move", [complaint], "accept"))
        except RemoteError as refused:
            answers.append(str(refused))

    threads = [threading.Thread(target=accept, args=(login,)) for login in ("service", "director")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == 1, answers
    log = rpc("service").call(
        "kehu.workflow.log", "search_count", [["res_model", "=", "kehu.complaint"], ["res_id", "=", complaint]]
    )
    assert log == 1


def test_a_call_is_taken_down_in_one_step(browser_as, rpc, screenshot):
    page = browser_as("order")
    page.goto("/odoo/complaints")
    page.wait_for_selector(".o_list_view")
    page.click(".o_menu_sections >> text=电话受理")
    page.wait_for_selector(".modal .o_form_view")
    page.fill(".modal div[name=partner_id] input", "0512 6266 2002")
    page.click(".modal .o-autocomplete--dropdown-item:has-text('苏源')")
    page.fill(".modal div[name=name] input, .modal div[name=name] textarea", "主板风扇异响")
    page.fill(".modal div[name=serial] input", "IC7-260201-0099")
    screenshot(page, "take_a_call")
    page.click(".modal footer button.btn-primary")
    page.wait_for_selector(".modal", state="detached")
    complaint = rpc("order").call(
        "kehu.complaint", "search_read", [["name", "=", "主板风扇异响"]], ["channel", "partner_id", "state"]
    )[0]
    assert (complaint["channel"], complaint["state"]) == ("phone", "received") and "苏源" in complaint["partner_id"][1]
    page.goto(f"/odoo/complaints/{complaint['id']}")
    page.wait_for_selector("button[name=action_tell_progress]")
    screenshot(page, "complaint_form")
