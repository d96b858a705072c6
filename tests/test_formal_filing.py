"""A3, A4, A6: a preliminary archive becomes formal in the browser, through its business unit manager and the marketing
director.
"""

import pytest

CUSTOMER = "钱江精密仪器有限公司"


@pytest.fixture
def late_archive(rpc):
    """The demo company's late archive, preliminary."""
    (archive,) = rpc("clerk").call(
        "kehu.archive", "search_read", [["name", "=", CUSTOMER]], ["state", "deadline_state"]
    )
    assert (archive["state"], archive["deadline_state"]) == ("preliminary", "late")
    return archive["id"]


def test_clerk_submits_manager_and_director_approve(late_archive, browser_as, rpc, screenshot):
    clerk = browser_as("clerk")
    clerk.goto(f"/odoo/customer-archives/{late_archive}")
    clerk.wait_for_selector(".o_field_kehu_deadline .badge")
    clerk.click("button[name=action_workflow_explain]")
    clerk.wait_for_selector(".modal")
    screenshot(clerk, "filing_why")
    clerk.click(".modal .btn-close")
    clerk.click(".o_statusbar_buttons button:has-text('提交审批')")
    clerk.wait_for_selector(".o_arrow_button_current:has-text('审批中')")
    assert not clerk.locator(".o_statusbar_buttons button:has-text('提交审批')").count()

    for login, after in (("bu2", "pending"), ("director", "formal")):
        page = browser_as(login)
        page.goto("/odoo/action-kehu_workflow.kehu_approval_action_mine")
        row = page.locator(".o_data_row", has_text=CUSTOMER)
        row.wait_for()
        screenshot(page, f"filing_my_approvals_{login}")
        row.locator("input[type=checkbox]").check()
        page.click(".o_control_panel button[name=action_approve]")
        row.wait_for(state="detached")
        (archive,) = rpc("clerk").call("kehu.archive", "read", [late_archive], ["state"])
        assert archive["state"] == after

    clerk.reload()
    clerk.wait_for_selector(".o_arrow_button_current:has-text('正式')")
    clerk.click("a[name=workflow_history]")
    clerk.wait_for_selector("div[name=workflow_log_ids] .o_data_row")
    screenshot(clerk, "filing_history")
    assert clerk.locator("div[name=workflow_log_ids] .o_data_row").count() == 2
    assert clerk.locator("div[name=approval_decision_ids] .o_data_row").count() == 2
