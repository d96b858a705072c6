"""What may be done with messages of documents that keep them; plain Python, no database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class MessagePermit:
    """Lets server code post, change or delete messages that are kept (A9).

    It travels in the context, where no client can put an instance of this class.

    :param reason: what the server is doing, for who reads a traceback
    """

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """Says whose words server code posts on documents that keep their messages, whoever set it off (A9).

    It travels in the context, where no client can put an instance of this class.

    :param partner_id: ID of their contact
    """

    partner_id: int
