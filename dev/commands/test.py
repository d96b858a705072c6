"""`./kehu test`: everything from nothing. With names: only these addons, or these files."""

from .. import addons, locks, places, preparation, programs, reporting
from ..checks import lint
from ..checks.core_suites import PART, CoreSuites
from ..checks.installation import MATRIX_ADDON, Installation
from ..checks.pytest_runs import PytestRuns, addon_paths
from ..console import step
from ..databases import Databases
from ..failure import Failure
from ..tally import Tally

HELP = "run all tests, or those of some addons or files"


def arguments(parser):
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="addon|file",
        help="an addon (kehu_archive), or a file with tests (tests/test_ways_in.py, "
        "kehu_archive/tests/test_archive.py)",
    )
    parser.add_argument("-k", dest="keyword", metavar="EXPRESSION", help="only tests whose name fits (as in pytest)")
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("test"):
        selection = Selection(options.targets)
        workbench = preparation.workbench(options.odoo, programs.FOR_TESTING)
        total = (
            _everything(workbench)
            if selection.is_whole and not options.keyword
            else _some(workbench, selection, options.keyword)
        )
    return reporting.end(total)


class Selection:
    """What the words after `test` name."""

    def __init__(self, targets):
        self.is_whole = not targets
        every = {**addons.ours(), **addons.for_tests()}
        paths = [target for target in targets if target not in every]
        self.addons = [target for target in targets if target in every]
        for path in paths:
            if not (places.CHECKOUT / path.partition("::")[0]).exists():
                raise Failure(
                    f"There is no addon or file {path}: choose among {', '.join(every)}, or name a file with tests."
                )
        self.black_box = [path for path in paths if self._addon_of(path, every) is None]
        self.odoo_paths = [path for path in paths if self._addon_of(path, every)]
        self.installed = {*self.addons, *(self._addon_of(path, every) for path in self.odoo_paths)}
        if self.black_box or self.is_whole:
            self.installed = set()  # all of them

    @staticmethod
    def _addon_of(path, every):
        place = (places.CHECKOUT / path.partition("::")[0]).resolve()
        return next((name for name, addon in every.items() if addon.path in place.parents or addon.path == place), None)


def _everything(workbench):
    chosen = addons.chosen(())
    installation, runs = _installation(workbench, chosen), PytestRuns(workbench)
    total = reporting.check("Installing all addons", installation.together)
    if installation.is_there():
        total.add(reporting.check("The demo company", installation.with_company))
    if not (installation.is_there() and installation.has_company()):
        return total  # nothing below can run; the reason is printed above
    # The matrix has a database of its own, with more apps.
    names = [name for name in (*chosen, *installation.test_addons) if name != MATRIX_ADDON]
    total.add(
        reporting.side_by_side(
            [
                # The black-box tests read the terms that this exports.
                ("Installing each addon alone", installation.alone),
                ("Upgrading, uninstalling", installation.upgraded_and_uninstalled),
                ("Upgrading from the last release", installation.upgraded_from_release),
                ("Black-box tests", lambda: runs.black_box(["tests"])),
                *lint.checks(workbench.odoo, workbench.environment),
                ("Installing from wheels beside other apps", installation.from_wheels),
                ("Installing beside the apps of the leak matrix", installation.beside_other_apps),
                ("Leak matrix", lambda: runs.leak_matrix(addon_paths([MATRIX_ADDON]))),
            ],
            [
                ("Odoo tests and tours", lambda: runs.odoo_tests(addon_paths(names))),
                ("Odoo's own lint tests", lambda: runs.odoo_lint(chosen)),
                ("Odoo's own tests beside ours", lambda: CoreSuites(workbench).compared(PART)),
            ],
        )
    )
    return total


def _some(workbench, selection, keyword):
    total = Tally()
    test_addons = addons.for_tests()
    # A test addon comes with those of ours that it needs.
    needed = {name for name in selection.installed if name not in test_addons}.union(
        *(test_addons[name].depends & set(addons.ours()) for name in selection.installed if name in test_addons)
    )
    chosen = addons.chosen(sorted(needed))
    installation, runs = _installation(workbench, chosen), PytestRuns(workbench, keyword)
    if not installation.is_there():
        total.add(reporting.check(f"Installing {', '.join(chosen)}", installation.together))
        if not installation.is_there():
            return total
    named = selection.addons or ([*chosen, *test_addons] if selection.is_whole else [])
    named += [
        name
        for name, addon in installation.test_addons.items()
        if addon.depends & set(named) and name not in (*named, MATRIX_ADDON)
    ]
    if paths := [*selection.odoo_paths, *addon_paths(named)]:
        total.add(reporting.check("Odoo tests and tours", lambda: runs.odoo_tests(paths)))
    if selection.is_whole or selection.black_box:
        if not installation.has_company():
            total.add(reporting.check("The demo company", installation.with_company))
            if not installation.has_company():
                return total
        total.add(reporting.check("Black-box tests", lambda: runs.black_box(selection.black_box or ["tests"])))
    return total


def _installation(workbench, chosen):
    with step("Odoo's own addons, zh_CN, zh_TW") as outcome:
        _template, is_new = Databases(workbench).dependencies_template()
        outcome.note = "" if is_new else "there"
    return Installation(workbench, chosen, addons.for_tests(chosen))
