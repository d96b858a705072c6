"""What the user sees: one line for each step, with its seconds."""
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

_WIDTH = 58


def say(text=""):
    print(text, flush=True)


@contextmanager
def step(title):
    """Prints `title … note  seconds`; the block may set `.note` on what it gets."""
    outcome = SimpleNamespace(note="")
    started = time.monotonic()
    live = sys.stdout.isatty()
    if live:
        print(f"  {title} …", end="", flush=True)
    try:
        yield outcome
    except BaseException:
        print(_line(title, "failed", started, live), flush=True)
        raise
    print(_line(title, outcome.note, started, live), flush=True)


def _line(title, note, started, live):
    text = f"{title}: {note}" if note else title
    return f"{chr(13) if live else ''}  {text:<{_WIDTH}} {time.monotonic() - started:6.1f} s"
