"""`./kehu pictures`: takes the pictures of README, docs/ and the applications anew, from the demo company."""

import json
import re

from .. import addons, demo_company, locks, pictures, places, preparation, processes, programs
from ..console import say, step
from ..databases import Databases, own
from ..odoo_process import free_port
from .run import create

HELP = "take the pictures of the documentation anew, from the demo company"


def arguments(parser):
    parser.add_argument(
        "names", nargs="*", metavar="name", help="only these pictures of dev/pictures.py (default: all)"
    )
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("pictures"):
        workbench = preparation.workbench(options.odoo, programs.FOR_TESTING)
        databases, database = Databases(workbench), own("pictures")
        create(workbench, databases, database, addons.ours())
        log = places.STATE / "pictures-server.log"
        log.unlink(missing_ok=True)
        server = workbench.start_server(database, free_port(), log, test=True)
        try:
            with step("Pictures"):
                written = processes.run(
                    workbench.environment.python,
                    places.CHECKOUT / "dev" / "inside" / "take_pictures.py",
                    *options.names,
                    env={
                        "PYTHONPATH": places.CHECKOUT,
                        "KEHU_URL": server.url,
                        "KEHU_DATABASE": database,
                        "KEHU_IDS": json.dumps(demo_company.ids(workbench, database, _named())),
                    },
                    why="The pictures could not be taken.",
                )
        finally:
            server.stop()
            databases.drop(database)
    say(written.rstrip())
    return 0


def _named():
    """The external ids in the paths of the pictures."""
    return sorted({name for picture in pictures.PICTURES for name in re.findall(r"\{([\w.]+)\}", picture.path)})
