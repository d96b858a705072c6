"""Running other programs: their output goes to the log, their failure becomes one sentence."""

import ctypes
import errno
import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

from . import places
from .failure import Failure

QUIET = Path(os.devnull)

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1

_interrupted = threading.Event()
_of_threads = set()  # children of threads beside the main one

# What other programs say, and what the user should do about it.
_CAUSES = (
    ("No space left on device", "The disk is full: make room (the cache is {cache}) and start again."),
    ("Disk quota exceeded", "Your disk quota is used up: make room (the cache is {cache}) and start again."),
    ("Temporary failure in name resolution", "There is no network: {why}"),
    ("Temporary failure resolving", "There is no network: {why}"),
    ("Could not resolve", "There is no network: {why}"),
    ("NewConnectionError", "There is no network: {why}"),
    ("Network is unreachable", "There is no network: {why}"),
    ("Could not connect to", "There is no network: {why}"),
)


def run(*command, why, env=None, cwd=None, user=None, stdin=None, timeout=None, log=None):
    """Runs `command` to its end and returns what it wrote.

    :param why: the sentence for the user if it fails
    :param env: variables on top of the present ones; None as a value removes one
    :param user: account to run under (only root can choose)
    :param log: file for the output instead of the common log
    :raise Failure: if the program is missing, fails or takes longer than `timeout` seconds
    """
    output, code = attempt(*command, env=env, cwd=cwd, user=user, stdin=stdin, timeout=timeout, log=log)
    if code:
        raise failure(output, why, log)
    return output


def attempt(*command, env=None, cwd=None, user=None, stdin=None, timeout=None, log=None):
    """Like `run`, but returns (output, exit code) whatever happens; 127 when there is no such program."""
    command = [str(word) for word in command]
    try:
        output, code = _communicate(
            command,
            stdin,
            timeout,
            env=environment(env),
            cwd=cwd or places.CHECKOUT,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=_end_with_parent,
            **account_options(user),
        )
    except subprocess.TimeoutExpired as error:
        output, code = f"{_text(error.stdout)}\nStopped after {timeout} seconds.", 124
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        output, code = str(error), 127
    _write_log(command, output, code, log)
    return output, code


def interrupt():
    """Ends what threads beside the main one run, and lets them do nothing more; the main thread ends its own."""
    _interrupted.set()
    for child in tuple(_of_threads):
        child.kill()


def _communicate(command, written, timeout, **options):
    """What `subprocess.run` does, for a child that `interrupt` finds."""
    is_beside = threading.current_thread() is not threading.main_thread()
    with subprocess.Popen(command, **options) as child:
        if is_beside:
            _of_threads.add(child)
        try:
            # Asked before, for who was not in the set yet, and after, for who was killed.
            if not (is_beside and _interrupted.is_set()):
                output, _errors = child.communicate(written, timeout)
            if is_beside and _interrupted.is_set():
                raise KeyboardInterrupt
            return output, child.returncode
        except BaseException:
            child.kill()
            raise
        finally:
            _of_threads.discard(child)


def run_daemon(*command, why, user=None, cwd=None):
    """Runs a command that leaves a process behind: that one would keep a pipe open, so the output goes to the log
    directly.
    """
    with places.LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n{time.strftime('%F %T')} $ {shlex.join(map(str, command))}\n")
        log.flush()
        done = subprocess.run(
            [str(word) for word in command],
            env=environment(),
            cwd=cwd or places.CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            **account_options(user),
        )
    if done.returncode:
        raise Failure(f"{why} (Details: {places.LOG})")


def failure(output, why, log=None):
    for sign, sentence in _CAUSES:
        if sign in output:
            why = sentence.format(cache=places.cache(), why=why)
            break
    return Failure(f"{why} (Details: {log or places.LOG})")


def environment(changes=None):
    """The present environment with `changes`; the user's own PYTHONPATH and the like do not reach what we start."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "ODOO_RC", "OPENERP_SERVER", "PYTEST_ADDOPTS")
    }
    inherited.update(changes or {})
    return {name: str(value) for name, value in inherited.items() if value is not None}


def account_options(user):
    """Arguments of subprocess for another account (a `pwd` entry), none for our own."""
    if user is None or user.pw_uid == os.geteuid():
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _end_with_parent():
    """Asks the kernel to kill this process when ./kehu dies: it must not go on building what the next start builds
    anew.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _write_log(command, output, code, log):
    log = log or places.LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n{time.strftime('%F %T')} $ {shlex.join(command)}\n{output}")
        if code:
            file.write(f"\n(exit code {code})\n")


def _text(output):
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""
