"""What of Odoo's own tests is a fault of ours, and what says nothing about us."""

import pytest
from dev.checks.core_suites import compare

QUERY = """AssertionError: queries differ
E   ---- actual query:
E   SELECT "res_partner"."id" FROM "res_partner" WHERE "res_partner"."{}" IN %s
E   ---- not like:
E   SELECT "res_partner"."id" FROM "res_partner"
"""
GOOD = dict.fromkeys((f"good_{number}" for number in range(20)))


def test_what_fails_only_with_ours_is_a_fault():
    tally = compare({**GOOD, "test": None}, {**GOOD, "test": "AssertionError"})
    assert (tally.passed, tally.failed, tally.skipped) == (20, 1, 0)
    assert "test fails only with our addons" in tally.problems[0]


@pytest.mark.parametrize(
    "alone, with_ours, outcome",
    [
        ("AssertionError", "AssertionError", "skipped"),
        (None, QUERY.format("kehu_tier"), "skipped"),
        (None, QUERY.format("company_id"), "failed"),
        (None, "Query count more than expected for user admin: 50 > 24", "passed"),
    ],
)
def test_what_says_nothing_about_us(alone, with_ours, outcome):
    tally = compare({**GOOD, "test": alone}, {**GOOD, "test": with_ours})
    assert getattr(tally, outcome) == 1 + (20 if outcome == "passed" else 0)
    assert tally.passed + tally.failed + tally.skipped == 21


def test_a_test_that_did_not_run_is_a_fault():
    assert "Did not run with our addons: test" in compare({**GOOD, "test": None}, GOOD).problems[0]


def test_a_run_in_which_much_fails_anyway_compares_nothing():
    broken = dict.fromkeys(GOOD, "Error")
    assert "20 of 20 tests fail with Odoo alone" in compare(broken, broken).problems[0]
