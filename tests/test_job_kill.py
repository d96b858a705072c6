"""C1, T7, C12, C13, G2, G3: what the jobs do is done once and not forgotten, however often they are killed."""

import json

import pytest


@pytest.fixture(scope="module")
def results(odoo_shell):
    """What `job_killer.py` found, run against the database of the tests."""
    return odoo_shell("job_killer.py")


@pytest.mark.parametrize("job", ["Confirmations", "FollowUps", "Effectiveness", "Sheets", "Runs", "Grades"])
def test_a_killed_job_does_each_thing_once_and_loses_nothing(results, job):
    result = results[job]
    assert all(result["kills"]), "it must have been killed at work"
    once = sum(set(counts) == {1} for counts in result["under_fire"])
    assert 0 < once < len(result["under_fire"]), "the kills must hit work in progress"
    assert all(set(counts) in ({0}, {1}) for counts in result["under_fire"]), (
        "a thing is done as a whole, or not at all"
    )
    assert all(set(counts) == {1} for counts in result["done"]), json.dumps(result["done"])
