"""The command line: finds the command, and turns whatever goes wrong into one sentence."""

import argparse
import errno
import importlib
import signal
import sys
import time
import traceback

from . import places, processes
from .console import say
from .failure import Failure

COMMANDS = (
    "run",
    "test",
    "core",
    "mutations",
    "lint",
    "bench",
    "shell",
    "i18n",
    "pictures",
    "docs",
    "package",
    "stop",
    "clean",
)


def main(words):
    parser = argparse.ArgumentParser(
        prog="./kehu",
        description="Customer archives for Odoo 19: one command from nothing to a running system.",
        epilog="Variables: KEHU_ODOO, KEHU_CACHE, KEHU_PGHOST, KEHU_PGPORT, KEHU_PGUSER, KEHU_PGPASSWORD (see "
        "README.md).",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    modules = {}
    for name in COMMANDS:
        modules[name] = importlib.import_module(f".commands.{name}", __package__)
        modules[name].arguments(subparsers.add_parser(name, help=modules[name].HELP, description=modules[name].__doc__))
    options = parser.parse_args(words)
    # A termination is to be like Ctrl-C: everything that was begun is left through its `finally`.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        return modules[options.command].execute(options)
    except Failure as failure:
        return _end(str(failure))
    except KeyboardInterrupt:
        return _end("Interrupted: start again whenever you like.", 130)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _end(f"The disk is full: make room (the cache is {places.cache()}) and start again.")
        if error.errno in (errno.EACCES, errno.EPERM):
            return _end(
                f"{error.filename} may not be used by this account: use a checkout and a KEHU_CACHE that you own."
            )
        return _end(f"{_noted(error)}: see {places.LOG}.")
    except Exception as error:  # the last resort: the user gets a sentence, the log the traceback
        return _end(
            f"./kehu {options.command} met something that it does not know ({_noted(error)}): see {places.LOG}."
        )


def _interrupt(*_signal):
    processes.interrupt()
    raise KeyboardInterrupt


def _end(sentence, code=1):
    sys.stdout.flush()
    print(f"kehu: {sentence}", file=sys.stderr)
    return code


def _noted(error):
    try:
        with places.LOG.open("a", encoding="utf-8") as log:
            log.write(f"\n{time.strftime('%F %T')}\n{traceback.format_exc()}")
    except OSError:
        say(traceback.format_exc())
    return str(error) or type(error).__name__
