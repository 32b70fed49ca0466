"""Editions of the digest: planned on their day (network/digest_rhythm.py) in steps, once.

A step plans PER_STEP people in one transaction and notes how far it got, so that
planning takes little memory, shows its progress and goes on after a restart.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db, insert_new, take_row
from app.digests.models import Edition
from app.network import correspondence
from app.network.digest_rhythm import digest_moment, last_digest_day
from app.network.models import Delivery, Membership
from app.network.people.models import DigestFrequency, EmailAddress, Person
from app.outbox import message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.models import DIGESTS, IN_HAND, Message, MessageState
from app.setbacks import one_by_one

KIND = MessageKind.DIGEST
PER_STEP = 1000
_LATEST = timedelta(days=3)
"""A digest that could not go out by then waits for the next one."""


@dataclass(frozen=True)
class EditionProgress:
    """How far an edition is: mails by state, and whether everybody has been planned."""

    edition: Edition
    counts: dict[MessageState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def handled(self) -> int:
        """Sent, or left out because there was nothing new."""
        return sum(count for state, count in self.counts.items() if state not in message_states.OPEN)

    @property
    def sent(self) -> int:
        return self.counts.get(MessageState.SENT, 0) + self.counts.get(MessageState.BOUNCED, 0)


def plan_due_digests(now: datetime | None = None) -> int:
    """Begin the editions whose moment has come and plan everybody who wants them; returns how many mails."""
    now = now or clock.now()
    for frequency in (DigestFrequency.WEEKLY, DigestFrequency.MONTHLY):
        day = last_digest_day(frequency, clock.to_local(now).date())
        if digest_moment(day) <= now <= digest_moment(day) + _LATEST and _is_new(frequency, day):
            begin_edition(frequency, day)
    unfinished = sa.select(Edition.id).where(Edition.done_at.is_(None)).order_by(Edition.id)
    return one_by_one.do_each("plan_due_digests", db.session.scalars(unfinished).all(), _plan_edition)


def _plan_edition(edition_id: int) -> int:
    planned = 0
    while step := _plan_step(edition_id):
        planned += step[0]
    return planned


def _is_new(frequency: DigestFrequency, day: date) -> bool:
    return db.session.scalar(sa.select(Edition.id).filter_by(frequency=frequency, day=day)) is None


def begin_edition(frequency: DigestFrequency, day: date) -> None:
    """Note that an edition goes out; once, however many workers see that it is time."""
    row = {"frequency": frequency, "day": day, "last_person_id": 0}
    db.session.execute(insert_new(Edition.__table__, "frequency", "day").values(row))
    db.session.commit()


def latest_editions(most: int = 6) -> list[EditionProgress]:
    """The last editions with how far they are."""
    editions = db.session.scalars(sa.select(Edition).order_by(Edition.day.desc(), Edition.id.desc()).limit(most)).all()
    return [EditionProgress(edition, _counts_by_state(edition)) for edition in editions]


def _counts_by_state(edition: Edition) -> dict[MessageState, int]:
    wanted = (
        sa.select(Message.state, sa.func.count())
        .where(
            DIGESTS,
            Message.due_at == digest_moment(edition.day),
            Message.details["edition"].as_integer() == edition.id,
        )
        .group_by(Message.state)
    )
    return dict(db.session.execute(wanted).all())


def _plan_step(edition_id: int) -> tuple[int] | None:
    """Plan the next people of an edition; None when it is finished, or another worker has it."""
    edition = take_row(Edition, edition_id, Edition.done_at.is_(None))
    if edition is None:
        db.session.rollback()
        return None
    people = list(db.session.scalars(_readers(edition)))
    planned = _plan_for_people(edition, people) if people else 0
    if people:
        edition.last_person_id = people[-1]
    else:
        edition.done_at = clock.now()
    db.session.commit()
    return (planned,)


def _readers(edition: Edition) -> sa.Select[Any]:
    """The next people who get this edition: they want to hear of a network, or an invitation was held for them."""
    wants = sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        Membership.delivery != Delivery.NO_NEWS,
        Membership.gets_mail,
    )
    held = sa.select(Message.id).where(Message.person_id == Person.id, IN_HAND)
    return (
        sa.select(Person.id)
        .join(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.preferred)
        .where(EmailAddress.bounced_at.is_(None))
        .where(Person.id > edition.last_person_id, Person.digest == edition.frequency, Person.erased_at.is_(None))
        .where(sa.or_(wants.exists(), held.exists()))
        .order_by(Person.id)
        .limit(PER_STEP)
    )


def _plan_for_people(edition: Edition, people: list[int]) -> int:
    wanted = correspondence.message_rows_for_people(f"{KIND}:{edition.id}:").where(Person.id.in_(people))
    return message_queue.plan_messages(
        wanted, kind=KIND, details={"edition": edition.id}, due_at=digest_moment(edition.day), paced=True
    )
