"""Waves that are due: planning a message for everybody whom this part of the wave reaches.

Running a part is one transaction: the wave's state, the invitations it creates and a
planned message a person. Unique keys make a second run add nothing, whatever crashed before.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import ALWAYS, Rows, db, insert_new
from app.events.models import Event
from app.invitations.models import Invitation, Origin
from app.invitations.waves import mail_guard, wave_recipients, waves
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import Wave, WaveState
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue
from app.outbox.models import IN_HAND, Message, MessageState, Reason
from app.setbacks import one_by_one

LOOK_AGAIN = timedelta(minutes=10)
"""How often a wave that goes out a few people at a time looks whether somebody declined."""


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
        wave.state = WaveState.DONE if wave.ran_at else WaveState.CANCELLED
        return 0
    if wave.ran_at is None and waves.needs_four_eyes(wave):
        wave.state = WaveState.AWAITING
        return 0
    first = wave.ran_at is None
    chosen = _select_part(wave)
    if wave.kind in wave_recipients.TO_AUDIENCE:
        _invite_part(wave, chosen)
    planned = _plan_part(wave, chosen)
    wave.ran_at = wave.ran_at or clock.now()
    _finish_part(wave, first)
    return planned


def count_recipients_by_way(wave: Wave) -> dict[MailingWay, int]:
    """How many people a wave would reach in which way, if it left at its moment."""
    chosen = wave_recipients.select_recipients(wave)
    if not wave.kind.mail.counts:
        return {MailingWay.AT_ONCE: wave_recipients.count_recipients(wave)}
    return mail_guard.count_ways(chosen, wave.event, max(wave.due_at, clock.now()))


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


def _makes_sense(wave: Wave) -> bool:
    event, now = wave.event, clock.now()
    return event.published and (event.over if wave.kind in wave_recipients.AFTERWARDS else event.starts_at > now)


def _select_part(wave: Wave) -> Rows:
    """Person.id and EmailAddress.id of everybody whom this part reaches."""
    if wave.at_a_time:
        numbers = [number for number, _ in db.session.execute(wave_recipients.select_next_in_line(wave))]
        return wave_recipients.select_recipients(wave).where(Person.id.in_(numbers))
    return wave_recipients.select_recipients(wave, wave.first_audience if wave.ran_at is None else None)


def _finish_part(wave: Wave, first: bool) -> None:
    """After a part: wait for the next one, or be done."""
    if wave.first_audience_id and wave.rest_after and first:
        hour = clock.to_local(wave.due_at, wave.event.zone).time()
        rest = clock.moment_days_before(clock.now(), -wave.rest_after, hour, wave.event.zone)
        wave.state, wave.due_at = WaveState.GOING, clock.nearest_working_day(rest, wave.event.zone, later=True)
    elif wave.at_a_time and wave.event.open and wave_recipients.count_recipients(wave):
        next_look = message_queue.mailing_leaves_at(clock.now() + LOOK_AGAIN, wave.event.network.quiet_hours)
        wave.state, wave.due_at = WaveState.GOING, next_look
    else:
        wave.state = WaveState.DONE


def _plan_part(wave: Wave, chosen: Rows) -> int:
    network, now = wave.event.network, clock.now()
    leaves_at = message_queue.mailing_leaves_at(now, network.quiet_hours)
    same: dict[str, Any] = {
        "kind": wave.kind.mail,
        "network_id": network.id,
        "event_id": wave.event_id,
        "wave_id": wave.id,
        "paced": network.paced,
    }
    planned = message_queue.plan_messages(
        _message_rows(wave, chosen, MailingWay.AT_ONCE, leaves_at), **same, due_at=leaves_at
    )
    if wave.kind.mail.counts:
        held = {"due_at": now, "state": MessageState.HELD.value}
        dropped = {"due_at": now, "state": MessageState.SUPPRESSED.value, "response": Reason.ENOUGH_MAIL.value}
        message_queue.plan_messages(_message_rows(wave, chosen, MailingWay.DIGEST, leaves_at), **same | held)
        planned += message_queue.plan_messages(
            _message_rows(wave, chosen, MailingWay.LATER, leaves_at), **same, due_at=leaves_at + mail_guard.WEEK
        )
        message_queue.plan_messages(_message_rows(wave, chosen, MailingWay.NOT, leaves_at), **same | dropped)
    return planned


def _invite_part(wave: Wave, chosen: Rows) -> None:
    people = chosen.subquery()
    person_id, address_id = list(people.c)
    rows = sa.select(
        person_id,
        address_id,
        sa.literal(wave.event_id),
        sa.literal(Origin.WAVE.value),
        sa.literal(1),
        sa.literal(clock.now(), Invitation.__table__.c.created_at.type),
        sa.select(EmailAddress.through).where(EmailAddress.id == address_id).scalar_subquery(),
    ).where(ALWAYS)
    names = ["person_id", "address_id", "event_id", "origin", "token_version", "created_at", "uid_apart"]
    db.session.execute(
        insert_new(Invitation.__table__, "event_id", "person_id").from_select(names, rows, include_defaults=False)
    )


def _message_rows(wave: Wave, chosen: Rows, way: MailingWay, at: datetime) -> Rows:
    """The messages to those whom the wave reaches in this way and who do not have one yet."""
    routed = mail_guard.select_with_ways(chosen, wave.event, at, guarded=wave.kind.mail.counts).subquery()
    return (
        sa.select(
            (sa.literal(f"wave:{wave.id}:") + sa.cast(routed.c.person_id, sa.String)).label("key"),
            routed.c.person_id.label("person_id"),
            Invitation.id.label("invitation_id"),
            EmailAddress.address.label("recipient"),
            EmailAddress.domain.label("domain"),
        )
        .join(Invitation, (Invitation.person_id == routed.c.person_id) & (Invitation.event_id == wave.event_id))
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(routed.c.way == way.value)
        .order_by(routed.c.person_id)
    )
