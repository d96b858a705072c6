"""G2–G7: the demo company's yearly grading in the browser, and what nobody gets by RPC."""

import pytest
from clients import RemoteError

NAME = "宏图智能设备"


@pytest.fixture(scope="module")
def run(rpc):
    return rpc("clerk").call("kehu.grading.run", "search", [["state", "=", "measured"]])[0]


def sheet(rpc, run, name):
    return rpc("clerk").call(
        "kehu.evaluation",
        "search_read",
        [["run_id", "=", run], ["partner_id.name", "like", name]],
        ["partner_id", "score", "grade_id", "computed_grade_id"],
    )[0]


def press(page, label):
    page.click(f".o_statusbar_buttons button:has-text('{label}')")


def test_grades_come_from_nowhere_but_an_approved_sheet(rpc, json2, run):
    found = sheet(rpc, run, NAME)
    partner, grade = found["partner_id"][0], found["grade_id"][0]
    contact = rpc("sales1").call("res.partner", "search", [["parent_id", "=", partner]])[0]
    for values in ({"kehu_grade_id": grade}, {"child_ids": [[1, contact, {"kehu_grade_id": grade}]]}):
        for client in (rpc("sales1"), rpc("clerk")):
            with pytest.raises(RemoteError, match="evaluation that is approved"):
                client.call("res.partner", "write", [partner], values)
    with pytest.raises(RemoteError):
        json2("sales1").call("kehu.evaluation", "write", [found["id"]], vals={"score": 100})
    with pytest.raises(RemoteError):
        json2("sales1").call("kehu.evaluation", "unlink", [found["id"]])
    for model in (
        "kehu.evaluation",
        "kehu.evaluation.vote",
        "kehu.evaluation.report",
        "kehu.customer.rating",
        "kehu.grading.run",
    ):
        with pytest.raises(RemoteError):
            rpc("order").call(model, "search_read", [])
        with pytest.raises(RemoteError):
            rpc("service").call(model, "web_search_read", [], {"display_name": {}})
    with pytest.raises(RemoteError):
        rpc("sales1").call("kehu.grading.run", "_measure", [run])


def test_a_year_is_graded_in_the_browser(browser_as, rpc, run, screenshot):
    found = sheet(rpc, run, NAME)
    (grade_b,) = rpc("sales1").call("kehu.grade", "search", [["name", "=", "B"]])
    sales = browser_as("sales1")
    sales.goto(f"/odoo/evaluations/{found['id']}")
    sales.wait_for_selector(".o_kehu_breakdown tbody tr")
    assert sales.locator(".o_kehu_breakdown tbody tr").count() == 7
    assert "占总额的" in sales.inner_text(".o_kehu_breakdown")
    screenshot(sales, "evaluation_why")
    rpc("sales1").call(
        "kehu.evaluation", "write", [found["id"]], {"proposed_grade_id": grade_b, "reason": "明年有新产线"}
    )
    with pytest.raises(RemoteError, match="does not vote"):
        rpc("sales1").call("kehu.evaluation.vote", "create", {"evaluation_id": found["id"], "grade_id": grade_b})

    member = browser_as("gm")
    member.goto(f"/odoo/evaluations/{found['id']}")
    member.click("button[name=action_vote]")
    member.fill(".modal div[name=grade_id] input", "A")
    member.click(".modal .o-autocomplete--dropdown-item:has-text('A')")
    member.fill(".modal div[name=comment] textarea", "付款及时")
    member.click(".modal footer button:has-text('投票')")
    member.wait_for_selector(".modal", state="detached")
    # Some customers are read by members with clearance only.
    for voter in ("gm", "director"):
        for evaluation in rpc(voter).call(
            "kehu.evaluation",
            "search_read",
            [["run_id", "=", run], ["committee_grade_id", "=", False]],
            ["computed_grade_id"],
        ):
            rpc(voter).call(
                "kehu.evaluation.vote",
                "create",
                {"evaluation_id": evaluation["id"], "grade_id": evaluation["computed_grade_id"][0]},
            )

    clerk = browser_as("clerk")
    clerk.goto(f"/odoo/grading-runs/{run}")
    press(clerk, "提交")
    clerk.wait_for_selector(".o_arrow_button_current:has-text('审批中')")
    screenshot(clerk, "grading_run")
    for approver in ("finance", "director"):
        page = browser_as(approver)
        page.goto(f"/odoo/grading-runs/{run}")
        page.click(".o_statusbar_buttons button[name=action_approval_approve]")
        page.wait_for_selector(".o_statusbar_buttons button[name=action_approval_approve]", state="detached")
    rpc("admin").call(
        "ir.cron",
        "method_direct_trigger",
        rpc("admin").call("ir.model.data", "search_read", [["name", "=", "ir_cron_take_effect"]], ["res_id"])[0][
            "res_id"
        ],
    )
    clerk.reload()
    clerk.wait_for_selector(".o_arrow_button_current:has-text('已生效')")
    assert (
        rpc("sales1").call("res.partner", "read", [found["partner_id"][0]], ["kehu_grade_id"])[0]["kehu_grade_id"][0]
        != grade_b
    )
    clerk.goto("/odoo/grade-distribution")
    clerk.wait_for_selector(".o_graph_renderer canvas")
    screenshot(clerk, "grade_distribution")
