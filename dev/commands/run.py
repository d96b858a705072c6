"""`./kehu run`: a demo company in a real Odoo."""

from .. import addons, demo_company, locks, places, preparation, programs, running
from ..console import say, step
from ..databases import Databases, own
from ..failure import Failure
from ..odoo_process import check_port

HELP = "start Odoo with the addons and the demo company, and print the address"


def arguments(parser):
    parser.add_argument("--port", type=int, default=8069, help="on 127.0.0.1 (default: 8069)")
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("run"):
        if running_server := running.server():
            say(f"Already running: {running_server.url} (stop it with ./kehu stop)")
            return 0
        check_port(options.port)
        workbench = preparation.workbench(options.odoo, programs.FOR_RUNNING)
        databases = Databases(workbench)
        ours, database = addons.ours(), own("demo")
        if not databases.exists(database):
            create(workbench, databases, database, ours)
        elif changed := _changed(databases, database, ours):
            say(f"The files of {', '.join(changed)} have changed: the demo database is made anew.")
            create(workbench, databases, database, ours)
        with step("Server"):
            log = places.STATE / "server.log"
            log.unlink(missing_ok=True)
            server = workbench.start_server(database, options.port, log)
            running.remember(server)
        _greet(server, demo_company.logins(workbench, database))
    return 0


def create(workbench, databases, database, ours):
    """The demo company, in a database that takes this name when it is whole."""
    with step("Odoo's own addons, zh_CN, zh_TW") as outcome:
        template, is_new = databases.dependencies_template()
        outcome.note = "" if is_new else "there"
    unfinished = f"{database}_new"
    with step(f"Installing {', '.join(ours)}"):
        databases.copy(template, unfinished)
        workbench.install(
            unfinished, list(ours), log=places.STATE / "install.log", why="The addons could not be installed."
        )
    with step("The demo company"):
        demo_company.play(workbench, unfinished, log=places.STATE / "demo.log")
        databases.rename(unfinished, database)
        databases.note(database, demo_company.checksums(ours))


def _changed(databases, database, ours):
    """The addons, or the demo, whose files are not those that the database was made from."""
    known, present = databases.facts(database), demo_company.checksums(ours)
    return sorted(name for name in known.keys() | present.keys() if known.get(name) != present.get(name))


def _greet(server, logins):
    if not server.answers():
        raise Failure(f"Odoo has ended: see {server.log}.")
    say(f"\nOdoo is at {server.url}")
    say("  the password of each demo user is the login:")
    for login, name, job in logins:
        say(f"    {login:<20} {name}{f'  {job}' if job else ''}")
    say("Stop it with ./kehu stop")
