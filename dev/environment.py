"""The virtual environment with the Python packages of Odoo, of our addons and of the tests."""

import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, locks, places, processes, whole
from .failure import Failure

SUPPORTED = ((3, 10), (3, 13))
REQUIREMENTS = (
    places.CHECKOUT / "requirements.txt",
    places.CHECKOUT / "dev" / "requirements-odoo.txt",
    places.CHECKOUT / "dev" / "requirements-test.txt",
)


@dataclass(frozen=True)
class Environment:
    folder: Path
    is_new: bool = False

    @property
    def python(self):
        return self.folder / "bin" / "python"

    @property
    def path(self):
        """PATH with the programs of this environment first."""
        return f"{self.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def find():
    """The environment for the present lists of packages; makes it if it is not there."""
    if found := existing():
        return found
    with locks.cache_lock("venv"):
        if found := existing():
            return found
        python, version = _python()
        # An environment cannot be moved: it is built where it stays, and is whole when its stamp is there.
        folder = places.cache() / f"venv-{_key(python, version)}-{os.getpid()}"
        for unfinished in places.cache().glob("venv-*"):
            if whole.stamp_of(unfinished) is None:
                whole.remove(unfinished)
        try:
            _create(python, folder)
            _install(folder)
        except BaseException:
            whole.remove(folder)
            raise
        whole.finish(folder, python=version)
    return Environment(folder, is_new=True)


def existing():
    """The environment if it is there, else None."""
    for folder in places.cache().glob(f"venv-{_key(*_python())}-*"):
        if whole.stamp_of(folder) is not None:
            return Environment(folder)
    return None


def _key(python, version):
    lists = b"".join(path.read_bytes() for path in REQUIREMENTS)
    return hashlib.sha256(lists + f"{python} {version}".encode()).hexdigest()[:8]


def _python():
    """A Python that Odoo 19 and its packages run on: ours, else another one on the PATH."""
    oldest, newest = SUPPORTED
    if oldest <= sys.version_info[:2] <= newest:
        return os.path.realpath(sys.executable), "%d.%d" % sys.version_info[:2]
    for minor in range(newest[1], oldest[1] - 1, -1):
        if python := shutil.which(f"python3.{minor}"):
            return python, f"3.{minor}"
    raise Failure(
        f"Python {sys.version_info[0]}.{sys.version_info[1]} is not one that Odoo 19 runs on: "
        "install Python 3.10, 3.11, 3.12 or 3.13."
    )


def _create(python, folder):
    output, code = processes.attempt(python, "-m", "venv", folder)
    if code == 0:
        return
    if "ensurepip" not in output:
        raise processes.failure(output, f"No virtual environment could be made with {python}.")
    # Debian keeps the module that puts pip into an environment in a package of its own.
    packages = ["python3-venv"]
    why = f"Python's venv module is not complete: install it with `{apt.install_line(packages)}`."
    if os.geteuid() == 0:
        apt.install(packages, why)
        processes.run(python, "-m", "venv", "--clear", folder, why=why)
        return
    processes.run(python, "-m", "venv", "--clear", "--without-pip", folder, why=why)
    with whole.built(places.cache() / "pip") as unpacked:
        apt.unpack({"": ["python3-pip-whl"]}, unpacked, unpacked / "apt", why)
    pip = next((places.cache() / "pip").rglob("pip-*.whl"))
    processes.run(folder / "bin" / "python", pip / "pip", "install", "--quiet", "pip", why=why)


def _install(folder):
    lists = [word for path in REQUIREMENTS for word in ("-r", path)]
    output, code = processes.attempt(
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *lists,
        env={"PIP_REQUIRE_VIRTUALENV": None},
    )
    if code:
        missing = re.search(r"No matching distribution found for (\S+)", output)
        raise processes.failure(
            output,
            "The Python packages could not be installed"
            + (f" ({missing.group(1)} was not found)" if missing else "")
            + ": check the network and pip's index, and start again.",
        )
