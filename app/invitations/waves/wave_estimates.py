"""Before a wave leaves: who gets it, when and how, and why others do not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app import clock, wording
from app.database import db
from app.invitations.models import Invitation
from app.invitations.waves import mail_guard, wave_recipients
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import Wave, WaveKind
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audiences import LeftOut
from app.network.digest_rhythm import next_digest_moment
from app.network.models import Membership
from app.network.people.models import DigestFrequency, EmailAddress, Person, Position
from app.network.seeing import CLOCKWORK
from app.outbox import message_queue
from app.words import Worded

PER_PAGE = 50


class Spared(Worded):
    """Why somebody who belongs to a wave's audience or event gets no mail of it."""

    ANSWERED = "answered", _l("Antwoordde al")
    MAILED = "mailed", _l("Kreeg deze mail al, of de uitnodiging nog niet")
    NO_PLACE = "no_place", _l("Komt niet")


@dataclass(frozen=True)
class ListedRecipient:
    """Somebody with how the wave reaches them, or why it does not; `at` is when it leaves."""

    person: Person
    way: MailingWay | LeftOut | Spared
    at: datetime | None


def first_mails_leave_at(wave: Wave) -> datetime:
    """When the first mails leave: at the wave's moment, or after the quiet hours."""
    return message_queue.mailing_leaves_at(max(wave.due_at, clock.now()), wave.event.network.quiet_hours)


def say_after_quiet_hours(wave: Wave) -> str:
    """When what would leave now does leave, where quiet hours hold it; nothing where they do not."""
    moment = first_mails_leave_at(wave)
    if moment <= max(wave.due_at, clock.now()):
        return ""
    return gettext(
        "De mails vertrekken %(moment)s: ’s avonds, in het weekend en op feestdagen mailt dit netwerk niet. Tot die tijd kun je ze op pauze zetten.",
        moment=wording.format_day_and_hour(moment, wave.event.zone),
    )


def last_mails_leave_at(wave: Wave) -> datetime:
    """About when the last mail leaves, as the pace per recipient domain allows."""
    first = first_mails_leave_at(wave)
    if not wave.event.network.paced:
        return first
    chosen = wave_recipients.select_recipients(wave).subquery()
    address_id = list(chosen.c)[1]
    wanted = (
        sa.select(sa.func.count().label("mails")).select_from(EmailAddress).join(chosen, address_id == EmailAddress.id)
    )
    per_domain = wanted.group_by(EmailAddress.domain).subquery()
    most = db.session.scalar(sa.select(sa.func.max(per_domain.c.mails))) or 0
    return first + timedelta(minutes=most // current_app.config["MAIL_PACE"])


def count_by_way(wave: Wave) -> dict[MailingWay | LeftOut | Spared, int]:
    """How many people the wave reaches in each way, and leaves out for each reason."""
    each = _select_everybody(wave).subquery()
    rows = db.session.execute(sa.select(each.c.way, sa.func.count()).group_by(each.c.way))
    found = {_named_way(way): number for way, number in rows}
    return {way: found[way] for way in (*MailingWay, *LeftOut, *Spared) if way in found}


def page_of_recipients(wave: Wave, way: str = "") -> Pagination:
    """A page of ListedRecipient by family name, all or of one way or reason."""
    each = _select_everybody(wave).subquery()
    wanted = (
        sa.select(Person)
        .join(each, each.c.person_id == Person.id)
        .order_by(Person.sort_name, Person.id)
        .options(selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role)))
    )
    found = db.paginate(wanted.where(each.c.way == way) if way else wanted, per_page=PER_PAGE, error_out=False)
    person_ids = [person.id for person in found.items]
    ways = dict(
        db.session.execute(sa.select(each.c.person_id, each.c.way).where(each.c.person_id.in_(person_ids))).all()
    )
    found.items = [
        ListedRecipient(person, _named_way(ways[person.id]), _moment_of_way(wave, person, ways[person.id]))
        for person in found.items
    ]
    return found


def _select_everybody(wave: Wave) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """person_id and way of everybody whom the wave could concern; each once."""
    at = first_mails_leave_at(wave)
    routed = mail_guard.select_with_ways(
        wave_recipients.select_recipients(wave),
        wave.event,
        at,
        guarded=wave.kind.mail.counts,
        bundled=wave.kind not in wave_recipients.IN_OWN_WORDS,
    ).subquery()
    reached = sa.select(routed.c.person_id, routed.c.way)
    others = _select_concerned(wave).subquery()
    spared = sa.select(others.c.person_id, others.c.way).where(others.c.person_id.not_in(sa.select(routed.c.person_id)))
    return reached.union_all(spared)


def _select_concerned(wave: Wave) -> sa.Select[*tuple[Any, ...]]:
    if wave_recipients.goes_to_audience(wave):
        return _of_audience(wave)
    return _of_own_letter(wave) if wave.letter_to else _of_event(wave)


def _of_own_letter(wave: Wave) -> sa.Select[*tuple[Any, ...]]:
    """Whoever a letter in own words is for, with why it does not reach them."""
    reason = sa.case(
        (Invitation.address_id.is_(None), LeftOut.NO_ADDRESS.value),
        (EmailAddress.bounced_at.is_not(None), LeftOut.BOUNCED.value),
        else_=LeftOut.UNSUBSCRIBED.value,
    )
    return (
        sa.select(Invitation.person_id.label("person_id"), reason.label("way"))
        .outerjoin(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == wave.event_id, wave_recipients.is_chosen(wave))
    )


def _of_audience(wave: Wave) -> sa.Select[*tuple[Any, ...]]:
    if wave.audience is None:
        raise LookupError("a wave to an audience has one")
    reason = sa.case((wave_recipients.answer_to_event(wave).exists(), Spared.ANSWERED.value), else_=Spared.MAILED.value)
    fitting = audiences.select_fitting_people(wave.audience.rule, wave.audience.network_id, CLOCKWORK).subquery()
    way = sa.func.coalesce(fitting.c.reason, reason)
    return sa.select(Person.id.label("person_id"), way.label("way")).join(fitting, fitting.c.id == Person.id)


def _of_event(wave: Wave) -> sa.Select[*tuple[Any, ...]]:
    """Whoever was invited, with why this wave is not for them."""
    about_silence = wave.kind in {WaveKind.REMINDER, WaveKind.LAST_PLACES}
    unsubscribed = sa.select(Membership.id).where(
        Membership.person_id == Invitation.person_id,
        memberships.has_stopped_mail(wave.event.network_id),
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


def _named_way(way: str) -> MailingWay | LeftOut | Spared:
    return next(kind(way) for kind in (MailingWay, LeftOut, Spared) if way in list(kind))


def _moment_of_way(wave: Wave, person: Person, way: str) -> datetime | None:
    match way:
        case MailingWay.AT_ONCE:
            return first_mails_leave_at(wave)
        case MailingWay.LATER:
            return first_mails_leave_at(wave) + mail_guard.WEEK
        case MailingWay.DIGEST:
            return next_digest_moment(DigestFrequency(person.digest), first_mails_leave_at(wave))
    return None
