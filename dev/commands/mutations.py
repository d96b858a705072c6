"""`./kehu mutations`: each closure switched off in turn; which test notices goes into the table of docs/leaks.md."""

import json
import re

from .. import addons, locks, places, preparation, programs, reporting
from ..checks.installation import Installation
from ..checks.pytest_runs import PytestRuns

HELP = "switch off each closure in turn, and write into docs/leaks.md which test notices"

_PAGE = places.CHECKOUT / "docs" / "leaks.md"
_RESULTS = places.STATE / "mutations.json"
_ROW = re.compile(r"^\| (`[^|]*` \| kehu_\w+ `[^|]*) \| (.*) \|\n", re.MULTILINE)
_UNNOTICED = "**没有测试发现**"
_UNTRIED = "还没有关掉试过"


def arguments(parser):
    parser.add_argument(
        "closures",
        nargs="*",
        metavar="closure",
        help="a piece of “model.method addon file” (default: all; they take hours)",
    )
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("mutations"):
        workbench = preparation.workbench(options.odoo, programs.FOR_TESTING)
        installation = Installation(workbench, addons.chosen(()), addons.for_tests())
        total = reporting.check("Installing beside other apps", installation.for_mutations)
        if total.is_good:
            _RESULTS.unlink(missing_ok=True)
            runs = PytestRuns(workbench)
            total.add(reporting.check("Switching off closures", lambda: runs.mutations(options.closures, _RESULTS)))
            _write_table(is_whole=not options.closures)
    return reporting.end(total)


def _write_table(is_whole):
    """Put the results into the page; a reason that is written there stays while no test notices.

    :param is_whole: whether rows of closures that were not tried go
    """
    page = _PAGE.read_text(encoding="utf-8")
    old = {row[1]: row[2] for row in _ROW.finditer(page)}
    rows = {} if is_whole else dict(old)
    for key, tests in _noticing().items():
        reason = old.get(key, _UNTRIED)
        has_reason = reason != _UNTRIED and not reason.startswith("`")
        rows[key] = f"`{tests[0]}`" if all(tests) else reason if has_reason else _UNNOTICED
    table = "".join(f"| {key} | {rows[key]} |\n" for key in sorted(rows))
    begin, end = next(_ROW.finditer(page)).start(), [*_ROW.finditer(page)][-1].end()
    _PAGE.write_text(page[:begin] + table + page[end:], encoding="utf-8")


def _noticing():
    """Return ``{beginning of a row: [what noticed that one class of the file was missing, or None]}``."""
    last = {}
    for line in _RESULTS.read_text(encoding="utf-8").splitlines():
        result = json.loads(line)
        key = f"`{result['closure']}` | {result['addon']} `{result['file']}`"
        last.setdefault(key, {})[result["class"]] = result["red"]
    return {key: list(by_class.values()) for key, by_class in last.items()}
