"""The server that `run` left behind: which one it is, and whether it is still there."""

import json

from . import places
from .odoo_process import Server

_FILE = places.STATE / "server.json"


def server():
    """The running server of this checkout, or None."""
    try:
        facts = json.loads(_FILE.read_text(encoding="utf-8"))
        found = Server(facts["pid"], facts["port"], facts["database"], places.STATE / "server.log")
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return found if found.is_alive() else None


def remember(started):
    unfinished = _FILE.with_suffix(".new")
    unfinished.write_text(
        json.dumps({"pid": started.pid, "port": started.port, "database": started.database}), encoding="utf-8"
    )
    unfinished.rename(_FILE)


def forget():
    _FILE.unlink(missing_ok=True)
