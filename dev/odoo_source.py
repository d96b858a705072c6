"""Finding Odoo 19, or fetching it: a given one, an importable one, Debian's package, a clone of the branch."""

import ast
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, locks, places, processes, whole
from .failure import Failure

SERIES = (19, 0)
_NAME = "Odoo 19.0"
_BRANCH = ("https://github.com/odoo/odoo.git", "19.0")

# Debian's package links fonts and scripts from these. Its own release has them, except for what only sid has;
# sid's fonts-font-awesome is too new for the links.
_PACKAGES = {
    "sid": ("odoo-19", "fonts-montserrat", "fonts-ocr-b"),
    "": (
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-font-awesome",
        "fonts-roboto-unhinted",
        "fonts-inconsolata",
        "fonts-glyphicons-halflings",
    ),
}


@dataclass(frozen=True)
class Odoo:
    root: Path  # the folder that holds the package `odoo`
    version: str
    origin: str

    @property
    def package(self):
        return self.root / "odoo"

    @property
    def addons_paths(self):
        return [path for path in (self.root / "addons", self.package / "addons") if (path / "web").is_dir()]


def find(given=None):
    """The Odoo to use; fetches one if there is none."""
    if given := given or os.environ.get("KEHU_ODOO"):
        return _given(Path(given).expanduser().absolute())
    return _importable() or _cached() or _fetch()


def _given(path):
    for root in (path, path.parent, path / "usr/lib/python3/dist-packages"):
        if (root / "odoo" / "release.py").is_file():
            odoo = _odoo(root, "given")
            if odoo.version != _series():
                raise Failure(
                    f"{path} is Odoo {odoo.version}, but the addons are for {_NAME}: give a folder with {_NAME} "
                    "(--odoo or KEHU_ODOO), or none, then it is fetched."
                )
            if not odoo.addons_paths:
                raise Failure(f"{path} is an Odoo without its addons: give the folder of a whole {_NAME}.")
            return odoo
    raise Failure(
        f"{path} holds no Odoo: give the folder of {_NAME} (--odoo or KEHU_ODOO), or none, then it is fetched."
    )


def _importable():
    """The Odoo that this machine's Python imports, if it is the right one."""
    probe = "import odoo.release as r; print(r.__file__)"
    output, code = processes.attempt(sys.executable, "-c", probe, cwd="/")
    if code:
        return None
    odoo = _odoo(Path(output.strip().splitlines()[-1]).parent.parent, "importable")
    return odoo if odoo.version == _series() and odoo.addons_paths else None


def _cached():
    for folder in (_debian_folder(), _clone_folder()):
        if (stamp := whole.stamp_of(folder)) is not None:
            return _odoo(folder / stamp["root"], stamp["origin"])
    return None


def _fetch():
    with locks.cache_lock("odoo"):
        return _cached() or _fetch_debian() or _fetch_clone()


def _fetch_debian():
    if not apt.is_there() or not apt.debian_archive():
        return None
    why = f"{_NAME} could not be fetched from Debian: connect to the network, or give an Odoo with --odoo."
    facts = {"root": "usr/lib/python3/dist-packages"}
    with whole.built(_debian_folder(), facts) as folder:
        work = folder / ".apt"
        apt.unpack(_PACKAGES, folder, work, why)
        version = next((work / "debs").glob("odoo-19_*.deb")).name.split("_")[1]
        facts["origin"] = f"Debian's odoo-19 {version}"
        whole.remove(work)
        if broken := [path for path in folder.rglob("*") if path.is_symlink() and not path.exists()]:
            raise Failure(
                f"Debian's package of Odoo misses {broken[0].name} (and {len(broken) - 1} more files) on this release: "
                "give another Odoo with --odoo."
            )
    return _cached()


def _fetch_clone():
    why = f"{_NAME} could not be fetched: connect to the network, or give an Odoo with --odoo."
    if not shutil.which("git"):
        raise Failure(
            f"There is no {_NAME} here and no git to fetch it with: install git, or give an Odoo with --odoo."
        )
    url, branch = _BRANCH
    with whole.built(_clone_folder(), {"root": ".", "origin": f"clone of {branch}"}) as folder:
        processes.run(
            "git",
            "clone",
            "--quiet",
            "--depth",
            "1",
            "--branch",
            branch,
            url,
            folder / "odoo",
            why=why,
            env={"GIT_TERMINAL_PROMPT": "0"},
        )
        # The stamp has to lie beside what is stamped: the clone's content moves up one level.
        for entry in (folder / "odoo").iterdir():
            entry.rename(folder / f"_{entry.name}")
        (folder / "odoo").rmdir()
        for entry in list(folder.iterdir()):
            entry.rename(folder / entry.name.removeprefix("_"))
    return _cached()


def _debian_folder():
    return places.cache() / "odoo-debian"


def _clone_folder():
    return places.cache() / "odoo-clone"


def _series():
    return ".".join(map(str, SERIES))


def _odoo(root, origin):
    return Odoo(root, _version(root / "odoo" / "release.py"), origin)


def _version(release):
    """The series in release.py, read without running it."""
    text = release.read_text(encoding="utf-8")
    numbers = re.search(r"^version_info = \((.*?),\s*[A-Z]", text, re.M)
    try:
        return ".".join(str(number) for number in ast.literal_eval(f"({numbers.group(1)},)")[:2])
    except (AttributeError, ValueError, SyntaxError):
        return "of an unknown version"
