"""A24, A17: the clerk's main job, in the browser and over RPC, with a list as companies have it."""

import csv
import io
import re
from pathlib import Path

import pytest

LISTS = Path(__file__).parent.parent / "kehu_archive" / "examples"
COLUMNS = ["name", "vat", "state_id", "city", "website"]


def read_list(name, encoding):
    return list(csv.reader(io.StringIO((LISTS / name).read_bytes().decode(encoding))))[1:]


@pytest.fixture
def without_the_list(rpc):
    """Another test may have brought the list in: its customers become others, so that each test can."""
    codes = [row[1] for row in read_list("customers_real.csv", "utf-8-sig")]
    admin = rpc("admin")
    context = {"active_test": False}
    archives = admin.call("kehu.archive", "search_read", [["vat", "in", codes]], ["partner_id"], context=context)
    admin.call("kehu.archive", "unlink", [archive["id"] for archive in archives], context=context)
    admin.call(
        "res.partner",
        "write",
        [archive["partner_id"][0] for archive in archives],
        {"name": "Former", "vat": False, "phone": False, "email": False, "active": False},
        context=context,
    )
    return admin


def test_clerk_imports_list_in_browser_and_fills_card(without_the_list, browser_as, rpc, screenshot):
    page = browser_as("clerk")
    page.goto("/odoo/customer-archives")
    page.wait_for_selector(".o_list_view")
    page.click(".o_cp_action_menus .dropdown-toggle")
    page.click(".o_import_menu")
    page.set_input_files("input[type=file]", LISTS / "customers_real.csv")
    page.wait_for_selector(".o_import_data_content .o_select_menu_toggler")
    matched = page.locator(".o_import_data_content .o_select_menu_toggler").all_inner_texts()
    assert [text.strip() for text in matched] == ["客户名称", "统一社会信用代码", "省份", "城市", "网址"]
    page.click(".o_control_panel button:has-text('测试')")
    page.wait_for_selector("text=看上去一切正常")
    screenshot(page, "import")
    page.click(".o_control_panel button:has-text('导入')")
    page.wait_for_selector(".o_list_view .o_data_row")

    page.goto("/odoo/customer-archives")
    page.wait_for_selector(".o_data_row")
    page.fill(".o_searchview_input", "比亚迪")
    page.wait_for_selector(".o_searchview_autocomplete")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_searchview_facet")
    page.wait_for_function("document.querySelectorAll('.o_data_row').length === 1")
    screenshot(page, "archive_search")
    page.click(".o_data_row td[name=name]")
    page.wait_for_selector(".o_form_view")
    page.fill("div[name=legal_representative] input", "王传福")
    page.fill("div[name=business_scope] textarea", "新能源汽车、动力电池的研发与制造。")
    page.click("a[name=people]")
    page.click("div[name=child_ids] .o_field_x2many_list_row_add a")
    page.fill("div[name=child_ids] .o_selected_row td[name=name] input", "陈工")
    page.fill("div[name=child_ids] .o_selected_row td[name=function] input", "采购部长")
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_saved, .o_form_status_indicator_buttons.invisible", state="attached")
    page.click("a[name=card]")
    screenshot(page, "archive_card")
    page.go_back()
    page.wait_for_selector(".o_data_row")
    screenshot(page, "archive_list")

    (archive,) = rpc("clerk").call(
        "kehu.archive",
        "search_read",
        [["name", "=", "比亚迪股份有限公司"]],
        ["number", "state", "legal_representative", "child_ids", "kehu_custodian_id", "country_id", "import_id"],
    )
    assert not archive["number"]
    rpc("clerk").call("kehu.archive.import", "workflow_move", archive["import_id"][0], "keep")
    (numbered,) = rpc("clerk").call("kehu.archive", "read", archive["id"], ["number"])
    assert re.fullmatch(r"KH-\d{5}", numbered["number"])
    assert archive["state"] == "preliminary"
    assert archive["legal_representative"] == "王传福"
    assert len(archive["child_ids"]) == 1
    assert archive["kehu_custodian_id"][1] == "李敏"


def test_the_list_is_loaded_over_rpc_with_its_business_unit(without_the_list, rpc):
    salesman = rpc("sales1")
    rows = read_list("customers_real.csv", "utf-8-sig")
    result = salesman.call("kehu.archive", "load", COLUMNS, rows)
    assert not result["messages"]
    archives = salesman.call("kehu.archive", "read", result["ids"], ["number", "vat", "kehu_team_id", "partner_id"])
    assert [archive["vat"] for archive in archives] == [row[1] for row in rows]
    assert len({archive["number"] for archive in archives}) == len(rows)
    assert {archive["kehu_team_id"][1] for archive in archives} == {"消费电子事业部"}
    assert all(archive["partner_id"] for archive in archives)


def test_messy_list_is_explained_in_chinese(without_the_list, rpc, browser_as, screenshot):
    clerk = rpc("clerk")
    partners = clerk.call("res.partner", "search_count", [])
    result = clerk.call(
        "kehu.archive", "load", COLUMNS, read_list("customers_messy.csv", "gb18030"), context={"lang": "zh_CN"}
    )
    said = {}
    for message in result["messages"]:
        said.setdefault(message["rows"]["from"] + 1, []).append(message["message"])
    for row, cause in {
        2: "914403001922038216",
        4: "统一社会信用代码 91430000616800612R 校验位错误",
        5: "校验位错误",
        6: "缺少客户名称",
        7: "有 17 位",
        8: "网址 http://not a url 不是有效的网址",
        9: "省份",
        11: "客户名称以电子表格公式开头",
        12: "客户名称含有换行",
        13: "客户名称超过 200 个字符",
    }.items():
        assert any(cause in message for message in said[row]), (row, said[row])
    assert not result["ids"]

    page = browser_as("clerk")
    page.goto("/odoo/customer-archives/import?active_model=kehu.archive")
    page.set_input_files("input[type=file]", LISTS / "customers_messy.csv")
    page.wait_for_selector(".o_import_data_content .o_select_menu_toggler")
    page.click(".o_control_panel button:has-text('导入')")
    page.wait_for_selector(".o_import_report.alert-danger")
    screenshot(page, "import_errors")
    assert clerk.call("res.partner", "search_count", []) == partners


def test_import_is_undone_on_the_server(rpc):
    """Batches, what was touched meanwhile and the undoing are transactions of their own."""
    clerk = rpc("clerk")
    names = [f"Undone Test {word}" for word in ("Apple", "Birch", "Cedar", "Dogwood")]
    dialog = clerk.call(
        "base_import.import",
        "create",
        {
            "res_model": "kehu.archive",
            "file": "\n".join(["name", *names]),
            "file_name": "undo.csv",
            "file_type": "text/csv",
        },
    )
    options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "limit": 2}
    options |= {
        "date_format": "",
        "datetime_format": "",
        "float_thousand_separator": ",",
        "float_decimal_separator": ".",
    }
    ids = []
    for skip in (0, 2):
        result = clerk.call(
            "base_import.import", "execute_import", dialog, ["name"], ["name"], {**options, "skip": skip}
        )
        assert not result["messages"]
        ids += result["ids"]
    archives = clerk.call("kehu.archive", "read", ids, ["number", "import_id"])
    (run,) = {archive["import_id"][0] for archive in archives}
    assert not any(archive["number"] for archive in archives)
    clerk.call("kehu.archive", "write", ids[:1], {"legal_representative": "王"})
    clerk.call("kehu.archive.import", "action_undo", [run])
    assert clerk.call("kehu.archive", "search", [["id", "in", ids]]) == ids[:1]
    clerk.call("kehu.archive.import", "workflow_move", [run], "keep")
    clerk.call("kehu.archive", "write", ids[:1], {"name": f"Former {run}"})
