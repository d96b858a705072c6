"""docs/coverage.md has a row for every requirement, and the tests it names exist."""
import re
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
COUNTS = {"X": 9, "A": 25, "G": 11, "C": 14, "T": 8, "K": 10, "P": 6}
IDS = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
NOTHING = "—"


def _rows():
    """(id, what is there, names of the tests) of each row."""
    text = (CHECKOUT / "docs" / "coverage.md").read_text(encoding="utf-8")
    for identifier, content, tests in re.findall(r"^\| *([A-Z]\d+) *\|(.*)\|(.*?)\|$", text, re.M):
        yield identifier, content.strip(), re.findall(r"\w+", tests.replace(NOTHING, ""))


def test_every_requirement_has_its_row():
    assert [identifier for identifier, _content, _tests in _rows()] == IDS


def test_what_is_there_is_proved_by_tests_that_exist():
    tests = set()
    for pattern in ("kehu_*/tests/*.py", "tests/*.py", "tests/addons/*/tests/*.py"):
        for path in CHECKOUT.glob(pattern):
            tests.update(re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8")))
    for identifier, content, named in _rows():
        assert (content == NOTHING) == (not named), f"{identifier}: either both columns are {NOTHING}, or neither."
        assert set(named) <= tests, f"{identifier} names tests that do not exist."
