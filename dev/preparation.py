"""From nothing to a workbench: Odoo, the Python packages and PostgreSQL, one step each."""

from . import environment, odoo_source, places, postgres, private_cluster, programs
from .console import step
from .odoo_process import Workbench


def workbench(odoo=None, needed=None):
    """Finds or makes what Odoo needs.

    :param odoo: folder of an Odoo that the user gave
    :param needed: the programs of the system that the command uses (programs.py)
    """
    places.prepare()
    programs.provide(needed or {})
    with step("Odoo") as outcome:
        source = odoo_source.find(odoo)
        outcome.note = f"{source.version}, {source.origin}"
    with step("Python packages") as outcome:
        python = environment.find()
        outcome.note = "installed" if python.is_new else "there"
    with step("PostgreSQL") as outcome:
        server = postgres.given(python.python) or private_cluster.start(python.python)
        version = server.check()
        outcome.note = f"{server.origin}" if str(version) in server.origin else f"{version}, {server.origin}"
    return Workbench(source, python, server)


def lint_tools(odoo=None):
    """Odoo and the Python packages, without a database."""
    places.prepare()
    with step("Odoo") as outcome:
        source = odoo_source.find(odoo)
        outcome.note = f"{source.version}, {source.origin}"
    with step("Python packages") as outcome:
        python = environment.find()
        outcome.note = "installed" if python.is_new else "there"
    return source, python
