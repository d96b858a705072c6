"""Checks on the console: a line each, the problems under it, the sum at the end."""
from .console import say, step
from .tally import Tally

_LONGEST = 120      # lines of a problem


def check(title, function):
    """Runs a check and prints how it went; returns its tally."""
    with step(title) as outcome:
        tally = function()
        outcome.note = "" if tally.is_good and tally.passed == 1 else str(tally)
    show(tally)
    return tally


def show(tally: Tally):
    for problem in tally.problems:
        lines = problem.splitlines()
        for line in lines[:_LONGEST]:
            say(f"      {line}")
        if len(lines) > _LONGEST:
            say(f"      … {len(lines) - _LONGEST} more lines")


def end(total: Tally):
    """Prints the sum alone on the last line; returns the exit code."""
    if not (total.passed or total.failed):
        total.failed, total.problems = 1, ["No test was run."]
        say("No test was run.")
    say(str(total))
    return 0 if total.is_good else 1
