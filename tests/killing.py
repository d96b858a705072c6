"""For scripts that run in `odoo shell`: work in processes that are killed with −9.

The children are forks, as Odoo's own cron workers are, so one registry serves all. Close the shell's connections before.
"""
import os
import signal

import odoo


def child(work, dies_at_commit=None):
    """Do ``work`` in a child; it kills itself instead of the commit of that number. Returns its process id."""
    if pid := os.fork():
        return pid
    try:
        if dies_at_commit is not None:
            commit, left = odoo.sql_db.Cursor.commit, [dies_at_commit]

            def commit_or_die(self):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return commit(self)

            odoo.sql_db.Cursor.commit = commit_or_die
        work()
    finally:
        os._exit(0)


def reap(pid):
    """Wait for a child; returns whether it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
