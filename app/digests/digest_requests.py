"""What is asked of somebody by a mail of its own, told in their digest instead: held messages of kinds that say how.

A domain above says for a kind of mail which of its held messages still ask something, and in which words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.database import Model, db
from app.outbox.kinds import MessageKind
from app.outbox.models import IN_HAND, Message

Line = tuple[str, str, str]
"""What is asked, by when, and where it is done."""


@dataclass(frozen=True)
class Request:
    """A held message that still asks something."""

    message: Message
    say: Callable[[], list[Line]]
    """In the language of the reader, while the digest is written."""
    rests_on: Sequence[Model]
    """The rows that say so."""


Teller = Callable[[list[Message]], list[Request]]
_tellers: dict[MessageKind, Teller] = {}


def register_teller(kind: MessageKind, teller: Teller) -> None:
    """Say which held messages of a kind still ask something, and what."""
    _tellers[kind] = teller


def list_requests(person_ids: Sequence[int]) -> dict[int, dict[int, list[Request]]]:
    """What is asked of these people, by person and network, the first that was asked first."""
    wanted = sa.select(Message).where(Message.person_id.in_(person_ids), IN_HAND, Message.kind.in_(_tellers))
    messages = list(db.session.scalars(wanted.order_by(Message.id)))
    found: dict[int, dict[int, list[Request]]] = {}
    for kind in {each.kind for each in messages}:
        for request in _tellers[kind]([each for each in messages if each.kind == kind]):
            about = (request.message.person_id or 0, request.message.network_id or 0)
            found.setdefault(about[0], {}).setdefault(about[1], []).append(request)
    return found
