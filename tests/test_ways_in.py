"""The fixtures themselves: every way in answers the same, and refuses alike."""

import pytest
from clients import RemoteError


def test_every_way_in_finds_the_same_user(rpc, json2, web):
    domain = [["login", "=", "admin"]]
    found = rpc("admin").call("res.users", "search", domain)
    assert found
    assert json2("admin").call("res.users", "search", domain=domain) == found
    assert web("admin").call("res.users", "search", domain) == found


@pytest.mark.parametrize("way_in", ["rpc", "json2", "web"])
def test_a_private_method_is_refused_on_every_way_in(way_in, request):
    client = request.getfixturevalue(way_in)("admin")
    with pytest.raises(RemoteError):
        client.call("res.users", "_is_internal")


@pytest.mark.parametrize("way_in", ["rpc", "json2", "web"])
def test_a_wrong_password_is_refused(way_in, request):
    with pytest.raises(RemoteError):
        request.getfixturevalue(way_in)("admin", "wrong")


def test_the_browser_logs_in(browser_as, screenshot):
    page = browser_as("admin")
    assert screenshot(page, "home").stat().st_size
