"""The last release: what companies have, and what an upgrade must start from.

A release is a commit “Release <version>”. It makes its demo company by its own command, whatever has changed since.
"""

import sys
import tarfile

from . import places, processes, whole
from .failure import Failure
from .odoo_process import free_port

FOLDER = places.STATE / "release"


def unpack():
    """Puts the whole checkout of the last release into a folder of this one.

    On the commit of a release it is that one: what is tried then is what an upgrade overwrites.

    :raise Failure: if there is no history, or if it knows no release
    """
    whole.remove(FOLDER)
    FOLDER.mkdir()
    archive = FOLDER / "release.tar"
    commit = _git("log", "-1", "--format=%H", "--extended-regexp", "--grep=^Release [0-9.]+$").strip()
    if not commit:
        raise Failure("The history of this checkout knows no release: fetch all of it (git fetch --unshallow).")
    _git("archive", "--format=tar", f"--output={archive}", commit)
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(FOLDER)


def _git(*words):
    return processes.run(
        "git", *words, cwd=places.CHECKOUT, why="The history of the checkout cannot be read: clone it with git."
    )


def make_company(odoo):
    """Has the release make its demo company in this Odoo; returns the name of its database.

    :param odoo: the folder of an Odoo
    """
    for words in (["run", "--port", free_port()], ["stop"]):
        processes.run(
            sys.executable,
            FOLDER / "kehu",
            *words,
            env={"KEHU_ODOO": str(odoo)},
            why="The last release does not start.",
        )
    return f"kehu_{places.checkout_id(FOLDER.resolve())}_demo"


def addons():
    """The names of the addons of the release."""
    return sorted(path.parent.name for path in FOLDER.glob("kehu_*/__manifest__.py"))
