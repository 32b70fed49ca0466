"""Never too much mail: how much somebody had this week decides how the next mailing reaches them.

Over the limit of the site (MAILS_PER_WEEK), or of the person when that is stricter, a
mailing is held for their next digest; so is every mailing to somebody who chose to get all of a
network in the digest. What is about an own registration is no mailing and always goes.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from app.database import Rows, db
from app.events.models import Event
from app.network.digest_rhythm import next_digest_moment
from app.network.models import Delivery, Membership
from app.network.people.models import DigestFrequency, Person
from app.outbox import message_states
from app.outbox.models import COUNTS, Message, MessageState
from app.words import Worded

WEEK = timedelta(days=7)
_NOT_HAD = [*message_states.NEVER_LEFT, MessageState.BOUNCED, MessageState.HELD, MessageState.BUNDLED]


class MailingWay(Worded):
    """How a mailing reaches somebody."""

    AT_ONCE = "at_once", _l("Krijgt de mail")
    DIGEST = "digest", _l("In het nieuwsoverzicht")
    LATER = "later", _l("Een week later")
    NOT = "not", _l("Kreeg deze week al genoeg mail")
    DIGEST_ALONE = "digest_alone", _l("Wil alleen het nieuwsoverzicht")


@dataclass(frozen=True)
class Closing:
    """What people of a network are asked until a moment, and is no event."""

    network_id: int
    closes_at: datetime


def select_with_ways(
    chosen: Rows, event: Event | Closing, at: datetime, *, guarded: bool = True, bundled: bool = True
) -> Rows:
    """Add to a selection of Person.id and EmailAddress.id the way that a mailing at that moment takes.

    Columns person_id, address_id, way; at once for all when it is not `guarded`. Who is over the limit and gets no digest before the
    event closes gets the mail a week later, or not at all when that is too late. A mailing that no digest can tell is not
    `bundled`: it comes a week later, and never to who wants the digest alone.
    """
    people = chosen.subquery()
    person_id, address_id = list(people.c)
    if not guarded:
        return sa.select(
            person_id.label("person_id"),
            address_id.label("address_id"),
            sa.literal(MailingWay.AT_ONCE.value).label("way"),
        )
    had = _count_had(at).subquery()
    over = sa.func.coalesce(had.c.mails, 0) >= _weekly_limit()
    in_time = Person.digest.in_(_in_time(event, at))
    way = sa.case(
        (
            sa.func.coalesce(Membership.delivery == Delivery.DIGEST, sa.false())
            & (Person.digest != DigestFrequency.NEVER),
            (MailingWay.DIGEST if bundled else MailingWay.DIGEST_ALONE).value,
        ),
        (~over, MailingWay.AT_ONCE.value),
        (in_time if bundled else sa.false(), MailingWay.DIGEST.value),
        else_=(MailingWay.NOT if bundled and at + WEEK >= event.closes_at else MailingWay.LATER).value,
    )
    return (
        sa.select(person_id.label("person_id"), address_id.label("address_id"), way.label("way"))
        .join(Person, Person.id == person_id)
        .outerjoin(Membership, (Membership.person_id == person_id) & (Membership.network_id == event.network_id))
        .outerjoin(had, had.c.person_id == person_id)
    )


def count_ways(chosen: Rows, event: Event, at: datetime, *, bundled: bool = True) -> dict[MailingWay, int]:
    """How many of a selection are reached in which way."""
    each = select_with_ways(chosen, event, at, bundled=bundled).subquery()
    rows = db.session.execute(sa.select(each.c.way, sa.func.count()).group_by(each.c.way))
    found = Counter({MailingWay(way): number for way, number in rows})
    return {way: found[way] for way in MailingWay if found[way]}


def select_people_at_limit(chosen: Rows, at: datetime) -> sa.Select[int]:
    """Ids of those of a selection who had all the mail of this week: the next mailing waits for their digest."""
    people, had = chosen.subquery(), _count_had(at).subquery()
    person_id = next(iter(people.c))
    return (
        sa.select(Person.id)
        .join(people, person_id == Person.id)
        .join(had, had.c.person_id == Person.id)
        .where(had.c.mails >= _weekly_limit())
    )


def count_mails_of_week(person: Person, at: datetime) -> int:
    """How many mailings somebody had, or has coming, in the week up to a moment."""
    had = _count_had(at).where(Message.person_id == person.id).subquery()
    mails: int = db.session.scalars(sa.select(sa.func.coalesce(sa.func.max(had.c.mails), 0))).one()
    return mails


def weekly_limit_of(person: Person) -> int:
    """How many mailings a week somebody gets at most."""
    limit: int = current_app.config["MAILS_PER_WEEK"]
    return limit if person.mails_a_week is None else min(limit, person.mails_a_week)


def _weekly_limit() -> sa.ColumnElement[int]:
    """The limit of the site, or of the person when that is stricter, as an expression on Person."""
    limit: int = current_app.config["MAILS_PER_WEEK"]
    return sa.case((Person.mails_a_week < limit, Person.mails_a_week), else_=limit)


def _count_had(at: datetime) -> sa.Select[int | None, int]:
    """Per person the mailings of the week before, and of what is planned after."""
    return (
        sa.select(Message.person_id, sa.func.count().label("mails"))
        .where(COUNTS, Message.due_at > at - WEEK, Message.state.not_in(_NOT_HAD))
        .group_by(Message.person_id)
    )


def _in_time(event: Event | Closing, at: datetime) -> list[DigestFrequency]:
    """Frequencies whose next digest goes out while one can still answer."""
    moments = {frequency: next_digest_moment(frequency, at) for frequency in DigestFrequency}
    return [frequency for frequency, moment in moments.items() if moment and moment < event.closes_at]
