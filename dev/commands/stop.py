"""`./kehu stop`: ends the server and, if nobody else uses it, our PostgreSQL."""

from .. import environment, places, private_cluster, running
from ..console import say

HELP = "stop the server that `run` started"


def arguments(_parser):
    pass


def execute(_options):
    places.prepare()
    if server := running.server():
        server.stop()
        say("Odoo has stopped.")
    else:
        say("Odoo is not running.")
    running.forget()
    python = environment.existing()
    if python and private_cluster.is_running() and private_cluster.is_idle(python.python) and private_cluster.stop():
        say("PostgreSQL has stopped.")
    return 0
