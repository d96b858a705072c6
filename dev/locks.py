"""One command at a time: on a checkout (the second is told), on the cache (the second waits)."""

import fcntl
import os
from contextlib import contextmanager

from . import places
from .console import say
from .failure import Failure


@contextmanager
def checkout_lock(command):
    with _open(places.STATE / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another ./kehu"
            raise Failure(f"{holder} is at work in this checkout: wait until it has ended.") from None
        lock.truncate(0)
        lock.write(f"./kehu {command} (process {os.getpid()})")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


@contextmanager
def cache_lock(what):
    """Held while something for all checkouts is built; `what` names it, so that different things do not wait for each
    other.
    """
    with _open(places.cache() / f".{what}.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  (waiting for another ./kehu that is preparing {what})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open(path):
    # A child process must not inherit the lock: a server outlives the command that started it.
    return open(path, "a+", encoding="utf-8")
