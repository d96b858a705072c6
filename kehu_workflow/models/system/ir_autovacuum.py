"""PostgreSQL does not compile statements (jit) of a database with these addons.

The rules of documents make long statements whose cost it overestimates; compiling one takes seconds, running it
milliseconds.
"""

import logging

from psycopg2.errors import InsufficientPrivilege

from odoo import api, models
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)


class IrAutovacuum(models.AbstractModel):
    _inherit = "ir.autovacuum"

    @api.autovacuum
    def _kehu_compile_nothing(self):
        """Set it for the database, again after a dump was restored, unless somebody has set it."""
        if not self._kehu_jit():
            self._kehu_alter_database(SQL("SET jit = off"))

    @api.model
    def _kehu_jit(self):
        """Return what is set for the database, as ``jit=off``, or nothing."""
        rows = self.env.execute_query(
            SQL(
                """SELECT setting FROM pg_db_role_setting, pg_database, unnest(setconfig) AS setting
                    WHERE setdatabase = pg_database.oid AND datname = current_database() AND setting LIKE 'jit=%%'"""
            )
        )
        return rows[0][0] if rows else None

    @api.model
    def _kehu_alter_database(self, change):
        statement = SQL("ALTER DATABASE %s %s", SQL.identifier(self.env.cr.dbname), change)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.cr.execute(statement)
        except InsufficientPrivilege:
            _logger.info("The owner of the database should run: %s", statement.code)


def compile_nothing(env):
    env["ir.autovacuum"]._kehu_compile_nothing()


def compile_again(env):
    if env["ir.autovacuum"]._kehu_jit() == "jit=off":
        env["ir.autovacuum"]._kehu_alter_database(SQL("RESET jit"))
