"""What each kind of incoming mail makes happen. Handling a mail twice, or a copy of it, changes nothing more."""

from collections.abc import Callable

import sqlalchemy as sa

from app.database import db
from app.inbox import arrived, bounces, calendar_replies, mail_forwarding, mail_parsing, mail_shapes
from app.inbox.mail_reading import ReadMail
from app.inbox.models import BounceKind, Doubt, IncomingMail, Outcome, Shape
from app.invitations.models import Invitation
from app.network import memberships, unsubscribing
from app.network.models import Network, Standing
from app.network.people import mailboxes
from app.network.people.models import DigestFrequency, Person
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.questions.models import QuestionDelivery
from app.tokens import Purpose

H, R = Outcome.HANDLED, Outcome.REVIEW


def handle_mail(row: IncomingMail, mail: ReadMail) -> None:
    """Do what follows from a stored mail that was read; what cannot be settled waits for an organiser."""
    outcome, reason = _SHAPES[mail.shape](row, mail)
    row.shape, row.outcome, row.reason = mail.shape, outcome, reason
    if row.outcome == Outcome.REVIEW or row.shape == Shape.CALENDAR:
        _place_mail(row, mail)


def _handle_bounce(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    about, reading, sure = bounces.message_reported_on(mail), mail.report, True
    if about is None and (about := bounces.message_mailed_lately(mail)):
        sure = bounces.is_of_their_server(mail, about)
    if about is not None:
        row.about_id, row.person_id, row.network_id = about.id, about.person_id, about.network_id
    if mail.unreadable:
        return R, Doubt.REPORT_UNREADABLE
    if about is None:
        return H, "unknown_message"
    if reading is None:
        return H, "nothing_failed"
    if not about.recipient:
        row.content, row.subject = None, ""
        return H, "erased"
    if not sure:
        return (H, "unproven") if reading.kind == BounceKind.DELAYED else (R, Doubt.REPORT_UNPROVEN)
    arrived.bounce_came_back.send(about.id)
    bounces.note_report(about, reading, row)
    return H, f"bounce_{reading.kind}"


def _handle_complaint(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    """Somebody who marks our mail as unwanted gets no more of that network (RFC 5965)."""
    about = bounces.message_reported_on(mail)
    person = db.session.get(Person, about.person_id) if about and about.person_id else None
    if about is None or person is None:
        return R, Doubt.COMPLAINT_UNKNOWN
    row.about_id, row.person_id, row.network_id = about.id, person.id, about.network_id
    _stop_mail(person, about.network_id)
    return H, "complaint"


def _handle_receipt(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    return H, "receipt"


def _auto_reply(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    return (R, Doubt.HAS_LEFT) if mail_shapes.says_sender_left(mail.message) else (H, "away")


def _handle_unsubscribe(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    token = mail.token
    if token is None:
        return R, Doubt.UNKNOWN_TOKEN
    if token.purpose == Purpose.DIGEST_STOP:
        person = db.session.get(Person, token.row_id)
        if person is None or person.preferences_version != token.version:
            return R, Doubt.UNKNOWN_TOKEN
        unsubscribing.stop_digest(person)
        row.person_id = person.id
        return H, "digest_stopped"
    if token.purpose == Purpose.NEXT_EDITION:
        return _stop_interest(row, token.text)
    membership = memberships.membership_of_link(token.text)
    if membership is None:
        return R, Doubt.UNKNOWN_TOKEN
    unsubscribing.stop_mail(membership)
    row.person_id, row.network_id = membership.person_id, membership.network_id
    return H, "unsubscribed"


def _stop_interest(row: IncomingMail, token: str) -> tuple[Outcome, str]:
    from app.courses import interests  # a command that reads no mail need not load it

    interest = interests.interest_of_link(token)
    if interest is None:
        return R, Doubt.UNKNOWN_TOKEN
    row.person_id, row.network_id = interest.person_id, interest.course.network_id
    interests.stop(interest)
    return H, "interest_stopped"


def _handle_probe(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    if mail.token is None:
        return R, Doubt.UNKNOWN_TOKEN
    arrived.test_came_back.send(mail.token.row_id, mail=mail)
    return H, "probe"


def _handle_human(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    from app.inbox import question_replies  # a command that reads no mail need not load it

    _place_mail(row, mail)
    if _is_copy(row):
        return H, "copy"
    if row.about and row.about.kind == MessageKind.MEMBER_MESSAGE:
        return _keep_private(row)
    if delivery := question_replies.find_delivery(mail):
        return question_replies.take_answer(row, mail, delivery)
    question_replies.tell_where_to_answer(row, mail)
    network = db.session.get(Network, row.network_id) if row.network_id else None
    if network is None:
        return R, Doubt.WHICH_NETWORK
    if not mail_forwarding.can_forward(network, mail.message):
        return R, Doubt.CIRCLE
    mail_forwarding.forward_mail(row, mail.message, network)
    return H, "forwarded"


def _keep_private(row: IncomingMail) -> tuple[Outcome, str]:
    """Who answers the mail with a message of another member answers that member, who is answered on the page: nobody else
    reads it, nor what it quotes."""
    row.content, row.subject = None, ""
    return H, "member_message"


def _handle_unreadable(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    return R, Doubt.UNREADABLE


_SHAPES: dict[Shape, Callable[[IncomingMail, ReadMail], tuple[Outcome, str]]] = {
    Shape.CALENDAR: calendar_replies.handle_reply,
    Shape.BOUNCE: _handle_bounce,
    Shape.COMPLAINT: _handle_complaint,
    Shape.RECEIPT: _handle_receipt,
    Shape.AUTO_REPLY: _auto_reply,
    Shape.UNSUBSCRIBE: _handle_unsubscribe,
    Shape.PROBE: _handle_probe,
    Shape.HUMAN: _handle_human,
    Shape.UNREADABLE: _handle_unreadable,
}


def _place_mail(row: IncomingMail, mail: ReadMail) -> None:
    """Find out whom and which network a mail is about: by our address on it, the mail it answers, or its sender."""
    if row.about_id is not None:
        return
    token = mail.token
    invitation = row.invitation
    if invitation is None and token and token.purpose == Purpose.REPLY:
        invitation = db.session.get(Invitation, token.row_id)
    if invitation is not None:
        row.person_id, row.network_id = invitation.person_id, invitation.event.network_id
        return
    if token and token.purpose == Purpose.QUESTION_REPLY:
        delivery = db.session.get(QuestionDelivery, token.row_id)
        row.network_id = delivery.question.network_id if delivery else None
        return
    about = db.session.get(Message, token.row_id) if token and token.purpose == Purpose.BOUNCE else None
    about = about or bounces.message_by_ids(mail_parsing.message_ids_in(mail.message, "In-Reply-To", "References"))
    if about is not None:
        row.about_id, row.person_id, row.network_id = about.id, about.person_id, about.network_id
        return
    behind = mailboxes.who_is_behind(row.sender).everybody
    if behind:
        row.person_id = behind[0].id if len(behind) == 1 else None
        networks = {each.network_id for person in behind for each in person.memberships}
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


def _stop_mail(person: Person, network_id: int | None) -> None:
    """Stop all mail of this network, or of the whole site when the mail was of no network."""
    membership = next((each for each in person.memberships if each.network_id == network_id), None)
    if membership is not None:
        memberships.unsubscribe_member(membership)
    elif network_id is not None:
        memberships.unsubscribe_member(memberships.join_network(person.id, network_id, Standing.GUEST))
    else:
        person.digest = DigestFrequency.NEVER
