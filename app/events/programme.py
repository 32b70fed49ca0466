"""The programme of an event: slots with their speakers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database import db
from app.events import planning
from app.events.models import Event, Round, Slot, Speaker, Spoken
from app.network.people import names

_LINES = (
    sa.select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.title, Slot.description)
    .add_columns(Slot.room, Slot.departs_at, Slot.cancelled)
    .add_columns(Speaker.id, Speaker.name, Speaker.affiliation, Speaker.agreed, Round.id, Round.title)
    .outerjoin(Slot.speakers)
    .outerjoin(Slot.rounds)
    .where(Slot.event_id == sa.bindparam("event_id"))
    .order_by(Slot.starts_at, Slot.id, Speaker.id, Round.starts_at, Round.id)
)


@dataclass(frozen=True, slots=True)
class SpeakerLine(Spoken):
    """Somebody who speaks, to be read."""

    name: str
    affiliation: str
    agreed: bool


class RoundLine(NamedTuple):
    """A round in which a slot is one to choose, to be read."""

    id: int
    title: str


class SlotLine(NamedTuple):
    """A slot to be read, with who speaks and in which rounds it is one to choose."""

    id: int
    starts_at: datetime
    ends_at: datetime | None
    title: str
    description: str
    room: str
    departs_at: datetime | None
    cancelled: bool
    speakers: list[SpeakerLine]
    rounds: list[RoundLine]


@dataclass(frozen=True)
class Choosing:
    """In which rounds a slot is one to choose, by whom, and how many places it has; None: no limit."""

    rounds: Sequence[Round] = ()
    on_site: bool = True
    online: bool = True
    seats_on_site: int | None = None
    seats_online: int | None = None


PLENARY = Choosing()


def list_slots(event: Event) -> list[SlotLine]:
    """The programme of an event in its order, in one statement."""
    told: dict[int, Sequence[Any]] = {}
    speakers: defaultdict[int, dict[int, SpeakerLine]] = defaultdict(dict)
    rounds: defaultdict[int, dict[int, RoundLine]] = defaultdict(dict)
    for *slot, speaker_id, name, affiliation, agreed, round_id, title in db.session.execute(
        _LINES, {"event_id": event.id}
    ):
        told[slot[0]] = slot
        if speaker_id is not None:
            speakers[slot[0]][speaker_id] = SpeakerLine(name, affiliation, agreed)
        if round_id is not None:
            rounds[slot[0]][round_id] = RoundLine(round_id, title)
    return [SlotLine._make([*told[each], [*speakers[each].values()], [*rounds[each].values()]]) for each in told]


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
    room: str = "",
    departs_at: datetime | None = None,
    choosing: Choosing = PLENARY,
) -> Slot:
    """Change a slot, or add one when there is none."""
    if slot is None:
        slot = Slot(event_id=event.id)
        db.session.add(slot)
    slot.starts_at, slot.ends_at, slot.title, slot.description = starts_at, ends_at, title, description
    slot.room, slot.departs_at = room, departs_at
    for name, value in vars(choosing).items():
        setattr(slot, name, list(value) if name == "rounds" else value)
    slot.speakers = speakers
    planning.note_calendar_change(event)
    return slot


def remove_slot(event: Event, slot: Slot) -> None:
    db.session.delete(slot)
    planning.note_calendar_change(event)
