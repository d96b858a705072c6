"""X5: the server reads from a replica (its configuration says so), and yet each way of reading is in the access log."""

import pytest

SECRET = "粤兴新能源汽车部件有限公司"


@pytest.fixture(scope="module")
def secret(rpc):
    (archive,) = rpc("clerk").call("kehu.archive", "search_read", [["name", "=", SECRET]], ["partner_id"])
    return {"kehu.archive": archive["id"], "res.partner": archive["partner_id"][0]}


def entries(rpc, **values):
    return rpc("gm").call(
        "kehu.access.log",
        "search_count",
        [["user_id.login", "=", "finance"], *([name, "=", value] for name, value in values.items())],
    )


@pytest.mark.parametrize("model", ["kehu.archive", "res.partner"])
@pytest.mark.parametrize(
    "way_in, method, arguments",
    [
        (
            "web",
            "web_search_read",
            lambda record_id: {"domain": [["id", "=", record_id]], "specification": {"phone": {}}},
        ),
        ("web", "web_read", lambda record_id: {"ids": [record_id], "specification": {"phone": {}}}),
        ("json2", "search_read", lambda record_id: {"domain": [["id", "=", record_id]], "fields": ["phone"]}),
        ("json2", "read", lambda record_id: {"ids": [record_id], "fields": ["phone"]}),
        ("rpc", "read", lambda record_id: {"ids": [record_id], "fields": ["phone"]}),
    ],
)
def test_reading_from_a_replica_leaves_its_entry(model, way_in, method, arguments, secret, rpc, request):
    client = request.getfixturevalue(way_in)("finance")
    arguments = arguments(secret[model])
    route = "server" if way_in == "rpc" else method  # XML-RPC hides the request from the methods that it calls
    noted = {"res_model": model, "res_id": secret[model], "action": "read", "route": route}
    before = entries(rpc, **noted)
    ids = arguments.pop("ids", None)
    if way_in == "json2":
        assert client.call(model, method, ids or (), **arguments)
    else:
        assert client.call(model, method, *([ids] if ids else []), **arguments)
    assert entries(rpc, **noted) == before + 1


def test_an_image_leaves_one(secret, web, rpc):
    status, _body = web("finance").get(f"/web/image/res.partner/{secret['res.partner']}/avatar_128")
    assert status == 200
    assert entries(rpc, res_model="res.partner", res_id=secret["res.partner"], action="file")


def test_who_may_not_read_leaves_none(secret, web, rpc):
    noted = [["user_id.login", "=", "order"]]
    before = rpc("gm").call("kehu.access.log", "search_count", noted)
    assert (
        web("order").call("res.partner", "web_search_read", [["id", "=", secret["res.partner"]]], {"phone": {}})[
            "length"
        ]
        == 0
    )
    assert rpc("gm").call("kehu.access.log", "search_count", noted) == before
