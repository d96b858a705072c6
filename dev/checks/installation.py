"""Installs without a word of warning: all addons together, each alone, and away again."""

import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from .. import addons, demo_company, log_check, packages, places, processes, release, whole
from ..databases import Databases, own
from ..failure import Failure
from ..odoo_process import Workbench, free_port
from ..tally import Tally, single
from .upgrade import Upgrade

INSTALLED = own("installed")
COMPANY = own("company")
TERMS = places.STATE / "terms"

# What a company that installs our addons has already (P1).
OTHER_APPS = ("crm", "project", "sale_management", "stock")

# The apps beside which Odoo's own tests are run.
BUSINESS_APPS = (
    "account",
    "base_automation",
    "calendar",
    "crm",
    "event",
    "hr_expense",
    "mass_mailing",
    "privacy_lookup",
    "project",
    "purchase",
    "rating",
    "sale_crm",
    "sale_management",
    "snailmail",
    "sms",
    "stock",
    "survey",
)
# The apps whose models and routes the leak matrix tries, with their demo data.
MATRIX_APPS = (
    *BUSINESS_APPS,
    "data_recycle",
    "loyalty",
    "spreadsheet_dashboard_account",
    "spreadsheet_dashboard_sale",
    "website_crm",
    "website_partner",
    "website_project",
)
MATRIX = own("matrix")
MATRIX_ADDON = "kehu_leak_test"
# The same apps, with all test addons: each closure is switched off there.
MUTATIONS = own("mutations")

# Odoo tries to delete every record of an addon, those first that others still refer to.
_DELETION = re.compile(r" odoo\.sql_db: bad query: b'DELETE FROM ")


class Installation:
    def __init__(self, workbench: Workbench, chosen, test_addons):
        self.workbench, self.databases = workbench, Databases(workbench)
        self.chosen, self.test_addons = chosen, test_addons
        self.checksums = addons.checksums({**chosen, **test_addons})
        self.company_checksums = demo_company.checksums({**chosen, **test_addons})

    def is_there(self):
        """Whether the database of an earlier run is made from just these files."""
        return self.databases.facts(INSTALLED) == self.checksums

    def together(self):
        """All chosen addons into one database, which the tests then copy."""
        unfinished = f"{INSTALLED}_new"
        template, _is_new = self.databases.dependencies_template()
        self.databases.copy(template, unfinished)
        problems = self._install(unfinished, [*self.chosen, *self.test_addons], "install.log")
        if not problems:
            self.databases.rename(unfinished, INSTALLED)
            self.databases.note(INSTALLED, self.checksums)
        return single(problems)

    def has_company(self, database=COMPANY):
        """Whether the demo company of an earlier run is made from just these files."""
        return self.databases.facts(database) == self.company_checksums

    def with_company(self):
        """The scenes of the demo company, played into a copy of the database with all addons."""
        self.databases.copy(INSTALLED, COMPANY)
        if not (problems := self._play(COMPANY)):
            self.databases.note(COMPANY, self.company_checksums)
        return single(problems)

    def alone(self):
        """Each addon into a database that has nothing but Odoo's base; exports its terms from there."""
        template, _is_new = self.databases.template(["base"], languages=())
        TERMS.mkdir(exist_ok=True)

        def install(name):
            database = own(f"alone_{name}")
            self.databases.copy(template, database)
            problems = self._install(database, [name], f"install-{name}.log")
            if not problems:
                self._export_terms(database, name)
            self.databases.drop(database)
            return single([f"{name} alone: {problem}" for problem in problems])

        total = Tally()
        with ThreadPoolExecutor(2) as pool:
            for tally in pool.map(install, self.chosen):
                total.add(tally)
        return total

    def from_wheels(self):
        """The addons as wheels, installed beside an Odoo that knows nothing of this checkout and has other apps."""
        site, database = places.STATE / "wheels" / "site", own("wheels")
        whole.remove(site.parent)
        built = packages.wheels(self.workbench.environment, site.parent)
        processes.run(
            self.workbench.environment.python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--target",
            site,
            *built,
            why="The wheels cannot be installed.",
        )
        elsewhere = replace(self.workbench, site=site)
        dependencies = addons.foreign_dependencies(self.chosen)
        template, _is_new = self.databases.template(sorted({*dependencies, *OTHER_APPS}), languages=())
        self.databases.copy(template, database)
        problems = self._install(database, list(self.chosen), "install-wheels.log", workbench=elsewhere)
        self.databases.drop(database)
        return single(problems)

    def beside_other_apps(self):
        """All chosen addons, and the demo company, into a database full of other apps: the leak
        matrix is tried there.
        """
        return single(self._beside_apps(MATRIX, [MATRIX_ADDON], "install-matrix.log"))

    def for_mutations(self):
        """The same with all test addons, kept until a file of the addons or of the demo changes."""
        problems = (
            []
            if self.has_company(MUTATIONS)
            else self._beside_apps(MUTATIONS, self.test_addons, "install-mutations.log")
        )
        if not problems:
            self.databases.note(MUTATIONS, self.company_checksums)
        return single(problems)

    def _beside_apps(self, database, test_addons, log_name):
        dependencies = addons.foreign_dependencies(self.chosen)
        # With Odoo's demo data: the matrix needs rows of all apps, and makes only those that may leak.
        template, _is_new = self.databases.template(sorted({*dependencies, *MATRIX_APPS}), demo=True)
        self.databases.copy(template, database)
        return self._install(database, [*self.chosen, *test_addons], log_name) or self._play(database)

    def _play(self, database):
        log = places.STATE / "demo.log"
        log.unlink(missing_ok=True)
        try:
            demo_company.play(self.workbench, database, log=log)
        except Failure as failure:
            return [str(failure), *log_check.unexpected(log)]
        return log_check.unexpected(log)

    def upgraded_and_uninstalled(self):
        """Upgrades the addons with the data of the demo company, then takes them away again."""
        database, log = own("uninstalled"), places.STATE / "upgrade.log"
        log.unlink(missing_ok=True)
        self.databases.copy(COMPANY, database)
        try:
            self.workbench.install(database, update=list(self.chosen), test=True, log=log)
        except Failure as failure:
            return single([str(failure), *log_check.unexpected(log)])
        total = single(log_check.unexpected(log))
        total.add(self._uninstalled(database))
        self.databases.drop(database)
        return total

    def upgraded_from_release(self):
        """What a company has that used the last release: all of it is there after the upgrade, and Odoo works."""
        database, log = own("release"), places.STATE / "upgrade-release.log"
        log.unlink(missing_ok=True)
        upgrade = Upgrade(self.databases.postgres, database)
        try:
            release.unpack()
            self.databases.rename(release.make_company(self.workbench.odoo.root), database)
            self.workbench.run_script(
                database, "live_a_little.py", why="A company cannot make the last release its own."
            )
            upgrade.keep()
            self.workbench.install(database, update=release.addons(), translations=False, log=log)
        except Failure as failure:
            return single([str(failure), *log_check.unexpected(log)])
        problems = [*log_check.unexpected(log), *upgrade.lost(), *self._login_page(database)]
        self.databases.drop(database)
        return single(problems)

    def _uninstalled(self, database):
        """Nothing of the addons stays, and Odoo works."""
        log = places.STATE / "uninstall.log"
        log.unlink(missing_ok=True)
        configuration = self.workbench.configuration(database, test=True)
        names = [*self.test_addons, *self.chosen]
        # Refused otherwise: the demo company has confidential customers and evidence.
        self.workbench.run_script(database, "release_uninstalling.py", why="An officer cannot release uninstalling.")
        processes.run(
            *self.workbench.command("module", "uninstall", "-c", configuration, *names),
            env=self.workbench.variables(),
            log=log,
            why="The addons cannot be uninstalled.",
        )
        problems = [entry for entry in log_check.unexpected(log) if not _DELETION.search(entry)]
        problems += [
            f"The table {table} is still there."
            for [table] in self.databases.postgres.sql(
                r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'kehu\_%%'", database=database
            )
        ]
        problems += [
            f"{module}.{name} is still there."
            for module, name in self.databases.postgres.sql(
                "SELECT module, name FROM ir_model_data WHERE module = ANY(%s)", names, database=database
            )
        ]
        template, _is_new = self.databases.dependencies_template()
        now = self._unique_constraints(database)
        problems += [
            f"Odoo's constraint {table}.{name} is another one: {definition} before."
            for table, name, definition in self._unique_constraints(template) - now
        ]
        problems += self._login_page(database)
        return single(problems)

    def _unique_constraints(self, database):
        return {
            tuple(row)
            for row in self.databases.postgres.sql(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'u'",
                database=database,
            )
        }

    def _export_terms(self, database, name):
        """What there is to translate in an addon, as the tests and `./kehu i18n` want to have it."""
        arguments = [
            "export",
            "-c",
            self.workbench.configuration(database),
            "-l",
            "pot",
            "-o",
            TERMS / f"{name}.pot",
            name,
        ]
        processes.run(
            *self.workbench.command("i18n", *arguments),
            env=self.workbench.variables(),
            why=f"The terms of {name} cannot be exported.",
        )
        with (TERMS / f"{name}.pot").open("a", encoding="utf-8") as template:
            template.write(_terms_of_apps_list(addons.ours()[name]))

    def _install(self, database, names, log_name, workbench=None):
        log = places.STATE / log_name
        log.unlink(missing_ok=True)
        try:
            (workbench or self.workbench).install(database, names, test=True, log=log)
        except Failure as failure:
            return [str(failure), *log_check.unexpected(log)]
        return log_check.unexpected(log)

    def _login_page(self, database):
        log = places.STATE / "uninstalled-server.log"
        log.unlink(missing_ok=True)
        server = self.workbench.start_server(database, free_port(), log, test=True)
        try:
            with urllib.request.urlopen(f"{server.url}/web/login", timeout=60) as page:
                if b"oe_login_form" not in page.read():
                    return ["Odoo no longer shows its login page."]
        except OSError as error:
            return [f"Odoo no longer answers: {error}"]
        finally:
            server.stop()
        return log_check.unexpected(log)


def _terms_of_apps_list(addon):
    """What the list of apps says of an addon, as terms, which Odoo exports for its own addons alone."""
    fields = {"shortdesc": "name", "summary": "summary"}
    return "".join(
        f"\n#. module: {addon.name}\n#: model:ir.module.module,{field}:base.module_{addon.name}\n"
        f'msgid {json.dumps(addon.manifest[key], ensure_ascii=False)}\nmsgstr ""\n'
        for field, key in fields.items()
    )
