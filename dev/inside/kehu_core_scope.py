"""pytest plugin for Odoo's own suites: the tests that Odoo runs by itself, without those it starts by name only.

The latter break what others stand on: they fail on purpose, or install a module into the registry of the running process.
"""


def pytest_collection_modifyitems(config, items):
    by_name = [item for item in items if "standard" not in getattr(item.cls, "test_tags", {"standard"})]
    config.hook.pytest_deselected(items=by_name)
    items[:] = [item for item in items if item not in by_name]
