"""The last release: what companies have, and what an upgrade must start from.

A release is a commit “Release <version>”. It makes its demo company by its own command, whatever has changed since.
"""

import subprocess
import sys
import tarfile
from io import BytesIO

from . import places, processes, whole
from .failure import Failure
from .odoo_process import free_port

FOLDER = places.STATE / "release"


def unpack():
    """Puts the whole checkout of the last release into a folder of this one.

    :raise Failure: if the history knows no release
    """
    commit = processes.run(
        "git",
        "log",
        "-1",
        "--format=%H",
        "--grep=^Release [0-9]",
        cwd=places.CHECKOUT,
        why="The history of the checkout cannot be read.",
    ).strip()
    if not commit:
        raise Failure("The history of this checkout knows no release: fetch all of it (git fetch --unshallow).")
    whole.remove(FOLDER)
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit], cwd=places.CHECKOUT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(FOLDER)


def make_company():
    """Has the release make its demo company; returns the name of its database."""
    for words in (["run", "--port", free_port()], ["stop"]):
        processes.run(sys.executable, FOLDER / "kehu", *words, why="The last release does not start.")
    return f"kehu_{places.checkout_id(FOLDER)}_demo"


def addons():
    """The names of the addons of the release."""
    return sorted(path.parent.name for path in FOLDER.glob("kehu_*/__manifest__.py"))
