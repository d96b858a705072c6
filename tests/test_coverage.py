"""docs/coverage.md has a row for every requirement, and the tests and files that the pages name exist."""

import re
import runpy
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
COUNTS = {"X": 9, "A": 25, "G": 11, "C": 14, "T": 8, "K": 10, "P": 6}
BEGUN = {"A": ("A35",)}  # rows of what comes after, as soon as something of it is there
IDS = [
    identifier
    for letter, count in COUNTS.items()
    for identifier in (*(f"{letter}{number}" for number in range(1, count + 1)), *BEGUN.get(letter, ()))
]
NOTHING = "—"


def _rows():
    """(id, what is there, names of the tests) of each row."""
    text = (CHECKOUT / "docs" / "coverage.md").read_text(encoding="utf-8")
    for identifier, content, tests in re.findall(r"^\| *([A-Z]\d+) *\|(.*)\|(.*?)\|$", text, re.M):
        yield identifier, content.strip(), re.findall(r"\w+", tests.replace(NOTHING, ""))


def test_every_requirement_has_its_row():
    assert [identifier for identifier, _content, _tests in _rows()] == IDS


def _names(pattern):
    """What the pattern finds in the files of tests."""
    names = set()
    for files in ("kehu_*/tests/*.py", "tests/*.py", "tests/addons/*/tests/*.py"):
        for path in CHECKOUT.glob(files):
            names.update(re.findall(pattern, path.read_text(encoding="utf-8"), re.M))
    return names


def test_what_is_there_is_proved_by_tests_that_exist():
    tests = _names(r"def (test_\w+)\(")
    for identifier, content, named in _rows():
        assert (content == NOTHING) == (not named), f"{identifier}: either both columns are {NOTHING}, or neither."
        assert set(named) <= tests, f"{identifier} names tests that do not exist."


def test_what_notices_a_missing_closure_exists():
    page = (CHECKOUT / "docs" / "leaks.md").read_text(encoding="utf-8")
    noticing = set(re.findall(r"^\| `[^|]* \| kehu_\w+ `[^|]*` \| `(\w+)` \|$", page, re.M))
    lists = runpy.run_path(CHECKOUT / "tests" / "addons" / "kehu_leak_test" / "tests" / "mutation_tests.py")
    tried = {name for part in ("FINDERS", "TESTS", "BROADER") for names in lists[part].values() for name in names}
    assert noticing and tried
    # A finder is a method of KindsCase, or of what it inherits.
    assert not (noticing | tried) - _names(r"^(?:class|    def) (\w+)")


def test_files_that_are_named_exist():
    for page in (CHECKOUT / "docs").glob("*.md"):
        for addon, path in re.findall(r"(?:(kehu_\w+) )?`(models/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert list(CHECKOUT.glob(f"{addon or 'kehu_*'}/{path}")), f"{page.name} names {addon} {path}."
