"""The addons as files to hand out: a wheel each (Python's way), and one zip of all (to unpack into an addons path)."""

import zipfile

from . import addons, places, processes
from .environment import Environment


def wheels(environment: Environment, target):
    """Builds a wheel of each addon into the folder `target` and returns their paths."""
    target.mkdir(parents=True, exist_ok=True)
    processes.run(
        environment.python,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        target,
        *(addon.path for addon in addons.ours().values()),
        env={"PATH": environment.path},
        why="The wheels could not be built.",
    )
    return sorted(target.glob("odoo_addon_kehu_*.whl"))


def zip_of_all(target):
    """Writes kehu-addons.zip into the folder `target` and returns its path."""
    target.mkdir(parents=True, exist_ok=True)
    path = target / "kehu-addons.zip"
    unfinished = path.with_suffix(".new")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(places.CHECKOUT / "LICENSE", "LICENSE")
        file.write(places.CHECKOUT / "requirements.txt", "requirements.txt")
        for addon in addons.ours().values():
            for source in addon.files():
                file.write(source, source.relative_to(addon.path.parent))
    unfinished.rename(path)
    return path
