"""What each kind of incoming mail makes happen. Handling a mail twice, or a copy of it, changes nothing more."""

from collections.abc import Callable
from email.message import Message as Mail

import sqlalchemy as sa
from blinker import Signal

from app.database import db
from app.inbox import bounces, forwarding, mails, replies, sorting
from app.inbox.mails import Token
from app.inbox.models import Doubt, IncomingMail, Outcome, Shape
from app.invitations.models import Invitation
from app.network import memberships, people
from app.network.models import DigestFrequency, Network, Person, Standing
from app.outbox.models import Message
from app.tokens import Purpose

H, R = Outcome.HANDLED, Outcome.REVIEW

test_came_back = Signal("A mail of our own test arrived; sent with the number of the test, and the mail.")
bounce_came_back = Signal("A report on one of our messages arrived; sent with the message's id.")


def handle(row: IncomingMail) -> None:
    """Sort a stored mail and do what follows from it; what cannot be settled waits for an organiser."""
    message = mails.parse(row.content or b"")
    token = mails.token(message)
    row.shape = sorting.shape(message, token)
    row.outcome, row.reason = _SHAPES[row.shape](row, message, token)
    if row.outcome == Outcome.REVIEW or row.shape == Shape.CALENDAR:
        _place(row, token)


def _bounce(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    about, reading = bounces.subject_of(message, token), bounces.read(message)
    if about is None:
        return H, "unknown_message"
    row.about_id, row.person_id, row.network_id = about.id, about.person_id, about.network_id
    if reading is None:
        return H, "nothing_failed"
    bounce_came_back.send(about.id)
    bounces.note(about, reading, row)
    return H, f"bounce_{reading.kind}"


def _complaint(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    """Who marks our mail as unwanted gets no more of that network (RFC 5965)."""
    about = bounces.subject_of(message, token)
    person = db.session.get(Person, about.person_id) if about and about.person_id else None
    if person is None:
        return R, Doubt.COMPLAINT_UNKNOWN
    row.about_id, row.person_id, row.network_id = about.id, person.id, about.network_id
    _stop(person, about.network_id)
    return H, "complaint"


def _receipt(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    return H, "receipt"


def _auto_reply(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    return (R, Doubt.HAS_LEFT) if sorting.says_gone(message) else (H, "away")


def _unsubscribe(row: IncomingMail, message: Mail, token: Token) -> tuple[Outcome, str]:
    if token.purpose == Purpose.DIGEST_STOP:
        person = db.session.get(Person, token.number)
        if person is None or person.preferences_version != token.version:
            return R, Doubt.UNKNOWN_TOKEN
        person.digest, row.person_id = DigestFrequency.NEVER, person.id
        return H, "digest_stopped"
    membership = memberships.by_unsubscribe_token(token.text)
    if membership is None:
        return R, Doubt.UNKNOWN_TOKEN
    memberships.unsubscribe(membership)
    row.person_id, row.network_id = membership.person_id, membership.network_id
    return H, "unsubscribed"


def _probe(row: IncomingMail, message: Mail, token: Token) -> tuple[Outcome, str]:
    test_came_back.send(token.number, mail=message)
    return H, "probe"


def _human(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    _place(row, token)
    if _is_copy(row):
        return H, "copy"
    network = db.session.get(Network, row.network_id) if row.network_id else None
    if network is None:
        return R, Doubt.WHICH_NETWORK
    if not forwarding.can_reach(network, message):
        return R, Doubt.CIRCLE
    forwarding.forward(row, message, network)
    return H, "forwarded"


def _unreadable(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    return R, Doubt.UNREADABLE


_SHAPES: dict[Shape, Callable[[IncomingMail, Mail, Token | None], tuple[Outcome, str]]] = {
    Shape.CALENDAR: replies.handle,
    Shape.BOUNCE: _bounce,
    Shape.COMPLAINT: _complaint,
    Shape.RECEIPT: _receipt,
    Shape.AUTO_REPLY: _auto_reply,
    Shape.UNSUBSCRIBE: _unsubscribe,
    Shape.PROBE: _probe,
    Shape.HUMAN: _human,
    Shape.UNREADABLE: _unreadable,
}


def _place(row: IncomingMail, token: Token | None) -> None:
    """Find out whom and which network a mail is about: by our address on it, the mail it answers, or its sender."""
    message = mails.parse(row.content or b"")
    invitation = row.invitation_id and db.session.get(Invitation, row.invitation_id)
    if invitation is None and token and token.purpose == Purpose.REPLY:
        invitation = db.session.get(Invitation, token.number)
    if invitation is not None:
        row.person_id, row.network_id = invitation.person_id, invitation.event.network_id
        return
    about = db.session.get(Message, token.number) if token and token.purpose == Purpose.BOUNCE else None
    about = about or bounces.about(mails.message_ids(message, "In-Reply-To", "References"))
    if about is not None:
        row.about_id, row.person_id, row.network_id = about.id, about.person_id, about.network_id
        return
    person = people.by_address(row.sender)
    if person is not None:
        row.person_id = person.id
        networks = {each.network_id for each in person.memberships}
        row.network_id = next(iter(networks)) if len(networks) == 1 else None


def _is_copy(row: IncomingMail) -> bool:
    """Whether the same mail came before: to a second of our addresses, or again after the mailbox was renumbered."""
    if not row.message_id:
        return False
    earlier = sa.select(IncomingMail.id).where(
        IncomingMail.message_id == row.message_id,
        IncomingMail.sender == row.sender,
        IncomingMail.id < row.id,
        IncomingMail.outcome != Outcome.NEW,
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _stop(person: Person, network_id: int | None) -> None:
    """No more mail of this network; of the site when the mail was of none."""
    membership = next((each for each in person.memberships if each.network_id == network_id), None)
    if membership is not None:
        memberships.unsubscribe(membership)
    elif network_id is not None:
        memberships.unsubscribe(memberships.join(person.id, network_id, Standing.GUEST))
    else:
        person.digest = DigestFrequency.NEVER
