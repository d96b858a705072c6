"""C10: each escalation step exactly once, however often the job is killed, and with two jobs at once."""

import json

import pytest

STEPS = "123"


@pytest.fixture(scope="module")
def result(odoo_shell):
    """What `sweep_killer.py` found, run against the database of the tests."""
    return odoo_shell("sweep_killer.py")


def shown(outcome):
    return json.dumps(outcome, indent=1)


def is_complete(outcome):
    clocks = outcome["clocks"]
    return outcome == {
        "clocks": clocks,
        "waiting": 0,
        "escalations": [STEPS],
        "events": 3 * clocks,
        "activities": clocks,
        "messages": clocks,
        "violations": [1],
    }


def test_killed_sweeps_lose_nothing_and_repeat_nothing(result):
    assert all(result["kills"]), "they must have been killed at work"
    assert 0 < result["under_fire"]["events"] < 3 * result["killed"]["clocks"], "the kills must hit work in progress"
    assert all(STEPS.startswith(escalation) for escalation in result["under_fire"]["escalations"]), (
        "in order, and none twice"
    )
    assert is_complete(result["killed"]), shown(result["killed"])


def test_two_sweeps_at_once_share_the_work(result):
    assert not result["failures"]
    assert is_complete(result["raced"]), shown(result["raced"])
