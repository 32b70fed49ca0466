"""What an invitation left in a calendar: taken out where its mail no longer goes, and put anew where it goes today.

One rule for everything that changes where somebody is reached: another address, a mailbox that others share, a merge and
its undoing, leaving a network and coming back. A CANCEL is promised to each mailbox that was mailed, and written from the
mails that left for it, so that it carries the UID, ATTENDEE and ORGANIZER that were sent (RFC 5546 section 3.2.5); where
none of them put the session in the calendar it stays out. A session that is over stays where it is.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale

from app import clock, wording
from app.database import Condition, db
from app.events.models import Event
from app.invitations import invitation_links, participation
from app.invitations.invitation_queries import load_invitations_for_letters
from app.invitations.letters import invitation_mail
from app.invitations.models import CalendarStatus, Invitation
from app.invitations.participation import SentEntry, Told
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.imports.models import Merge
from app.network.models import Membership
from app.network.people import mailboxes
from app.network.people.models import EmailAddress, Person
from app.outbox import mail_parts, message_queue, message_states, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import FinishedMail
from app.outbox.message_writing import Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import FinishedMessage, Message, MessageState, Reason
from app.registration import answers, registration_letters

CLEARED, ANEW = MessageKind.CALENDAR_CLEARED, MessageKind.CALENDAR_ANEW
_LEFT = Message.state.in_([MessageState.SENT, MessageState.SENDING])
_CLEARS = (Message.kind == CLEARED) & Message.state.not_in(message_states.NEVER_LEFT)
_COUNTS = sa.or_(_LEFT, _CLEARS)
_MAILBOX = sa.func.lower(Message.recipient)


@dataclass(frozen=True)
class _Told:
    """What a mail told the calendar of a mailbox."""

    asks: bool
    """METHOD:REQUEST, which puts the session in it."""
    entry: SentEntry


def settle_entries(person: Person, *conditions: Condition, closed: Collection[str] = ()) -> None:
    """Have somebody's sessions to come stand where their mail goes, and nowhere else; in none when they left the network.

    Mailboxes that are `closed` are mailed nothing, though it stands there.
    """
    for invitation in _invitations_to_come(person, *conditions):
        _settle(invitation, closed)


def leave(membership: Membership) -> None:
    """Who leaves a network gives up their places in what it has coming up, which goes from their calendar.

    What has begun goes on: they keep their place in it.
    """
    answers.drop_out_of_network(membership)
    ahead = Event.starts_at > clock.now()
    settle_entries(membership.person, Event.network_id == membership.network_id, ahead)


def come_back(membership: Membership, since: datetime) -> None:
    """Who comes back at once has their places and their calendar again."""
    answers.take_part_again(membership, since)
    settle_entries(membership.person, Event.network_id == membership.network_id)


def settle_after_undo(merge: Merge, entries: list[dict[str, Any]]) -> None:
    """Two people who are two again are each reached where they were."""
    own = [each.key for each in merge.gone.addresses]
    for invitation in _invitations_to_come(merge.gone):
        of_kept = sa.select(Invitation.id).filter_by(event_id=invitation.event_id, person_id=merge.kept_id)
        cleared = sa.update(Message).where(_CLEARS, Message.invitation_id.in_(of_kept), _MAILBOX.in_(own))
        theirs = cleared.where(Message.created_at >= merge.at)
        db.session.execute(theirs.values(invitation_id=invitation.id, person_id=merge.gone_id))
    for person in (merge.kept, merge.gone):
        settle_entries(person)


def write_last_clearings(person: Person) -> list[FinishedMail]:
    """The mails that take what is to come out of the calendars of somebody who is about to be erased.

    What was promised and has not left is erased with them.
    """
    wrong = [
        (invitation, entry)
        for invitation in _invitations_to_come(person)
        for mailbox in _reachable(_mailed(invitation))
        for entry in _standing_entries(invitation, mailbox, _LEFT)
    ]
    return [message_queue.finish_mail(_write_clearing(*each, gewist=True)) for each in wrong]


def write_clearings(messages: list[Message]) -> list[Written]:
    """Write a batch of CANCELs, less those for a mailbox where the session is not, or is to stand after all."""
    invitations = load_invitations_for_letters({message.invitation_id for message in messages})
    return [_clear(invitations[message.invitation_id], message) for message in messages]


def keep_cleared(told: list[tuple[Invitation, Told] | None]) -> None:
    """Keep what calendars are told; a mail for the calendar of today that was left out meanwhile is planned anew.

    It was when this one could not be written at first, for by what was known then the session still stood there.
    """
    participation.remember(told)
    for invitation, _ in filter(None, told):
        ours = sa.select(Message.id).where(Message.invitation_id == invitation.id, Message.kind == ANEW)
        waits = db.session.scalar(ours.where(Message.state.in_(message_states.OPEN)).limit(1))
        if waits is None and not _has_left(invitation) and correspondence.preferred_address(invitation.person):
            registration_letters.plan_registration_letter(ANEW, invitation)


def _clear(invitation: Invitation, message: Message) -> Written:
    left, place = _has_left(invitation), _place_of(invitation)
    standing = [] if invitation.event.over else _standing_entries(invitation, message.recipient.lower())
    wrong = [entry for entry in standing if left or entry.place != place]
    if not wrong:
        return Suppressed(Reason.NO_LONGER_HOLDS, [invitation, invitation.event])
    entry = wrong[-1]
    apart = not left and entry.mailbox == place[0]
    return participation.draft(invitation, _write_clearing(invitation, entry, verlaten=left, apart=apart))


def _settle(invitation: Invitation, closed: Collection[str]) -> None:
    """What is promised and not written is promised anew; what is written and has not left is written again."""
    preferred = correspondence.preferred_address(invitation.person)
    if invitation.address is not None and preferred is not None:
        invitation.address = preferred
    _take_promises_back(invitation)
    mailbox, left, mailed = _place_of(invitation)[0], _has_left(invitation), _mailed(invitation)
    standing = [each for each, kind in mailed.items() if kind != CLEARED]
    elsewhere = [each for each in standing if left or invitation.uid_apart or each != mailbox]
    reachable = [each for each in _reachable(elsewhere) if each not in closed]
    for each in reachable:
        _plan_clearing(invitation, each)
    nowhere = bool(mailed) and not standing
    if preferred is None or left or not (elsewhere or nowhere):
        return
    if not reachable and invitation.calendar_status is not None:
        invitation.calendar_status = CalendarStatus.CANCELLED
    registration_letters.plan_registration_letter(ANEW, invitation)


def _take_promises_back(invitation: Invitation) -> None:
    ours = Message.invitation_id == invitation.id, Message.kind.in_([CLEARED, ANEW])
    unwritten = sa.or_(Message.state == MessageState.PLANNED, Message.kind == ANEW)
    message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.OVERTAKEN, *ours, unwritten)
    others = [kind for kind in MessageKind if message_writing.has_writer(kind) and kind != CLEARED]
    message_queue.write_anew(Message.invitation_id == invitation.id, Message.kind.in_(others))


def _mailed(invitation: Invitation) -> dict[str, MessageKind]:
    """The mailboxes that an invitation was mailed to, each with the kind of the last mail."""
    wanted = sa.select(_MAILBOX, Message.kind).where(Message.invitation_id == invitation.id, _COUNTS, _MAILBOX != "")
    return {row[0]: row[1] for row in db.session.execute(wanted.order_by(Message.id))}


def _reachable(found: Iterable[str]) -> list[str]:
    """Mailboxes that exist, as far as we know."""
    return [each for each in found if not mailboxes.bounce_of(each)]


def _plan_clearing(invitation: Invitation, mailbox: str) -> None:
    address = EmailAddress(address=mailbox, domain=message_queue.domain_of_address(mailbox))
    message_queue.plan_message(CLEARED, address, details={}, **invitation_mail.message_references(invitation))


def _write_clearing(invitation: Invitation, entry: SentEntry, **why: bool) -> Mail:
    """The mail names the session, and opens nothing: its mailbox may be somebody else's by now."""
    event, person = invitation.event, invitation.person
    with force_locale(person.language):
        part = participation.write_clearing_part(invitation, entry)
    through = any(each.through for each in mailboxes.rows_of(entry.mailbox))
    envelope = Envelope(
        because=CLEARED.because,
        address=EmailAddress(address=entry.mailbox, through=through),
        network=event.network,
        reply_to=event.network.contact_address,
        calendar=part,
    )

    def fields() -> dict[str, object]:
        return {
            "voornaam": person.call_name,
            "titel": event.title,
            "dag": wording.format_short_day(event.starts_at, event.zone),
            "netwerk": event.network.name,
            **why,
        }

    return correspondence.write_mail(person, CLEARED.letter, fields, envelope)


def _invitations_to_come(person: Person, *conditions: Condition) -> list[Invitation]:
    wanted = sa.select(Invitation).join(Event, Event.id == Invitation.event_id)
    wanted = wanted.where(Invitation.person_id == person.id, Event.ends_at > clock.now(), *conditions)
    return list(db.session.scalars(wanted.order_by(Invitation.id)))


def _has_left(invitation: Invitation) -> bool:
    return memberships.has_left(invitation.person, invitation.event.network_id)


def _place_of(invitation: Invitation) -> tuple[str, str]:
    """Where it is to stand: the mailbox that its mail goes to, and the UID there."""
    preferred = correspondence.preferred_address(invitation.person)
    return preferred.address.lower() if preferred else "", invitation.uid.lower()


def _standing_entries(invitation: Invitation, mailbox: str, counts: Condition = _COUNTS) -> list[SentEntry]:
    """What stands in the calendar of a mailbox, by the last mail about each UID; its mails are read, so not while others wait."""
    wanted = sa.select(Message.recipient, Message.kind, FinishedMessage.content).outerjoin(Message.finished)
    written = sa.or_(FinishedMessage.content.is_not(None), _LEFT)
    theirs = wanted.where(Message.invitation_id == invitation.id, counts, written, _MAILBOX.in_([mailbox]))
    last: dict[tuple[str, str], _Told] = {}
    for recipient, kind, content in db.session.execute(theirs.order_by(Message.id)):
        found = [_presumed(invitation, recipient, kind)] if content is None else _read_mail(recipient, content)
        last.update((told.entry.place, told) for told in found)
    return [told.entry for told in last.values() if told.asks]


def _presumed(invitation: Invitation, recipient: str, kind: MessageKind) -> _Told:
    """What a mail told of which the text is kept no more (app/privacy/retention.py): what the last one about it did."""
    asks = kind != CLEARED and invitation.calendar_status not in {None, CalendarStatus.CANCELLED}
    organizer, sequence = invitation_links.invitation_reply_address(invitation), invitation.calendar_sequence or 0
    return _Told(asks, SentEntry(recipient.lower(), invitation.uid, recipient, organizer, sequence))


def _read_mail(recipient: str, content: bytes) -> Iterator[_Told]:
    import icalendar

    found = mail_parts.read_calendar_part(content)
    if found is None:
        return
    method, text = found
    for event in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        attendee, organizer = (str(event[name]).removeprefix("mailto:") for name in ("attendee", "organizer"))
        sequence = int(str(event["sequence"]))
        yield _Told(method == "REQUEST", SentEntry(recipient.lower(), str(event["uid"]), attendee, organizer, sequence))
