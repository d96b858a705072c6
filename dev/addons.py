"""The addons of this checkout, found by their manifests."""

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import places
from .failure import Failure

# For tests only, never installed into the database that users see.
TEST_ADDONS = places.CHECKOUT / "tests" / "addons"


@dataclass(frozen=True)
class Addon:
    name: str
    path: Path

    @cached_property
    def manifest(self):
        try:
            return ast.literal_eval((self.path / "__manifest__.py").read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            raise Failure(f"{self.path / '__manifest__.py'} is no manifest: {error}.") from error

    @property
    def depends(self):
        return set(self.manifest.get("depends", ()))

    @cached_property
    def checksum(self):
        """Changes with every file that an installed database was made from."""
        digest = hashlib.sha256()
        for path in self.files():
            relative = path.relative_to(self.path)
            if relative.parts[0] != "tests":
                digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def files(self):
        """The files that make up the addon, without what tools leave behind."""
        return [
            path
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
            and path.suffix != ".pyc"
            and not any(part.startswith(".") for part in path.relative_to(self.path).parts)
        ]


def ours():
    """All installable addons of this checkout, by name."""
    return _in(places.CHECKOUT)


def for_tests(installed=None):
    """The addons in tests/addons; only those for which `installed` (names) has all that they need of ours."""
    every = set(ours())
    return {
        name: addon
        for name, addon in _in(TEST_ADDONS).items()
        if installed is None or addon.depends & every <= set(installed)
    }


def _in(folder):
    found = {
        path.parent.name: Addon(path.parent.name, path.parent) for path in sorted(folder.glob("kehu_*/__manifest__.py"))
    }
    return {name: addon for name, addon in found.items() if addon.manifest.get("installable", True)}


def chosen(names):
    """The named addons and those of ours that they depend on; all if none is named."""
    every = ours()
    if unknown := set(names) - set(every):
        raise Failure(f"There is no addon {', '.join(sorted(unknown))}: choose among {', '.join(every)}.")
    wanted, todo = set(), list(names or every)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo.extend(every[name].depends & set(every))
    return {name: addon for name, addon in every.items() if name in wanted}


def foreign_dependencies(addons):
    """The addons of others that these depend on directly."""
    depends = set().union(*(addon.depends for addon in addons.values()))
    return sorted(depends - set(ours()) - set(for_tests()) | {"base"})


def checksums(addons):
    return {name: addon.checksum for name, addon in addons.items()}
