"""Everything that can be said about the files without running them."""

from .. import addons, places, processes, site
from ..tally import Tally, single
from . import idioms, layers, machine_traces

_INSIDE = places.CHECKOUT / "dev" / "inside"


def checks(odoo, environment, names=()):
    """(title, function that returns a tally) of each linter, for the named addons or the whole project."""
    ours = addons.ours()
    folders = [ours[name].path for name in names or ours]
    if not names and addons.TEST_ADDONS.is_dir():
        folders += [addon.path for addon in addons.for_tests().values()]
    python = folders if names else [places.CHECKOUT]
    pages = [] if names else [places.CHECKOUT / name for name in ("CHANGELOG.md", "README.md", "docs")]
    tools = _Tools(odoo, environment)
    listed = [
        ("ruff", lambda: tools.ruff(python)),
        ("dead idioms", lambda: single(idioms.find(folders + pages))),
        ("XML", lambda: tools.xml(folders)),
        ("pylint-odoo", lambda: tools.pylint_odoo(folders)),
        ("Odoo's pylint", lambda: tools.odoo_pylint(folders)),
    ]
    if not names:
        listed.append(("layers of addons", lambda: single(layers.find(ours))))
        listed.append(("traces of a machine", lambda: single(machine_traces.find())))
        listed.append(("documentation", lambda: site.check(environment, places.ARTEFACTS / "docs")))
    return [(f"Lint: {title}", check) for title, check in listed if folders or title == "ruff"]


# readme/ holds the parts of a README.rst; classes are split by concept; keys are taken out of a context by replacing
# it; Odoo's own checkers have options unknown to these.
_NOT_OURS = (
    "missing-readme",
    "consider-merging-classes-inherited",
    "no-wizard-in-models",
    "context-overridden",
    "unknown-option-value",
)


class _Tools:
    def __init__(self, odoo, environment):
        self.odoo, self.environment = odoo, environment

    def ruff(self, paths):
        """What ruff.toml asks for, and the format."""
        tally = self._run("ruff", "check", "--output-format=concise", *paths)
        tally.add(self._run("ruff", "format", "--check", *paths))
        return tally

    def xml(self, folders):
        schema = self.odoo.package / "import_xml.rng"
        return self._run_script(_INSIDE / "xml_check.py", schema, *folders)

    def pylint_odoo(self, folders):
        # setup.cfg enables them all; pylint takes exceptions from the command line only.
        return self._run(
            "pylint", f"--rcfile={places.CHECKOUT / 'setup.cfg'}", f"--disable={','.join(_NOT_OURS)}", *folders
        )

    def odoo_pylint(self, folders):
        """The checkers that Odoo runs on its own code (test_lint): SQL injection, translations, unlink overrides."""
        checkers = next(
            (path / "test_lint" / "tests" for path in self.odoo.addons_paths if (path / "test_lint").is_dir()), None
        )
        if checkers is None:
            return Tally(failed=1, problems=["This Odoo has no addon test_lint: give a whole Odoo 19.0 with --odoo."])
        paths = self.odoo.addons_paths
        return self._run(
            "pylint",
            "--rcfile=/dev/null",
            "--disable=all",
            "--enable=used-before-assignment,undefined-variable,eval-used,unreachable,function-redefined,"
            "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,raise-unlink-override",
            "--reports=n",
            "--score=n",
            "--msg-template={path}:{line}: {msg} ({symbol})",
            "--load-plugins=_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection,"
            "_odoo_checker_gettext,_odoo_checker_unlink_override",
            "--bad-functions=input",
            *folders,
            PYTHONPATH=f"{checkers}:{self.odoo.root}",
            ADDONS_PATH=":".join(map(str, [*paths, places.CHECKOUT])),
        )

    def _run(self, module, *arguments, **variables):
        return self._run_script("-m", module, *arguments, **variables)

    def _run_script(self, *arguments, **variables):
        output, code = processes.attempt(
            self.environment.python, *arguments, env={"PATH": self.environment.path, **variables}
        )
        lines = [line for line in output.splitlines() if line.strip() and not line.startswith("*****")]
        return single(lines[:200] or ["ended without a word"]) if code else Tally(passed=1)
