"""X1–X9 over JSON-2 and XML-RPC: whoever may not, forges, changes and deletes nothing, whatever he sends."""
from datetime import datetime, timedelta, timezone

import pytest
from clients import RemoteError, XmlRpcClient

SECRET = "粤兴新能源汽车部件有限公司"
TOP_SECRET, PHONE = "绝密攻击目标有限公司", "0755-99887766"
UNTIL = "2099-01-01 00:00:00"
ATTACKERS = {
    "attack_clerk": ("kehu_archive.group_archive_user",),
    "attack_officer": ("kehu_archive.group_tier_officer", "base.group_partner_manager"),   # without clearance
    "attack_auditor": ("kehu_archive.group_tier_auditor", "base.group_partner_manager"),
    "attack_admin": ("base.group_system", "base.group_erp_manager", "base.group_partner_manager"),
}
REFUSALS = {"AccessError", "UserError", "ValidationError"}
CONTEXTS = (
    {}, {"active_test": False, "show_email": True, "show_address": True, "show_vat": True},
    {"uid": 1, "su": True, "kehu_tier": "0", "kehu_is_granted": True, "kehu_clearance": "3", "kehu_workflow_permit": True},
    {"mail_notrack": True, "mail_create_nolog": True, "tracking_disable": True, "prefetch_fields": False, "bin_size": True},
    {"default_kehu_tier": "0", "default_user_id": 1, "default_kehu_custodian_id": 1, "default_state": "signed"},
)


@pytest.fixture(scope="module")
def target(rpc):
    """What is attacked: ids by model, made by those who may."""
    admin, director = rpc("admin"), rpc("director")
    wanted = [name.partition(".") for names in ATTACKERS.values() for name in ("base.group_user", *names)]
    found = admin.call("ir.model.data", "search_read", [
        ["model", "=", "res.groups"], ["module", "in", [m for m, _d, _n in wanted]], ["name", "in", [n for _m, _d, n in wanted]]],
        ["module", "name", "res_id"])
    group = {f"{row['module']}.{row['name']}": row["res_id"] for row in found}
    users = {login: admin.call("res.users", "create", {
        "login": login, "name": login, "password": login, "email": f"{login}@example.com",
        "group_ids": [[6, 0, [group[name] for name in ("base.group_user", *names)]]]})
        for login, names in ATTACKERS.items()}
    _confirm_rights(director)
    archive, = director.call("kehu.archive", "search_read", [["name", "=", SECRET]], ["partner_id"])
    partner = director.call("res.partner", "create", {"name": TOP_SECRET, "is_company": True, "phone": PHONE, "kehu_tier": "3"})
    grant = director.call("kehu.grant", "create", {
        "user_id": rpc("sales1").uid, "partner_id": partner, "purpose": PHONE, "date_until": _in_a_week()})
    director.call("kehu.grant", "revoke", [grant], reason=PHONE)
    live = director.call("kehu.grant", "create", {
        "user_id": rpc("finance").uid, "partner_id": partner, "purpose": PHONE, "date_until": _in_a_week()})
    review = director.call("kehu.access.review", "action_open_review", [])["res_id"]
    director.call("kehu.access.review", "write", [review], {"reviewer_id": rpc("gm").uid})
    lines = director.call("kehu.access.review.line", "search", [["review_id", "=", review]])
    report = director.call("kehu.leak.report", "create", {
        "name": PHONE, "what": PHONE, "remedy": PHONE, "partner_id": partner, "supervisor_id": rpc("gm").uid})
    director.call("kehu.leak.report", "workflow_move", [report], "report")
    record = director.call("kehu.clearance.record", "create", {"user_id": rpc("finance").uid, "kind": "undertaking", "file": "eA=="})
    director.call("kehu.clearance.record", "workflow_move", [record], "confirm")
    director.call("res.partner", "read", [partner], ["phone"])
    log = rpc("gm").call("kehu.access.log", "search", [["partner_id", "=", partner], ["action", "=", "read"]])
    assert log and lines
    models = admin.call("ir.model", "search_read", [["model", "in", ["kehu.access.log", "kehu.uninstall.release"]]], ["model"])
    clearance = admin.call("ir.model.data", "search", [["module", "=", "kehu_archive"], ["name", "=", "group_clearance_top_secret"]])
    return {"base.group_user": group["base.group_user"], "ir.model": {row["model"]: row["id"] for row in models}, "ir.model.data": clearance,
            "users": users, "res.partner": partner, "kehu.archive": archive["id"], "secret": archive["partner_id"][0], "kehu.grant": live,
            "kehu.access.review": review, "kehu.access.review.line": lines[0], "kehu.leak.report": report,
            "kehu.clearance.record": record, "kehu.access.log": log[0]}


def _confirm_rights(director):
    """Confirm, as the confidentiality officer, the rights that the administrators of this file asked for."""
    waiting = director.call("kehu.right.change", "search", [["state", "=", "pending"], ["requester_id.login", "in", ["admin", "attack_admin"]]])
    director.call("kehu.right.change", "workflow_move", waiting, "confirm")
    return waiting


def _in_a_week():
    return (datetime.now(timezone.utc) + timedelta(days=7)).strftime("%Y-%m-%d %H:%M:%S")


def state(rpc, target):
    """Everything that an attack could have changed, as those see it who may."""
    gm, director = rpc("gm"), rpc("director")
    partners = [target["res.partner"], target["secret"]]
    return (
        director.call("kehu.grant", "search_read", [], ["user_id", "partner_id", "date_from", "date_until", "revoked_on", "allow_export"]),
        gm.call("kehu.access.log", "read", [target["kehu.access.log"]], ["date", "user_id", "res_id", "note", "action"]),
        director.call("kehu.access.review", "search_read", [], ["name", "state", "reviewer_id"]),
        director.call("kehu.access.review.line", "search_read", [], ["user_id", "reason", "tier", "decision", "remark"]),
        director.call("kehu.leak.report", "search_read", [], ["name", "what", "state", "investigator_id", "responsible_user_ids", "responsible"]),
        director.call("kehu.clearance.record", "search_read", [], ["user_id", "kind", "date", "file", "note", "state", "is_reminded"]),
        director.call("res.partner", "read", partners, ["name", "phone", "kehu_tier", "user_id", "kehu_custodian_id", "kehu_team_id", "comment"]),
        director.call("kehu.tier.lowering", "search_read", [["partner_id", "in", partners]], ["state", "tier"]),
    )


def on_a_customer(customer, target, me):
    """Yield ``(model, method, ids, arguments)``; all of them are to be refused."""
    grant = {"user_id": me, "partner_id": customer, "purpose": "x", "date_until": _in_a_week()}
    for values in (grant, {**grant, "date_until": UNTIL}, {**grant, "user_id": target["users"]["attack_clerk"]}, {**grant, "allow_export": True}):
        yield "kehu.grant", "create", None, {"vals_list": [values]}
    yield "kehu.grant", "create", None, {"vals_list": [{"purpose": "x"}], "context": {f"default_{k}": v for k, v in grant.items()}}
    live = target["kehu.grant"]
    for command in ([0, 0, {"user_id": me, "purpose": "x", "date_until": _in_a_week()}], [1, live, {"user_id": me}],
                    [2, live, 0], [3, live, 0], [4, live, 0], [6, 0, []]):
        yield "res.partner", "write", [customer], {"vals": {"kehu_grant_ids": [command]}}
    for values in ({"kehu_tier": "0"}, {"kehu_tier": "3"}, {"kehu_tier": False}, {"user_id": me}, {"kehu_custodian_id": me},
                   {"name": "x"}, {"parent_id": False}, {"is_company": False}, {"message_follower_ids": [[0, 0, {"partner_id": 3}]]}):
        for context in CONTEXTS[:3]:
            yield "res.partner", "write", [customer], {"vals": values, "context": context}
    yield "res.partner", "unlink", [customer], {}
    yield "res.partner", "copy", [customer], {}
    yield "res.partner", "create", None, {"vals_list": [{"name": "x", "parent_id": customer}]}
    yield "kehu.tier.lowering", "create", None, {"vals_list": [{"partner_id": customer, "tier": "0", "reason": "x"}]}
    yield "kehu.tier.lowering", "create", None, {"vals_list": [{"tier": "0", "reason": "x"}], "context": {"default_partner_id": customer}}
    yield "kehu.tier.raise", "create", None, {"vals_list": [{"partner_ids": [[6, 0, [customer]]], "tier": "3", "reason": "x"}]}
    yield "kehu.leak.report", "create", None, {"vals_list": [{"name": "x", "partner_id": customer}]}


def on_tiers(target, me):
    for tier in ("2", "3"):
        yield "res.partner", "create", None, {"vals_list": [{"name": "x"}], "context": {"default_kehu_tier": tier}}
        for context in ({}, {"kehu_tier_reason": "x"}):
            yield "res.partner", "create", None, {"vals_list": [{"name": "x", "kehu_tier": tier}], "context": context}
    yield "kehu.archive", "write", [target["kehu.archive"]], {"vals": {"kehu_tier": "0"}}
    yield "kehu.archive", "write", [target["kehu.archive"]], {"vals": {"kehu_custodian_id": me}}
    yield "kehu.archive", "create", None, {"vals_list": [{"partner_id": target["res.partner"]}]}


def on_grants(target, me):
    grant = [target["kehu.grant"]]
    for values in ({"user_id": me}, {"date_until": UNTIL}, {"partner_id": target["secret"]}, {"revoked_on": False}, {"allow_export": True}):
        yield "kehu.grant", "write", grant, {"vals": values}
    yield "kehu.grant", "unlink", grant, {}
    yield "kehu.grant", "copy", grant, {"default": {"user_id": me}}
    yield "kehu.grant", "_revoke", grant, {"reason": "x"}
    yield "kehu.grant", "revoke", grant, {"reason": " "}


def on_the_log(target, me):
    log, entry = [target["kehu.access.log"]], {
        "user_id": me, "action": "read", "res_model": "res.partner", "res_id": target["res.partner"], "date": "2020-01-01 00:00:00"}
    yield "kehu.access.log", "create", None, {"vals_list": [entry]}
    for values, context in (({"user_id": me}, {}), ({"note": "x"}, CONTEXTS[2])):
        yield "kehu.access.log", "write", log, {"vals": values, "context": context}
    yield "kehu.access.log", "unlink", log, {}
    yield "kehu.access.log", "copy", log, {}
    yield "kehu.access.log", "_log_right", log, {}
    yield "kehu.access.log", "_gc_access_log", None, {}


def on_reviews(target, me):
    review, line = target["kehu.access.review"], target["kehu.access.review.line"]
    for values in ({"state": "signed"}, {"name": "x"}, {"date": "2020-01-01"}, {"line_ids": [[1, line, {"decision": "keep"}]]},
                   {"line_ids": [[2, line, 0]]}, {"line_ids": [[0, 0, {"user_id": me, "reason": "clearance", "tier": "3"}]]}):
        for context in (CONTEXTS[0], CONTEXTS[2], CONTEXTS[4]):
            yield "kehu.access.review", "write", [review], {"vals": values, "context": context}
    yield "kehu.access.review", "workflow_move", [review], {"name": "sign"}
    yield "kehu.access.review", "create", None, {"vals_list": [{"name": "x", "state": "signed"}]}
    yield "kehu.access.review", "unlink", [review], {}
    for values in ({"user_id": me}, {"reason": "clearance"}, {"tier": "2"}, {"customer_count": 0}, {"review_id": review}):
        yield "kehu.access.review.line", "write", [line], {"vals": values}
    yield "kehu.access.review.line", "unlink", [line], {}
    yield "kehu.access.review.line", "create", None, {"vals_list": [{"review_id": review, "user_id": me, "reason": "clearance", "tier": "3"}]}
    yield "kehu.access.review.line", "_withdraw_clearance", [line], {}


def on_leak_reports(target, me):
    report = [target["kehu.leak.report"]]
    for values in ({"state": "closed"}, {"what": "x"}, {"supervisor_id": me}, {"investigator_id": me}, {"responsible": "x"},
                   {"responsible_user_ids": [[6, 0, [me]]]}, {"partner_id": False}):
        for context in CONTEXTS[:3]:
            yield "kehu.leak.report", "write", report, {"vals": values, "context": context}
    for move in ("investigate", "close", "reopen", "report"):
        yield "kehu.leak.report", "workflow_move", report, {"name": move, "reason": "x"}
    yield "kehu.leak.report", "unlink", report, {}
    for values, context in (({"state": "closed"}, {}), ({}, {"default_state": "closed"})):
        yield "kehu.leak.report", "create", None, {"vals_list": [{"name": "x", **values}], "context": context}


def on_clearance(target, me):
    record, entry = [target["kehu.clearance.record"]], {"user_id": me, "kind": "training", "state": "valid"}
    for values in ({"user_id": me}, {"kind": "training"}, {"date": "2020-01-01"}, {"file": "eQ=="}, {"note": "x"}, {"state": "draft"},
                   {"is_reminded": True}):
        for context in CONTEXTS[:3]:
            yield "kehu.clearance.record", "write", record, {"vals": values, "context": context}
    for move, reason in (("confirm", "x"), ("lapse", "x"), ("revoke", " ")):
        yield "kehu.clearance.record", "workflow_move", record, {"name": move, "reason": reason}
    yield "kehu.clearance.record", "unlink", record, {}
    yield "kehu.clearance.record", "create", None, {"vals_list": [entry]}
    yield "kehu.clearance.record", "create", None, {"vals_list": [{"kind": "training"}], "context": {"default_state": "valid"}}
    yield "kehu.clearance.record", "_move", record, {"name": "lapse"}
    yield "kehu.clearance.record", "_cron_watch", None, {}
    yield "res.users", "write", [me], {"vals": {"kehu_clearance_record_ids": [[0, 0, entry]]}}
    yield "res.users", "write", [me], {"vals": {"kehu_clearance_record_ids": [[4, record[0], 0]]}}


def on_rows_of_addons(target, me):
    """What an administrator could rewrite so that our own rules no longer hold."""
    everybody, log, names = target["base.group_user"], target["ir.model"]["kehu.access.log"], target["ir.model.data"]
    full = {"perm_read": True, "perm_write": True, "perm_create": True, "perm_unlink": True}
    access = {"name": "x", "model_id": log, "group_id": everybody, **full}
    yield "ir.model.access", "create", None, {"vals_list": [access]}
    yield "res.groups", "write", [everybody], {"vals": {"model_access": [[0, 0, access]]}}
    yield "ir.model", "write", [log], {"vals": {"access_ids": [[0, 0, {"name": "x", "group_id": everybody, **full}]]}}
    yield "ir.rule", "create", None, {"vals_list": [{"name": "x", "model_id": log, "domain_force": "[]"}]}
    yield "res.groups", "write", [everybody], {"vals": {"rule_groups": [[0, 0, {"name": "x", "model_id": log, "domain_force": "[]"}]]}}
    for context in ({}, {"install_mode": True, "module": "kehu_archive"}):
        yield "ir.model.data", "write", names, {"vals": {"res_id": everybody}, "context": context}
        yield "ir.model.data", "unlink", names, {"context": context}
    yield "ir.config_parameter", "get_param", None, {"key": "database.secret"}
    yield "ir.config_parameter", "set_param", None, {"key": "database.secret", "value": "x"}
    yield "mail.alias", "create", None, {"vals_list": [{"alias_name": "x", "alias_model_id": target["ir.model"]["kehu.uninstall.release"]}]}


def attacks(target, me):
    for customer in (target["res.partner"], target["secret"]):
        yield from on_a_customer(customer, target, me)
    for attack in (on_tiers, on_grants, on_the_log, on_reviews, on_leak_reports, on_clearance, on_rows_of_addons):
        yield from attack(target, me)


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
                went_through.append((refused.kind, *attack))    # a mistake in the attack refuses nothing
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
    names = {"res.partner": ["name", "phone", "email", "comment"], "kehu.archive": ["name", "phone"],
             "kehu.leak.report": ["name", "what"]}
    for context in CONTEXTS:
        for model, fields in names.items():
            record_id = target[model]
            for method, ids, arguments in (
                ("search_read", None, {"domain": [["id", "=", record_id]], "fields": fields}),
                ("search_read", None, {"domain": [["phone" if model != "kehu.leak.report" else "what", "like", PHONE]], "fields": fields}),
                ("search_count", None, {"domain": [["id", "=", record_id]]}),
                ("web_search_read", None, {"domain": [["id", "=", record_id]], "specification": {name: {} for name in fields}}),
                ("formatted_read_group", None, {"domain": [["id", "=", record_id]], "groupby": ["name"], "aggregates": ["__count"]}),
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
        for method, arguments in (("search_read", [[], ["note"]]), ("search_count", [[]]), ("read", [[target["kehu.access.log"]]])):
            with pytest.raises(RemoteError):
                rpc(login).call("kehu.access.log", method, *arguments)
    row, = rpc("attack_auditor").call("kehu.access.log", "search_read", [["id", "=", target["kehu.access.log"]]], ["partner_id", "note"])
    assert TOP_SECRET not in repr(row)      # the label is masked for an auditor without clearance


def test_administrator_asks_for_rights_and_log_says_so(target, rpc):
    admin, user = rpc("attack_admin"), target["users"]["attack_admin"]
    found, = admin.call("ir.model.data", "search_read", [["module", "=", "kehu_archive"], ["name", "=", "group_tier_auditor"]], ["res_id"])
    group = found["res_id"]
    noted_by = [["res_model", "=", "res.users"], ["res_id", "=", user], ["action", "=", "right"], ["note", "ilike", "#"]]
    admin.call("res.users", "write", [user], {"group_ids": [[4, group]]})
    assert not admin.call("res.users", "has_group", [user], "kehu_archive.group_tier_auditor")
    before = rpc("gm").call("kehu.access.log", "search_count", noted_by)
    with pytest.raises(RemoteError):
        _confirm_rights(admin)
    assert _confirm_rights(rpc("director"))
    assert admin.call("res.users", "has_group", [user], "kehu_archive.group_tier_auditor")
    noted = rpc("gm").call("kehu.access.log", "search_read", noted_by, ["user_id"])
    assert len(noted) == before + 1
    assert noted[0]["user_id"][0] == rpc("director").uid
    with pytest.raises(RemoteError):
        admin.call("kehu.access.log", "unlink", [noted[0]["id"]])
    admin.call("res.users", "write", [user], {"group_ids": [[3, group]]})
