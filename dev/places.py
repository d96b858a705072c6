"""Where things live: the checkout, its own state, and the cache that all checkouts of a user share."""

import errno
import hashlib
import os
from pathlib import Path

from .failure import Failure

CHECKOUT = Path(__file__).resolve().parent.parent


def checkout_id(checkout):
    """A database server may be shared by several checkouts: their databases differ by this."""
    return hashlib.sha256(str(checkout).encode()).hexdigest()[:6]


CHECKOUT_ID = checkout_id(CHECKOUT)

STATE = CHECKOUT / ".kehu"
LOG = STATE / "kehu.log"
ARTEFACTS = STATE / "artefacts"


def cache():
    """Odoo, the virtual environment, the private PostgreSQL and the filestore."""
    if given := os.environ.get("KEHU_CACHE"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        # Not below root's home: the account that PostgreSQL runs under has to get in.
        return Path("/var/cache/kehu")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kehu"


def data_dir():
    """Odoo's data_dir: filestores and sessions."""
    return cache() / "data"


def prepare():
    """Makes the folders; says which one cannot be written."""
    for folder, remedy in (
        (STATE, "use a checkout that you own"),
        (ARTEFACTS, "use a checkout that you own"),
        (cache(), "set KEHU_CACHE to a folder that you own"),
    ):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise Failure(f"{folder} cannot be made ({error.strerror}): {remedy}.") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Failure(f"{folder} cannot be written: {remedy}.")
