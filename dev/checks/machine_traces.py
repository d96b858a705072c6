"""Paths and addresses that exist on one machine only have no place in the project."""

import re
from pathlib import Path

from .. import places, processes

_BINARY = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".pdf", ".xlsx", ".woff", ".woff2", ".mo", ".zip", ".whl"}
# A home, a checkout, or a package registry named by host or by a path on disk.
_TRACES = re.compile(
    r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work/\w+)/"
    r"|\bfile:///?\w"
    r"|\b(?:extra-)?index-url\b\s*[=:]|\bfind-links\b\s*[=:]"
    r"|https?://[\w.-]*(?:pypi|nexus|artifactory|npmjs|deb\.debian)[\w.-]*"
)


def find():
    """Lines of the files in git that name a machine's paths or a package registry's host."""
    output, code = processes.attempt("git", "ls-files", "-z", cwd=places.CHECKOUT, log=processes.QUIET)
    names = (
        output.split("\0")
        if code == 0
        else [
            str(path.relative_to(places.CHECKOUT)) for path in places.CHECKOUT.rglob("*") if ".kehu" not in path.parts
        ]
    )
    found = []
    for name in filter(None, names):
        path = places.CHECKOUT / name
        if path.is_file() and path.suffix not in _BINARY and path != Path(__file__):
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}:{number}: {line}" for number, line in in_text(text)]
    return found


def in_text(text):
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if _TRACES.search(line)]
