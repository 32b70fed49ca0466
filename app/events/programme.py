"""The programme of an event: slots with their speakers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.database import db
from app.events import planning
from app.events.models import Event, Slot, Speaker, Spoken
from app.network.people import names

_LINES = (
    sa.select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.title, Slot.description)
    .add_columns(Speaker.name, Speaker.affiliation, Speaker.agreed)
    .outerjoin(Slot.speakers)
    .where(Slot.event_id == sa.bindparam("event_id"))
    .order_by(Slot.starts_at, Slot.id, Speaker.id)
)


@dataclass(frozen=True, slots=True)
class SpeakerLine(Spoken):
    """Somebody who speaks, to be read."""

    name: str
    affiliation: str
    agreed: bool


class SlotLine(NamedTuple):
    """A slot to be read, with who speaks."""

    id: int
    starts_at: datetime
    ends_at: datetime | None
    title: str
    description: str
    speakers: list[SpeakerLine]


def list_slots(event: Event) -> list[SlotLine]:
    """The programme of an event in its order, in one statement."""
    lines: dict[int, SlotLine] = {}
    for slot_id, starts_at, ends_at, title, description, *speaker in db.session.execute(_LINES, {"event_id": event.id}):
        line = lines.get(slot_id)
        if line is None:
            line = lines[slot_id] = SlotLine(slot_id, starts_at, ends_at, title, description, [])
        if speaker[0] is not None:
            line.speakers.append(SpeakerLine(*speaker))
    return list(lines.values())


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
