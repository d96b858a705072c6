"""For scripts that run in `odoo shell`: work in processes that kill themselves with −9 at chosen places.

A place is a number of commits or of SQL statements, never of seconds, so it is the same on every machine. The children
are forks, as Odoo's own cron workers are, so one registry serves all.
"""

import json
import os
import signal
import time
import traceback
from collections import Counter

from odoo import sql_db

COMMIT, STATEMENT = "commit", "execute"  # methods of a cursor


def measure(work):
    """Count what there is to do, in a child that commits nothing.

    :return: ``{COMMIT: number, STATEMENT: number}``
    """
    reader, writer = os.pipe()

    def count():
        counts = Counter({COMMIT: 0, STATEMENT: 0})
        for method in counts:
            _before(method, lambda method=method: counts.update([method]))
        sql_db.PsycoConnection.commit = lambda connection: None
        work()
        os.write(writer, json.dumps(counts).encode())

    _in_child(count)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        return json.load(pipe)


def kill(work, method, number):
    """Do ``work`` in a child that kills itself instead of its commit or statement of that number, counted from 0.

    :return: whether it was killed before it was done
    """
    left = [number]

    def count_down():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def doomed():
        _before(method, count_down)
        work()

    return _in_child(doomed) == -signal.SIGKILL


def places(total, count):
    """Return ``count`` growing numbers whose sum is less than ``total``: killed at each in turn, some work is always
    left.
    """
    return [total * number // sum(range(count + 2)) for number in range(1, count + 1)]


def _before(method, act):
    """Have ``act`` called before that method of every cursor."""
    original = getattr(sql_db.Cursor, method)

    def wrapper(cursor, *args, **kwargs):
        act()
        return original(cursor, *args, **kwargs)

    setattr(sql_db.Cursor, method, wrapper)


def _in_child(work):
    """Do ``work`` in a fork and wait for its end; returns the exit code, negative for a signal."""
    sql_db.close_all()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL), f"The child ended with {code}."
    # PostgreSQL notices the death a moment later, and only then lets go of what the child had locked.
    while _has_connections():
        time.sleep(0.01)
    return code


def _has_connections():
    """Whether there is a connection of this process and its children besides the one that asks."""
    with sql_db.db_connect("postgres").cursor() as cr:
        cr.execute("""
            SELECT FROM pg_stat_activity
             WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()""")
        return bool(cr.rowcount)
