"""The runs of pytest: the Odoo tests within the addons, Odoo's linters of a loaded registry, Odoo's own tests, the
black-box tests.
"""

import os

from .. import addons, log_check, places, processes, tally
from ..databases import Databases, own
from ..odoo_process import Workbench, free_port
from .installation import COMPANY, INSTALLED, MATRIX, MATRIX_ADDON, MUTATIONS, TERMS

_INSIDE = places.CHECKOUT / "dev" / "inside"
_LONGEST = 5400  # seconds
_MUTATIONS_LONGEST = 6 * 3600
_TEST = own("test")

# Those of Odoo's own lint tests that look at addons (the others test the linters, or Odoo's packaging).
_ODOO_LINT = (
    "dunderinit",
    "docstring",
    "i18n",
    "index",
    "jstranslate",
    "manifests",
    "markers",
    "naming",
    "onchange_domains",
    "orm_import",
    "override_signatures",
    "pofile",
    "routes",
    "test_holes",
)


class PytestRuns:
    def __init__(self, workbench: Workbench, keyword=None):
        self.workbench, self.databases = workbench, Databases(workbench)
        self.options = ["-k", keyword] if keyword else []

    def odoo_tests(self, paths):
        """The tests that need Odoo's ORM, tours included."""
        self.databases.copy(INSTALLED, _TEST)
        return self._within_odoo("odoo-tests", _TEST, ["-p", "kehu_pytest", *self.options, *paths])

    def leak_matrix(self, paths):
        """Every model and route of the apps that most companies have, tried by those who may not read."""
        result = self._within_odoo("leak-matrix", MATRIX, ["-p", "kehu_pytest", *self.options, *paths])
        self.databases.drop(MATRIX)
        return result

    def mutations(self, names, table):
        """Each closure switched off in turn, or those with one of the names; what noticed it goes into the file
        `table`.
        """
        script = addons.for_tests()[MATRIX_ADDON].path / "tests" / "mutations.py"
        return self._within_odoo(
            "mutations",
            MUTATIONS,
            [script],
            longest=_MUTATIONS_LONGEST,
            KEHU_MUTATIONS=",".join(names),
            KEHU_MUTATION_TABLE=table,
        )

    def odoo_lint(self, names):
        """Odoo's own test_lint, on our addons, in the database of the tests above: what is copied meanwhile has no
        other connections.
        """
        folder = (
            next(path for path in self.workbench.odoo.addons_paths if (path / "test_lint").is_dir())
            / "test_lint"
            / "tests"
        )
        paths = [path for name in _ODOO_LINT if (path := folder / f"test_{name}.py").exists()]
        return self._within_odoo(
            "odoo-lint",
            _TEST,
            ["-p", "kehu_lint_scope", "-p", "kehu_pytest", "-p", "no:cacheprovider", *paths],
            KEHU_ADDONS=",".join(names),
        )

    def core(self, name, database, paths):
        """Tests of Odoo's own addons; returns pytest's report."""
        self._within_odoo(name, database, ["-p", "kehu_core_scope", "-p", "no:cacheprovider", *paths])
        return places.STATE / f"{name}.xml"

    def black_box(self, paths):
        """The tests in the top-level folder tests/, against a server of the demo company."""
        database, log = own("web"), places.STATE / "test-server.log"
        log.unlink(missing_ok=True)
        self.databases.copy(COMPANY, database)
        server = self.workbench.start_server(database, free_port(), log, test=True)
        try:
            result = self._pytest(
                "black-box",
                ["-p", "no:odoo", *self.options, *paths],
                {
                    "PATH": self.workbench.environment.path,
                    "KEHU_URL": server.url,
                    "KEHU_DATABASE": database,
                    "KEHU_ARTEFACTS": places.ARTEFACTS,
                    "KEHU_TERMS": TERMS,
                    "KEHU_ODOO": self.workbench.odoo.root,
                    "KEHU_CONFIGURATION": self.workbench.configuration(database, server.port, test=True),
                },
            )
        finally:
            server.stop()
        if problems := log_check.unexpected(log):
            result.add(tally.single([f"The server logged:\n{problem}" for problem in problems]))
        return result

    def _within_odoo(self, name, database, arguments, longest=_LONGEST, **variables):
        options = [
            f"--odoo-database={database}",
            f"--odoo-config={self.workbench.configuration(database, free_port(), test=True)}",
            "--odoo-http",
            "--odoo-log-level=warn",
        ]
        return self._pytest(
            name,
            [*options, *arguments],
            {
                **self.workbench.variables(),
                "PYTHONPATH": f"{self.workbench.odoo.root}{os.pathsep}{_INSIDE}",
                **variables,
            },
            longest,
        )

    def _pytest(self, name, arguments, variables, longest=_LONGEST):
        report, log = places.STATE / f"{name}.xml", places.STATE / f"{name}.log"
        report.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        output, code = processes.attempt(
            self.workbench.environment.python,
            "-m",
            "pytest",
            "-c",
            places.CHECKOUT / "setup.cfg",
            f"--rootdir={places.CHECKOUT}",
            f"--junitxml={report}",
            *arguments,
            log=log,
            timeout=longest,
            env={"HYPOTHESIS_STORAGE_DIRECTORY": places.STATE / "hypothesis", **variables},
        )
        result = tally.from_junit(report)
        if code and not result.failed:
            result.add(tally.single([f"pytest ended with {code}:\n{output[-4000:]}"]))
        return result


def addon_paths(names):
    """The folders with the Odoo tests of these addons, and of the test addons that belong to them."""
    every = {**addons.ours(), **addons.for_tests()}
    return [path for name in names if (path := every[name].path / "tests").is_dir()]
