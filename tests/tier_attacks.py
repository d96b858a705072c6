"""What is tried against hidden customers and what stands around them: (model, method, ids, arguments) (X1–X9)."""

from datetime import datetime, timedelta, timezone

SECRET = "粤兴新能源汽车部件有限公司"
TOP_SECRET, PHONE = "绝密攻击目标有限公司", "0755-99887766"
UNTIL = "2099-01-01 00:00:00"
CONTEXTS = (
    {},
    {"active_test": False, "show_email": True, "show_address": True, "show_vat": True},
    {
        "uid": 1,
        "su": True,
        "kehu_tier": "0",
        "kehu_is_granted": True,
        "kehu_clearance": "3",
        "kehu_workflow_permit": True,
    },
    {
        "mail_notrack": True,
        "mail_create_nolog": True,
        "tracking_disable": True,
        "prefetch_fields": False,
        "bin_size": True,
    },
    {"default_kehu_tier": "0", "default_user_id": 1, "default_kehu_custodian_id": 1, "default_state": "signed"},
)


def in_a_week():
    return (datetime.now(timezone.utc) + timedelta(days=7)).strftime("%Y-%m-%d %H:%M:%S")


def on_a_customer(customer, target, me):
    """Yield ``(model, method, ids, arguments)``; all of them are to be refused."""
    grant = {"user_id": me, "partner_id": customer, "purpose": "x", "date_until": in_a_week()}
    for values in (
        grant,
        {**grant, "date_until": UNTIL},
        {**grant, "user_id": target["users"]["attack_clerk"]},
        {**grant, "allow_export": True},
    ):
        yield "kehu.grant", "create", None, {"vals_list": [values]}
    yield (
        "kehu.grant",
        "create",
        None,
        {"vals_list": [{"purpose": "x"}], "context": {f"default_{k}": v for k, v in grant.items()}},
    )
    live = target["kehu.grant"]
    for command in (
        [0, 0, {"user_id": me, "purpose": "x", "date_until": in_a_week()}],
        [1, live, {"user_id": me}],
        [2, live, 0],
        [3, live, 0],
        [4, live, 0],
        [6, 0, []],
    ):
        yield "res.partner", "write", [customer], {"vals": {"kehu_grant_ids": [command]}}
    for values in (
        {"kehu_tier": "0"},
        {"kehu_tier": "3"},
        {"kehu_tier": False},
        {"user_id": me},
        {"kehu_custodian_id": me},
        {"name": "x"},
        {"parent_id": False},
        {"is_company": False},
        {"message_follower_ids": [[0, 0, {"partner_id": 3}]]},
    ):
        for context in CONTEXTS[:3]:
            yield "res.partner", "write", [customer], {"vals": values, "context": context}
    yield "res.partner", "unlink", [customer], {}
    yield "res.partner", "copy", [customer], {}
    yield "res.partner", "create", None, {"vals_list": [{"name": "x", "parent_id": customer}]}
    yield "kehu.tier.lowering", "create", None, {"vals_list": [{"partner_id": customer, "tier": "0", "reason": "x"}]}
    yield (
        "kehu.tier.lowering",
        "create",
        None,
        {"vals_list": [{"tier": "0", "reason": "x"}], "context": {"default_partner_id": customer}},
    )
    yield (
        "kehu.tier.raise",
        "create",
        None,
        {"vals_list": [{"partner_ids": [[6, 0, [customer]]], "tier": "3", "reason": "x"}]},
    )
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
    for values in (
        {"user_id": me},
        {"date_until": UNTIL},
        {"partner_id": target["secret"]},
        {"revoked_on": False},
        {"allow_export": True},
    ):
        yield "kehu.grant", "write", grant, {"vals": values}
    yield "kehu.grant", "unlink", grant, {}
    yield "kehu.grant", "copy", grant, {"default": {"user_id": me}}
    yield "kehu.grant", "_revoke", grant, {"reason": "x"}
    yield "kehu.grant", "revoke", grant, {"reason": " "}


def on_the_log(target, me):
    log, entry = (
        [target["kehu.access.log"]],
        {
            "user_id": me,
            "action": "read",
            "res_model": "res.partner",
            "res_id": target["res.partner"],
            "date": "2020-01-01 00:00:00",
        },
    )
    yield "kehu.access.log", "create", None, {"vals_list": [entry]}
    for values, context in (({"user_id": me}, {}), ({"note": "x"}, CONTEXTS[2])):
        yield "kehu.access.log", "write", log, {"vals": values, "context": context}
    yield "kehu.access.log", "unlink", log, {}
    yield "kehu.access.log", "copy", log, {}
    yield "kehu.access.log", "_log_right", log, {}
    yield "kehu.access.log", "_gc_access_log", None, {}


def on_reviews(target, me):
    review, line = target["kehu.access.review"], target["kehu.access.review.line"]
    for values in (
        {"state": "signed"},
        {"name": "x"},
        {"date": "2020-01-01"},
        {"line_ids": [[1, line, {"decision": "keep"}]]},
        {"line_ids": [[2, line, 0]]},
        {"line_ids": [[0, 0, {"user_id": me, "reason": "clearance", "tier": "3"}]]},
    ):
        for context in (CONTEXTS[0], CONTEXTS[2], CONTEXTS[4]):
            yield "kehu.access.review", "write", [review], {"vals": values, "context": context}
    yield "kehu.access.review", "workflow_move", [review], {"name": "sign"}
    yield "kehu.access.review", "create", None, {"vals_list": [{"name": "x", "state": "signed"}]}
    yield "kehu.access.review", "unlink", [review], {}
    for values in (
        {"user_id": me},
        {"reason": "clearance"},
        {"tier": "2"},
        {"customer_count": 0},
        {"review_id": review},
    ):
        yield "kehu.access.review.line", "write", [line], {"vals": values}
    yield "kehu.access.review.line", "unlink", [line], {}
    yield (
        "kehu.access.review.line",
        "create",
        None,
        {"vals_list": [{"review_id": review, "user_id": me, "reason": "clearance", "tier": "3"}]},
    )
    yield "kehu.access.review.line", "_withdraw_clearance", [line], {}


def on_leak_reports(target, me):
    report = [target["kehu.leak.report"]]
    for values in (
        {"state": "closed"},
        {"what": "x"},
        {"supervisor_id": me},
        {"investigator_id": me},
        {"responsible": "x"},
        {"responsible_user_ids": [[6, 0, [me]]]},
        {"partner_id": False},
    ):
        for context in CONTEXTS[:3]:
            yield "kehu.leak.report", "write", report, {"vals": values, "context": context}
    for move in ("investigate", "close", "reopen", "report"):
        yield "kehu.leak.report", "workflow_move", report, {"name": move, "reason": "x"}
    yield "kehu.leak.report", "unlink", report, {}
    for values, context in (({"state": "closed"}, {}), ({}, {"default_state": "closed"})):
        yield "kehu.leak.report", "create", None, {"vals_list": [{"name": "x", **values}], "context": context}


def on_clearance(target, me):
    record, entry = [target["kehu.clearance.record"]], {"user_id": me, "kind": "training", "state": "valid"}
    for values in (
        {"user_id": me},
        {"kind": "training"},
        {"date": "2020-01-01"},
        {"file": "eQ=="},
        {"note": "x"},
        {"state": "draft"},
        {"is_reminded": True},
    ):
        for context in CONTEXTS[:3]:
            yield "kehu.clearance.record", "write", record, {"vals": values, "context": context}
    for move, reason in (("confirm", "x"), ("lapse", "x"), ("revoke", " ")):
        yield "kehu.clearance.record", "workflow_move", record, {"name": move, "reason": reason}
    yield "kehu.clearance.record", "unlink", record, {}
    yield "kehu.clearance.record", "create", None, {"vals_list": [entry]}
    yield (
        "kehu.clearance.record",
        "create",
        None,
        {"vals_list": [{"kind": "training"}], "context": {"default_state": "valid"}},
    )
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
    yield (
        "res.groups",
        "write",
        [everybody],
        {"vals": {"rule_groups": [[0, 0, {"name": "x", "model_id": log, "domain_force": "[]"}]]}},
    )
    for context in ({}, {"install_mode": True, "module": "kehu_archive"}):
        yield "ir.model.data", "write", names, {"vals": {"res_id": everybody}, "context": context}
        yield "ir.model.data", "unlink", names, {"context": context}
    yield "ir.config_parameter", "get_param", None, {"key": "database.secret"}
    yield "ir.config_parameter", "set_param", None, {"key": "database.secret", "value": "x"}
    yield (
        "mail.alias",
        "create",
        None,
        {"vals_list": [{"alias_name": "x", "alias_model_id": target["ir.model"]["kehu.uninstall.release"]}]},
    )


def attacks(target, me):
    for customer in (target["res.partner"], target["secret"]):
        yield from on_a_customer(customer, target, me)
    for attack in (on_tiers, on_grants, on_the_log, on_reviews, on_leak_reports, on_clearance, on_rows_of_addons):
        yield from attack(target, me)
