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
