"""The last release: what users have, and what an upgrade must start from."""
import subprocess
import tarfile
from io import BytesIO

from . import places, processes
from .failure import Failure


def unpack(folder):
    """Puts the addons of the last release into `folder` and returns their names.

    A release is a commit “Release <version>”.
    """
    commit = processes.run(
        "git", "log", "-1", "--format=%H", "--grep=^Release [0-9]", why="The history of the checkout cannot be read.").strip()
    if not commit:
        raise Failure("The history of this checkout knows no release: fetch all of it (git fetch --unshallow).")
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit, "--", "."], cwd=places.CHECKOUT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, [member for member in tar if member.name.startswith("kehu_")], filter="data")
    return sorted(path.parent.name for path in folder.glob("kehu_*/__manifest__.py"))
