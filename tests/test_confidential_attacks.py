"""X1–X9 over JSON-2 and XML-RPC: whoever may not, forges, changes and deletes nothing, whatever they send."""

import pytest
from clients import RemoteError, XmlRpcClient
from tier_attacks import CONTEXTS, PHONE, SECRET, TOP_SECRET, attacks, in_a_week

ATTACKERS = {
    "attack_clerk": ("kehu_archive.group_archive_user",),
    "attack_officer": ("kehu_confidential.group_tier_officer", "base.group_partner_manager"),  # without clearance
    "attack_auditor": ("kehu_confidential.group_tier_auditor", "base.group_partner_manager"),
    "attack_admin": ("base.group_system", "base.group_erp_manager", "base.group_partner_manager"),
}
REFUSALS = {"AccessError", "UserError", "ValidationError"}


@pytest.fixture(scope="module")
def target(rpc):
    """What is attacked: ids by model, made by those who may."""
    admin, director = rpc("admin"), rpc("director")
    wanted = [name.partition(".") for names in ATTACKERS.values() for name in ("base.group_user", *names)]
    found = admin.call(
        "ir.model.data",
        "search_read",
        [
            ["model", "=", "res.groups"],
            ["module", "in", [m for m, _d, _n in wanted]],
            ["name", "in", [n for _m, _d, n in wanted]],
        ],
        ["module", "name", "res_id"],
    )
    group = {f"{row['module']}.{row['name']}": row["res_id"] for row in found}
    users = {
        login: admin.call(
            "res.users",
            "create",
            {
                "login": login,
                "name": login,
                "password": login,
                "email": f"{login}@example.com",
                "group_ids": [[6, 0, [group[name] for name in ("base.group_user", *names)]]],
            },
        )
        for login, names in ATTACKERS.items()
    }
    _confirm_rights(director)
    (archive,) = director.call("kehu.archive", "search_read", [["name", "=", SECRET]], ["partner_id"])
    partner = director.call(
        "res.partner", "create", {"name": TOP_SECRET, "is_company": True, "phone": PHONE, "kehu_tier": "3"}
    )
    grant = director.call(
        "kehu.grant",
        "create",
        {"user_id": rpc("sales1").uid, "partner_id": partner, "purpose": PHONE, "date_until": in_a_week()},
    )
    director.call("kehu.grant", "revoke", [grant], reason=PHONE)
    live = director.call(
        "kehu.grant",
        "create",
        {"user_id": rpc("finance").uid, "partner_id": partner, "purpose": PHONE, "date_until": in_a_week()},
    )
    review = director.call("kehu.access.review", "action_open_review", [])["res_id"]
    director.call("kehu.access.review", "write", [review], {"reviewer_id": rpc("gm").uid})
    lines = director.call("kehu.access.review.line", "search", [["review_id", "=", review]])
    report = director.call(
        "kehu.leak.report",
        "create",
        {"name": PHONE, "what": PHONE, "remedy": PHONE, "partner_id": partner, "supervisor_id": rpc("gm").uid},
    )
    director.call("kehu.leak.report", "workflow_move", [report], "report")
    record = director.call(
        "kehu.clearance.record", "create", {"user_id": rpc("finance").uid, "kind": "undertaking", "file": "eA=="}
    )
    director.call("kehu.clearance.record", "workflow_move", [record], "confirm")
    director.call("res.partner", "read", [partner], ["phone"])
    log = rpc("gm").call("kehu.access.log", "search", [["partner_id", "=", partner], ["action", "=", "read"]])
    assert log and lines
    models = admin.call(
        "ir.model", "search_read", [["model", "in", ["kehu.access.log", "kehu.uninstall.release"]]], ["model"]
    )
    clearance = admin.call(
        "ir.model.data", "search", [["module", "=", "kehu_confidential"], ["name", "=", "group_clearance_top_secret"]]
    )
    return {
        "base.group_user": group["base.group_user"],
        "ir.model": {row["model"]: row["id"] for row in models},
        "ir.model.data": clearance,
        "users": users,
        "res.partner": partner,
        "kehu.archive": archive["id"],
        "secret": archive["partner_id"][0],
        "kehu.grant": live,
        "kehu.access.review": review,
        "kehu.access.review.line": lines[0],
        "kehu.leak.report": report,
        "kehu.clearance.record": record,
        "kehu.access.log": log[0],
    }


def _confirm_rights(director):
    """Confirm, as the confidentiality officer, the rights that the administrators of this file asked for."""
    waiting = director.call(
        "kehu.right.change",
        "search",
        [["state", "=", "pending"], ["requester_id.login", "in", ["admin", "attack_admin"]]],
    )
    director.call("kehu.right.change", "workflow_move", waiting, "confirm")
    return waiting


def state(rpc, target):
    """Everything that an attack could have changed, as those see it who may."""
    gm, director = rpc("gm"), rpc("director")
    partners = [target["res.partner"], target["secret"]]
    return (
        director.call(
            "kehu.grant",
            "search_read",
            [],
            ["user_id", "partner_id", "date_from", "date_until", "revoked_on", "allow_export"],
        ),
        gm.call(
            "kehu.access.log", "read", [target["kehu.access.log"]], ["date", "user_id", "res_id", "note", "action"]
        ),
        director.call("kehu.access.review", "search_read", [], ["name", "state", "reviewer_id"]),
        director.call(
            "kehu.access.review.line", "search_read", [], ["user_id", "reason", "tier", "decision", "remark"]
        ),
        director.call(
            "kehu.leak.report",
            "search_read",
            [],
            ["name", "what", "state", "investigator_id", "responsible_user_ids", "responsible"],
        ),
        director.call(
            "kehu.clearance.record",
            "search_read",
            [],
            ["user_id", "kind", "date", "file", "note", "state", "is_reminded"],
        ),
        director.call(
            "res.partner",
            "read",
            partners,
            ["name", "phone", "kehu_tier", "user_id", "kehu_custodian_id", "kehu_team_id", "comment"],
        ),
        director.call("kehu.tier.lowering", "search_read", [["partner_id", "in", partners]], ["state", "tier"]),
    )


def send(client, model, method, ids, arguments):
    if isinstance(client, XmlRpcClient):
        return client.call(model, method, *([ids] if ids else []), **arguments)
    return client.call(model, method, ids or (), **arguments)


@pytest.mark.parametrize("way_in", ["rpc", "json2"])
@pytest.mark.parametrize("login", ATTACKERS)
def test_every_attack_is_refused_and_tells_nothing(login, way_in, target, rpc, request):
    client, before = request.getfixturevalue(way_in)(login), state(rpc, target)
    went_through = []
    for attack in attacks(target, target["users"][login]):
        try:
            answer = send(client, *attack)
        except RemoteError as refused:
            answer = str(refused)
            if way_in == "json2" and refused.kind not in REFUSALS:
                went_through.append((refused.kind, *attack))  # a mistake in the attack refuses nothing
        else:
            went_through.append(attack)
        for word in (TOP_SECRET, SECRET, PHONE):
            assert word not in repr(answer), attack
    assert not went_through, "\n".join(map(str, went_through))
    assert state(rpc, target) == before


@pytest.mark.parametrize("way_in", ["rpc", "json2"])
@pytest.mark.parametrize("login", ATTACKERS)
def test_no_context_opens_a_hidden_record(login, way_in, target, rpc, request):
    client = request.getfixturevalue(way_in)(login)
    names = {
        "res.partner": ["name", "phone", "email", "comment"],
        "kehu.archive": ["name", "phone"],
        "kehu.leak.report": ["name", "what"],
    }
    for context in CONTEXTS:
        for model, fields in names.items():
            record_id = target[model]
            for method, ids, arguments in (
                ("search_read", None, {"domain": [["id", "=", record_id]], "fields": fields}),
                (
                    "search_read",
                    None,
                    {"domain": [["phone" if model != "kehu.leak.report" else "what", "like", PHONE]], "fields": fields},
                ),
                ("search_count", None, {"domain": [["id", "=", record_id]]}),
                (
                    "web_search_read",
                    None,
                    {"domain": [["id", "=", record_id]], "specification": {name: {} for name in fields}},
                ),
                (
                    "formatted_read_group",
                    None,
                    {"domain": [["id", "=", record_id]], "groupby": ["name"], "aggregates": ["__count"]},
                ),
                ("name_search", None, {"name": TOP_SECRET[:4]}),
                ("read", [record_id], {"fields": fields}),
                ("web_read", [record_id], {"specification": {name: {} for name in fields}}),
                ("export_data", [record_id], {"fields_to_export": fields}),
                ("message_get_followers", [record_id], {}),
                ("get_formview_id", [record_id], {}),
            ):
                try:
                    answer = send(client, model, method, ids, {**arguments, "context": context})
                except RemoteError as refused:
                    answer = str(refused)
                for word in (TOP_SECRET, SECRET, PHONE):
                    assert word not in repr(answer), (model, method, context)
                if method in ("search_read", "search_count", "formatted_read_group"):
                    assert not answer or isinstance(answer, str), (model, method, context)


def test_the_log_is_the_auditors(target, rpc):
    for login in ("attack_clerk", "attack_officer", "attack_admin"):
        for method, arguments in (
            ("search_read", [[], ["note"]]),
            ("search_count", [[]]),
            ("read", [[target["kehu.access.log"]]]),
        ):
            with pytest.raises(RemoteError):
                rpc(login).call("kehu.access.log", method, *arguments)
    (row,) = rpc("attack_auditor").call(
        "kehu.access.log", "search_read", [["id", "=", target["kehu.access.log"]]], ["partner_id", "note"]
    )
    assert TOP_SECRET not in repr(row)  # the label is masked for an auditor without clearance


def test_administrator_asks_for_rights_and_log_says_so(target, rpc):
    admin, user = rpc("attack_admin"), target["users"]["attack_admin"]
    (found,) = admin.call(
        "ir.model.data",
        "search_read",
        [["module", "=", "kehu_confidential"], ["name", "=", "group_tier_auditor"]],
        ["res_id"],
    )
    group = found["res_id"]
    noted_by = [
        ["res_model", "=", "res.users"],
        ["res_id", "=", user],
        ["action", "=", "right"],
        ["note", "ilike", "#"],
    ]
    admin.call("res.users", "write", [user], {"group_ids": [[4, group]]})
    assert not admin.call("res.users", "has_group", [user], "kehu_confidential.group_tier_auditor")
    before = rpc("gm").call("kehu.access.log", "search_count", noted_by)
    with pytest.raises(RemoteError):
        _confirm_rights(admin)
    assert _confirm_rights(rpc("director"))
    assert admin.call("res.users", "has_group", [user], "kehu_confidential.group_tier_auditor")
    noted = rpc("gm").call("kehu.access.log", "search_read", noted_by, ["user_id"])
    assert len(noted) == before + 1
    assert noted[0]["user_id"][0] == rpc("director").uid
    with pytest.raises(RemoteError):
        admin.call("kehu.access.log", "unlink", [noted[0]["id"]])
    admin.call("res.users", "write", [user], {"group_ids": [[3, group]]})
