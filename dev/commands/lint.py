"""`./kehu lint`: everything that can be checked without a database."""

from .. import preparation, reporting
from ..checks import lint

HELP = "check the files: ruff, pylint-odoo, Odoo's own linters, dead idioms, XML, layers of addons, traces of a machine"


def arguments(parser):
    parser.add_argument("addons", nargs="*", metavar="addon", help="only these addons (default: the whole project)")
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    odoo, environment = preparation.lint_tools(options.odoo)
    return reporting.end(reporting.in_turn(lint.checks(odoo, environment, options.addons)))
