"""The programme of an event: slots with their speakers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.database import db
from app.events import planning
from app.events.models import Event, Round, Slot, Speaker, Spoken
from app.network.faces.models import Picture
from app.network.people import names
from app.speakers.models import AskedSpeaker, SpeakerAnswer
from app.words import Refusal

_LINES = (
    sa.select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.title, Slot.description)
    .add_columns(Slot.room, Slot.departs_at, Slot.cancelled)
    .add_columns(Speaker.id, Speaker.name, Speaker.affiliation, Speaker.agreed)
    .add_columns(sa.func.coalesce(AskedSpeaker.about, ""), Picture.key, Picture.alt, Round.id, Round.title)
    .outerjoin(Slot.speakers)
    .outerjoin(
        AskedSpeaker,
        (AskedSpeaker.speaker_id == Speaker.id)
        & AskedSpeaker.withdrawn_at.is_(None)
        & (AskedSpeaker.answer == SpeakerAnswer.YES),
    )
    .outerjoin(Picture, Picture.id == AskedSpeaker.picture_id)
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
    about: str = ""
    """Who they are in their own words, once they said yes."""
    picture_key: str | None = None
    picture_alt: str | None = None

    @property
    def is_introduced(self) -> bool:  # type: ignore[override]  # nobody sets it
        return self.agreed and bool(self.about or self.picture_key)


class SpeakerStays(Refusal):
    """Who was asked to speak does so until the invitation is taken back; the words about the slot stay free."""

    says = _l("%(name)s is gevraagd om te spreken. Laat de naam staan, of trek eerst de uitnodiging in.")
    field = "speakers"


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
    for row in db.session.execute(_LINES, {"event_id": event.id}):
        slot, (speaker_id, *speaker), (round_id, title) = row[:8], row[8:15], row[15:]
        told[slot[0]] = slot
        if speaker_id is not None:
            speakers[slot[0]][speaker_id] = SpeakerLine(*speaker)
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


def asked_speakers(slot: Slot) -> list[Speaker]:
    """Those of its speakers who were asked by a link of their own that was not taken back."""
    wanted = sa.select(AskedSpeaker.speaker_id).where(
        AskedSpeaker.speaker_id.in_([each.id for each in slot.speakers]), AskedSpeaker.withdrawn_at.is_(None)
    )
    asked = set(db.session.scalars(wanted)) if slot.speakers else set()
    return [each for each in slot.speakers if each.id in asked]


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
    """Change a slot, or add one when there is none. Raises SpeakerStays."""
    speakers = _keep_asked(slot, speakers) if slot and slot.speakers else speakers
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


def _keep_asked(slot: Slot, wanted: list[Speaker]) -> list[Speaker]:
    """The speakers that are wanted, where who was asked is the same one as before and says for themselves what they agree to."""
    affiliations = {each.name: each.affiliation for each in wanted}
    asked = asked_speakers(slot)
    for each in asked:
        if each.name not in affiliations:
            raise SpeakerStays(name=each.name)
        each.affiliation = affiliations[each.name]
    known = {each.name: each for each in asked}
    return list(dict.fromkeys(known.get(each.name, each) for each in wanted))


def remove_slot(event: Event, slot: Slot) -> None:
    db.session.delete(slot)
    planning.note_calendar_change(event)
