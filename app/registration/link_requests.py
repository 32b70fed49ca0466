"""Asking for an invitation on a public event page: the answer is always a mail to that address.

The page itself does the same for every address; whether somebody is known or invited shows
only in the mail, to whom the address belongs.
"""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.database import db, take_row, too_often
from app.events.models import Event
from app.invitations import inviting
from app.invitations.models import Origin
from app.network.people import mail_addresses, mailboxes, people
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import registration_letters
from app.registration.models import LinkRequest
from app.setbacks import one_by_one

MOST_A_DAY = 3
"""Requests for one address and event within a day, or of one person whom we know there; further ones are dropped unseen."""


def ask_invitation_link(event: Event, name: str, address: str, *, through: bool = False) -> None:
    """Record that somebody wants to come, and whether the mailbox is not theirs alone; raises mail_addresses.BadAddress."""
    read = mail_addresses.read_address(address)
    db.session.add(LinkRequest(event_id=event.id, name=name, address=read, through=through))


def handle_link_requests() -> int:
    """Mail a personal link to everybody who asked since the last time; return how many."""
    waiting = db.session.scalars(sa.select(LinkRequest.id).order_by(LinkRequest.id)).all()
    return one_by_one.do_each("handle_link_requests", waiting, _handle_link_request)


def _handle_link_request(link_request_id: int) -> int | None:
    request = take_row(LinkRequest, link_request_id)
    if request is None:
        return None
    if request.event.open and request.event.open_to_all and not _asked_too_often(request):
        _invite_requester(request)
    db.session.delete(request)
    return 1


def _invite_requester(request: LinkRequest) -> None:
    person = people.find_or_add_person(request.name, request.address, through=request.through)
    db.session.flush()
    registration_letters.plan_registration_letter(
        MessageKind.REQUESTED,
        inviting.find_invitation(request.event, person)
        or inviting.add_invitation(request.event, person, Origin.REQUEST),
    )


def _asked_too_often(request: LinkRequest) -> bool:
    known = mailboxes.find_meant(request.name, request.address, through=request.through)
    return too_often(
        Message.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        Message.kind == MessageKind.REQUESTED,
        Message.event_id == request.event_id,
        Message.person_id == known.id if known else mail_addresses.is_address(Message.recipient, request.address),
    )
