"""X1–X3: a customer of tier 2, and somebody without clearance at every door."""

import json

import pytest
from clients import RemoteError

SECRET = "粤兴新能源汽车部件有限公司"


@pytest.fixture(scope="module")
def secret(rpc):
    """Ids of the demo company's confidential customer: archive and contact record."""
    (archive,) = rpc("clerk").call("kehu.archive", "search_read", [["name", "=", SECRET]], ["partner_id", "kehu_tier"])
    assert archive["kehu_tier"] == "2"
    return {"kehu.archive": archive["id"], "res.partner": archive["partner_id"][0]}


@pytest.mark.parametrize("model", ["kehu.archive", "res.partner"])
def test_uncleared_user_meets_nothing(model, secret, rpc, json2, web):
    domain = [["name", "=", SECRET]]
    for client in (rpc("order"), web("order")):
        assert client.call(model, "search", domain) == []
        assert client.call(model, "search_read", domain, ["name"]) == []
        assert client.call(model, "name_search", SECRET[:3]) == []
        assert client.call(model, "formatted_read_group", domain, ["kehu_tier"], ["__count"]) == []
        assert client.call(model, "web_search_read", domain, {"name": {}})["length"] == 0
    assert json2("order").call(model, "search_read", domain=domain, fields=["name"]) == []
    for client in (rpc("order"), web("order")):
        for method, arguments in (
            ("read", [["name", "phone"]]),
            ("web_read", [{"name": {}}]),
            ("export_data", [["name"]]),
            ("write", [{"name": "x"}]),
            ("unlink", []),
            ("message_post", []),
        ):
            with pytest.raises(RemoteError) as refused:
                client.call(model, method, [secret[model]], *arguments)
            assert SECRET not in str(refused.value)
    with pytest.raises(RemoteError) as refused:
        json2("order").call(model, "read", [secret[model]], fields=["name"])
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("model", ["kehu.archive", "res.partner"])
def test_uncleared_export_has_no_row(model, secret, web, rpc):
    admin = rpc("admin")
    (group,) = admin.call(
        "ir.model.data", "search_read", [["module", "=", "base"], ["name", "=", "group_allow_export"]], ["res_id"]
    )
    (user,) = admin.call("res.users", "search", [["login", "=", "order"]])
    admin.call("res.users", "write", [user], {"group_ids": [[4, group["res_id"]]]})
    for ids in (False, [secret[model]]):
        request = {
            "model": model,
            "fields": [{"name": "name", "label": "name", "type": "char"}],
            "ids": ids,
            "domain": [["name", "ilike", SECRET[:3]]],
            "import_compat": False,
            "groupby": [],
        }
        status, body = web("order").post("/web/export/csv", data=json.dumps(request))
        assert SECRET not in body.decode(errors="replace")
        assert status == (500 if ids else 200)


def test_relation_opens_what_clearance_does_not(secret, rpc):
    for login, reads in (
        ("bu3", True),
        ("sales3", True),
        ("bu1", False),
        ("sales1", False),
        ("service", True),
        ("gm", True),
    ):
        found = rpc(login).call("kehu.archive", "search_count", [["id", "=", secret["kehu.archive"]]])
        assert bool(found) is reads, login


def test_a_list_of_the_uncleared_shows_no_trace(secret, browser_as, screenshot):
    page = browser_as("order")
    page.goto("/odoo/customer-archives")
    page.wait_for_selector(".o_data_row")
    screenshot(page, "list_without_clearance")
    assert SECRET not in page.content()
    page.goto(f"/odoo/customer-archives/{secret['kehu.archive']}")
    page.wait_for_selector(".o_notification:has-text('申请查阅')")
    assert SECRET not in page.content()
    page.click(".o_notification_close")
    page.wait_for_selector(".o_notification", state="detached")
