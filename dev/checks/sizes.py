"""A file is read in one sitting, and a folder seen at a glance: beyond these sizes, they are split by concept."""

_MODULES, _LINES = 15, 400
_TABLES = {"mutation_tests.py"}  # rows of data, in the order of their names


def find(folder):
    """Folders of models, and Python files, that are too large.

    ``__init__.py`` is not counted: it is a list of the others.

    :return: ``path: number of modules or lines``
    """
    sizes = {}
    for path in sorted(folder.rglob("*.py")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.name != "__init__.py":
            sizes.setdefault(path.parent, {})[path] = len(path.read_text(encoding="utf-8").splitlines())
    return [
        f"{parent}: {len(lines)} modules"
        for parent, lines in sizes.items()
        if "models" in parent.parts and len(lines) > _MODULES
    ] + [
        f"{path}: {count} lines"
        for lines in sizes.values()
        for path, count in lines.items()
        if count > _LINES and path.name not in _TABLES
    ]
