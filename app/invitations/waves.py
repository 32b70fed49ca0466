"""Waves: planning them, running those that are due, writing their mails.

Running a wave is one transaction: its state, the invitations it creates and a planned
message a person. Unique keys make a second run add nothing, whatever crashed before.
"""

from datetime import datetime, time

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock
from app.database import ALWAYS, db, insert_new
from app.events.models import Event, EventState, Mode
from app.invitations import check_in_codes, guard, links, mailing, participation, recipients
from app.invitations.guard import Way
from app.invitations.models import CalendarStatus, Invitation, Origin, Wave, WaveKind, WaveState
from app.invitations.queries import loaded
from app.network.models import EmailAddress
from app.outbox import queue
from app.outbox.composing import Suppressed
from app.outbox.letters import Block
from app.outbox.mime import CalendarPart, Mail
from app.outbox.models import Message, MessageState
from app.registration.models import Registration

_WAITING = (WaveState.DRAFT, WaveState.PLANNED)


class UselessWave(ValueError):
    """The wave cannot do what it is for; `problem` is a WaveProblem."""

    def __init__(self, problem: str):
        super().__init__(problem)
        self.problem = problem


def letter_kind(kind: WaveKind) -> str:
    """Name of the letter in mail_templates/."""
    return f"invitations/{kind}"


def due_moment(event: Event, at: datetime | None, days_before: int | None, hour: time | None) -> datetime:
    """When a wave of this event is due: at its own moment, or counted back from the event and never in a weekend."""
    return at or clock.working_day(clock.days_before(event.starts_at, days_before, hour, event.zone), event.zone)


def reschedule(event: Event) -> None:
    """Move the relative waves that have not run along with their event."""
    waiting = sa.select(Wave).where(Wave.event_id == event.id, Wave.state.in_(_WAITING))
    for wave in db.session.scalars(waiting):
        wave.due_at = due_moment(event, wave.at, wave.days_before, wave.hour)


def release(wave: Wave) -> None:
    """Let a draft go out at its moment. Raises UselessWave when it could never do its work."""
    if wave.event.state != EventState.PUBLISHED:
        raise UselessWave("not_published")
    if wave.event.starts_at <= max(wave.due_at, clock.now()):
        raise UselessWave("after_event")
    if wave.kind in recipients.TO_AUDIENCE and wave.audience is None:
        raise UselessWave("no_audience")
    wave.state = WaveState.PLANNED


def hold(wave: Wave) -> None:
    """Turn a planned wave back into a draft."""
    if wave.state == WaveState.PLANNED:
        wave.state = WaveState.DRAFT


def abandon(event: Event) -> None:
    """Drop the waves of a cancelled event that have not run."""
    for wave in db.session.scalars(sa.select(Wave).where(Wave.event_id == event.id, Wave.state.in_(_WAITING))):
        wave.state = WaveState.CANCELLED


def run_due_waves() -> int:
    """Plan the messages of every released wave whose moment has come; return how many messages are new."""
    due = (
        sa.select(Wave.id)
        .where(Wave.state == WaveState.PLANNED, Wave.due_at <= clock.now())
        .order_by(Wave.due_at, Wave.id)
    )
    planned = 0
    for wave_id in db.session.scalars(due).all():
        planned += run(wave_id)
        db.session.commit()
    return planned


def run(wave_id: int) -> int:
    """Plan one wave's messages; a wave that ran, or whose event is gone, gives none."""
    claimed = (
        sa.update(Wave)
        .where(Wave.id == wave_id, Wave.state == WaveState.PLANNED)
        .values(state=WaveState.DONE, ran_at=clock.now())
    )
    if not db.session.execute(claimed, execution_options={"synchronize_session": False}).rowcount:
        return 0
    wave = db.session.get(Wave, wave_id, populate_existing=True)
    if not wave.event.published or wave.event.starts_at <= clock.now():
        wave.state = WaveState.CANCELLED
        return 0
    if wave.kind in recipients.TO_AUDIENCE:
        _invite(wave)
    network, now = wave.event.network, clock.now()
    leaves_at = queue.due_moment(now, network.quiet_hours)
    same = {
        "kind": wave.kind.value,
        "network_id": network.id,
        "event_id": wave.event_id,
        "wave_id": wave.id,
        "paced": network.paced,
        "counts": wave.kind in guard.COUNTED,
    }
    planned = queue.plan(_planned_rows(wave, Way.AT_ONCE, leaves_at), **same, due_at=leaves_at)
    if wave.kind in guard.COUNTED:
        held = {"due_at": now, "state": MessageState.HELD.value}
        dropped = {"due_at": now, "state": MessageState.SUPPRESSED.value, "response": "had enough mail this week"}
        queue.plan(_planned_rows(wave, Way.DIGEST, leaves_at), **same | held)
        planned += queue.plan(_planned_rows(wave, Way.LATER, leaves_at), **same, due_at=leaves_at + guard.WEEK)
        queue.plan(_planned_rows(wave, Way.NOT, leaves_at), **same | dropped)
    return planned


def outlook(wave: Wave) -> dict[Way, int]:
    """How many people a wave would reach in which way, if it left at its moment."""
    chosen = recipients.select(wave)
    if wave.kind not in guard.COUNTED:
        return {Way.AT_ONCE: recipients.count(wave)}
    return guard.count(chosen, wave.event, max(wave.due_at, clock.now()))


def drop_stale() -> int:
    """Let go of what was held for a digest but is answered by now, or can no longer be. Returns how many."""
    settled = (
        sa.select(Invitation.id)
        .join(Event, Event.id == Invitation.event_id)
        .where(sa.or_(Invitation.answer.is_not(None), Event.closes_at <= clock.now()))
    )
    held = sa.select(Message.invitation_id).where(Message.state == MessageState.HELD)
    stale = Message.invitation_id.in_(settled.where(Invitation.id.in_(held)))
    return queue.suppress("answered or closed before the digest", Message.state == MessageState.HELD, stale)


def _invite(wave: Wave) -> None:
    chosen = recipients.select(wave).subquery()
    person_id, address_id = list(chosen.c)
    rows = sa.select(
        person_id,
        address_id,
        sa.literal(wave.event_id),
        sa.literal(Origin.WAVE.value),
        sa.literal(1),
        sa.literal(clock.now(), Invitation.__table__.c.created_at.type),
    ).where(ALWAYS)
    names = ["person_id", "address_id", "event_id", "origin", "token_version", "created_at"]
    db.session.execute(
        insert_new(Invitation.__table__, "event_id", "person_id").from_select(names, rows, include_defaults=False)
    )


def _planned_rows(wave: Wave, way: Way, at: datetime) -> sa.Select:
    """The messages of those whom the wave reaches in this way; who has one already is not among them."""
    routed = guard.ways(recipients.select(wave), wave.event, at, guarded=wave.kind in guard.COUNTED).subquery()
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


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch of mails, less those to people who no longer belong to their wave.

    A message without a wave was asked for by hand: the standard letter of its kind.
    """
    invitations = loaded({message.invitation_id for message in messages})
    numbers = {message.wave_id for message in messages if message.wave_id}
    waves = {wave.id: wave for wave in db.session.scalars(sa.select(Wave).where(Wave.id.in_(numbers)))}
    fitting = {
        number: recipients.still_fitting(wave, [message.person_id for message in messages if message.wave_id == number])
        for number, wave in waves.items()
    }
    chosen = sa.select(Registration.invitation_id, Registration.mode).where(Registration.invitation_id.in_(invitations))
    modes = dict(db.session.execute(chosen).all())
    mails, looked_back = [], {}
    for message in messages:
        invitation = invitations[message.invitation_id]
        wave = waves.get(message.wave_id) or Wave(kind=WaveKind(message.kind), texts={})
        fits = message.wave_id is None or message.person_id in fitting[message.wave_id]
        if fits and invitation.event.published:
            mails.append(write(wave, invitation, modes.get(invitation.id), looked_back))
        else:
            mails.append(Suppressed("no longer among the recipients"))
    return mails


def write(
    wave: Wave, invitation: Invitation, mode: Mode | None = None, looked_back: dict[tuple, Block] | None = None
) -> Mail:
    """One person's mail of a wave; last information is about one's own registration, the rest are mailings.

    `looked_back` keeps what became of last time for the other mails of a batch.
    """
    extra = {}
    with force_locale(invitation.person.language):
        if wave.kind == WaveKind.LAST_INFORMATION:
            extra = _way_in(invitation, mode)
        elif invitation.event.looks_back:
            extra = {"terugblik": _look_back(invitation, {} if looked_back is None else looked_back)}
    return mailing.mail(
        invitation,
        letter_kind(wave.kind),
        source=wave.texts.get(invitation.person.language),
        extra=extra,
        calendar=_calendar_part(wave, invitation),
        mailing=wave.kind != WaveKind.LAST_INFORMATION,
    )


def _look_back(invitation: Invitation, known: dict[tuple, Block]) -> Block:
    key = (invitation.event_id, invitation.person.language)
    if key not in known:
        answers = [block for _, block in mailing.looking_back.send(invitation.event)]
        known[key] = answers[0] if answers else Block("", "")
    return known[key]


def _way_in(invitation: Invitation, mode: Mode | None) -> dict[str, Block]:
    """How somebody with a place gets in: a button to the online session, or the code for the door."""
    if mode == Mode.ONLINE and invitation.event.join_url:
        button = Block.render("button", link=links.join_page(invitation), label=gettext("Open de online sessie"))
        return {"deelname": button}
    return {"toegangscode": check_in_codes.block(invitation)} if mode == Mode.ON_SITE else {}


def _calendar_part(wave: Wave, invitation: Invitation) -> CalendarPart | None:
    if wave.kind == WaveKind.LAST_INFORMATION:
        return None
    with force_locale(invitation.person.language):
        if wave.kind == WaveKind.SAVE_THE_DATE:
            note = gettext("Houd deze datum vrij. De uitnodiging volgt.")
            return participation.request(invitation, CalendarStatus.TENTATIVE, note=note)
        note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
        return participation.request(invitation, CalendarStatus.CONFIRMED, note=note)
