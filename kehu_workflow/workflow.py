"""What a model declares about its states; plain Python, no database."""

from dataclasses import dataclass

from odoo.tools.translate import LazyGettext


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed change of state of a ``kehu.workflow.mixin`` model (A3).

    A client may make it when the user is in one of ``groups`` **or** has one of ``roles`` on the
    record. A move with neither is made by the server only: by an approval's outcome, a cron,
    another document.

    :param name: technical name, unique in the model; what buttons and RPC send
    :param label: what users read, wrapped in ``_lt()`` to be translated
    :param source: states it starts from
    :param target: state it ends in
    :param groups: xml ids of groups; members through implied groups count
    :param roles: who the record itself names: paths to users (``"team_id.user_id"``), or names for
        which the model has a method ``_workflow_role_<name>()`` returning ``{record_id: users}``
    :param required: fields that must be filled; zero counts as empty
    :param reason: a reason must be given, and is kept in the history
    :param access: what the caller must be allowed to do with the record: ``"write"`` or ``"read"``
    :param before: method called on all records just before the state is written
    :param after: method called on all records just after
    :param confirm: question the web client asks first
    :param batch: offered as a button above lists
    :param approval: kind of approval that is asked for when the move is made
    :param by_rule: it is asked for only where a rule of the authority table fits; elsewhere people make the moves that
        would follow from it
    :param granted: kind of approval whose granting makes this move
    :param returned: kind of approval whose refusal or withdrawal makes this move
    :param carries_out: what is approved is carried out by this move, so it is compared with what was asked for once
        more
    """

    name: str
    label: str | LazyGettext
    source: tuple[str, ...]
    target: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    reason: bool = False
    access: str = "write"
    before: str | None = None
    after: str | None = None
    confirm: str | LazyGettext | None = None
    batch: bool = False
    approval: str | None = None
    by_rule: bool = False
    granted: str | None = None
    returned: str | None = None
    carries_out: bool = False

    @property
    def is_for_people(self) -> bool:
        """Whether a person can make the move, rather than the server only."""
        return bool(self.groups or self.roles)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Whose turn it is in some states of a ``kehu.turn.mixin`` model (U4).

    :param name: identifies it within the model, in a reminder of it
    :param states: the states
    :param role: as in :class:`Move`
    :param summary: what there is to do, wrapped in ``_lt()`` to be translated
    :param reminds_actor: also users who bring it about: it is left over, or takes longer than what they do now
    """

    name: str
    states: tuple[str, ...]
    role: str
    summary: str | LazyGettext
    reminds_actor: bool = False


def clean_reason(reason) -> str:
    """What a client gave as the reason, without outer blanks; empty for what is no text."""
    return reason.strip() if isinstance(reason, str) else ""


@dataclass(frozen=True, slots=True, eq=False)
class StatePermit:
    """Lets one ``write()`` through the guard of ``state``.

    It travels in the context, which clients choose freely; but what they send is JSON or XML, and
    neither can be an instance of this class. It names the records and the state, so that code
    which inherits the context can do nothing else with it.
    """

    model: str
    ids: frozenset[int]
    target: str

    def covers(self, records, values) -> bool:
        return records._name == self.model and self.ids.issuperset(records._ids) and values.get("state") == self.target
