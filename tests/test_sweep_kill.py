"""C10: each rung of the ladder exactly once, however often the job is killed, and with two jobs at once."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LADDER = "123"


@pytest.fixture(scope="module")
def result(server):
    """What `sweep_killer.py` found, run against the database of the tests."""
    configuration = os.environ.get("KEHU_CONFIGURATION") or HERE.parent / ".kehu" / f"{server.database}.conf"
    command = [sys.executable, "-m", "odoo", "shell", "-c", configuration, "-d", server.database, "--no-http", "--log-level=warn"]
    variables = {**os.environ, "PYTHONPATH": os.environ.get("KEHU_ODOO", "")}
    done = subprocess.run(
        list(map(str, command)), input=(HERE / "sweep_killer.py").read_text(encoding="utf-8"),
        env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def shown(outcome):
    return json.dumps(outcome, indent=1)


def is_complete(outcome):
    clocks = outcome["clocks"]
    return outcome == {
        "clocks": clocks, "waiting": 0, "ladders": [LADDER], "events": 3 * clocks,
        "activities": clocks, "messages": clocks, "violations": [1],
    }


def test_killed_sweeps_lose_nothing_and_repeat_nothing(result):
    assert result["kills"] >= 25
    assert 0 < result["under_fire"]["events"] < 3 * result["killed"]["clocks"], "the kills must hit work in progress"
    assert all(LADDER.startswith(ladder) for ladder in result["under_fire"]["ladders"]), "in order, and none twice"
    assert is_complete(result["killed"]), shown(result["killed"])


def test_two_sweeps_at_once_share_the_work(result):
    assert not result["failures"]
    assert is_complete(result["raced"]), shown(result["raced"])
