"""The documentation as a site (mkdocs.yml): made of docs/, searched in Chinese, and opened from a folder."""

import json
import re

from . import places, processes
from .tally import single

CONFIGURATION = places.CHECKOUT / "mkdocs.yml"


def build(environment, target):
    """Builds the site into the folder `target`; a broken link, or a page that no menu leads to, is a failure."""
    processes.run(*_command(environment, target), env=_ENV, why="The documentation could not be built.")
    return target / "index.html"


def check(environment, target):
    """A tally: the site is built without a warning, and its index knows words in Chinese."""
    output, code = processes.attempt(*_command(environment, target), env=_ENV)
    if code:
        return single([line for line in output.splitlines() if re.search("WARNING|ERROR|Aborted", line)] or [output])
    index = json.loads((target / "search" / "search_index.json").read_text(encoding="utf-8"))
    # Between two words stands a blank of no width: that is how a search finds each.
    known = any("\u200b档案\u200b" in page["text"] for page in index["docs"])
    return single([] if known else ["The index of the site has no words in Chinese."])


# What the theme says of another generator is no warning of ours.
_ENV = {"NO_MKDOCS_2_WARNING": "1"}


def _command(environment, target):
    return (
        environment.python,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--clean",
        f"--config-file={CONFIGURATION}",
        f"--site-dir={target}",
    )
