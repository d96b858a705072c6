"""`./kehu shell`: Odoo's Python prompt on the demo database."""

import subprocess

from .. import places, preparation, processes
from ..databases import Databases, own
from ..failure import Failure

HELP = "open Odoo's Python shell on the demo database"


def arguments(parser):
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    workbench = preparation.workbench(options.odoo)
    database = own("demo")
    if not Databases(workbench).exists(database):
        raise Failure("There is no demo database yet: make it with `./kehu run`.")
    command = workbench.command("shell", "-c", workbench.configuration(database), "--no-http")
    return subprocess.run(
        [str(word) for word in command],
        env=processes.environment(workbench.variables()),
        cwd=places.CHECKOUT,
        check=False,
    ).returncode
