"""Debian's packages: unpacked into a folder with private lists (no root, the system's apt untouched), or installed by
root.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .failure import Failure

_SOURCES = Path("/etc/apt")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Archive:
    """Debian's main archive as this machine's own apt knows it."""

    url: str
    release: str
    keyring: str

    def source(self, suite):
        options = f"[signed-by={self.keyring}] " if self.keyring else ""
        return f"deb {options}{self.url} {suite} main\n"


def is_there():
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def debian_archive():
    """The archive that serves this Debian's release, or None on another system."""
    try:
        system = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(encoding="utf-8"), re.M))
    except FileNotFoundError:
        return None
    if system.get("ID") != "debian":
        return None
    release = system.get("VERSION_CODENAME", "sid")
    for url, suites, components, keyring in _sources():
        if "main" in components and suites & {release, "sid", "unstable", "stable", "testing"}:
            return Archive(url, release, keyring or (str(_KEYRING) if _KEYRING.exists() else ""))
    return None


def _sources():
    """Every binary source of this machine: (url, suites, components, keyring)."""
    for path in sorted([_SOURCES / "sources.list", *_SOURCES.glob("sources.list.d/*")]):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            for stanza in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", text, flags=re.M)):
                fields = {
                    name.lower(): value.split()
                    for name, value in re.findall(r"^([\w-]+):\s*((?:.*)(?:\n[ \t]+.*)*)", stanza, re.M)
                }
                if "deb" in fields.get("types", ()) and fields.get("enabled") != ["no"]:
                    keyring = " ".join(fields.get("signed-by", ()))
                    for url in fields.get("uris", ()):
                        yield (
                            url,
                            set(fields.get("suites", ())),
                            fields.get("components", []),
                            keyring if keyring.startswith("/") else "",
                        )
        else:
            for options, url, suite, components in re.findall(r"^deb\s+(\[.*?\])?\s*(\S+)\s+(\S+)\s+(.*)$", text, re.M):
                keyring = re.search(r"signed-by=([^\s\]]+)", options)
                yield url, {suite}, components.split(), keyring.group(1) if keyring else ""


def unpack(packages, target, work, why):
    """Downloads packages and unpacks them below `target`.

    :param packages: {suite: names}; the suite `""` is the machine's own release
    :param work: folder for apt's lists and the downloaded files
    """
    archive = debian_archive()
    if not archive:
        raise Failure(why)
    packages = {suite or archive.release: names for suite, names in packages.items()}
    for folder in ("lists/partial", "archives/partial", "debs"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    sources = work / "sources.list"
    sources.write_text("".join(archive.source(suite) for suite in packages), encoding="utf-8")
    private = (
        f"Dir::Etc::sourcelist={sources}",
        "Dir::Etc::sourceparts=/dev/null",
        f"Dir::State::Lists={work / 'lists'}",
        f"Dir::Cache::archives={work / 'archives'}",
        "Dir::Cache::pkgcache=",
        "Dir::Cache::srcpkgcache=",
        "APT::Sandbox::User=",
        "Acquire::Languages=none",
        "Acquire::Retries=2",
    )
    options = [word for option in private for word in ("-o", option)]
    # apt-get update ends with 0 when an archive does not answer; without this option it would only warn.
    processes.run("apt-get", *options, "-o", "APT::Update::Error-Mode=any", "update", why=why)
    wanted = [f"{name}/{suite}" for suite, names in packages.items() for name in names]
    processes.run("apt-get", *options, "download", *wanted, why=why, cwd=work / "debs")
    for deb in sorted((work / "debs").glob("*.deb")):
        processes.run("dpkg-deb", "-x", deb, target, why=why)


def install(packages, why):
    """Installs packages into the system; only root may.

    :raise Failure: with `why` if it does not work
    """
    if os.geteuid() != 0 or not is_there():
        raise Failure(why)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    command = ("apt-get", "install", "-y", "--no-install-recommends", *packages)
    _output, code = processes.attempt(*command, env=quiet)
    if code:  # most often the lists are missing or old
        processes.attempt("apt-get", "update", env=quiet)
        processes.run(*command, env=quiet, why=why)


def install_line(packages):
    """What the user can type to install them by hand."""
    return f"apt-get install {' '.join(packages)}"
