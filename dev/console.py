"""What the user sees: one line for each step, with its seconds."""

import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

_WIDTH = 58


def say(text=""):
    print(text, flush=True)


@contextmanager
def step(title, alone=True):
    """Prints `title … note  seconds`; the block may set `.note` and, for the lines under it, `.below` on what it gets.

    :param alone: whether nobody else prints meanwhile, so that the title can be shown at the start already
    """
    outcome = SimpleNamespace(note="", below="")
    started = time.monotonic()
    live = alone and sys.stdout.isatty()
    if live:
        print(f"  {title} …", end="", flush=True)
    try:
        yield outcome
    except BaseException:
        print(_line(title, "failed", started, live), flush=True)
        raise
    # At once, so that nobody prints in between.
    print(_line(title, outcome.note, started, live) + outcome.below + "\n", end="", flush=True)


def _line(title, note, started, live):
    text = f"{title}: {note}" if note else title
    return f"{chr(13) if live else ''}  {text:<{_WIDTH}} {time.monotonic() - started:6.1f} s"
