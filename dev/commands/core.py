"""`./kehu core`: Odoo's own tests with and without our addons, compared."""

from .. import locks, places, preparation, programs, reporting
from ..checks.core_suites import WHOLE, CoreSuites

HELP = "run Odoo's own tests with and without our addons, and compare"


def arguments(parser):
    parser.add_argument(
        "suites", nargs="*", metavar="suite", help=f"addons or files of Odoo (default: {' '.join(WHOLE)})"
    )
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("test"):
        suites = CoreSuites(preparation.workbench(options.odoo, programs.FOR_TESTING))
        return reporting.end(reporting.check("Odoo's own tests", lambda: suites.compared(options.suites or WHOLE)))
