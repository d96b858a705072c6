"""U1: whoever sees one of our applications in the menu of apps enters it by a click, and is on a page of it."""

import pytest

APPS = {"客户档案", "投诉与服务", "客户分级", "流程"}


@pytest.mark.parametrize(
    "login",
    ["admin", "service", "order", "director", "gm", "clerk", "sales1", "finance", "bu1", "tech1", "legal", "it"],
)
def test_each_app_opens_on_a_page_of_its_own(login, browser_as):
    page = browser_as(login)
    page.click(".o_navbar_apps_menu button")
    page.wait_for_selector(".o-dropdown--menu .o_app")
    names = [name.strip() for name in page.locator(".o-dropdown--menu .o_app").all_inner_texts()]
    ours = [name for name in names if name in APPS]
    assert "投诉与服务" in ours, names
    page.keyboard.press("Escape")
    for name in ours:
        page.click(".o_navbar_apps_menu button")
        page.locator(".o-dropdown--menu .o_app", has_text=name).first.click()
        page.wait_for_selector(f".o_menu_brand:has-text('{name}')")
        page.wait_for_selector(".o_list_view, .o_kanban_view, .o_form_view, .o_graph_view")
        assert not page.locator(".modal").count(), name
        assert page.locator(".o_menu_sections > *").count() <= 7, f"{name}: side by side"
