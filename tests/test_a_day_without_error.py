"""X3: whoever has no clearance opens every page there is, lists and forms, and meets no error dialog and no hidden
name.
"""

import pytest

HIDDEN = "粤兴新能源汽车部件有限公司"


def actions(session, admin):
    """The window actions of all menus that the user sees, with the kinds of their views."""
    menus = session.call("ir.ui.menu", "load_web_menus", [], False)
    ids = sorted(
        {
            menu["actionID"]
            for menu in menus.values()
            if menu.get("actionID") and menu["actionModel"] == "ir.actions.act_window"
        }
    )
    return admin.call("ir.actions.act_window", "read", ids, ["name", "res_model", "view_mode", "target"])


@pytest.mark.parametrize("login", ["sales1", "order"])
def test_every_page_opens(login, web, browser_as):
    session, page = web(login), browser_as(login)
    opened = 0
    for action in actions(session, web("admin")):
        if action["target"] == "new":
            continue
        for kind in action["view_mode"].split(","):
            if kind == "form":
                continue
            page.goto(f"/odoo/action-{action['id']}?view_type={kind}")
            page.wait_for_selector(".o_action_manager > .o_action, .o_error_dialog")
            page.wait_for_timeout(500)  # what the page loads on its own may fail, too
            assert not page.locator(".o_error_dialog").count(), (action["name"], kind)
            assert HIDDEN not in page.content(), (action["name"], kind)
            opened += 1
            row = page.locator(".o_list_view .o_data_row .o_data_cell").first
            if kind == "list" and row.count() and not page.locator(".o_view_sample_data").count():
                row.click()
                page.wait_for_timeout(500)
                assert not page.locator(".o_error_dialog").count(), (action["name"], "form")
                assert HIDDEN not in page.content(), (action["name"], "form")
    assert opened > 10
