"""A thing is there as a whole or not at all: built beside its place and renamed into it, with a stamp written last.

A kill or a full disk at any moment leaves at most a `*.new-…` folder, which the next start removes. Its name is another
one each time: what a killed start had set going may still write into the old one for a moment.
"""

import json
import os
import shutil
from contextlib import contextmanager

STAMP = ".complete"


def stamp_of(folder):
    """What `finish` noted about the folder, or None when the folder is missing or was not finished."""
    try:
        return json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def finish(folder, **facts):
    """Marks a folder that was built in place as whole."""
    unfinished = folder / f"{STAMP}.new"
    unfinished.write_text(json.dumps(facts), encoding="utf-8")
    unfinished.rename(folder / STAMP)


@contextmanager
def built(folder, facts=None):
    """Yields a fresh folder beside `folder`, which takes its place when the block ends without an error.

    The block may add to `facts`; they become the stamp.
    """
    unfinished = unfinished_beside(folder)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
    except BaseException:
        remove(unfinished)
        raise
    finish(unfinished, **(facts or {}))
    remove(folder)
    unfinished.rename(folder)


def unfinished_beside(folder):
    """A path for what is to become `folder`; removes what earlier starts left unfinished there."""
    for leftover in folder.parent.glob(f"{folder.name}.new-*"):
        remove(leftover)
    return folder.with_name(f"{folder.name}.new-{os.getpid()}")


def remove(folder):
    """Removes a folder tree so that an interrupted removal leaves nothing that looks whole."""
    (folder / STAMP).unlink(missing_ok=True) if folder.is_dir() else None
    shutil.rmtree(folder, ignore_errors=True)
