"""Checks on the console: a line each, the problems under it, the sum at the end."""

import threading
from concurrent.futures import Future

from . import processes
from .console import say, step
from .tally import Tally

_LONGEST = 120  # lines of a problem


def check(title, function, alone=True):
    """Runs a check and prints how it went; returns its tally."""
    with step(title, alone) as outcome:
        tally = function()
        outcome.note = "" if tally.is_good and tally.passed == 1 else str(tally)
        outcome.below = "".join(f"\n      {line}" for problem in tally.problems for line in _shortened(problem))
    return tally


def in_turn(checks, alone=True):
    """Runs checks, each a title and a function, one after another; returns their tally."""
    total = Tally()
    for title, function in checks:
        total.add(check(title, function, alone))
    return total


def side_by_side(checks, others):
    """Runs two rows of checks at the same time; returns the tally of both.

    The first row is run by the main thread, which an interruption reaches: what must be stopped in the end belongs
    there.
    """
    second = Future()

    def run():
        try:
            second.set_result(in_turn(others, alone=False))
        except BaseException as error:  # it is raised where the result is asked for
            second.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        total = in_turn(checks, alone=False)
        total.add(second.result())
    except BaseException:
        processes.interrupt()
        raise
    return total


def _shortened(problem):
    lines = problem.splitlines()
    return lines[:_LONGEST] + ([f"… {len(lines) - _LONGEST} more lines"] if len(lines) > _LONGEST else [])


def end(total: Tally):
    """Prints the sum alone on the last line; returns the exit code."""
    if not (total.passed or total.failed):
        total.failed, total.problems = 1, ["No test was run."]
        say("No test was run.")
    say(str(total))
    return 0 if total.is_good else 1
