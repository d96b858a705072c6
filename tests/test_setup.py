"""The administrator is told what is set up and what is missing, and each line opens the page where it is done (U15)."""


def test_administrator_reads_what_is_missing(browser_as, rpc, screenshot):
    administrator = rpc("admin")
    page = browser_as("admin")
    page.click(".o_navbar_apps_menu button")
    page.locator(".o-dropdown--menu .o_app", has_text="流程").first.click()
    page.wait_for_selector(".o_menu_brand:has-text('流程')")
    page.locator(".o_menu_sections >> text=配置").first.click()
    page.locator(".o-dropdown--menu >> text=配置检查").first.click()
    page.wait_for_selector(".o_list_view .o_group_header")
    screenshot(page, "setup")
    assert page.locator(".o_group_header").count() == 5
    steps = administrator.call("kehu.setup.step", "search_read", [], ["name", "is_done", "missing"])
    missing = {step["name"]: step["missing"] for step in steps if not step["is_done"]}
    assert all(missing.values())
    assert set(missing) <= {"两位保密专员：一个人不能降密", "受理台，各有收件邮箱"}, missing
    page.locator(".o_group_header", has_text="流程").first.click()
    page.locator(".o_data_row", has_text="审批规则").locator("button").first.click()
    page.wait_for_selector(".o_breadcrumb >> text=审批规则")
