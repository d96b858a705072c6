"""Whatever goes wrong, ./kehu ends with one sentence that says what to do, a code that is not 0, and no half-made
thing.
"""

import errno
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dev import cli, places, processes, reporting, whole
from dev.failure import Failure
from dev.postgres import Postgres
from dev.tally import Tally

CHECKOUT = Path(__file__).parent.parent
RELEASE = "version_info = ({}, {}, 0, FINAL, 0, '')\n"


@pytest.fixture
def checkout(tmp_path):
    """A copy of the tooling with one addon: this checkout itself is busy with the present test run."""
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "dev", copy / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("kehu", "setup.cfg", "requirements.txt"):
        shutil.copy(CHECKOUT / name, copy / name)
    (copy / "kehu_some").mkdir()
    (copy / "kehu_some" / "__manifest__.py").write_text("{'name': 'Some', 'depends': ['mail']}")
    return copy


@pytest.fixture
def kehu(checkout, tmp_path):
    """`kehu(words…, VARIABLE=value…)` runs the command with an empty cache; it must fail, and
    returns its one sentence.
    """

    def run(*words, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("KEHU_", "PG"))}
        environment |= {
            "KEHU_CACHE": str(tmp_path / "cache"),
            **{name: str(value) for name, value in variables.items()},
        }
        done = subprocess.run(
            [sys.executable, "kehu", *words],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        assert done.returncode not in (0, None), done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("kehu: "), done.stderr
        return lines[0]

    return run


@pytest.fixture
def fake_odoo(tmp_path):
    """`fake_odoo(19, 0)` is a folder that looks like an Odoo of that version."""

    def make(major, minor):
        root = tmp_path / f"odoo-{major}"
        (root / "odoo" / "addons" / "web").mkdir(parents=True)
        (root / "odoo" / "release.py").write_text(RELEASE.format(major, minor))
        return root

    return make


def test_an_odoo_of_another_version_is_refused(kehu, fake_odoo):
    assert "is Odoo 18.0, but the addons are for Odoo 19.0: give" in kehu(
        "run", "--port", "0", KEHU_ODOO=fake_odoo(18, 0)
    )


def test_a_folder_without_odoo_is_refused(kehu, tmp_path):
    assert "holds no Odoo: give the folder" in kehu("run", "--port", "0", "--odoo", str(tmp_path))


def test_without_apt_and_git_the_user_is_told_to_install_git(kehu, tmp_path):
    assert "install git, or give an Odoo with --odoo" in kehu("lint", PATH=tmp_path)


def test_no_network_leaves_no_half_fetched_odoo(kehu, tmp_path):
    dead = "http://127.0.0.1:9"
    sentence = kehu("lint", http_proxy=dead, https_proxy=dead, HTTP_PROXY=dead, HTTPS_PROXY=dead, ALL_PROXY=dead)
    assert "connect to the network, or give an Odoo with --odoo" in sentence
    assert not [path for path in (tmp_path / "cache").glob("odoo-*") if whole.stamp_of(path) is not None]


def test_no_package_index_leaves_no_half_environment(kehu, fake_odoo, tmp_path):
    sentence = kehu(
        "lint",
        KEHU_ODOO=fake_odoo(19, 0),
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES=0,
        PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="",
    )
    assert "check the network and pip's index" in sentence
    assert not [path for path in (tmp_path / "cache").glob("venv-*") if whole.stamp_of(path) is not None]


def test_a_taken_port_is_named(kehu):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken: choose another with --port." in kehu("run", "--port", str(port))


def test_two_commands_at_once_are_refused(kehu, checkout):
    (checkout / ".kehu").mkdir()
    with open(checkout / ".kehu" / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("./kehu test (process 1)")
        lock.flush()
        assert "./kehu test (process 1) is at work in this checkout: wait" in kehu("run")


def test_a_cache_that_cannot_be_made_is_named(kehu):
    assert "/proc/kehu cannot be made" in kehu("lint", KEHU_CACHE="/proc/kehu")


def test_an_unknown_addon_is_answered_with_the_known_ones(kehu):
    assert "choose among kehu_some" in kehu("test", "kehu_other")


def test_an_old_python_says_which_ones_will_do(checkout):
    pretend = "import runpy, sys; sys.version_info = (3, 8, 0, 'final', 0); runpy.run_path('kehu', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=checkout, env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "kehu: Python 3.8 is too old: install Python 3.10, 3.11, 3.12 or 3.13 and start ./kehu again."
    )


def test_a_database_server_that_is_gone_is_named():
    with pytest.raises(Failure, match="PostgreSQL at 127.0.0.1:9 does not answer: start it, or correct KEHU_PGHOST"):
        Postgres(Path(sys.executable), "127.0.0.1", "9", "odoo").check()


@pytest.mark.parametrize(
    ("version", "role", "rights", "sentence"),
    [
        (120017, "odoo", [True, True], "is version 12, but Odoo 19 needs 13 or newer"),
        (150001, "odoo", [False, False], "may not create databases"),
        (150001, "postgres", [True, True], "refuses to work as the role postgres"),
    ],
)
def test_a_database_server_that_odoo_cannot_use_is_refused(version, role, rights, sentence):
    class Answers(Postgres):
        def sql(self, statement, *_parameters, database=None):
            return [[str(version)]] if "version" in statement else [rights]

    with pytest.raises(Failure, match=sentence):
        Answers(Path(sys.executable), "db", "5432", role).check()


def test_a_full_disk_is_one_sentence(monkeypatch, capsys):
    def full(_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dev.commands.stop.execute", full)
    assert cli.main(["stop"]) == 1
    assert capsys.readouterr().err.startswith("kehu: The disk is full: make room")
    assert "The disk is full" in str(processes.failure("tar: write error: No space left on device", "Fetching failed."))


def test_what_was_interrupted_is_not_taken_for_whole(tmp_path):
    target = tmp_path / "thing"
    with pytest.raises(KeyboardInterrupt), whole.built(target) as folder:
        (folder / "first half").touch()
        raise KeyboardInterrupt
    assert whole.stamp_of(target) is None and not target.exists()
    with whole.built(target, {"version": 1}) as folder:
        assert not list(folder.iterdir()), "The next start begins anew."
    assert whole.stamp_of(target) == {"version": 1}


def test_no_test_at_all_is_a_failure(capsys):
    assert reporting.end(Tally()) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_the_log_named_in_a_message_has_the_details():
    with pytest.raises(Failure) as failure:
        processes.run(sys.executable, "-c", "print('the details'); raise SystemExit(3)", why="It failed.")
    assert str(places.LOG) in str(failure.value)
    assert "the details\n\n(exit code 3)" in places.LOG.read_text(encoding="utf-8")


def test_an_interruption_ends_what_other_threads_run(monkeypatch, tmp_path):
    monkeypatch.setattr(processes, "_interrupted", threading.Event())
    number = tmp_path / "number"
    os.mkfifo(number)
    with ThreadPoolExecutor() as pool:
        asleep = pool.submit(processes.attempt, "sh", "-c", f"echo $$ > {number}; exec sleep 60", log=processes.QUIET)
        pid = int(number.read_text())  # waits until the child writes
        processes.interrupt()
        later = pool.submit(processes.attempt, "true", log=processes.QUIET)
        for stopped in (asleep, later):
            with pytest.raises(KeyboardInterrupt):
                stopped.result()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
