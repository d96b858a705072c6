"""pytest plugin for Odoo's own suites: the tests that Odoo runs by itself.

Left out are those that it starts by name only, and files that no package imports. They break what others stand on: they
fail on purpose, or install a module into the registry of the running process.
"""

import ast
from functools import cache


@cache
def _imported(package):
    """What the package imports itself; pytest imports every file that it finds."""
    code = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    return {name.name for node in ast.walk(code) if isinstance(node, ast.ImportFrom) for name in node.names}


def _is_run_by_odoo(item):
    return item.path.stem in _imported(item.path.parent) and "standard" in getattr(item.cls, "test_tags", ())


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if not _is_run_by_odoo(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _is_run_by_odoo(item)]
