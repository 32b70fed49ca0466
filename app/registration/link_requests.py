"""Asking for an invitation on a public event page: the answer is always a mail to that address.

The page itself does the same for every address; who is known or invited already shows
only in the mail, to whom the address belongs.
"""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.database import db, too_often
from app.events.models import Event
from app.invitations import inviting
from app.invitations.models import Origin
from app.network import people
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import letters
from app.registration.models import LinkRequest

MOST_A_DAY = 3
"""Requests for one address and event within a day; further ones are dropped unseen."""


def ask(event: Event, name: str, address: str) -> None:
    """Note that somebody wants to come; raises people.BadAddress."""
    db.session.add(LinkRequest(event_id=event.id, name=name, address=people.read_address(address)))


def handle_asked() -> int:
    """Mail a personal link to everybody who asked since the last time; return how many."""
    requests = list(
        db.session.scalars(sa.select(LinkRequest).order_by(LinkRequest.id).with_for_update(skip_locked=True))
    )
    for request in requests:
        if request.event.open and request.event.open_to_all and not _too_often(request):
            _invite(request)
        db.session.delete(request)
    db.session.commit()
    return len(requests)


def _invite(request: LinkRequest) -> None:
    person = people.find_or_add(request.name, request.address)
    db.session.flush()
    letters.plan(
        MessageKind.REQUESTED, inviting.of(request.event, person) or inviting.add(request.event, person, Origin.REQUEST)
    )


def _too_often(request: LinkRequest) -> bool:
    return too_often(
        Message.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        Message.kind == MessageKind.REQUESTED,
        Message.event_id == request.event_id,
        Message.recipient == request.address,
    )
