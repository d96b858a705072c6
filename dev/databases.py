"""Databases and their filestores: copied, renamed and dropped together; templates that are kept between runs."""

import hashlib
import json
import os
import shutil

from . import addons, demo_company, locks, places, whole
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
        return [
            name
            for [name] in self.postgres.sql(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname", beginning
            )
        ]

    def note(self, name, facts):
        """Keeps facts about a database with the database itself."""
        self.postgres.sql(f'COMMENT ON DATABASE "{name}" IS %s', json.dumps(facts))

    def facts(self, name):
        rows = self.postgres.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name
        )
        try:
            return json.loads(rows[0][0])
        except (IndexError, TypeError, ValueError):
            return {}

    def template(self, modules, languages=LANGUAGES, demo=False, company=False):
        """A kept database with these modules and languages; returns (name, whether it had to be made).

        :param demo: with Odoo's demo data
        :param company: the main company is that of our demo, with the books of its country
        """
        odoo = self.workbench.odoo
        made_of = [odoo.version, odoo.origin, str(odoo.root), sorted(modules), languages, demo]
        if company:
            made_of.append(demo_company.preparation())
        key = json.dumps(made_of)
        name = f"{_TEMPLATE}{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        with locks.cache_lock(name):
            if self.exists(name):
                return name, False
            unfinished = f"{name}_new"
            self.create(unfinished)

            def install(names):
                self.workbench.install(
                    unfinished,
                    names,
                    languages=languages,
                    demo=demo,
                    log=places.STATE / "template.log",
                    why="Odoo's own addons could not be installed.",
                )

            if company:
                install(["base"])
                demo_company.prepare(self.workbench, unfinished)
            install(modules)
            self.rename(unfinished, name)
        return name, True

    def dependencies_template(self):
        """The template with everything of others that our addons need, for the demo company."""
        return self.template(addons.foreign_dependencies(addons.ours()), company=True)

    def _close(self, name):
        """A database with connections can be neither copied nor dropped."""
        self.postgres.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            name,
        )


def own(purpose):
    """The name of a database of this checkout."""
    return f"kehu_{places.CHECKOUT_ID}_{purpose}"


def _filestore(name):
    return places.data_dir() / "filestore" / name
