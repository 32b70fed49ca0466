"""The waves that an event of a format usually has, as drafts for an organiser to take over."""

from datetime import datetime, time, timedelta

from app import clock
from app.database import db
from app.events import course_meetings, special_days
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
_CLOSE = {WaveKind.LAST_INFORMATION, WaveKind.THANK_YOU}
"""Kinds that lie so close to the event that their day goes before holidays."""
_GOOD_TIME = 3
"""Days before the event on which a reminder still brings people: the practical information follows."""
MOST_DAYS = 365


def days_before_event(event: Event, kind: WaveKind) -> int:
    """Days before the event that a new wave of this kind proposes."""
    return _BY_FORMAT.get(event.format, USUAL).get(kind, USUAL[kind])


def propose_wave(event: Event, kind: WaveKind) -> Wave:
    """A new wave of this kind on its usual day, or on the next working day when that has been; not saved."""
    wave = _wave(event, kind, days_before_event(event, kind))
    if wave.due_at <= clock.now():
        _put_soon(wave, event)
    return wave


def day_counted(event: Event, kind: str, days: int) -> datetime:
    """When a wave leaves that many days before the event, or after it for the kinds that follow it."""
    return waves.wave_due_at(event, None, -days if kind in wave_recipients.AFTERWARDS else days, HOUR)


def propose_waves(event: Event) -> list[Wave]:
    """The usual waves that the event does not have yet and that still make sense, in their order; not saved."""
    has = {wave.kind for wave in invitation_queries.waves_of_event(event) if wave.state != WaveState.CANCELLED}
    usual, later = _BY_FORMAT.get(event.format, USUAL), _is_later_day(event)
    proposed: list[Wave] = []
    for kind, before in usual.items():
        if later and kind not in _CLOSE:
            continue
        earliest = max([clock.now(), *(wave.due_at for wave in proposed)])
        if kind not in has and (wave := useful_wave(event, kind, before, earliest)):
            proposed.append(wave)
    return proposed


def add_proposed_waves(event: Event, audience: Audience | None) -> list[Wave]:
    """Add the usual waves as drafts; those to an audience go to this one."""
    added = propose_waves(event)
    for wave in added:
        wave.event = event
        wave.audience = audience if wave.kind in wave_recipients.TO_AUDIENCE else None
        db.session.add(wave)
    db.session.flush()
    return added


def propose_to(event: Event, audience: Audience) -> list[Wave]:
    """Give the drafts that invite this audience, with the usual rounds when there are none yet.

    What was released stays as it is: when no invitation is a draft, one more is proposed. Returns the drafts.
    """
    standing = [wave for wave in invitation_queries.waves_of_event(event) if wave.state != WaveState.CANCELLED]
    if not standing:
        return add_proposed_waves(event, audience)
    drafts = [wave for wave in standing if wave.state == WaveState.DRAFT]
    if all(wave.kind != WaveKind.INVITATION for wave in drafts):
        one_more = propose_wave(event, WaveKind.INVITATION)
        one_more.event = event
        db.session.add(one_more)
        drafts.append(one_more)
    for wave in drafts:
        if wave.kind in wave_recipients.TO_AUDIENCE:
            wave.audience = audience
    db.session.flush()
    return drafts


def _is_later_day(event: Event) -> bool:
    """Whether people were invited by an earlier day of its course."""
    return event.format == EventFormat.COURSE_MEETING and course_meetings.find_first_day(event) is not None


def useful_wave(event: Event, kind: WaveKind, before: int, earliest: datetime, hour: time = HOUR) -> Wave | None:
    """A wave of this kind, outside school holidays when that goes; None where its moment has been."""
    wave = _on_a_good_day(_wave(event, kind, before, hour), event, earliest)
    if wave is None:
        return None
    fits = wave.due_at < event.starts_at or kind in wave_recipients.AFTERWARDS
    return wave if fits and wave.due_at > clock.now() else None


def _on_a_good_day(wave: Wave, event: Event, earliest: datetime) -> Wave | None:
    """The wave when people read it; no last places where there is no such day, which are better not offered than on a holiday."""
    if wave.kind == WaveKind.INVITATION and wave.due_at <= clock.now():
        _put_soon(wave, event)
        return wave
    if wave.kind in _CLOSE:
        return wave
    outside = (each for each in _outside_holiday(wave, event) if each.due_at > earliest)
    return next(outside, None if wave.kind == WaveKind.LAST_PLACES else wave)


def _wave(event: Event, kind: WaveKind, before: int, hour: time = HOUR) -> Wave:
    due_at = waves.wave_due_at(event, None, before, hour)
    return Wave(event_id=event.id, kind=kind, days_before=before, hour=hour, due_at=due_at, state=WaveState.DRAFT)


def _outside_holiday(wave: Wave, event: Event) -> list[Wave]:
    """The same wave before the school holiday in which it would leave, when hardly anybody reads it, else after it in good time."""
    day = clock.to_local(wave.due_at, event.zone).date()
    before, after = special_days.around_school_holiday(day)
    if before == day:
        return [wave]
    start = clock.to_local(event.starts_at, event.zone).date()
    days = [(start - each).days for each in (before, after) if (start - each).days >= _GOOD_TIME]
    return [_wave(event, wave.kind, each, wave.hour or HOUR) for each in days]


def _put_soon(wave: Wave, event: Event) -> None:
    """On the next working day; where that would be after the beginning it has no use any more."""
    tomorrow = clock.moment_days_before(clock.now() + timedelta(days=1), 0, HOUR, event.zone)
    wave.at = wave.due_at = clock.nearest_working_day(tomorrow, event.zone, later=True)
    wave.days_before = wave.hour = None
