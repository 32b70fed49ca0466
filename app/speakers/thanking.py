"""Thanking who spoke, a week after: by then who was there had time to say what they thought of it."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Event, EventState, Slot, Speaker
from app.setbacks import one_by_one
from app.speakers import asking
from app.speakers.models import AskedSpeaker, SpeakerAnswer

AFTER = timedelta(days=7)
_LATEST = timedelta(days=30)
"""After this an event is too long ago to thank for."""


def thank_speakers(now: datetime | None = None) -> int:
    """Promise who said yes and spoke the mail with what became of it; returns how many."""
    now = now or clock.now()
    due = (
        sa.select(AskedSpeaker.id)
        .join(Event, Event.id == AskedSpeaker.event_id)
        .join(Speaker, Speaker.id == AskedSpeaker.speaker_id)
        .join(Slot, Slot.id == Speaker.slot_id)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at.between(now - _LATEST, now - AFTER))
        .where(AskedSpeaker.thanked_at.is_(None), AskedSpeaker.withdrawn_at.is_(None), ~Slot.cancelled)
        .where(AskedSpeaker.answer == SpeakerAnswer.YES)
    )
    return one_by_one.do_each("thank_speakers", db.session.scalars(due.order_by(AskedSpeaker.id)).all(), _thank)


def _thank(asked_speaker_id: int) -> int | None:
    mine = sa.select(AskedSpeaker).where(AskedSpeaker.id == asked_speaker_id, AskedSpeaker.thanked_at.is_(None))
    asked = db.session.scalar(mine.with_for_update(of=AskedSpeaker, skip_locked=True))
    return int(asking.plan_thanks(asked)) if asked else None
