"""G9: the demo company admits a distributor: voted on and admitted in the browser, and what nobody gets by RPC."""

import base64

import pytest
from clients import RemoteError

PAPER = base64.b64encode(b"%PDF-1.4 another paper").decode()


@pytest.fixture(scope="module")
def admission(rpc):
    return rpc("clerk").call("kehu.admission", "search", [["state", "=", "committee"]])[0]


def test_what_is_before_the_committee_is_not_exchanged(rpc, json2, admission):
    paper = rpc("sales1").call("kehu.admission.paper", "search", [["admission_id", "=", admission]])[0]
    for login in ("sales1", "bu1", "clerk"):
        for model, ids, values in (
            ("kehu.admission", [admission], {"credit_limit": 9}),
            ("kehu.admission", [admission], {"state": "admitted"}),
            ("kehu.admission", [admission], {"committee_verdict": "yes"}),
            ("kehu.admission", [admission], {"vote_ids": [[0, 0, {"verdict": "yes"}]]}),
            ("kehu.admission", [admission], {"paper_ids": [[1, paper, {"file": PAPER}]]}),
            ("kehu.admission.paper", [paper], {"file": PAPER}),
        ):
            with pytest.raises(RemoteError):
                json2(login).call(model, "write", ids, vals=values)
        with pytest.raises(RemoteError, match="exchange it there"):
            rpc(login).call(
                "ir.attachment",
                "create",
                {
                    "name": "x",
                    "datas": PAPER,
                    "res_model": "kehu.admission.paper",
                    "res_id": paper,
                    "res_field": "file",
                },
            )
    with pytest.raises(RemoteError):
        rpc("sales1").call("kehu.admission.vote", "create", {"admission_id": admission, "verdict": "yes"})
    for login in ("order", "customer"):
        for model in ("kehu.admission", "kehu.admission.paper", "kehu.admission.vote"):
            with pytest.raises(RemoteError):
                rpc(login).call(model, "search_read", [])


def test_a_distributor_is_admitted_in_the_browser(browser_as, rpc, admission, screenshot):
    member = browser_as("gm")
    member.goto(f"/odoo/distributor-admissions/{admission}")
    member.click("button[name=action_vote]")
    member.click(".modal div[name=verdict] label:text-is('准入')")
    member.fill(".modal div[name=comment] textarea", "渠道互补")
    member.click(".modal footer button:has-text('投票')")
    member.wait_for_selector(".modal", state="detached")
    member.click("a[name=votes]")
    member.wait_for_selector("div[name=vote_ids] .o_data_row:has-text('渠道互补')")
    screenshot(member, "admission_votes")
    clerk = browser_as("clerk")
    with pytest.raises(RemoteError, match="takes 2 votes"):
        rpc("clerk").call("kehu.admission", "workflow_move", [admission], "submit")
    rpc("director").call("kehu.admission.vote", "create", {"admission_id": admission, "verdict": "yes"})
    rpc("clerk").call("kehu.admission", "workflow_move", [admission], "submit")
    for approver in ("finance", "director"):
        rpc(approver).call("kehu.admission", "action_approval_approve", [admission])

    clerk.goto(f"/odoo/distributor-admissions/{admission}")
    clerk.click("a[name=contract]")
    clerk.fill("div[name=contract_number] input", "JX-2026-001")
    for name, day in (("contract_from", "2026/12/01"), ("contract_until", "2027/11/30")):
        clerk.fill(f"div[name={name}] input", day)
        clerk.press(f"div[name={name}] input", "Tab")
    clerk.set_input_files(
        "div[name=contract_file] input[type=file]",
        {"name": "经销合同.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 contract"},
    )
    clerk.click(".o_statusbar_buttons button:has-text('准入')")
    clerk.wait_for_selector(".o_arrow_button_current:has-text('已准入')")
    screenshot(clerk, "admission_admitted")
    partner = rpc("clerk").call("kehu.admission", "read", [admission], ["partner_id"])[0]["partner_id"][0]
    assert (
        rpc("clerk").call("kehu.archive", "search_count", [["partner_id", "=", partner], ["party", "=", "distributor"]])
        == 1
    )
