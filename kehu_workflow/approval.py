"""What a model declares about its approvals, and calculations on them; plain Python, no database."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from odoo.tools.translate import LazyGettext


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """One thing that may be asked for on a ``kehu.approval.mixin`` model (A6, C5).

    :param name: technical name, unique in the model; rules name it
    :param label: what users read, wrapped in ``_lt()``
    :param watched: paths of fields whose values are asked for: they are frozen from asking on,
        and a decision holds for these values only. Rules may watch more.
    """

    name: str
    label: str | LazyGettext
    watched: tuple[str, ...] = ()


class StepTerms(NamedTuple):
    """Who decides a step, and how many of them must, as the rule says (A6).

    :param group_ids: ids of groups; members through implied groups count
    :param role: path on the document to users, or the name of a role it knows; empty for none
    """

    step_id: int
    quorum: str
    needed: int
    group_ids: tuple[int, ...]
    user_ids: tuple[int, ...]
    role: str

    @classmethod
    def from_json(cls, values: list):
        """The terms as ``Json`` gives them back: what was a tuple is a list there."""
        return cls(*(tuple(value) if isinstance(value, list) else value for value in values))

    @property
    def seats(self) -> int:
        """How many people there must be at least. Of “all”, some may have decided an earlier step."""
        return self.needed if self.quorum == "count" else 1


def digest(snapshot: dict) -> str:
    """SHA-256 of the watched values, independent of their order."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_undecidable(steps: list[tuple[set, int]], merges: bool = False) -> int | None:
    """Index of the first step that must fail for want of people, or None when all can be decided.

    Nobody decides twice in one approval, so a person is needed for one step only: this is a
    matching of people to the seats of all steps.

    :param steps: in order, the people who may decide and how many of them are needed
    :param merges: whether one person may fill several steps; then each step needs its own number only
    """
    if merges:
        return next((index for index, (people, needed) in enumerate(steps) if len(set(people)) < needed), None)
    seat_of = {}
    seats = [(index, people) for index, (people, needed) in enumerate(steps) for _seat in range(needed)]

    def take(seat, tried):
        for person in seats[seat][1]:
            if person not in tried:
                tried.add(person)
                if person not in seat_of or take(seat_of[person], tried):
                    seat_of[person] = seat
                    return True
        return False

    return next((index for seat, (index, _people) in enumerate(seats) if not take(seat, set())), None)
