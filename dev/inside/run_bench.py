"""Runs one script of bench/ within Odoo: arguments are the configuration file, the database and the script."""

import logging
import runpy
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

configuration, database, script = sys.argv[1:]
config.parse_config(["-c", configuration, "-d", database, "--log-level=warn", "--no-http"], setup_logging=True)
logging.getLogger().setLevel(logging.WARNING)
bench = runpy.run_path(script, run_name="bench")["bench"]
with Registry(database).cursor() as cursor:
    bench(api.Environment(cursor, SUPERUSER_ID, {}))
