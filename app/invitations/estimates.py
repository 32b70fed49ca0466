"""Before a wave leaves: who gets it when and by which way, and why others do not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db
from app.invitations import guard, recipients
from app.invitations.guard import Way
from app.invitations.models import Invitation, Wave, WaveKind
from app.network import audiences
from app.network.audiences import LeftOut
from app.network.models import DigestFrequency, EmailAddress, Membership, Person, Position
from app.network.rhythm import next_moment
from app.network.seeing import CLOCKWORK
from app.outbox import queue
from app.words import Worded

PER_PAGE = 50


class Spared(Worded):
    """Why somebody who belongs to a wave's audience or event gets no mail of it."""

    ANSWERED = "answered", _l("Antwoordde al")
    MAILED = "mailed", _l("Kreeg deze mail al, of de uitnodiging nog niet")
    NO_PLACE = "no_place", _l("Komt niet")


@dataclass(frozen=True)
class Listed:
    """Somebody with the way in which the wave reaches them, or why it does not; `at` when it leaves."""

    person: Person
    way: Way | LeftOut | Spared
    at: datetime | None


def leaves_at(wave: Wave) -> datetime:
    """When the first mails leave: at the wave's moment, or after the quiet hours."""
    return queue.due_moment(max(wave.due_at, clock.now()), wave.event.network.quiet_hours)


def last_leaves_at(wave: Wave) -> datetime:
    """About when the last mail leaves, as the pace per recipient domain allows."""
    first = leaves_at(wave)
    if not wave.event.network.paced:
        return first
    chosen = recipients.select(wave).subquery()
    address_id = list(chosen.c)[1]
    wanted = (
        sa.select(sa.func.count().label("mails")).select_from(EmailAddress).join(chosen, address_id == EmailAddress.id)
    )
    per_domain = wanted.group_by(EmailAddress.domain).subquery()
    most = db.session.scalar(sa.select(sa.func.max(per_domain.c.mails))) or 0
    return first + timedelta(minutes=most // current_app.config["MAIL_PACE"])


def counts(wave: Wave) -> dict[Way | LeftOut | Spared, int]:
    """How many people the wave reaches in which way and leaves out for which reason."""
    each = _everybody(wave).subquery()
    rows = db.session.execute(sa.select(each.c.way, sa.func.count()).group_by(each.c.way))
    found = {_named(way): number for way, number in rows}
    return {way: found[way] for way in (*Way, *LeftOut, *Spared) if way in found}


def page(wave: Wave, way: str = ""):
    """A page of Listed by family name, all or of one way or reason."""
    each = _everybody(wave).subquery()
    wanted = (
        sa.select(Person)
        .join(each, each.c.person_id == Person.id)
        .order_by(Person.sort_name, Person.id)
        .options(selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role)))
    )
    found = db.paginate(wanted.where(each.c.way == way) if way else wanted, per_page=PER_PAGE, error_out=False)
    numbers = [person.id for person in found.items]
    ways = dict(db.session.execute(sa.select(each.c.person_id, each.c.way).where(each.c.person_id.in_(numbers))).all())
    found.items = [
        Listed(person, _named(ways[person.id]), _moment(wave, person, ways[person.id])) for person in found.items
    ]
    return found


def _everybody(wave: Wave) -> sa.Select[Any]:
    """person_id and way of everybody whom the wave could concern; each once."""
    at = leaves_at(wave)
    routed = guard.ways(recipients.select(wave), wave.event, at, guarded=wave.kind.mail.counts).subquery()
    reached = sa.select(routed.c.person_id, routed.c.way)
    others = _of_audience(wave) if wave.kind in recipients.TO_AUDIENCE else _of_event(wave)
    others = others.subquery()
    spared = sa.select(others.c.person_id, others.c.way).where(others.c.person_id.not_in(sa.select(routed.c.person_id)))
    return reached.union_all(spared)


def _of_audience(wave: Wave) -> sa.Select[Any]:
    reason = sa.case((recipients.answered(wave).exists(), Spared.ANSWERED.value), else_=Spared.MAILED.value)
    fitting = audiences.everybody(wave.audience.rule, wave.audience.network_id, CLOCKWORK).subquery()
    way = sa.func.coalesce(fitting.c.reason, reason)
    return sa.select(Person.id.label("person_id"), way.label("way")).join(fitting, fitting.c.id == Person.id)


def _of_event(wave: Wave) -> sa.Select[Any]:
    """Whoever was invited, with why this wave is not for them."""
    about_silence = wave.kind in {WaveKind.REMINDER, WaveKind.LAST_PLACES}
    unsubscribed = sa.select(Membership.id).where(
        Membership.person_id == Invitation.person_id,
        Membership.network_id == wave.event.network_id,
        Membership.unsubscribed_at.is_not(None),
    )
    reason = sa.case(
        (Invitation.address_id.is_(None), LeftOut.NO_ADDRESS.value),
        (Invitation.answer.is_not(None) if about_silence else sa.false(), Spared.ANSWERED.value),
        (EmailAddress.bounced_at.is_not(None), LeftOut.BOUNCED.value),
        (unsubscribed.exists() if about_silence else sa.false(), LeftOut.UNSUBSCRIBED.value),
        else_=(Spared.MAILED if about_silence else Spared.NO_PLACE).value,
    )
    return (
        sa.select(Invitation.person_id.label("person_id"), reason.label("way"))
        .outerjoin(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == wave.event_id)
    )


def _named(way: str) -> Way | LeftOut | Spared:
    return next(kind(way) for kind in (Way, LeftOut, Spared) if way in list(kind))


def _moment(wave: Wave, person: Person, way: str) -> datetime | None:
    match way:
        case Way.AT_ONCE:
            return leaves_at(wave)
        case Way.LATER:
            return leaves_at(wave) + guard.WEEK
        case Way.DIGEST:
            return next_moment(DigestFrequency(person.digest), leaves_at(wave))
    return None
