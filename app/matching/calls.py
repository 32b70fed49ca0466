"""Asking everybody of a round whether they take part: planned by the clockwork, within how much mail somebody gets a week.

Who had all mail of this week, or wants all of the network in the digest, reads it there when that comes in time.
"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app import clock, wording
from app.database import Condition, Rows, db, insert_new, only_reading, take_row
from app.digests.digest_requests import Line, Request
from app.invitations.waves import mail_guard
from app.invitations.waves.mail_guard import Closing, MailingWay
from app.matching import enrolments
from app.matching.models import MatchEnrolment, MatchRound
from app.network import correspondence, memberships
from app.network.audiences import audiences
from app.network.correspondence import Envelope
from app.network.models import Membership
from app.network.people.models import EmailAddress, Person
from app.network.seeing import CLOCKWORK
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import IN_HAND, Message, MessageState, Reason
from app.setbacks import one_by_one

CALL = MessageKind.MATCH_CALL
STEP = 250
"""People who are asked in one transaction."""


def select_people(row: MatchRound) -> Rows:
    """Person.id and EmailAddress.id of everybody who would be asked."""
    if row.everybody:
        return audiences.select_people_to_mail([], row.network_id, CLOCKWORK)
    if row.audience is None:
        return sa.select(Person.id, EmailAddress.id).join(EmailAddress).where(sa.false())
    return audiences.select_people_of_audience(row.audience).where(Membership.id.is_not(None))


def count_people(row: MatchRound) -> int:
    """How many people would be asked, as far as they can be mailed."""
    people = select_people(row).subquery()
    return db.session.scalars(sa.select(sa.func.count()).select_from(people)).one()


def call_people() -> int:
    """Ask everybody of the rounds that were opened; returns how many mails are planned."""
    waiting = sa.select(MatchRound.id).where(*_waits()).order_by(MatchRound.id)
    return one_by_one.do_each("call_people", db.session.scalars(waiting).all(), _call)


def _waits() -> tuple[Condition, ...]:
    return (
        MatchRound.opened_at.is_not(None),
        MatchRound.called_at.is_(None),
        MatchRound.ended_at.is_(None),
        MatchRound.closes_at > clock.now(),
    )


def _call(round_id: int) -> int | None:
    row = take_row(MatchRound, round_id, *_waits())
    if row is None:
        return None
    with only_reading():
        people = _read_ways(row)
    planned = 0
    for way, person_ids in people.items():
        for start in range(0, len(person_ids), STEP):
            if take_row(MatchRound, round_id, *_waits()) is None:
                return planned
            planned += _plan_step(row, way, person_ids[start : start + STEP])
            db.session.commit()
    if take_row(MatchRound, round_id, *_waits()) is not None:
        row.called_at = clock.now()
    return planned


def _read_ways(row: MatchRound) -> dict[MailingWay, list[int]]:
    leaves_at = message_queue.mailing_leaves_at(clock.now(), row.network.quiet_hours)
    rows = mail_guard.select_with_ways(select_people(row), Closing(row.network_id, row.closes_at), leaves_at)
    found: defaultdict[MailingWay, list[int]] = defaultdict(list)
    for person_id, _, way in db.session.execute(rows):
        found[MailingWay(way)].append(person_id)
    return found


def _plan_step(row: MatchRound, way: MailingWay, person_ids: list[int]) -> int:
    """Enrol these people as asked, and plan their mails; returns how many leave by themselves."""
    now, network = clock.now(), row.network
    still = [person_id for person_id, _ in db.session.execute(select_people(row).where(Person.id.in_(person_ids)))]
    asked = [{"round_id": row.id, "person_id": each, "created_at": now, **_BLANK} for each in still]
    if not asked:
        return 0
    db.session.execute(insert_new(MatchEnrolment.__table__, "round_id", "person_id").values(asked))
    leaves_at = message_queue.mailing_leaves_at(now, network.quiet_hours)
    columns: dict[MailingWay, dict[str, Any]] = {
        MailingWay.AT_ONCE: {"due_at": leaves_at},
        MailingWay.DIGEST: {"due_at": now, "state": MessageState.HELD.value},
        MailingWay.LATER: {"due_at": leaves_at + mail_guard.WEEK},
        MailingWay.NOT: {
            "due_at": now, "state": MessageState.SUPPRESSED.value, "response": Reason.ENOUGH_MAIL.value,
        },
    }  # fmt: skip
    rows = correspondence.message_rows_for_people(f"match:{row.id}:").where(Person.id.in_(still))
    about = {"details": {"round": row.id}, "network_id": network.id, "paced": network.paced}
    planned = message_queue.plan_messages(rows, CALL, **about, **columns[way])
    return planned if way in {MailingWay.AT_ONCE, MailingWay.LATER} else 0


_BLANK = {"offers": "", "seeks": "", "dayparts": 0, "facilitates": False}


def drop_stale_calls() -> int:
    """Drop calls that were held for a digest, of rounds that are over or of people who answered. Returns how many."""
    held = list(db.session.scalars(sa.select(Message).where(IN_HAND, Message.kind == CALL)))
    asked = _read(held)
    stale = [each.id for each in held if each.id not in asked]
    gone = (Message.id.in_(stale), Message.state == MessageState.HELD)
    return message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.TOO_LATE_FOR_DIGEST, *gone) if stale else 0


def write_calls(messages: list[Message]) -> list[Written]:
    """Write a batch, except to who answered, stopped the mail of the network, or whose round is over."""
    asked = _read(messages)
    return [
        Draft(_write(asked[each.id]), _rests_on(asked[each.id]))
        if each.id in asked
        else Suppressed(Reason.NO_RECIPIENT)
        for each in messages
    ]


def look_again(messages: list[Message]) -> dict[int, Reason]:
    """Just before they leave: those that nobody has to answer any more."""
    asked = _read(messages)
    return {each.id: Reason.NO_RECIPIENT for each in messages if each.id not in asked}


def tell_in_digest(messages: list[Message]) -> list[Request]:
    """What the held ones of these messages ask in a digest."""
    asked = _read(messages)
    return [_request(each, asked[each.id]) for each in messages if each.id in asked]


def _request(message: Message, enrolment: MatchEnrolment) -> Request:
    row = enrolment.round

    def say() -> list[Line]:
        words = gettext("%(title)s: doe je mee?", title=row.title)
        return [(words, wording.format_day(row.closes_at), enrolments.link_of_enrolment(enrolment))]

    return Request(message, say, _rests_on(enrolment))


def _read(messages: list[Message]) -> dict[int, MatchEnrolment]:
    """Whom each of these messages still asks, by its id."""
    person_ids = {each.person_id for each in messages if each.person_id}
    wanted = sa.select(MatchEnrolment).where(MatchEnrolment.person_id.in_(person_ids))
    wanted = wanted.where(MatchEnrolment.round_id.in_({each.details["round"] for each in messages if each.details}))
    person = joinedload(MatchEnrolment.person)
    loading = (
        joinedload(MatchEnrolment.round).joinedload(MatchRound.network),
        person.selectinload(Person.addresses),
        person.selectinload(Person.memberships),
    )
    found = {
        (each.round_id, each.person_id): each
        for each in db.session.scalars(wanted.options(*loading), execution_options={"populate_existing": True})
    }
    asked = {}
    for message in messages:
        enrolment = found.get((message.details.get("round", 0), message.person_id or 0))
        if enrolment is not None and _asks(enrolment):
            asked[message.id] = enrolment
    return asked


def _asks(enrolment: MatchEnrolment) -> bool:
    row, person = enrolment.round, enrolment.person
    address = correspondence.preferred_address(person)
    membership = next((each for each in person.memberships if each.network_id == row.network_id), None)
    return (
        row.open
        and row.network.archived_at is None
        and enrolment.answer is None
        and person.erased_at is None
        and address is not None
        and address.bounced_at is None
        and membership is not None
        and membership.gets_mail
    )


def _rests_on(enrolment: MatchEnrolment) -> list[Any]:
    person = enrolment.person
    return [enrolment, enrolment.round, person, *person.addresses, *person.memberships]


def _write(enrolment: MatchEnrolment) -> Mail:
    row, person = enrolment.round, enrolment.person
    network, stop = row.network, memberships.link_to_unsubscribe(person, row.network_id)
    envelope = Envelope(
        because=CALL.because,
        address=correspondence.address_of(person),
        network=network,
        reply_to=network.contact_address,
        unsubscribe_url=stop,
        unsubscribe_address=memberships.unsubscribe_address(stop),
        preferences_url=correspondence.link_to_preferences(person),
        feedback=f"match:{network.id}:call",
    )

    def fields() -> dict[str, object]:
        return {
            "voornaam": person.call_name,
            "titel": row.title,
            "soort": str(row.kind.words),
            "netwerk": network.name,
            "uitleg": row.explanation,
            "dag": wording.format_day(row.closes_at),
            "knop": LetterBlock.render(
                "button", link=enrolments.link_of_enrolment(enrolment), label=gettext("Zeg of je meedoet")
            ),
        }

    return correspondence.write_mail(person, CALL.letter, fields, envelope)
