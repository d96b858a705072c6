"""C5, T2: two people who press at the same moment: one wins, the other is told in their own language what to do."""

import threading

import pytest
from clients import RemoteError

CHINESE = {"lang": "zh_CN"}
VISITS, PAYOUTS, PAIRS = 4, 2, 3


def ref(rpc, module, name):
    return rpc("admin").call(
        "ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"]
    )[0]["res_id"]


@pytest.fixture(scope="module")
def customer(rpc):
    archive = rpc("service").call(
        "kehu.archive", "search_read", [["kehu_tier", "=", "0"], ["state", "=", "formal"]], ["partner_id"]
    )[0]
    return archive["partner_id"][0]


@pytest.fixture(scope="module")
def technician(rpc):
    """A salesman who can repair."""
    user = rpc("admin").call("res.users", "search", [["login", "=", "sales2"]])[0]
    skill = rpc("director").call("kehu.service.skill", "create", {"name": "并发测试"})
    rpc("admin").call("res.users", "write", [user], {"kehu_skill_ids": [[4, skill]]})
    return user


def press_at_once(*presses):
    """Call all at the same moment; returns what each of them answers: a value, or the refusal."""
    barrier, answers = threading.Barrier(len(presses)), [None] * len(presses)

    def run(index, press):
        barrier.wait()
        try:
            answers[index] = press()
        except RemoteError as refused:
            answers[index] = refused

    threads = [threading.Thread(target=run, args=(index, press)) for index, press in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def refusal(answers):
    """The one refusal of two answers."""
    refused = [answer for answer in answers if isinstance(answer, RemoteError)]
    assert len(refused) == 1, answers
    assert "Traceback" not in str(refused[0])
    return str(refused[0])


def test_a_technician_is_sent_to_one_place_at_a_time(rpc, json2, customer, technician):
    kind = ref(rpc, "kehu_ticket", "service_kind_repair")
    for day in range(1, VISITS + 1):
        tickets = [
            rpc("order").call(
                "kehu.service.ticket",
                "create",
                {"name": "设备失灵", "partner_id": customer, "kind_id": kind, "user_id": rpc("order").uid},
            )
            for _number in range(2)
        ]
        rpc("order").call("kehu.service.ticket", "workflow_move", tickets, "take")
        first, second = (
            rpc("order").call(
                "kehu.dispatch.order",
                "create",
                {
                    "ticket_id": ticket,
                    "technician_id": technician,
                    "date_from": f"2098-03-0{day} {hour}:00:00",
                    "date_to": f"2098-03-0{day} 05:00:00",
                },
            )
            for ticket, hour in zip(tickets, ("01", "02"), strict=True)
        )
        message = refusal(
            press_at_once(
                lambda first=first: rpc("order").call(
                    "kehu.dispatch.order", "workflow_move", [first], "submit", context=CHINESE
                ),
                lambda second=second: json2("service").call(
                    "kehu.dispatch.order", "workflow_move", [second], name="submit", context=CHINESE
                ),
            )
        )
        # Seen in time, or by the database only.
        assert "该时段已有安排" in message or "刚有人将该技术员派往他处" in message, message
        states = [
            order["state"] for order in rpc("service").call("kehu.dispatch.order", "read", [first, second], ["state"])
        ]
        assert sorted(states) == ["draft", "pending"]


@pytest.fixture
def approved(rpc, customer):
    """`approved()` brings a complaint to an approved refund of 100."""

    def bring():
        order, service, finance = rpc("order"), rpc("service"), rpc("finance")
        complaint = order.call(
            "kehu.complaint",
            "create",
            {
                "name": "同时付款",
                "partner_id": customer,
                "kind_id": ref(rpc, "kehu_complaint", "complaint_kind_exchange"),
                "verification": "verified",
                "user_id": order.uid,
            },
        )
        service.call("kehu.complaint", "workflow_move", [complaint], "accept")
        order.call("kehu.complaint", "write", [complaint], {"investigator_id": finance.uid})
        order.call("kehu.complaint", "workflow_move", [complaint], "investigate")
        finance.call(
            "kehu.complaint",
            "write",
            [complaint],
            {
                "cause_id": ref(rpc, "kehu_complaint", "complaint_cause_quality"),
                "course": "x",
                "responsible": "x",
                "conclusion": "x",
                "remedy": "x",
                "prevention": "x",
            },
        )
        finance.call("kehu.complaint", "workflow_move", [complaint], "report")
        service.call("kehu.complaint", "workflow_move", [complaint], "review")
        order.call(
            "kehu.complaint",
            "write",
            [complaint],
            {"proposal": "退款", "compensation_ids": [[0, 0, {"kind": "refund", "amount": 100}]]},
        )
        order.call("kehu.complaint", "workflow_move", [complaint], "propose")
        waiting = service.call(
            "kehu.approval",
            "search",
            [["res_model", "=", "kehu.complaint"], ["res_id", "=", complaint], ["state", "=", "pending"]],
        )
        service.call("kehu.approval", "approve", waiting)
        return complaint

    return bring


def test_what_was_approved_is_paid_once(rpc, json2, customer, approved):
    for paid in range(PAYOUTS):
        complaint = approved()
        message = refusal(
            press_at_once(
                lambda complaint=complaint: rpc("order").call(
                    "kehu.complaint", "action_create_credit_note", [complaint], context=CHINESE
                ),
                lambda complaint=complaint: json2("service").call(
                    "kehu.complaint", "action_create_credit_note", [complaint], context=CHINESE
                ),
            )
        )
        # Somebody is at it, or was.
        assert "他人正在操作此单据" in message or "没有待执行的了" in message, message
        notes = rpc("finance").call(
            "account.move",
            "search_read",
            [["move_type", "=", "out_refund"], ["partner_id", "=", customer]],
            ["amount_total"],
        )
        assert [note["amount_total"] for note in notes] == [100] * (paid + 1)


def test_of_two_duplicates_of_each_other_one_is_joined(rpc, json2, customer):
    order = rpc("order")
    values = {
        "name": "重复登记",
        "partner_id": customer,
        "kind_id": ref(rpc, "kehu_complaint", "complaint_kind_exchange"),
        "verification": "verified",
        "user_id": order.uid,
    }
    for _pair in range(PAIRS):
        pair = [order.call("kehu.complaint", "create", values) for _number in range(2)]
        waiting = []
        for duplicate, original in (pair, pair[::-1]):
            order.call(
                "kehu.complaint", "action_propose_dismissal", [duplicate], "duplicate", "同一件", complaint_id=original
            )
            waiting.append(
                order.call(
                    "kehu.complaint.dismissal", "search", [["complaint_id", "=", duplicate], ["state", "=", "proposed"]]
                )
            )
        message = refusal(
            press_at_once(
                lambda waiting=waiting: rpc("service").call(
                    "kehu.complaint.dismissal", "action_approval_approve", waiting[0], context=CHINESE
                ),
                lambda waiting=waiting: json2("service").call(
                    "kehu.complaint.dismissal", "action_approval_approve", waiting[1], context=CHINESE
                ),
            )
        )
        # Somebody is at it, or was.
        assert "他人正在操作此单据" in message or "只有同一客户" in message, message
        states = [row["state"] for row in order.call("kehu.complaint", "read", pair, ["state"])]
        assert sorted(states) == ["dismissed", "received"]
