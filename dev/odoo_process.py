"""Running Odoo: its configuration file, its commands, its server."""

import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import addons, log_check, places, processes
from .environment import Environment
from .failure import Failure
from .odoo_source import Odoo
from .postgres import Postgres

_HOST = "127.0.0.1"
_LOADS_IN = 180  # seconds until a server has to answer


@dataclass(frozen=True)
class Workbench:
    """What every command of Odoo needs."""

    odoo: Odoo
    environment: Environment
    postgres: Postgres
    site: Path | None = None  # where our addons were installed to, instead of this checkout
    extra_addons: Path | None = None  # more addons of others

    def variables(self):
        """Environment variables for Odoo and for programs that import it."""
        return {
            "PYTHONPATH": os.pathsep.join(map(str, filter(None, (self.odoo.root, self.site)))),
            "PATH": self.environment.path,
            "LANG": "C.UTF-8",
            "LC_ALL": None,
            "PGHOST": self.postgres.host,
            "PGPORT": self.postgres.port,
            "PGUSER": self.postgres.user,
            "PGPASSWORD": self.postgres.password or None,
            "PGDATABASE": None,
        }

    def configuration(self, database, port=None, test=False):
        """Writes the configuration file for one database and returns its path."""
        paths = [*self.odoo.addons_paths, *filter(None, [self.extra_addons])]
        if self.site is None:
            paths += [places.CHECKOUT, *([addons.TEST_ADDONS] if test else [])]
        options = {
            "addons_path": ",".join(map(str, paths)),
            "data_dir": places.data_dir(),
            "db_host": self.postgres.host,
            "db_port": self.postgres.port,
            "db_user": self.postgres.user,
            "db_name": database,
            "dbfilter": f"^{database}$",
            "list_db": False,
            "admin_passwd": secrets.token_urlsafe(16),
            "http_interface": _HOST,
            "http_port": port or 8069,
            "max_cron_threads": 0 if test else 1,
            "workers": 0,
            "limit_time_real": 600,
            "limit_time_cpu": 600,
            # Odoo warns of XML-RPC with every call; our tests use it on purpose.
            "log_handler": ":INFO,odoo.addons.rpc.controllers.xmlrpc:ERROR",
        }
        if test:
            # Read-only routes read from a replica; here it is the same server, which refuses to write for them.
            options |= {"db_replica_host": self.postgres.host, "db_replica_port": self.postgres.port}
        if self.postgres.password:
            options["db_password"] = self.postgres.password
        path = places.STATE / f"{database}.conf"
        path.touch(mode=0o600)
        path.write_text(
            "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()), encoding="utf-8"
        )
        return path

    def command(self, *arguments):
        return [self.environment.python, "-m", "odoo", *arguments]

    def install(
        self,
        database,
        names=(),
        update=(),
        languages=(),
        demo=False,
        test=False,
        log=None,
        why=None,
        translations=True,
    ):
        """Installs addons and upgrades others; the log file gets what Odoo says.

        :param translations: whether those of the addons replace what the company made of them
        """
        arguments = ["--stop-after-init", "--no-http", "-c", self.configuration(database, test=test)]
        if demo:
            arguments.append("--with-demo")
        if names:
            arguments += ["-i", ",".join(names)]
        if update:
            arguments += ["-u", ",".join(update), *(["--i18n-overwrite"] if translations else [])]
        if languages:
            arguments += ["--load-language", ",".join(languages)]
        log = log or places.LOG
        output, code = processes.attempt(*self.command(*arguments), env=self.variables(), log=log)
        if code:
            sentence = why or f"Installing {', '.join((*names, *update))} failed."
            if cause := log_check.cause(log):
                sentence = f"{sentence.rstrip('.')}: {cause}"
            raise processes.failure(output, sentence, log)

    def run_script(self, database, name, why, log=None):
        """Feeds a file of dev/inside to Odoo's shell; it has to commit.

        :param why: the sentence for the user if it fails
        :param log: file for what Odoo says instead of the common log
        """
        script = places.CHECKOUT / "dev" / "inside" / name
        processes.run(
            *self.command("shell", "-c", self.configuration(database, test=True), "--no-http"),
            env=self.variables(),
            stdin=script.read_text(encoding="utf-8"),
            why=why,
            log=log,
        )

    def start_server(self, database, port, log, test=False):
        """Starts a server that outlives this process; returns it when it answers.

        :raise Failure: if the port is taken or the server ends or does not answer
        """
        check_port(port)
        configuration = self.configuration(database, port, test)
        with log.open("a", encoding="utf-8") as output:
            process = subprocess.Popen(
                [str(word) for word in self.command("-c", configuration)],
                env=processes.environment(self.variables()),
                cwd=places.CHECKOUT,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(process.pid, port, database, log)
        deadline = time.monotonic() + _LOADS_IN
        while not server.answers():
            if process.poll() is not None:
                raise Failure(f"Odoo ended while starting: see {log}.")
            if time.monotonic() > deadline:
                server.stop()
                raise Failure(f"Odoo did not answer within {_LOADS_IN} seconds: see {log}.")
            time.sleep(0.2)
        return server


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    database: str
    log: Path

    @property
    def url(self):
        return f"http://{_HOST}:{self.port}"

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as response:
                return response.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def is_alive(self):
        """Whether the process is there and is ours: its number may have been given to another program."""
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except FileNotFoundError:
            return False
        return any(word.endswith(f"{self.database}.conf") for word in command)

    def stop(self):
        if not self.is_alive():
            return
        for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            os.kill(self.pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                _reap(self.pid)
                if not self.is_alive():
                    return
                time.sleep(0.1)


def check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise Failure(f"Port {port} of {_HOST} is taken: choose another with --port.") from error


def free_port():
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return probe.getsockname()[1]


def _reap(pid):
    """A child that has ended stays in the process table until we take note of it."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
