"""C1, C7: mails come in by Odoo's own odoo-mailgate and go out by SMTP, all of it real."""

import email.policy
import email.utils
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from email.message import EmailMessage
from pathlib import Path

from postbox import deliver, text_of

GATE = Path("odoo/addons/mail/static/scripts/odoo-mailgate.py")
DESK = "tousu@ruida.example.com"


def give_in(server, rpc, message):
    """Pipes a mail into odoo-mailgate, as a mail server does."""
    url = urllib.parse.urlsplit(server.url)
    done = subprocess.run(
        [
            sys.executable,
            str(Path(os.environ["KEHU_ODOO"]) / GATE),
            "-d",
            server.database,
            "-u",
            str(rpc("admin").uid),
            "-p",
            "admin",
            "--host",
            url.hostname,
            "--port",
            str(url.port),
        ],
        input=message.as_string(),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def letter(sender, subject, body, number, **headers):
    message = EmailMessage(policy=email.policy.SMTP.clone(cte_type="7bit"))
    message["From"], message["To"], message["Subject"] = sender, DESK, subject
    message["Message-ID"] = f"<letter-{number}@customer.example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, charset="gb18030" if number == 1 else "utf-8", cte="base64")
    return message


def complaint_of(rpc, name):
    return rpc("service").call(
        "kehu.complaint",
        "search_read",
        [["name", "=", name]],
        ["number", "partner_id", "contact_name", "contact_email", "description", "waiting_reason", "channel", "state"],
    )


def test_from_customers_mail_to_rating_by_link(server, rpc, postbox):
    address = "linxiaowen@yuanhang.example.com"
    company = rpc("admin").call("res.partner", "create", {"name": "远航电源有限公司", "is_company": True})
    rpc("admin").call("res.partner", "create", {"name": "林晓雯", "email": address, "parent_id": company})
    message = letter(f"林晓雯 <{address}>", "移动电源无法开机", "新到的移动电源有 5 台无法开机。", 1)
    message.add_attachment("批号 2604".encode(), maintype="text", subtype="plain", filename="批号.txt")
    give_in(server, rpc, message)
    (complaint,) = complaint_of(rpc, "移动电源无法开机")
    assert (
        complaint["channel"] == "email"
        and "林晓雯" in complaint["partner_id"][1]
        and "5 台" in complaint["description"]
    )
    number = complaint["number"]
    assert not postbox.to(address, number), "the gateway does not wait for mails"

    deliver(rpc)
    (confirmation,) = postbox.to(address, number)
    assert "已受理" in confirmation["Subject"]
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert email.utils.parseaddr(confirmation["From"])[1] == DESK == email.utils.parseaddr(confirmation["Reply-To"])[1]
    assert complaint["number"] in text_of(confirmation)

    # The customer answers; the clocks go on.
    rpc("service").call("kehu.complaint", "write", [complaint["id"]], {"waiting_reason": "等批号"})
    give_in(
        server,
        rpc,
        letter(
            address,
            "回复：移动电源无法开机",
            "批号见附件。",
            2,
            In_Reply_To=confirmation["Message-ID"],
            References=confirmation["Message-ID"],
        ),
    )
    (complaint,) = complaint_of(rpc, "移动电源无法开机")
    assert not complaint["waiting_reason"]
    deliver(rpc)
    assert len(postbox.to(address, number)) == 1, "an answer is not confirmed again"

    # The customer is told how it stands, gets the answer, and rates by the link, without an account.
    service = rpc("service")
    service.call("kehu.complaint", "action_tell_progress", [complaint["id"]])
    service.call("kehu.complaint", "write", [complaint["id"]], {"reply": "<p>已安排换货。</p>"})
    service.call("kehu.complaint", "workflow_move", [complaint["id"]], "decline")
    deliver(rpc)
    mails = postbox.to(address, number)
    assert [mail for mail in mails if "已安排换货" in text_of(mail)], [mail["Subject"] for mail in mails]
    (rating,) = [mail for mail in mails if "/rate/" in text_of(mail)]
    link = re.search(r'href="[^"]*(/rate/[^"]+/)5"', text_of(rating)).group(1)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{server.url}/web/login?db={server.database}").read()
    page = opener.open(f"{server.url}{link}5").read().decode()
    token = re.search(r'name="csrf_token" value="(\w+)"', page).group(1)
    opener.open(
        f"{server.url}{link}submit_feedback",
        urllib.parse.urlencode({"rate": 5, "feedback": "很快", "csrf_token": token}).encode(),
    ).read()
    (found,) = service.call(
        "rating.rating",
        "search_read",
        [["res_model", "=", "kehu.complaint"], ["res_id", "=", complaint["id"]], ["consumed", "=", True]],
        ["rating", "feedback"],
    )
    assert (found["rating"], found["feedback"]) == (5.0, "很快")
    for mail in mails:
        for secret in ("机密", "绝密", "等批号", "service@ruida", "order@ruida"):
            assert secret not in text_of(mail) and secret not in str(mail["From"]), secret


def test_strangers_are_confirmed_and_machines_are_not(server, rpc, postbox):
    give_in(server, rpc, letter("路人 <passer@elsewhere.example.com>", "产品说明书缺页", "请补发。", 3))
    give_in(
        server,
        rpc,
        letter("robot@elsewhere.example.com", "自动回复：您好", "我正在休假。", 4, Auto_Submitted="auto-replied"),
    )
    give_in(server, rpc, letter("MAILER-DAEMON@elsewhere.example.com", "Undelivered Mail", "x", 5))
    (stranger,) = complaint_of(rpc, "产品说明书缺页")
    assert (stranger["partner_id"], stranger["contact_name"]) == (False, "路人")
    assert complaint_of(rpc, "自动回复：您好"), "taken in, for a person to look at"
    assert not complaint_of(rpc, "Undelivered Mail")
    deliver(rpc)
    (confirmation,) = postbox.to("passer@elsewhere.example.com")
    assert stranger["number"] in confirmation["Subject"]
    assert not postbox.to("robot@elsewhere.example.com") and not postbox.to("mailer-daemon@elsewhere.example.com")
    assert rpc("admin").call("res.partner", "search_count", [["email", "ilike", "passer@elsewhere"]]) == 0
