"""The programme of an event: slots with their speakers."""

from collections.abc import Collection
from datetime import datetime

from app.database import db
from app.events import planning
from app.events.models import Event, Slot, Speaker
from app.network.people import names


def read_speakers(text: str, agreed: Collection[str] = ()) -> list[Speaker]:
    """Speakers of lines 'name, organisation'; those whose name is in `agreed` may stand in public by it."""
    speakers = []
    for line in text.splitlines():
        name, _, affiliation = line.partition(",")
        if name := names.clean_name(name)[:120]:
            speaker = Speaker(name=name, affiliation=names.clean_name(affiliation)[:150], agreed=name in agreed)
            speakers.append(speaker)
    return speakers


def speakers_as_text(slot: Slot) -> str:
    return "\n".join(speaker.words for speaker in slot.speakers)


def agreed_names(slot: Slot) -> list[str]:
    """Who of its speakers agreed to stand in public by name."""
    return [speaker.name for speaker in slot.speakers if speaker.agreed]


def save_slot(
    event: Event,
    slot: Slot | None,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    title: str,
    description: str,
    speakers: list[Speaker],
) -> Slot:
    """Change a slot, or add one when there is none."""
    if slot is None:
        slot = Slot(event_id=event.id)
        db.session.add(slot)
    slot.starts_at, slot.ends_at, slot.title, slot.description = starts_at, ends_at, title, description
    slot.speakers = speakers
    planning.note_calendar_change(event)
    return slot


def remove_slot(event: Event, slot: Slot) -> None:
    db.session.delete(slot)
    planning.note_calendar_change(event)
