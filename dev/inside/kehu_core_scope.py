"""pytest plugin for Odoo's own suites: the tests that Odoo runs by itself, without those it starts by name only.

The latter break what others stand on: they fail on purpose, or install a module into the registry of the running process.
"""
import ast


def _is_run_by_odoo(item):
    package = ast.parse((item.path.parent / "__init__.py").read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(package) if isinstance(node, ast.ImportFrom) for name in node.names}
    return item.path.stem in imported and "standard" in getattr(item.cls, "test_tags", ())


def pytest_collection_modifyitems(config, items):
    by_name = [item for item in items if not _is_run_by_odoo(item)]
    config.hook.pytest_deselected(items=by_name)
    items[:] = [item for item in items if item not in by_name]
