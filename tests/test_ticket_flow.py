"""T1–T6: a service ticket in the browser: taken down, dispatched, repaired with a telephone in the hand, signed, rated,
closed.
"""

import uuid
from datetime import datetime, timedelta

import pytest
from clients import RemoteError

TELEPHONE = (390, 844)
SUBJECT = "车载定位终端不上线"
SERIAL = f"GPS-{uuid.uuid4().hex[:8].upper()}"


@pytest.fixture(scope="module")
def ids(rpc):
    def ref(name):
        return rpc("admin").call(
            "ir.model.data",
            "search_read",
            [["module", "in", ["kehu_complaint", "kehu_ticket"]], ["name", "=", name]],
            ["res_id"],
        )[0]["res_id"]

    return ref


@pytest.fixture(scope="module")
def customer(rpc):
    """A buyer who has an account, and the device that was sold to the company."""
    admin, login = rpc("admin"), f"buyer-{SERIAL.lower()}"
    company = admin.call("res.partner", "create", {"name": f"车队 {SERIAL}", "is_company": True})
    buyer = {"name": f"采购员 {SERIAL}", "parent_id": company, "email": f"{login}@example.com", "lang": "zh_CN"}
    partner = {"id": admin.call("res.partner", "create", buyer), "name": buyer["name"], "login": login}
    portal = admin.call(
        "ir.model.data", "search_read", [["module", "=", "base"], ["name", "=", "group_portal"]], ["res_id"]
    )[0]["res_id"]
    admin.call(
        "res.users",
        "create",
        {"login": login, "password": login, "partner_id": partner["id"], "group_ids": [[6, 0, [portal]]]},
    )
    admin.call(
        "kehu.product.file",
        "create",
        {
            "name": SERIAL,
            "partner_id": company,
            "device_number": "DEV-OLD-1",
            "sim_number": "1390001",
            "company_id": rpc("order").call("res.users", "read", [rpc("order").uid], ["company_id"])[0]["company_id"][
                0
            ],
        },
    )
    return partner


@pytest.fixture(scope="module")
def technician(rpc):
    """A colleague who belongs to no service and can repair."""
    user = rpc("admin").call("res.users", "search_read", [["login", "=", "sales3"]], ["name"])[0]
    skill = rpc("director").call("kehu.service.skill", "create", {"name": f"定位终端 {SERIAL}"})
    rpc("admin").call("res.users", "write", [user["id"]], {"kehu_skill_ids": [[4, skill]]})
    return user


def choose(page, field, text):
    page.fill(f"div[name={field}] input", text)
    page.click(f".o-autocomplete--dropdown-item:has-text('{text}')")


def press(page, label):
    page.click(f".o_statusbar_buttons button:has-text('{label}')")


def add(page, field, **texts):
    """Add a row to a list of the form, in the dialog that fills the telephone."""
    page.click(f"div[name={field}] .o-kanban-button-new, div[name={field}] .o_field_x2many_list_row_add a")
    for name, text in texts.items():
        page.fill(f".modal div[name={name}] input, .modal div[name={name}] textarea", text)
    page.click(".modal .o_form_button_save")
    page.wait_for_selector(".modal", state="detached")


def reached(page, state):
    page.wait_for_selector(f".o_arrow_button_current:has-text('{state}')")


def test_a_ticket_from_the_call_to_the_rating(browser_as, rpc, customer, technician, screenshot):
    order = browser_as("order")
    order.goto("/odoo/service-tickets/new")
    order.fill("div[name=name] input, div[name=name] textarea", SUBJECT)
    choose(order, "partner_id", customer["name"])
    choose(order, "kind_id", "维修")
    choose(order, "user_id", "孙丽")
    order.fill("div[name=serial] input", SERIAL)
    order.click(".o_form_button_save")
    reached(order, "已登记")
    screenshot(order, "ticket_received")
    press(order, "接手")
    reached(order, "处理中")
    screenshot(order, "ticket_taken")

    # The dispatch order, and the manager's approval.
    order.click("button[name=action_open_dispatch_orders]")
    order.click(".o_list_button_add, .o-kanban-button-new")
    choose(order, "technician_id", technician["name"])
    tomorrow = datetime.now() + timedelta(days=1)
    order.fill("div[name=date_from] input >> nth=0", f"{tomorrow:%Y-%m-%d} 09:00:00")
    order.fill("div[name=date_to] input >> nth=0", f"{tomorrow:%Y-%m-%d} 11:00:00")
    order.fill("div[name=instruction] textarea", "带一台新终端和 SIM 卡")
    order.click(".o_form_button_save")
    reached(order, "草稿")
    press(order, "提交审批")
    reached(order, "审批中")
    screenshot(order, "dispatch_submitted")
    (sent,) = rpc("service").call(
        "kehu.dispatch.order", "search_read", [["ticket_id.serial", "=", SERIAL]], ["ticket_id"]
    )
    service = browser_as("service")
    service.goto(f"/odoo/dispatch-orders/{sent['id']}")
    service.click(".o_statusbar_buttons button[name=action_approval_approve]")
    reached(service, "已批准")
    screenshot(service, "dispatch_approved")

    # At the customer's, on a telephone.
    phone = browser_as("sales3", size=TELEPHONE)
    phone.goto("/odoo/my-visits")
    phone.click(f".o_kanban_record:has-text('{SUBJECT}')")
    phone.wait_for_selector(".o_form_view")
    screenshot(phone, "visit_phone")
    press(phone, "出发")
    phone.click("button[name=action_open_work]")
    phone.wait_for_selector("div[name=log_ids]")
    phone.fill("div[name=solution] textarea", "更换终端，已上线")
    add(phone, "log_ids", work="检测电源和天线，更换终端")
    screenshot(phone, "visit_log")
    phone.click("a[name=devices]")
    add(phone, "device_ids", serial=SERIAL, fault="主板进水", old_number="DEV-OLD-1", new_number="DEV-NEW-1")
    screenshot(phone, "visit_devices")
    phone.click(".o_form_button_save")
    press(phone, "已完成")
    phone.wait_for_selector(".o_form_view:not(.o_form_dirty)")
    phone.click("a[name=confirmation]")
    phone.fill("div[name=signed_by] input", "林晓雯")
    phone.click("div[name=signature] .o_signature")
    phone.wait_for_selector(".modal canvas")
    pad = phone.locator(".modal canvas").bounding_box()
    phone.mouse.move(pad["x"] + pad["width"] / 4, pad["y"] + pad["height"] / 2)
    phone.mouse.down()
    phone.mouse.move(pad["x"] + pad["width"] / 2, pad["y"] + pad["height"] / 3, steps=5)
    phone.mouse.move(pad["x"] + pad["width"] * 3 / 4, pad["y"] + pad["height"] / 2, steps=5)
    phone.mouse.up()
    screenshot(phone, "visit_signing")
    phone.click(".modal .modal-footer button.btn-primary")
    phone.wait_for_selector("div[name=signature] img")
    phone.click(".o_form_button_save")
    phone.wait_for_selector("div[name=date_signed]")
    screenshot(phone, "visit_signed")
    phone.goto(f"/odoo/my-visits/{sent['id']}")
    phone.wait_for_selector(".o_arrow_button_current:has-text('完成')", state="attached")

    (file,) = rpc("service").call("kehu.product.file", "search_read", [["name", "=", SERIAL]], ["device_number"])
    assert file["device_number"] == "DEV-NEW-1"

    # The customer rates, and the ticket is closed.
    buyer = browser_as(customer["login"])
    buyer.goto("/my/tickets")
    buyer.click(f"a:has-text('{SUBJECT}')")
    buyer.wait_for_selector("div[name=result]")  # what was done
    buyer.check("#rate_5")
    buyer.click("form[name=rating] button[type=submit]")
    buyer.wait_for_selector(".alert-success")
    screenshot(buyer, "ticket_rated")
    order.goto(f"/odoo/service-tickets/{sent['ticket_id'][0]}")
    press(order, "结案")
    reached(order, "已结案")
    screenshot(order, "ticket_closed")
    (ticket,) = rpc("service").call(
        "kehu.service.ticket", "read", sent["ticket_id"][0], ["signed_by", "date_signed", "rating_last_value"]
    )
    assert (ticket["signed_by"], bool(ticket["date_signed"]), ticket["rating_last_value"]) == ("林晓雯", True, 5)


@pytest.fixture
def stranger(rpc, ids):
    """Another clerk of the same service, who has no part in anything."""
    company = rpc("order").call("res.users", "read", [rpc("order").uid], ["company_id"])[0]["company_id"][0]
    login = f"stranger_{SERIAL}"
    rpc("admin").call(
        "res.users",
        "create",
        {
            "login": login,
            "name": "Stranger",
            "password": login,
            "group_ids": [[6, 0, [ids("group_service_user")]]],
            "company_id": company,
            "company_ids": [[6, 0, [company]]],
        },
    )
    return login


def test_visit_for_major_complaint_is_approved_and_hidden(rpc, json2, ids, customer, technician, stranger):
    order, service = rpc("order"), rpc("service")
    complaint = order.call(
        "kehu.complaint",
        "create",
        {
            "name": SUBJECT,
            "partner_id": customer["id"],
            "kind_id": ids("complaint_kind_exchange"),
            "user_id": order.uid,
            "serial": f"{SERIAL}-M",
            "major_reason_ids": [[6, 0, [ids("major_reason_media")]]],
        },
    )
    ordinary = order.call(
        "kehu.complaint",
        "create",
        {
            "name": "别的事",
            "partner_id": customer["id"],
            "kind_id": ids("complaint_kind_criticism"),
            "user_id": order.uid,
        },
    )
    ticket = order.call("kehu.complaint", "action_new_ticket", [complaint])["res_id"]
    order.call("kehu.service.ticket", "write", [ticket], {"kind_id": ids("service_kind_repair"), "user_id": order.uid})
    order.call("kehu.service.ticket", "workflow_move", [ticket], "take")
    day = datetime.now() + timedelta(days=30)
    visit = order.call(
        "kehu.dispatch.order",
        "create",
        {
            "ticket_id": ticket,
            "technician_id": technician["id"],
            "date_from": f"{day:%Y-%m-%d} 01:00:00",
            "date_to": f"{day:%Y-%m-%d} 03:00:00",
        },
    )
    order.call("kehu.dispatch.order", "workflow_move", [visit], "submit")

    hidden = (("kehu.complaint", complaint), ("kehu.service.ticket", ticket), ("kehu.dispatch.order", visit))
    for client in (rpc(stranger), json2(stranger)):
        for model, document in hidden:
            for method, arguments in (
                ("read", {"fields": ["number"]}),
                ("workflow_move", {"name": "cancel", "reason": "x"}),
            ):
                with pytest.raises(RemoteError) as refused:
                    client.call(model, method, [document], **arguments)
                assert SUBJECT not in str(refused.value), (model, method)
    for model, document in hidden:
        assert rpc(stranger).call(model, "search", [["id", "=", document]]) == []
        assert service.call(model, "search", [["id", "=", document]]) == [document]
        assert json2("service").call(model, "read", [document], fields=["number"])
    for elsewhere in (False, ordinary):
        with pytest.raises(RemoteError):
            service.call("kehu.service.ticket", "write", [ticket], {"complaint_id": elsewhere})
    service.call("kehu.dispatch.order", "action_approval_approve", [visit])
    assert service.call("kehu.dispatch.order", "read", [visit], ["state"])[0]["state"] == "approved"
