"""A PostgreSQL to work with: a given server, else a private cluster of our own (private_cluster.py)."""

import getpass
import json
import os
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .failure import Failure

OLDEST = 13
_SQL = Path(__file__).parent / "inside" / "sql.py"
# Trigram search ignores Chinese unless the character type knows it.
_CTYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8", "zh_CN.UTF-8", "zh_CN.utf8")


class SqlError(Exception):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Postgres:
    python: Path  # the Python that has the driver
    host: str
    port: str
    user: str
    password: str = ""
    maintenance: str = "postgres"
    origin: str = ""

    def sql(self, statement, *parameters, database=None):
        """Executes one statement and returns its rows.

        :raise Failure: if the server does not answer
        :raise SqlError: if it refuses the statement
        """
        return self.sql_many([(statement, parameters)], database)

    def sql_many(self, statements, database=None):
        connection = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": database or self.maintenance,
        }
        output = processes.run(
            self.python,
            _SQL,
            why="The database driver psycopg2 does not start: `./kehu clean --all` and start again.",
            stdin=json.dumps({"connection": connection, "statements": statements}),
            log=processes.QUIET,
        )
        answer = json.loads(output)
        if "error" not in answer:
            return answer["rows"]
        if answer["code"] is None or answer["code"].startswith("57P"):
            raise Failure(
                f"PostgreSQL at {self.where} does not answer: start it, or correct KEHU_PGHOST, KEHU_PGPORT, "
                f"KEHU_PGUSER and KEHU_PGPASSWORD. ({_first_line(answer['error'])})"
            )
        if answer["code"] == "53100":
            raise Failure("The disk of the database server is full: make room and start again.")
        raise SqlError(answer["error"], answer["code"])

    @property
    def where(self):
        return f"{self.host}:{self.port}"

    def check(self):
        """Refuses a server that Odoo cannot use."""
        version = int(self.sql("SHOW server_version_num")[0][0]) // 10000
        if version < OLDEST:
            raise Failure(
                f"PostgreSQL at {self.where} is version {version}, but Odoo 19 needs {OLDEST} or newer: "
                "give another server with KEHU_PGHOST, or none, then a private one is started."
            )
        [[is_superuser, may_create]] = self.sql(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        if not (is_superuser or may_create):
            raise Failure(
                f"The role {self.user} of PostgreSQL at {self.where} may not create databases: "
                f"`ALTER ROLE {self.user} CREATEDB`, or give another role with KEHU_PGUSER."
            )
        if self.user == "postgres":
            raise Failure("Odoo refuses to work as the role postgres: make another role and give it with KEHU_PGUSER.")
        return version

    def create_utf8(self, name):
        """Creates an empty database whose character type knows Chinese."""
        for ctype in _CTYPES:
            try:
                self.sql(
                    f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{ctype}'"
                )
                return
            except SqlError as error:
                if error.code not in ("22023", "42809"):  # this locale is not there: try the next
                    raise Failure(
                        f"No database can be created on PostgreSQL at {self.where}: {_first_line(error)}."
                    ) from error
        raise Failure(
            f"PostgreSQL at {self.where} has no UTF-8 locale, so it could not search Chinese text: "
            "install the locale C.UTF-8 or en_US.UTF-8 there."
        )


def given(python):
    """The server that KEHU_PGHOST (KEHU_PGPORT, KEHU_PGUSER, KEHU_PGPASSWORD) or PGHOST … point to, if any."""

    def variable(name):
        return os.environ.get(f"KEHU_{name}") or os.environ.get(name) or ""

    if not any(variable(name) for name in ("PGHOST", "PGPORT")):
        return None
    return Postgres(
        python=python,
        host=variable("PGHOST") or "localhost",
        port=variable("PGPORT") or "5432",
        user=variable("PGUSER") or getpass.getuser(),
        password=variable("PGPASSWORD"),
        maintenance=variable("PGDATABASE") or "postgres",
        origin="given",
    )


def _first_line(error):
    return str(error).strip().splitlines()[0]
