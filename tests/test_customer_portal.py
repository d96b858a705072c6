"""C1, C7: the customer in the portal, in the browser and as somebody who tries more than the pages offer."""

import json
import re
import urllib.error
import urllib.request
import uuid

import pytest
from clients import RemoteError
from postbox import deliver, text_of

SECRETS = ("何人投诉", "孙丽", "吴强", "order@ruida", "service@ruida", "机密", "绝密", "调查", "责任人")


@pytest.fixture(scope="module")
def complaints(rpc):
    """The demo's complaints by name, as the supervisor of the service sees them."""
    service = rpc("service")
    everything = service.call("kehu.complaint", "search", [["state", "!=", "closed"], ["contact_email", "!=", False]])
    service.call("kehu.complaint", "action_tell_progress", everything)  # each has a link now
    rows = service.call("kehu.complaint", "search_read", [], ["name", "number", "state", "contact_email"])
    return {row["name"]: row for row in rows}


@pytest.fixture(scope="module")
def mine(complaints):
    return complaints["到货外箱破损，部分产品划伤"]


@pytest.fixture(scope="module")
def foreign(complaints):
    return complaints["控制主板通电后反复重启"]


def upload(web, path, files=(), **fields):
    """Posts a form with files. Returns (status, body)."""
    boundary = uuid.uuid4().hex
    fields["csrf_token"] = re.search(r'csrf_token: "(\w+)"', web.get("/my")[1].decode()).group(1)
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: '
        f"application/octet-stream\r\n\r\n".encode()
        + content
        for name, content in files
    ]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts) + b"--%s--\r\n" % boundary.encode()
    request = urllib.request.Request(
        web._server.url + path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    status, page = web._send(request)
    return status, page.decode()


# === IN THE BROWSER ===


def test_the_customer_complains_follows_answers_and_rates(browser_as, rpc, screenshot, tmp_path):
    page = browser_as("customer")
    page.wait_for_selector(".o_portal_my_home a[href='/my/complaints'] >> text=投诉")
    screenshot(page, "portal_home")
    page.click("a[href='/my/complaints']")
    page.wait_for_selector("text=移动电源充电时外壳发烫")
    assert "控制主板" not in page.content(), "another customer's"
    screenshot(page, "portal_list")
    page.click("a[name=new]")
    photo = tmp_path / "外箱照片.png"
    page.screenshot(path=photo)
    page.fill("input[name=name]", "充电线接口松动")
    page.fill("textarea[name=description]", "第二批到货的充电线接口松动，约占一成。\n请换货。")
    page.fill("input[name=serial]", "CL-260401-0088")
    page.set_input_files("input[name=files]", [photo])
    screenshot(page, "portal_new")
    page.click("form button[type=submit]")
    page.wait_for_selector(".alert-success")
    number = page.inner_text(".alert-success strong")
    assert re.fullmatch(r"TS-\d{5}", number)
    screenshot(page, "portal_complaint_new")

    service = rpc("service")
    complaint = service.call(
        "kehu.complaint",
        "search_read",
        [["number", "=", number]],
        ["channel", "partner_id", "serial", "desk_id", "state", "id"],
    )[0]
    assert (complaint["channel"], complaint["serial"], complaint["state"]) == ("portal", "CL-260401-0088", "received")
    assert "林晓雯" in complaint["partner_id"][1]
    attached = service.call(
        "ir.attachment",
        "search_read",
        [["res_model", "=", "kehu.complaint"], ["res_id", "=", complaint["id"]]],
        ["name"],
    )
    assert [file["name"] for file in attached] == ["外箱照片.png"]

    # The service asks and waits; the customer answers in the portal, and the clocks go on.
    service.call(
        "kehu.complaint",
        "message_post",
        [complaint["id"]],
        body="请告知批号。",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    service.call(
        "kehu.complaint", "message_post", [complaint["id"]], body="此客户一向挑剔", subtype_xmlid="mail.mt_note"
    )
    service.call("kehu.complaint", "write", [complaint["id"]], {"waiting_reason": "等批号"})
    page.reload()
    assert "请告知批号" in page.content() and "等批号" in page.content() and "挑剔" not in page.content()
    page.fill("textarea[name=message]", "批号 2604-B。")
    page.click("form[name=answer] button[type=submit]")
    page.wait_for_selector(".alert-success")
    assert not service.call("kehu.complaint", "read", [complaint["id"]], ["waiting_reason"])[0]["waiting_reason"]

    # Answered, the customer rates.
    service.call("kehu.complaint", "write", [complaint["id"]], {"reply": "<p>换货已发出，深表歉意。</p>"})
    service.call("kehu.complaint", "workflow_move", [complaint["id"]], "decline")
    page.reload()
    assert "换货已发出" in page.inner_text("#conversation")
    page.check("#rate_4")
    page.fill("textarea[name=feedback]", "处理及时")
    page.click("form[name=rating] button[type=submit]")
    page.wait_for_selector(".alert-success")
    screenshot(page, "portal_complaint")
    page.set_viewport_size({"width": 390, "height": 844})
    screenshot(page, "portal_complaint_phone")
    page.goto("/my/complaints")
    screenshot(page, "portal_list_phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a telephone"
    ratings = service.call(
        "rating.rating",
        "search_read",
        [["res_model", "=", "kehu.complaint"], ["res_id", "=", complaint["id"]]],
        ["rating", "feedback"],
    )
    assert ratings == [{"id": ratings[0]["id"], "rating": 4.0, "feedback": "处理及时"}]


@pytest.fixture(scope="module")
def token(mine, rpc, postbox):
    """The token in the customer's mail, where alone it is."""
    rpc("service").call("kehu.complaint", "action_tell_progress", [mine["id"]])
    deliver(rpc)
    mail = text_of(postbox.to(mine["contact_email"], mine["number"])[-1])
    return re.search(rf"/my/complaints/{mine['id']}\?access_token=([\w-]+)", mail)[1]


def test_no_colleague_reads_the_link(mine, token, rpc):
    for login in ("service", "director", "admin"):
        colleague = rpc(login)
        messages = colleague.call(
            "mail.message", "search_read", [["model", "=", "kehu.complaint"], ["res_id", "=", mine["id"]]], ["body"]
        )
        assert token not in str(messages) + colleague.call("kehu.complaint", "get_portal_url", [mine["id"]])
        with pytest.raises(RemoteError):
            colleague.call("kehu.complaint", "read", [mine["id"]], ["access_token"])


def test_the_link_of_the_mail_is_enough(mine, token, rpc, server, chromium, screenshot):
    context = chromium.new_context(base_url=server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"/web/login?db={server.database}")  # the test server has several databases
    page.goto(f"/my/complaints/{mine['id']}")
    assert "/web/login" in page.url, "without the link one must log in"
    page.goto(f"/my/complaints/{mine['id']}?access_token={token[:-1]}x")
    assert mine["number"] not in page.content()
    page.click("form[name=resend] button[type=submit]")
    page.wait_for_selector(".alert-success")
    assert mine["number"] not in page.content()
    screenshot(page, "portal_stale_link")
    page.goto(f"/my/complaints/{mine['id']}?access_token={token}")
    assert mine["number"] in page.inner_text("#wrap")
    screenshot(page, "portal_by_link")
    page.fill("textarea[name=message]", "照片已寄出。")
    page.click("form[name=answer] button[type=submit]")
    page.wait_for_selector(".alert-success")
    assert "照片已寄出" in page.inner_text("#conversation")
    message = rpc("service").call(
        "mail.message",
        "search_read",
        [["model", "=", "kehu.complaint"], ["res_id", "=", mine["id"]], ["body", "like", "照片已寄出"]],
        ["author_id"],
    )[0]
    assert "林晓雯" in message["author_id"][1]
    context.close()


def test_the_page_says_nothing_internal(web, rpc, mine):
    service = rpc("service")
    service.call(
        "kehu.complaint",
        "write",
        [mine["id"]],
        {
            "accused_team_ids": [[6, 0, service.call("crm.team", "search", [["name", "=", "消费电子事业部"]])]],
            "course": "仓库误用旧箱何人投诉",
        },
    )
    status, page = web("customer").get(f"/my/complaints/{mine['id']}")
    assert status == 200 and "外箱破损" in page.decode()
    for secret in SECRETS:
        assert secret not in page.decode(), secret
    service.call("kehu.complaint", "write", [mine["id"]], {"accused_team_ids": [[5]], "accusation_reason": "弄错了"})


# === AS AN ATTACKER ===


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("search", [[]]),
        ("search_read", [[], ["name"]]),
        ("web_search_read", [[], {"name": {}}]),
        ("search_count", [[]]),
        ("formatted_read_group", [[], ["state"], ["__count"]]),
        ("name_search", [""]),
        ("create", [{"name": "x"}]),
        ("get_views", [[[False, "form"]]]),
    ],
)
def test_the_customer_has_no_right_on_the_model(web, rpc, method, arguments):
    for client in (web("customer"), rpc("customer")):
        with pytest.raises(RemoteError):
            client.call("kehu.complaint", method, *arguments)


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("read", [["name", "state", "kehu_tier", "accused_user_ids"]]),
        ("web_read", [{"name": {}}]),
        ("export_data", [["name"]]),
        ("write", [{"name": "x"}]),
        ("unlink", []),
        ("copy", []),
        ("message_post", []),
        ("message_get_followers", []),
        ("workflow_move", ["accept"]),
        ("action_tell_progress", []),
        ("action_open", []),
        ("message_subscribe", [[3]]),
        ("activity_schedule", []),
        ("rating_get_stats", []),
        ("get_portal_url", []),
    ],
)
def test_not_even_on_own_record_by_rpc(web, rpc, mine, foreign, method, arguments):
    for client in (web("customer"), rpc("customer")):
        for complaint in (mine, foreign):
            with pytest.raises(RemoteError) as refused:
                client.call("kehu.complaint", method, [complaint["id"]], *arguments)
            assert complaint["name"] not in str(refused.value)


def test_rows_about_it_are_not_readable_either(rpc, mine, foreign):
    customer = rpc("customer")
    for model, domain in (
        ("kehu.complaint.compensation", []),
        ("kehu.service.desk", []),
        ("rating.rating", []),
        ("mail.activity", []),
        ("kehu.approval", []),
        ("kehu.deadline", []),
        ("mail.followers", [["res_model", "=", "kehu.complaint"]]),
    ):
        try:
            assert customer.call(model, "search_read", domain, ["id"]) == [], model
        except RemoteError:
            pass
    messages = customer.call(
        "mail.message", "search_read", [["model", "=", "kehu.complaint"]], ["res_id", "body", "subtype_id"]
    )
    assert not [message for message in messages if message["res_id"] == foreign["id"]]
    with pytest.raises(RemoteError):
        customer.call("ir.attachment", "search", [["res_model", "=", "kehu.complaint"]])


@pytest.mark.parametrize(
    "route, arguments",
    [
        ("/mail/message/post", {"post_data": {"body": "x"}}),
        ("/mail/thread/messages", {}),
        ("/mail/chatter_fetch", {}),
        ("/mail/message/post", {"post_data": {"body": "x"}, "token": "x"}),
        ("/mail/chatter_fetch", {"token": "00000000-0000"}),
        ("/mail/message/post", {"post_data": {"body": "x"}, "hash": "0" * 64, "pid": 3}),
        ("/portal/chatter_init", {}),
    ],
)
def test_the_routes_of_the_chatter_are_closed(web, rpc, foreign, route, arguments):
    about = [["model", "=", "kehu.complaint"], ["res_id", "=", foreign["id"]]]
    before = rpc("service").call("mail.message", "search_count", about)
    try:
        answer = web("customer")._json(route, thread_model="kehu.complaint", thread_id=foreign["id"], **arguments)
        assert foreign["name"] not in json.dumps(answer, ensure_ascii=False) and "重启" not in json.dumps(
            answer, ensure_ascii=False
        )
    except (RemoteError, urllib.error.HTTPError):
        pass
    assert rpc("service").call("mail.message", "search_count", about) == before


def test_another_customers_complaint_is_no_different_from_none(web, rpc, foreign):
    customer = web("customer")
    for number in (foreign["id"], 999_999):
        for query, expected in (
            ("", (200, True, False)),
            ("?access_token=", (200, True, False)),
            ("?access_token=x", (403, False, True)),
        ):
            status, page = customer.get(f"/my/complaints/{number}{query}")
            page = page.decode()
            assert (status, "o_portal_my_home" in page, 'name="resend"' in page) == expected
            assert "控制主板" not in page
    before = rpc("service").call("kehu.complaint", "read", [foreign["id"]], ["message_ids"])
    for action in ("answer", "rate"):
        status, page = upload(
            customer, f"/my/complaints/{foreign['id']}/{action}", message="x", rate="1", files=[("a.png", b"x")]
        )
        assert "o_portal_my_home" in page
    assert rpc("service").call("kehu.complaint", "read", [foreign["id"]], ["message_ids"]) == before


def test_files_are_looked_at(web, rpc, mine):
    customer = web("customer")
    path = f"/my/complaints/{mine['id']}/answer"
    for name, content in (
        ("virus.exe", b"MZ"),
        ("page.html", b"<html>"),
        ("photo.png", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("large.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024)),
    ):
        status, page = upload(customer, path, message="", files=[(name, content)])
        assert status == 200 and "alert-danger" in page, name
    status, page = upload(customer, path, message="", files=[(f"{number}.txt", b"x") for number in range(11)])
    assert "alert-danger" in page
    names = rpc("service").call(
        "ir.attachment", "search_read", [["res_model", "=", "kehu.complaint"], ["res_id", "=", mine["id"]]], ["name"]
    )
    assert not [name for name in names if name["name"] != "../../etc/passwd.txt" and "." in name["name"]], names
    status, page = upload(customer, path, message="见附件", files=[("../../etc/passwd.txt", b"x")])
    assert "passwd.txt" in page and "etc" not in page.partition('id="conversation"')[2]
    link = re.search(r'/web/content/\d+\?download=true&amp;access_token=[^"]+', page).group().replace("&amp;", "&")
    assert customer.get(link)[0] == 200
    assert customer.get(re.sub("access_token=.*", "access_token=x", link))[0] in (403, 404)


def test_without_the_forms_token_nothing_is_taken(web, server, mine):
    request = urllib.request.Request(f"{server.url}/my/complaints/{mine['id']}/answer", b"message=x")
    status, _page = web("customer")._send(request)
    assert status == 400


def test_too_much_at_once_is_refused(web, rpc):
    customer = web("customer")
    refused = 0
    for number in range(11):
        _status, page = upload(customer, "/my/complaints/new", name=f"第 {number} 次", description="x")
        refused += "alert-danger" in page
    assert refused >= 1
    _status, page = upload(customer, "/my/complaints/new", name="x" * 201, description="x")
    assert "alert-danger" in page


def test_confidential_customer_still_sees_own(web, rpc, mine):
    """The last branch of the rule: hidden from employees, never from the customer."""
    gm = rpc("gm")
    archive = gm.call("kehu.archive", "search_read", [["name", "like", "宏图"]], ["partner_id"])[0]
    gm_or_admin = rpc("director")
    gm_or_admin.call("res.partner", "write", [archive["partner_id"][0]], {"kehu_tier": "3"})
    assert not rpc("order").call("kehu.complaint", "search", [["name", "like", "外壳发烫"]])
    status, page = web("customer").get("/my/complaints")
    assert status == 200 and "外壳发烫" in page.decode() and mine["number"] in page.decode()
    assert "外箱破损" in web("customer").get(f"/my/complaints/{mine['id']}")[1].decode()
