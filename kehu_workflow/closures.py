"""Closures: methods and fields of Odoo on which what we promise hangs, and whether Odoo still defines them; plain
Python, no database.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from odoo.fields import Field

# What a closure stops. The first seven are the kinds of leaks that were found in Odoo (X3).
STOPS = {
    "hook": "a public hook that runs with more rights than its caller",
    "oracle": "searching what Odoo searches as superuser",
    "rows": "rows below a hidden record",
    "particulars": "particulars and labels of a hidden record on another one",
    "files": "content that leaves: files, delegation, exports, groups, prints, each noted",
    "rights": "a right that gives reading, taken or kept silently",
    "token": "a link with a token",
    "rule": "reading, writing or naming a hidden record at all",
    "evidence": "changing or deleting what was said",
}


@dataclass(frozen=True, slots=True)
class Closure:
    """A method of Odoo that an addon of ours extends to close a leak, or a field by which it knows what is to be
    hidden.

    :param owner: name of the model, or ``module:Class`` of a controller or another class
    :param method: name of the method, or of the field
    :param parameters: names of the parameters on which the extension relies
    :param stops: one of ``STOPS``
    :param app: Odoo's addon that defines it, if that one is optional: asked for where it is installed
    :param wrapper: takes such a method and returns what stands in its place; an addon that does not depend on the app
        cannot extend its models
    """

    owner: str
    method: str
    parameters: tuple[str, ...]
    stops: str
    app: str | None = None
    wrapper: Callable | None = None

    def __str__(self):
        return f"{self.owner}.{self.method}({', '.join(self.parameters)})"


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing of the protection in a running server.

    :param closures: closures that Odoo no longer defines
    :param addons: names of addons of ours that are installed, but were not loaded
    """

    closures: tuple[Closure, ...] = ()
    addons: tuple[str, ...] = ()

    def __bool__(self):
        return bool(self.closures or self.addons)

    @property
    def is_shut(self) -> bool:
        """Whether nobody but administrators may come in: what remains cannot close the rest by itself."""
        return bool(self.addons) or any(closure.stops == "rule" for closure in self.closures)


NO_GAPS = Gaps()


def is_ours(cls: type) -> bool:
    """Whether a class is defined in an addon of ours."""
    return cls.__module__.startswith("odoo.addons.kehu_")


def is_defined(classes: tuple[type, ...], closure: Closure) -> bool:
    """Whether Odoo itself defines the method of a closure with its parameters, or the field.

    :param classes: the method resolution order of its model or controller
    """
    # Extensions by others may name the parameters otherwise; one definition that has them is enough.
    definitions = [vars(cls)[closure.method] for cls in classes if closure.method in vars(cls) and not is_ours(cls)]
    if any(isinstance(definition, Field) for definition in definitions):
        return not closure.parameters
    methods = (inspect.unwrap(getattr(definition, "__func__", definition)) for definition in definitions)
    return any(
        callable(method) and set(closure.parameters) <= inspect.signature(method).parameters.keys()
        for method in methods
    )


def wrap(cls: type, closure: Closure) -> None:
    """Set the wrapper of a closure around its method, once. A method that is missing is a gap, see ``is_defined``."""
    method = getattr(cls, closure.method, None)
    done = getattr(method, "kehu_wrapped_by", ())
    if method and closure.wrapper not in done:
        wrapped = closure.wrapper(method)
        wrapped.kehu_wrapped_by = (*done, closure.wrapper)
        setattr(cls, closure.method, wrapped)
