"""How many checks passed and failed, and what there is to say about those that failed."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.problems += other.problems

    @property
    def is_good(self):
        return bool(self.passed) and not self.failed

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


def single(problems):
    """One check, which failed if there are problems."""
    return Tally(failed=1, problems=list(problems)) if problems else Tally(passed=1)


def from_junit(path):
    """What pytest wrote into its report; no report means that it broke before the first test."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (FileNotFoundError, ElementTree.ParseError):
        return Tally(failed=1, problems=["pytest broke down before its end"])
    tally = Tally()
    for case in cases:
        faults = [*case.iter("failure"), *case.iter("error")]
        if faults:
            tally.failed += 1
            tally.problems.append(f"{case.get('classname')}.{case.get('name')}\n{faults[0].text or ''}".rstrip())
        elif case.find("skipped") is not None:
            tally.skipped += 1
        else:
            tally.passed += 1
    return tally
