"""What a copy of a session takes along of its mails: the rounds as drafts, for the same people and in the same words."""

from datetime import datetime

from app import clock
from app.database import db
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.letters import letter_texts
from app.invitations.waves import wave_proposals, wave_recipients
from app.invitations.waves.models import Wave, WaveState

_SAME = ("audience_id", "first_audience_id", "rest_after", "at_a_time")


def copy_waves(event: Event, twin: Event) -> None:
    """Propose the rounds of an event for its copy, as many days before it, outside school holidays.

    Nothing leaves until an organiser releases it. A round whose moment has been is left out; the invitation then goes soon.
    """
    latest = clock.now()
    for wave in invitation_queries.waves_of_event(event):
        if (
            wave.kind in wave_recipients.STANDING
            and wave.state != WaveState.CANCELLED
            and (proposed := _again(wave, twin, latest))
        ):
            latest = max(latest, proposed.due_at)


def _again(wave: Wave, twin: Event, earliest: datetime) -> Wave | None:
    hour = wave.hour or wave_proposals.HOUR
    proposed = wave_proposals.useful_wave(twin, wave.kind, _days_before(wave), earliest, hour)
    if proposed is None:
        return None
    for name in _SAME:
        setattr(proposed, name, getattr(wave, name))
    proposed.event = twin
    db.session.add(proposed)
    db.session.flush()
    letter_texts.copy_texts(wave, proposed)
    return proposed


def _days_before(wave: Wave) -> int:
    """How many days before its event a round leaves, below zero after it; one at a fixed moment is counted."""
    if wave.days_before is not None:
        return wave.days_before
    event = wave.event
    counted_from = event.ends_at if wave.kind in wave_recipients.AFTERWARDS else event.starts_at
    days = clock.to_local(counted_from, event.zone).date() - clock.to_local(wave.due_at, event.zone).date()
    return days.days
