"""Databases and their filestores: copied, renamed and dropped together; templates that are kept between runs."""
import hashlib
import json
import os
import shutil

from . import addons, locks, places, whole
from .odoo_process import Workbench

LANGUAGES = ("zh_CN", "zh_TW")
_TEMPLATE = "kehu_template_"


class Databases:
    def __init__(self, workbench: Workbench):
        self.workbench = workbench
        self.postgres = workbench.postgres

    def exists(self, name):
        return bool(self.postgres.sql("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def create(self, name):
        self.drop(name)
        self.postgres.create_utf8(name)

    def copy(self, template, name):
        self.drop(name)
        self._close(template)
        if _filestore(template).is_dir():
            # Files in a filestore are never changed, so the copy may share them.
            shutil.copytree(_filestore(template), _filestore(name), copy_function=os.link)
        self.postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def rename(self, old, new):
        self.drop(new)
        self._close(old)
        if _filestore(old).is_dir():
            _filestore(old).rename(_filestore(new))
        self.postgres.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def drop(self, name):
        self._close(name)
        self.postgres.sql(f'DROP DATABASE IF EXISTS "{name}"')
        whole.remove(_filestore(name))

    def ours(self):
        """The databases of this checkout."""
        return self._starting_with(own(""))

    def templates(self):
        """Those that are kept for all checkouts."""
        return self._starting_with(_TEMPLATE)

    def _starting_with(self, beginning):
        return [name for [name] in self.postgres.sql(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname", beginning)]

    def note(self, name, facts):
        """Keeps facts about a database with the database itself."""
        self.postgres.sql(f'COMMENT ON DATABASE "{name}" IS %s', json.dumps(facts))

    def facts(self, name):
        rows = self.postgres.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name)
        try:
            return json.loads(rows[0][0])
        except (IndexError, TypeError, ValueError):
            return {}

    def template(self, modules, languages=LANGUAGES, demo=True):
        """A kept database with these modules and languages; returns (name, whether it had to be made)."""
        odoo = self.workbench.odoo
        key = json.dumps([odoo.version, odoo.origin, str(odoo.root), sorted(modules), languages, demo])
        name = f"{_TEMPLATE}{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        with locks.cache_lock(name):
            if self.exists(name):
                return name, False
            unfinished = f"{name}_new"
            self.create(unfinished)
            self.workbench.install(
                unfinished, modules, languages=languages, demo=demo, log=places.STATE / "template.log",
                why="Odoo's own addons could not be installed.")
            self.rename(unfinished, name)
        return name, True

    def dependencies_template(self, chosen=None):
        """The template with everything of others that our addons (or the chosen ones) need."""
        return self.template(addons.foreign_dependencies(chosen or addons.ours()))

    def _close(self, name):
        """A database with connections can be neither copied nor dropped."""
        self.postgres.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", name)


def own(purpose):
    """The name of a database of this checkout."""
    return f"kehu_{places.CHECKOUT_ID}_{purpose}"


def _filestore(name):
    return places.data_dir() / "filestore" / name
