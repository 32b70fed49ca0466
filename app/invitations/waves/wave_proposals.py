"""The waves that an event of a format usually has, as drafts for an organiser to take over."""

from datetime import time, timedelta

from app import clock
from app.database import db
from app.events.models import Event, EventFormat
from app.invitations import invitation_queries
from app.invitations.waves import wave_recipients, waves
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network.audiences.models import Audience

HOUR = time(9)
USUAL = {
    WaveKind.SAVE_THE_DATE: 56,
    WaveKind.INVITATION: 42,
    WaveKind.REMINDER: 21,
    WaveKind.LAST_PLACES: 10,
    WaveKind.LAST_INFORMATION: 2,
    WaveKind.THANK_YOU: -1,
}
"""Days before the event; below zero after it."""
_SHORTER = {WaveKind.INVITATION: 28, WaveKind.REMINDER: 7, WaveKind.LAST_INFORMATION: 1, WaveKind.THANK_YOU: -1}
_BY_FORMAT = {
    EventFormat.ONLINE: _SHORTER,
    EventFormat.WORK_SESSION: _SHORTER | {WaveKind.REMINDER: 14, WaveKind.LAST_INFORMATION: 2},
    EventFormat.COURSE_MEETING: {WaveKind.INVITATION: 28, WaveKind.LAST_INFORMATION: 7},
}


def days_before_event(event: Event, kind: WaveKind) -> int:
    """Days before the event that a new wave of this kind proposes."""
    return _BY_FORMAT.get(event.format, USUAL).get(kind, USUAL[kind])


def propose_waves(event: Event) -> list[Wave]:
    """The usual waves that the event does not have yet and that still make sense, in their order; not saved."""
    has = {wave.kind for wave in invitation_queries.waves_of_event(event) if wave.state != WaveState.CANCELLED}
    usual = _BY_FORMAT.get(event.format, USUAL)
    proposed = [_wave(event, kind, before) for kind, before in usual.items() if kind not in has]
    return [wave for wave in proposed if wave.due_at > clock.now()]


def add_proposed_waves(event: Event, audience: Audience | None) -> list[Wave]:
    """Add the usual waves as drafts; those to an audience go to this one."""
    added = propose_waves(event)
    for wave in added:
        wave.event = event
        wave.audience = audience if wave.kind in wave_recipients.TO_AUDIENCE else None
        db.session.add(wave)
    db.session.flush()
    return added


def _wave(event: Event, kind: WaveKind, before: int) -> Wave:
    due_at = waves.wave_due_at(event, None, before, HOUR)
    wave = Wave(event_id=event.id, kind=kind, days_before=before, hour=HOUR, due_at=due_at, state=WaveState.DRAFT)
    late = kind == WaveKind.INVITATION and due_at <= clock.now()
    if late:
        tomorrow = clock.moment_days_before(clock.now() + timedelta(days=1), 0, HOUR, event.zone)
        wave.at = wave.due_at = clock.nearest_working_day(tomorrow, event.zone, later=True)
        wave.days_before = wave.hour = None
        if wave.due_at >= event.starts_at:
            wave.due_at = clock.now() - timedelta(days=1)
    return wave
