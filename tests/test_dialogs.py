"""U1: a dialog that is dismissed twice, on a slow line, leaves the application alive."""

import time


def test_a_dialog_dismissed_twice_leaves_the_page_alive(browser_as, rpc):
    archive = rpc("clerk").call("kehu.archive", "search", [], limit=1)[0]
    clerk = browser_as("clerk")
    clerk.goto(f"/odoo/customer-archives/{archive}")
    clerk.click("button[name=action_workflow_explain]")
    clerk.wait_for_selector(".modal")

    def slowly(route):
        time.sleep(2)  # the line is slow: longer than both keys take
        route.continue_()

    clerk.route("**/web_read*", slowly)
    clerk.keyboard.press("Escape")
    clerk.keyboard.press("Escape")
    clerk.locator(".o_menu_sections a", has_text="档案").first.click()
    clerk.click(".o_list_view .o_data_row td[name=name] >> nth=0")
    clerk.wait_for_selector(".o_form_view .o_statusbar_status")
    assert not clerk.locator("body.modal-open").count()


def test_missing_fields_are_named(browser_as):
    clerk = browser_as("clerk")
    clerk.goto("/odoo/action-kehu_archive.kehu_product_file_action")
    clerk.click(".o_list_button_add")
    clerk.fill(".o_field_widget[name=name] input", "SN-2026-1")
    clerk.locator(".o_menu_sections a", has_text="档案").first.click()
    assert "客户" in clerk.locator(".o_notification").first.inner_text()
