"""An addon names only what it depends on: no model, external id or module of an addon that hangs under it or beside it.

Check boxes of the settings (`module_…`) install what hangs under an addon, and name it.
"""

import ast
import re

_SUFFIXES = {".py", ".xml", ".csv"}
_MODEL = re.compile(r"(?<![\w.])kehu(?:\.[a-z_]+)+|\b(?:model|field)_(kehu_[a-z_]+?)(?=__|\b)")


def find(addons):
    """Lines of these addons (by name) that name an addon on which theirs does not depend.

    :return: ``file:line: what is named``; addons that hang under several ones without being glue between them, too
    """
    owners = {model: name for name, addon in addons.items() for model in _models(addon.path)}
    found = []
    for name, addon in addons.items():
        parents = sorted(addon.depends & set(addons))
        if len(parents) > 1 and not addon.manifest.get("auto_install"):
            found.append(
                f"{addon.path / '__manifest__.py'}: hangs under {', '.join(parents)}, and does not install itself"
            )
        known = _below(name, addons)
        for path in addon.files():
            if path.suffix in _SUFFIXES:
                text = path.read_text(encoding="utf-8", errors="replace")
                found += [f"{path}:{line}: {what}" for line, what in in_text(text, set(addons) - known, owners)]
    return found


def in_text(text, strangers, owners):
    """What a text names of addons that it may not know.

    :param strangers: names of these addons
    :param owners: ``{model: name of the addon that defines it}``
    :return: list of ``(line number, name)``
    """
    by_id = {model.replace(".", "_"): addon for model, addon in owners.items()}
    names = re.compile(rf"\b({'|'.join(sorted(strangers, key=len, reverse=True))})\.[a-z]\w*") if strangers else None
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [
            (number, match[0])
            for match in _MODEL.finditer(line)
            if (by_id.get(match[1]) if match[1] else owners.get(match[0])) in strangers
        ]
        found += [(number, match[0]) for match in names.finditer(line)] if names else []
    return found


def _below(name, addons):
    """The names of an addon and of ours on which it depends, directly or not."""
    known, todo = set(), [name]
    while todo:
        addon = todo.pop()
        if addon not in known:
            known.add(addon)
            todo += addons[addon].depends & set(addons)
    return known


def _models(folder):
    """The names of the models that begin in this addon."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                values = {
                    target.id: statement.value
                    for statement in node.body
                    if isinstance(statement, ast.Assign)
                    for target in statement.targets
                    if isinstance(target, ast.Name)
                }
                name, inherited = _strings(values.get("_name")), _strings(values.get("_inherit"))
                yield from name - inherited


def _strings(node):
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)} if node is not None else set()
