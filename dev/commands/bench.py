"""`./kehu bench`: the scripts of bench/, each on a scratch database (see bench/README.md)."""

import ast
import subprocess
from dataclasses import replace

from .. import addons, locks, places, preparation, processes, whole
from ..console import step
from ..databases import Databases, own
from ..failure import Failure

HELP = "measure: run the scripts of bench/ on a scratch database"
_SCRIPTS = places.CHECKOUT / "bench"


def arguments(parser):
    parser.add_argument("scripts", nargs="*", metavar="script", help="names without .py (default: all)")
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    scripts = [path for path in sorted(_SCRIPTS.glob("*.py")) if not options.scripts or path.stem in options.scripts]
    known = {path.stem for path in scripts}
    if unknown := set(options.scripts) - known:
        raise Failure(f"There is no script {', '.join(sorted(unknown))} in bench/.")
    if not scripts:
        raise Failure("There is no script in bench/ yet.")
    with locks.checkout_lock("bench"):
        workbench = preparation.workbench(options.odoo)
        codes = [_run(workbench, script) for script in scripts]
    return max(codes)


def _run(workbench, script):
    databases, database = Databases(workbench), own("bench")
    peers = _peers(script)
    with step(f"Database for {script.stem}"):
        if peers:
            workbench = replace(workbench, extra_addons=_fetch(workbench, peers))
        template, _is_new = databases.dependencies_template()
        databases.copy(template, database)
        workbench.install(database, [*addons.ours(), *peers.values()], log=places.STATE / "bench.log")
    try:
        command = [
            workbench.environment.python,
            places.CHECKOUT / "dev" / "inside" / "run_bench.py",
            workbench.configuration(database),
            database,
            script,
        ]
        return subprocess.run(
            [str(word) for word in command], env=processes.environment(workbench.variables()), check=False
        ).returncode
    finally:
        databases.drop(database)


def _peers(script):
    """The constant PEERS of a script, read without running it."""
    for node in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["PEERS"]:
            return ast.literal_eval(node.value)
    return {}


def _fetch(workbench, peers):
    """Installs the packages of peers into a scratch folder; returns the folder with their addons."""
    folder = places.STATE / "peers"
    whole.remove(folder)
    processes.run(
        workbench.environment.python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--target",
        folder,
        *peers,
        why=f"The peers to measure against ({', '.join(peers)}) could not be installed: check the network.",
    )
    return folder / "odoo" / "addons"
