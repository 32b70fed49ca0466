"""Waves that are due: planning a message for everybody whom this part of the wave reaches.

Whom a part reaches is read while others may write. Then, some people at a time, it is read who of them still belongs to
it, and their invitations and planned messages are written; who leaves it between those two is left out when the letter
is written. Unique keys make a second run add nothing, so one that broke off goes on where it was.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import Rows, db, insert_new, only_reading
from app.events.models import Event
from app.invitations.models import Invitation, Origin
from app.invitations.waves import mail_guard, wave_recipients, waves
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import Wave, WaveState
from app.network.audiences.models import Audience
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue
from app.outbox.models import IN_HAND, Message, MessageState, Reason
from app.setbacks import one_by_one

LOOK_AGAIN = timedelta(minutes=10)
"""How often a wave that goes out a few people at a time looks whether somebody declined."""
STEP = 500
"""People in one transaction."""
Part = dict[MailingWay, list[int]]
"""The people whom a part of a wave reaches, by the way in which its mail reaches them."""


def run_due_waves() -> int:
    """Plan the messages of every released wave whose moment has come; return how many messages are new."""
    due = (
        sa.select(Wave.id)
        .where(Wave.state.in_(waves.RUNNING), Wave.due_at <= clock.now())
        .order_by(Wave.due_at, Wave.id)
    )
    return one_by_one.do_each("run_due_waves", db.session.scalars(due).all(), _run_if_free)


def run_wave(wave_id: int) -> int:
    """Plan the messages of one wave's next part; a wave that ran, or whose event is gone, gives none."""
    return _run_if_free(wave_id) or 0


def _run_if_free(wave_id: int) -> int | None:
    """The same; None when another worker has the wave, or it ran."""
    wave = _take_wave(wave_id)
    if wave is None:
        return None
    if not _makes_sense(wave):
        _end(wave)
        return 0
    if wave.state == WaveState.PLANNED and waves.needs_four_eyes(wave):
        wave.state = WaveState.AWAITING
        return 0
    with only_reading():
        part = _read_part(wave)
    planned = 0
    for way, people in _steps(part):
        with only_reading():
            found = _read_step(wave, people)
        if not _still_goes(wave_id):
            return planned
        wave.state = WaveState.GOING
        planned += _plan_step(wave, way, found)
        db.session.commit()
    if _still_goes(wave_id):
        _finish_part(wave)
    return planned


def count_recipients_by_way(wave: Wave) -> dict[MailingWay, int]:
    """How many people a wave would reach in which way, if it left at its moment."""
    chosen = wave_recipients.select_recipients(wave)
    if not wave.kind.mail.counts:
        return {MailingWay.AT_ONCE: wave_recipients.count_recipients(wave)}
    return mail_guard.count_ways(chosen, wave.event, max(wave.due_at, clock.now()), bundled=_fits_digest(wave))


def drop_stale_messages() -> int:
    """Drop messages that were held for a digest but are answered by now, or can no longer be. Returns how many."""
    settled = (
        sa.select(Invitation.id)
        .join(Event, Event.id == Invitation.event_id)
        .where(sa.or_(Invitation.answer.is_not(None), Event.closes_at <= clock.now()))
    )
    held = sa.select(Message.invitation_id).where(IN_HAND)
    stale = Message.invitation_id.in_(settled.where(Invitation.id.in_(held)))
    return message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.TOO_LATE_FOR_DIGEST, IN_HAND, stale)


def _take_wave(wave_id: int) -> Wave | None:
    """The wave, locked, when it is still this worker's to run."""
    mine = Wave.state.in_(waves.RUNNING) & (Wave.due_at <= clock.now())
    wanted = sa.select(Wave).where(Wave.id == wave_id, mine).with_for_update(of=Wave, skip_locked=True)
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def _still_goes(wave_id: int) -> bool:
    """Lock the wave for one more step; False when it was paused or withdrawn meanwhile, or another worker ended it."""
    wave = _take_wave(wave_id)
    if wave is None:
        return False
    db.session.refresh(wave.event)
    return _makes_sense(wave)


def _fits_digest(wave: Wave) -> bool:
    """Whether a digest can tell it; not what an organiser wrote."""
    return wave.kind not in wave_recipients.IN_OWN_WORDS


def _makes_sense(wave: Wave) -> bool:
    event, now = wave.event, clock.now()
    if wave.kind in wave_recipients.IN_OWN_WORDS:
        return event.published
    return event.published and (event.over if wave.kind in wave_recipients.AFTERWARDS else event.starts_at > now)


def _end(wave: Wave) -> None:
    """It goes no further, since its session has begun, or is not public any more."""
    if wave.state == WaveState.GOING:
        wave.state, wave.ran_at = WaveState.DONE, wave.ran_at or clock.now()
    else:
        wave.state = WaveState.CANCELLED


def _read_part(wave: Wave) -> Part:
    """Everybody whom this part reaches, and how."""
    chosen = _select_part(wave)
    leaves_at = message_queue.mailing_leaves_at(clock.now(), wave.event.network.quiet_hours)
    rows = mail_guard.select_with_ways(
        chosen, wave.event, leaves_at, guarded=wave.kind.mail.counts, bundled=_fits_digest(wave)
    )
    part: Part = defaultdict(list)
    for person, _, way in db.session.execute(rows):
        part[MailingWay(way)].append(person)
    return part


def _steps(part: Part) -> Iterator[tuple[MailingWay, list[int]]]:
    for way, people in part.items():
        for start in range(0, len(people), STEP):
            yield way, people[start : start + STEP]


def _select_part(wave: Wave) -> Rows:
    """Person.id and EmailAddress.id of everybody whom this part reaches."""
    if wave.at_a_time:
        person_ids = [person_id for person_id, _ in db.session.execute(wave_recipients.select_next_in_line(wave))]
        return wave_recipients.select_recipients(wave).where(Person.id.in_(person_ids))
    return wave_recipients.select_recipients(wave, _audience(wave))


def _audience(wave: Wave) -> Audience | None:
    """Who goes first, in the first part of a wave with such people."""
    return wave.first_audience if wave.ran_at is None else None


def _finish_part(wave: Wave) -> None:
    """After a part: wait for the next one, or be done."""
    first, wave.ran_at = wave.ran_at is None, wave.ran_at or clock.now()
    if wave.first_audience_id and wave.rest_after and first:
        hour = clock.to_local(wave.due_at, wave.event.zone).time()
        rest = clock.moment_days_before(clock.now(), -wave.rest_after, hour, wave.event.zone)
        wave.state, wave.due_at = WaveState.GOING, clock.nearest_working_day(rest, wave.event.zone, later=True)
    elif wave.at_a_time and wave.event.open and wave_recipients.count_recipients(wave):
        next_look = message_queue.mailing_leaves_at(clock.now() + LOOK_AGAIN, wave.event.network.quiet_hours)
        wave.state, wave.due_at = WaveState.GOING, next_look
    else:
        wave.state = WaveState.DONE


def _read_step(wave: Wave, people: list[int]) -> dict[int, int]:
    """The addresses of those of these people who still belong to the part, by person."""
    chosen = wave_recipients.select_recipients(wave, _audience(wave)).where(Person.id.in_(people))
    return dict(db.session.execute(chosen).all())


def _plan_step(wave: Wave, way: MailingWay, found: dict[int, int]) -> int:
    """Invite these people at their addresses, and plan their messages; returns how many will leave by themselves."""
    people, addresses = list(found), list(found.values())
    network, now = wave.event.network, clock.now()
    leaves_at = message_queue.mailing_leaves_at(now, network.quiet_hours)
    columns: dict[MailingWay, dict[str, Any]] = {
        MailingWay.AT_ONCE: {"due_at": leaves_at},
        MailingWay.DIGEST: {"due_at": now, "state": MessageState.HELD.value},
        MailingWay.LATER: {"due_at": leaves_at + mail_guard.WEEK},
        MailingWay.NOT: {"due_at": now, "state": MessageState.SUPPRESSED.value, "response": Reason.ENOUGH_MAIL.value},
        MailingWay.DIGEST_ALONE: {
            "due_at": now,
            "state": MessageState.SUPPRESSED.value,
            "response": Reason.DIGEST_ALONE.value,
        },
    }
    if wave.kind in wave_recipients.TO_AUDIENCE:
        _invite(wave, addresses)
    planned = message_queue.plan_messages(
        _message_rows(wave, people, addresses),
        wave.kind.mail,
        network_id=network.id,
        event_id=wave.event_id,
        wave_id=wave.id,
        paced=network.paced,
        **columns[way],
    )
    return planned if way in {MailingWay.AT_ONCE, MailingWay.LATER} else 0


def _invite(wave: Wave, addresses: list[int]) -> None:
    rows = sa.select(
        EmailAddress.person_id,
        EmailAddress.id,
        sa.literal(wave.event_id),
        sa.literal(Origin.WAVE.value),
        sa.literal(1),
        sa.literal(clock.now(), Invitation.__table__.c.created_at.type),
        EmailAddress.through,
    ).where(EmailAddress.id.in_(addresses))
    names = ["person_id", "address_id", "event_id", "origin", "token_version", "created_at", "uid_apart"]
    db.session.execute(
        insert_new(Invitation.__table__, "event_id", "person_id").from_select(names, rows, include_defaults=False)
    )


def _message_rows(wave: Wave, people: list[int], addresses: list[int]) -> Rows:
    """The messages to these people, whose invitations are there; a letter in own words asks for none.

    From their invitations on: from the addresses on SQLite looked each of them up for everybody who was invited before.
    """
    of_event = Invitation.event_id == wave.event_id
    if wave.kind in wave_recipients.IN_OWN_WORDS:
        person_id = EmailAddress.person_id
        invited = (Invitation.person_id == person_id) & of_event
        rows: Rows = sa.select(EmailAddress).outerjoin(Invitation, invited).where(EmailAddress.id.in_(addresses))
    else:
        person_id = Invitation.person_id
        rows = sa.select(Invitation).join(EmailAddress, EmailAddress.id == Invitation.address_id)
        rows = rows.where(of_event, person_id.in_(people))
    return rows.with_only_columns(
        (sa.literal(f"wave:{wave.id}:") + sa.cast(person_id, sa.String)).label("key"),
        person_id.label("person_id"),
        Invitation.id.label("invitation_id"),
        EmailAddress.address.label("recipient"),
        EmailAddress.domain.label("domain"),
        maintain_column_froms=True,
    ).order_by(person_id)
