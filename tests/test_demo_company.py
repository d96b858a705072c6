"""P2: the demo company is the main company, with Chinese books, and somebody for each role."""

from pathlib import Path

import pytest

PEOPLE = (
    "gm",
    "director",
    "bu1",
    "bu2",
    "bu3",
    "sales1",
    "sales2",
    "sales3",
    "clerk",
    "order",
    "service",
    "tech1",
    "tech2",
    "finance",
    "legal",
    "it",
)
DECIDING = (
    "group_marketing_director",
    "group_service_supervisor",
    "group_service_director",
    "group_general_manager",
    "group_grading_committee",
    "group_finance",
    "group_tier_officer",
)


def test_main_company_keeps_chinese_books(rpc):
    admin = rpc("admin")
    (company,) = admin.call(
        "res.company",
        "search_read",
        [],
        ["name", "currency_id", "country_code", "chart_template", "account_sale_tax_id"],
    )
    assert (company["name"], company["country_code"], company["chart_template"]) == ("锐达电子有限公司", "CN", "cn")
    assert company["currency_id"][1] == "CNY"
    assert admin.call("account.tax", "read", [company["account_sale_tax_id"][0]], ["amount"])[0]["amount"] == 13
    assert not admin.call("account.move", "search_count", [["currency_id", "!=", company["currency_id"][0]]])
    assert {lang["week_start"] for lang in admin.call("res.lang", "search_read", [], ["week_start"])} == {"1"}


def test_administrator_decides_nothing(rpc):
    admin = rpc("admin")
    assert admin.call("res.users", "read", [admin.uid], ["name", "tz", "lang"])[0] == {
        "id": admin.uid,
        "name": "系统管理员",
        "tz": "Asia/Shanghai",
        "lang": "zh_CN",
    }
    groups = admin.call(
        "ir.model.data", "search_read", [["model", "=", "res.groups"], ["name", "in", DECIDING]], ["name", "res_id"]
    )
    assert {group["name"] for group in groups} == set(DECIDING)
    assert not admin.call(
        "res.groups", "search", [["id", "in", [group["res_id"] for group in groups]], ["all_user_ids", "in", admin.uid]]
    )


@pytest.mark.parametrize("login", PEOPLE)
def test_person_logs_in(login, rpc):
    (user,) = rpc(login).call("res.users", "read", [rpc(login).uid], ["function", "lang", "company_id"])
    assert user["function"] and user["lang"] == "zh_CN" and user["company_id"][1] == "锐达电子有限公司"


@pytest.mark.parametrize("login", ["sales1", "sales2", "sales3"])
def test_salesperson_sells(login, rpc):
    customer = rpc(login).call("res.partner", "search", [["kehu_archive_ids.user_id", "=", rpc(login).uid]], limit=1)[0]
    order = rpc(login).call("sale.order", "create", {"partner_id": customer})
    assert rpc(login).call("sale.order", "read", [order], ["state"])[0]["state"] == "draft"


def test_technicians_have_skills(rpc):
    people = rpc("admin").call("res.users", "search_read", [["login", "in", ["tech1", "tech2"]]], ["kehu_skill_ids"])
    assert len(people) == 2 and all(user["kehu_skill_ids"] for user in people)


def named(rpc, name):
    """The id of a record that a scene named."""
    (found,) = rpc("admin").call(
        "ir.model.data", "search_read", [["module", "=", "ruida"], ["name", "=", name]], ["res_id"]
    )
    return found["res_id"]


def test_supervisor_finds_approvals_waiting(rpc):
    """U7: the first click on “my approvals” shows something to decide."""
    waiting = rpc("service").call(
        "kehu.approval", "search_read", [["is_mine", "=", True]], ["res_model", "res_id", "amount"]
    )
    amounts = {(approval["res_model"], approval["res_id"]): approval["amount"] for approval in waiting}
    assert amounts["kehu.dispatch.order", named(rpc, "dispatch_gateway")] is False
    assert "860.00" in amounts["kehu.complaint", named(rpc, "complaint_loose")]


def test_technician_is_at_the_customers(rpc):
    """U7: a visit that is ready to be signed."""
    (visit,) = rpc("tech1").call("kehu.dispatch.order", "read", [named(rpc, "dispatch_camera")], ["state"])
    assert visit["state"] == "on_way"


def test_best_customers_have_paid(rpc):
    customer = rpc("finance").call("kehu.archive", "read", [named(rpc, "archive_hongtu")], ["partner_id"])[0]
    paid = rpc("finance").call(
        "account.move",
        "search_count",
        [["partner_id", "=", customer["partner_id"][0]], ["payment_state", "in", ["paid", "in_payment"]]],
    )
    assert paid >= 3


def test_link_of_the_page_of_ten_minutes_is_right(rpc):
    """docs/ten-minutes.md has the reader open the top secret customer by its address."""
    page = (Path(__file__).parent.parent / "docs" / "ten-minutes.md").read_text(encoding="utf-8")
    assert f"后面改成 {named(rpc, 'archive_xingyao')}。" in page


def archives_of_market(rpc):
    ids = [
        row["res_id"]
        for row in rpc("admin").call(
            "ir.model.data", "search_read", [["module", "=", "ruida"], ["name", "=like", "market_%"]], ["res_id"]
        )
    ]
    return rpc("clerk").call(
        "kehu.archive", "read", ids, ["partner_id", "state", "kehu_tier", "kehu_team_id", "child_ids", "date_filed"]
    )


def test_sixty_customers_of_three_units(rpc):
    """U7: invented customers with contacts; most are filed, none is in more than one unit."""
    found = archives_of_market(rpc)
    assert len(found) == 42 and {archive["state"] for archive in found} == {"formal"}
    assert len({archive["kehu_team_id"][0] for archive in found}) == 3
    assert all(archive["child_ids"] and archive["kehu_tier"] in ("0", "1") for archive in found)
    names = [archive["name"] for archive in rpc("director").call("kehu.archive", "search_read", [], ["name"])]
    assert len(names) >= 60 == len(set(names[:60]))


def test_each_month_of_a_year_has_invoices(rpc):
    """U7: twelve months of orders, deliveries, invoices, payments and credit notes, none of them in the future."""
    call = rpc("finance").call
    posted = call(
        "account.move",
        "search_read",
        [["state", "=", "posted"], ["move_type", "in", ["out_invoice", "out_refund"]]],
        ["move_type", "invoice_date", "amount_total", "amount_residual", "payment_state", "create_date"],
    )
    today = max(move["create_date"] for move in posted)[:10]
    assert all(move["invoice_date"] <= today for move in posted)
    months = {move["invoice_date"][:7] for move in posted if move["move_type"] == "out_invoice"}
    assert len(months) >= 24
    assert sum(move["move_type"] == "out_refund" for move in posted) >= 3
    assert all(not move["amount_residual"] for move in posted if move["payment_state"] == "paid")
    orders = rpc("director").call(
        "sale.order.line",
        "search_read",
        [["order_id.invoice_status", "=", "invoiced"]],
        ["product_uom_qty", "qty_delivered", "qty_invoiced"],
    )
    assert len(orders) > 150
    assert all(line["product_uom_qty"] == line["qty_delivered"] == line["qty_invoiced"] for line in orders)


def test_two_pay_late_and_three_have_left(rpc):
    late = rpc("finance").call(
        "account.move",
        "formatted_read_group",
        [
            ["move_type", "=", "out_invoice"],
            ["payment_state", "=", "not_paid"],
            [
                "invoice_date_due",
                "<",
                rpc("finance").call("kehu.grading.run", "search_read", [["state", "=", "measured"]], ["date_to"])[0][
                    "date_to"
                ],
            ],
            ["partner_id", "in", [archive["partner_id"][0] for archive in archives_of_market(rpc)]],
        ],
        ["partner_id"],
        ["__count"],
    )
    assert len(late) >= 2
    churned = rpc("clerk").call("kehu.customer.lifecycle", "search_read", [["stage", "=", "churned"]], ["partner_id"])
    assert len(churned) >= 3


def test_best_customers_owe_nothing_overdue(rpc):
    """U7: a customer of grade A pays on time."""
    graded = rpc("clerk").call(
        "kehu.evaluation", "search_read", [["state", "=", "in_force"], ["grade_id.name", "=", "A"]], ["partner_id"]
    )
    assert len(graded) >= 4
    run = rpc("clerk").call("kehu.grading.run", "search_read", [["state", "=", "measured"]], ["date_to"])[0]
    best = rpc("clerk").call(
        "kehu.evaluation", "search_read", [["run_id", "=", run["id"]], ["grade_id.name", "=", "A"]], ["partner_id"]
    )
    overdue = rpc("finance").call(
        "account.move",
        "search_read",
        [
            ["partner_id", "in", [sheet["partner_id"][0] for sheet in best]],
            ["move_type", "=", "out_invoice"],
            ["payment_state", "=", "not_paid"],
            ["invoice_date_due", "<", run["date_to"]],
        ],
        ["partner_id"],
    )
    assert best and not overdue


def test_a_year_changed_grades(rpc):
    """U7: the migration matrix has all three directions, and a fall from A to B says why."""
    rows = rpc("clerk").call(
        "kehu.grade.migration", "search_read", [], ["partner_id", "direction", "grade_before_id", "grade_after_id"]
    )
    assert {row["direction"] for row in rows} >= {"up", "same", "down"}
    fallen = rpc("clerk").call("kehu.archive", "read", [named(rpc, "market_15")], ["partner_id"])[0]["partner_id"]
    (row,) = (row for row in rows if row["partner_id"] == fallen)
    assert (row["grade_before_id"][1], row["grade_after_id"][1], row["direction"]) == ("A", "B", "down")
    (sheet,) = rpc("clerk").call(
        "kehu.evaluation",
        "search_read",
        [["state", "=", "in_force"], ["partner_id", "=", fallen[0]]],
        ["reason", "previous_grade_id"],
    )
    assert "逾期" in sheet["reason"] and sheet["previous_grade_id"][1] == "A"


def test_complaints_stand_at_every_step(rpc):
    """U7: half a year of complaints; two are major, both reported up, one with a meeting, one with a mediator."""
    found = rpc("director").call(
        "kehu.complaint", "search_read", [], ["state", "is_major", "reported_up_on", "date_received", "date_closed"]
    )
    assert {complaint["state"] for complaint in found} >= {
        "received",
        "accepted",
        "investigating",
        "reviewing",
        "proposal",
        "pending",
        "approved",
        "executing",
        "replied",
        "callback",
        "closed",
    }
    assert sum(complaint["is_major"] for complaint in found) >= 2
    assert all(complaint["reported_up_on"] for complaint in found if complaint["is_major"])
    assert len({complaint["date_received"][:7] for complaint in found}) >= 6
    assert all(complaint["date_received"] < complaint["date_closed"] for complaint in found if complaint["date_closed"])
    assert rpc("legal").call("kehu.dispute", "search_count", [["state", "=", "mediation"]])
    assert rpc("legal").call("kehu.crisis.meeting", "search_count", [["minutes", "!=", False]])
    states = rpc("director").call("kehu.corrective.action", "search_read", [], ["state", "recurrence_ids"])
    assert {action["state"] for action in states} >= {"open", "effective", "reopened"}
    assert all(action["recurrence_ids"] for action in states if action["state"] == "reopened")


def test_week_is_full_of_visits(rpc):
    orders = rpc("service").call(
        "kehu.dispatch.order", "search_read", [], ["technician_id", "date_from", "date_to", "state"]
    )
    assert len(orders) >= 20 and len({order["technician_id"][0] for order in orders}) == 2
    for technician in {order["technician_id"][0] for order in orders}:
        assert len([order for order in orders if order["technician_id"][0] == technician]) >= 10


def test_monthly_sheets_have_figures(rpc):
    sheets = rpc("director").call(
        "kehu.service.sheet", "search_read", [["period", "=", "month"]], ["line_ids", "date_from"]
    )
    assert len(sheets) >= 3
    lines = rpc("director").call(
        "kehu.service.sheet.line", "read", [line for sheet in sheets for line in sheet["line_ids"]], ["count"]
    )
    assert sum(line["count"] for line in lines) > 10


def test_officers_have_something_to_decide(rpc):
    officer = rpc("director").call
    assert officer("kehu.tier.lowering", "search_count", [["state", "=", "pending"]])
    assert officer("kehu.leak.report", "search_count", [["state", "=", "investigating"]])
    assert officer("kehu.access.review", "search_count", [["line_ids", "!=", False]])
    assert {grant["state"] for grant in officer("kehu.grant", "search_read", [], ["state"])} >= {"live", "ended"}


@pytest.mark.parametrize("login", ["gm", "director", "bu1", "bu2", "bu3", "service", "finance"])
def test_each_approver_has_something_to_approve(login, rpc):
    assert rpc(login).call("kehu.approval", "search_count", [["is_mine", "=", True]])


@pytest.mark.parametrize("login", ["gm", "director", "bu1"])
def test_first_page_of_each_app_shows_something(login, web, browser_as):
    """U7: the first click on any application shows neither an empty page nor an error."""
    menus = web(login).call("ir.ui.menu", "load_web_menus", [], False)
    apps = [menus[str(app)] for app in menus["root"]["children"]]
    page, empty = browser_as(login), []
    for app in apps:
        if app["actionModel"] != "ir.actions.act_window":
            continue
        page.goto(f"/odoo/action-{app['actionID']}")
        page.wait_for_selector(".o_action_manager > .o_action .o_content > *, .o_error_dialog")
        page.wait_for_timeout(500)  # rows come after the view
        if page.locator(".o_error_dialog, .o_view_nocontent, .o_view_sample_data").count():
            empty.append(app["name"])
    assert not empty
