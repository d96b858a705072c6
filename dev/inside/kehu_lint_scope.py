"""pytest plugin for Odoo's own test_lint: it looks at the addons in KEHU_ADDONS only."""

import os

import pytest
from odoo.modules import Manifest
from odoo.modules.registry import Registry

_names = set(os.environ["KEHU_ADDONS"].split(","))
_every = Manifest.all_addon_manifests


def _ours(*_arguments):
    return [manifest for manifest in _every() if manifest.name in _names]


Manifest.all_addon_manifests = staticmethod(_ours)


@pytest.fixture(scope="session", autouse=True)
def documents_have_their_index(request, load_registry):
    """Adds to Odoo's own list what an index of two columns covers (as for mail.message.res_id there)."""
    from odoo.addons.test_lint.tests.test_index import BTREE_INDEX_IGNORE_FIELDS

    registry = Registry(request.config.getoption("--odoo-database"))
    BTREE_INDEX_IGNORE_FIELDS.update(
        f"{name}.res_id"
        for name, model in registry.items()
        if name.startswith("kehu.") and hasattr(model, "_document_idx")
    )
