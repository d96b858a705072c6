"""`./kehu mutations`: what turns red without each closure (the table: docs/leaks.md).

Not collected with the tests: each closure is switched off in turn, which takes hours.
"""

import functools
import importlib
import inspect
import json
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.closures import is_ours, wrap

from .kinds_case import KindsCase
from .mutation_tests import BROADER, FINDERS, TESTS

LISTS = {
    "kehu_archive": "odoo.addons.kehu_archive.closures",
    "kehu_complaint": "odoo.addons.kehu_complaint.closures",
    "kehu_confidential": "odoo.addons.kehu_confidential.closures",
    "kehu_grading": "odoo.addons.kehu_grading.closures",
    "kehu_workflow": "odoo.addons.kehu_workflow.models.system.closure_check",
}


def closures():
    """Yield ``(addon, closure)`` of all addons."""
    for addon, module in LISTS.items():
        for closure in importlib.import_module(module).CLOSURES:
            yield addon, closure


def extensions(registry, addon, closure):
    """Return our classes that extend the method of a closure."""
    if ":" in closure.owner:
        module, _colon, name = closure.owner.partition(":")
        owner = getattr(importlib.import_module(module), name)
        classes = set(_subclasses(owner))
    else:
        classes = {
            cls
            for name, model in registry.items()
            for cls in model.__mro__
            if _extends(name, model.__mro__, cls, closure)
        }
    return sorted(
        (
            cls
            for cls in classes
            if is_ours(cls) and cls.__module__.split(".")[2] == addon and closure.method in vars(cls)
        ),
        key=str,
    )


def _extends(name, classes, cls, closure):
    if not is_ours(cls) or closure.method not in vars(cls):
        return False
    if cls._name == closure.owner:
        return True
    origin = next((base for base in reversed(classes) if closure.method in vars(base) and not is_ours(base)), None)
    if (
        origin is None
        or not cls._name.startswith("kehu.")
        or name.startswith("kehu.")
        and origin.__module__.startswith("odoo.orm.")
    ):
        return False
    return (getattr(origin, "_name", None) or "base") == closure.owner


def _subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


class Mutations:
    """Each place where a closure stands, without it: a class of ours, or the model around whose method a wrapper is."""

    def mutants(self):
        """Yield ``(row, class, closure)`` of each place where ours extends, or wraps, the method of a closure."""
        only = os.environ.get("KEHU_MUTATIONS", "").split(",")
        for addon, closure in closures():
            name = f"{closure.owner.rpartition(':')[2]}.{closure.method}"
            for cls, ours in self.places(addon, closure):
                file = f"{ours.__module__.split('.', 3)[3].replace('.', '/')}.py"
                if any(part in f"{name} {addon} {file}" for part in only):
                    row = {"addon": addon, "closure": name, "file": file, "class": ours.__name__}
                    yield row | {"stops": closure.stops}, cls, closure

    def places(self, addon, closure):
        """Return ``(class, what of ours stands there)`` for each place of a closure."""
        if not closure.wrapper:
            return [(cls, cls) for cls in extensions(self.registry, addon, closure)]
        cls = self.registry.get(closure.owner)
        return (
            [(cls, getattr(closure.wrapper, "func", closure.wrapper))]
            if closure.app in self.registry._init_modules
            else []
        )

    def without(self, *place):
        """Be a server without what stands in the place of a closure."""
        return self.changed({place: None})

    @contextmanager
    def changed(self, changes):
        """Be a server on which something else stands in places of closures.

        :param changes: ``{(class, closure): method, or wrapper if the closure has one, that stands there; or None}``
        """
        listed = [
            replace(closure, wrapper=wrapper)
            for _addon, closure in closures()
            for wrapper in [changes.get((self.registry.get(closure.owner), closure), closure.wrapper)]
            if wrapper or not closure.wrapper
        ]
        wrapped = {
            (self.registry[closure.owner], closure.method)
            for _addon, closure in closures()
            if closure.wrapper and closure.owner in self.registry
        }
        ours = {(cls, closure.method): new for (cls, closure), new in changes.items() if not closure.wrapper}
        former = {(cls, name): vars(cls).get(name) for cls, name in wrapped | ours.keys()}
        try:
            # A wrapper holds the method that it found, which may be one of ours: all are set anew.
            self.put(dict.fromkeys(wrapped) | ours)
            with patch.object(self.registry["kehu.closure.check"], "_closures", lambda check: tuple(listed)):
                for closure in listed:
                    if closure.wrapper and closure.owner in self.registry:
                        wrap(self.registry[closure.owner], closure)
                self.registry.clear_all_caches()
                yield
        finally:
            self.put(former)
            self.registry.clear_all_caches()

    @staticmethod
    def put(attributes):
        """Set, or take away, attributes of classes."""
        for (cls, name), value in attributes.items():
            if value is not None:
                setattr(cls, name, value)
            elif name in vars(cls):
                delattr(cls, name)

    def note(self, row, red, why=None):
        """Write a line of the results; ``red`` is the name of the test or finder that noticed."""
        row |= {"red": red, "why": why}
        with open(os.environ["KEHU_MUTATION_TABLE"], "a", encoding="utf-8") as table:
            table.write(json.dumps(row, ensure_ascii=False) + "\n")

    def unnoticed(self):
        """Return the rows of those that no test noticed."""
        with open(os.environ["KEHU_MUTATION_TABLE"], encoding="utf-8") as table:
            return [row for line in table if not (row := json.loads(line)).pop("red")]


@tagged("post_install", "-at_install")
class TestByTests(Mutations, BaseCase):
    @property
    def registry(self):
        return Registry(get_db_name())

    def test_tests_notice_what_is_missing(self):
        by_name, left = self.by_name(), list(self.mutants())
        for named in (self.written_for, lambda row: BROADER.get(row["stops"], ())):
            wanted = {}  # {class: {name of a test: mutants for which it is tried}}
            for mutant in left:
                for cls, method in (test for name in named(mutant[0]) for test in by_name[name]):
                    wanted.setdefault(cls, {}).setdefault(method, []).append(mutant)
            for cls in sorted(wanted, key=lambda cls: -max(map(len, wanted[cls].values()))):
                trial = Trial(self, cls, {
                    method: tried for method, mutants in wanted[cls].items() if (tried := [one for one in mutants if one in left])
                })  # fmt: skip
                trial.run(trial.result)
                left = [mutant for mutant in left if mutant not in trial.noticed]
        for row, _cls, _closure in left:
            self.note(row, None)

    def written_for(self, row):
        return TESTS.get(f"{row['closure']} {Path(row['file']).stem}") or TESTS.get(row["closure"], ())

    def by_name(self):
        """Return ``{name of a test, or of a class of tests: (class, name of the test)}`` of all addons of ours."""
        found = {}
        for addon in sorted(name for name in self.registry._init_modules if name.startswith("kehu_")):
            try:
                package = importlib.import_module(f"odoo.addons.{addon}.tests")
            except ModuleNotFoundError:
                continue
            for module in vars(package).values():
                for name, cls in vars(module).items() if inspect.ismodule(module) else ():
                    if inspect.isclass(cls) and issubclass(cls, BaseCase) and cls.__module__ == module.__name__:
                        for method, function in vars(cls).items():
                            if method.startswith("test_") and inspect.isfunction(function):
                                found.setdefault(name, []).append((cls, method))
                                found.setdefault(method, []).append((cls, method))
        return found


class Trial(OdooSuite):
    """The tests of one class, in one set-up: each with all of ours, then without each method that it came to.

    :param wanted: ``{name of a test: mutants for which it is tried}``
    """

    def __init__(self, mutations, cls, wanted):
        super().__init__()
        self.mutations, self.cls, self.wanted = mutations, cls, wanted
        self.noticed, self.result = [], Result()

    def __iter__(self):
        for name, mutants in self.wanted.items():
            if not (left := [mutant for mutant in mutants if mutant not in self.noticed]):
                continue
            with self.recorded(left) as called:
                yield from self.once(name)
            # A test that fails with all of ours, too, tells nothing.
            for mutant in () if self.result.why else [one for one in left if one[1:] in called]:
                with self.mutations.without(*mutant[1:]):
                    yield from self.once(name)
                if self.result.why:
                    self.noticed.append(mutant)
                    self.mutations.note(mutant[0], name, self.result.why)

    def once(self, name):
        self.result.why = None
        with mute_logger("odoo"):
            yield self.cls(name)

    @contextmanager
    def recorded(self, mutants):
        """Note which of our methods and wrappers are called."""
        called, changes = set(), {}
        for _row, *place in mutants:
            cls, closure = place = tuple(place)
            if closure.wrapper:
                changes[place] = self.recording_wrapper(place, called)
            elif inspect.isfunction(extension := vars(cls)[closure.method]):
                changes[place] = self.recording(place, extension, called)
            else:
                called.add(place)
        with self.mutations.changed(changes):
            yield called

    def recording_wrapper(self, place, called):
        return lambda method: self.recording(place, place[1].wrapper(method), called)

    @staticmethod
    def recording(place, extension, called):
        @functools.wraps(extension)
        def record(*args, **kwargs):
            called.add(place)
            return extension(*args, **kwargs)

        return record


class Result(OdooTestResult):
    """What the last test said when it failed."""

    why = None

    def addError(self, test, error):
        self.why = self.why or f"{error[1]}"[:300]

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error:
            self.addError(test, error)


@tagged("post_install", "-at_install")
class TestByFinders(Mutations, KindsCase):
    """The finders look where no test noticed."""

    def found(self, name):
        """Return the first thing that a finder finds; what it writes is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            return next(getattr(self, name)(), None)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.registry.clear_all_caches()

    def test_finders_notice_what_is_missing(self):
        unnoticed = self.unnoticed()
        for row, *place in self.mutants():
            finders = FINDERS.get(row["stops"], ())
            if not finders or row | {"why": None} not in unnoticed:
                continue
            with self.without(*place), mute_logger("odoo"):
                self.env.invalidate_all(flush=False)
                red, why = next(
                    ((name, str(found)[:300]) for name in finders if (found := self.found(name))), (None, None)
                )
            self.env.invalidate_all(flush=False)
            self.note(row, red, why)
