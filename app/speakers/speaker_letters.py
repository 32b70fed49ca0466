"""What somebody who speaks is mailed: the question, what changed, that they need not come after all, and thanks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from babel.numbers import format_decimal
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app import wording
from app.database import Model, db
from app.events.models import Event, Slot
from app.materials.models import Material
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import Person
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.speakers import asking, in_the_room
from app.speakers.models import AskedSpeaker, SpeakerAnswer
from app.translating import language


@dataclass(frozen=True)
class Told:
    """What somebody knows of when and where once a mail has arrived."""

    asked: AskedSpeaker
    known: dict[str, Any]


def remember(told: Iterable[Told | None]) -> None:
    """Keep what was told, so that the next mail is about what differs from it."""
    for each in filter(None, told):
        each.asked.told = each.known


def write_speaker_mails(messages: list[Message]) -> list[Written]:
    """Write a batch, except mails that no longer hold."""
    wanted = sa.select(AskedSpeaker).where(AskedSpeaker.id.in_({each.details["asked_speaker"] for each in messages}))
    people = joinedload(AskedSpeaker.person).selectinload(Person.addresses)
    events = joinedload(AskedSpeaker.event).joinedload(Event.network)
    found = {each.id: each for each in db.session.scalars(wanted.options(people, events))}
    return [_write(each, found.get(each.details["asked_speaker"])) for each in messages]


def _write(message: Message, asked: AskedSpeaker | None) -> Written:
    if asked is None or asked.person_id != message.person_id or not correspondence.preferred_address(asked.person):
        return Suppressed(Reason.NO_LONGER_HOLDS)
    rests_on = [*_rests_on(asked), *_infected(message, asked)]
    if not _holds(message, asked):
        return Suppressed(Reason.NO_LONGER_HOLDS, rests_on)
    told = message.kind in {asking.ASKED, asking.CHANGED}
    return Draft(
        _write_mail(message, asked),
        rests_on,
        asked if told else None,
        Told(asked, asking.what_they_know(asked)) if told else None,
    )


def _rests_on(asked: AskedSpeaker) -> list[Model]:
    return [asked, asked.speaker, asked.speaker.slot, asked.event, asked.person, *asked.person.addresses]


def _infected(message: Message, asked: AskedSpeaker) -> list[Material]:
    """The file with a virus that a mail is about, as long as it is there."""
    return [each for each in asked.slides if each.id == message.details.get("material") and each.infected]


def _holds(message: Message, asked: AskedSpeaker) -> bool:
    if message.kind == asking.INFECTED:
        return asked.withdrawn_at is None and any(each.removed_at is None for each in _infected(message, asked))
    if message.kind == asking.WITHDRAWN:
        return asked.withdrawn_at is not None
    if message.kind == asking.THANKED:
        return asked.speaks
    if asked.withdrawn_at is not None or asked.event.over:
        return False
    if message.kind == asking.ASKED:
        return not asking.is_off(asked)
    return asked.answer != SpeakerAnswer.NO and asked.told != asking.what_they_know(asked)


def _write_mail(message: Message, asked: AskedSpeaker) -> Mail:
    network = asked.event.network
    envelope = Envelope(
        because=message.kind.because,
        address=correspondence.address_of(asked.person),
        network=network,
        reply_to=network.contact_address,
        feedback=f"speaker:{network.id}:{message.kind}",
    )
    fields = _thanks_fields if message.kind == asking.THANKED else _fields
    file = next((each.file_name for each in _infected(message, asked)), "")
    return correspondence.write_mail(
        asked.person, message.kind.letter, lambda: fields(asked) | {"bestand": file}, envelope
    )


def _fields(asked: AskedSpeaker) -> dict[str, object]:
    slot, event = asked.speaker.slot, asked.event
    before = asked.told
    return {
        "voornaam": asked.person.call_name,
        "titel": event.title,
        "onderdeel": slot.title,
        "netwerk": event.network.name,
        "contact": event.network.contact_name,
        "dag": wording.format_day(slot.starts_at, event.zone),
        "tijd": say_hours(slot),
        "zaal": slot.room or event.room,
        "plaats": wording.format_address(event) if event.on_site else "",
        "online": event.online,
        "deelnamelink": event.join_url if event.online and asked.speaks else "",
        "verwacht": asked.expected,
        "gaat_niet_door": asking.is_off(asked),
        "weer": bool(before.get("off")),
        "ja": asked.speaks,
        "knop": LetterBlock.render("button", link=asking.link_of_speaker(asked), label=_label(asked)),
    }


def _label(asked: AskedSpeaker) -> str:
    return gettext("Bekijk je pagina") if asked.answer else gettext("Laat weten of je spreekt")


def _thanks_fields(asked: AskedSpeaker) -> dict[str, object]:
    mark = in_the_room.mark_of(asked.event)
    return _fields(asked) | {
        "mensen": in_the_room.count_drawn(asked),
        "cijfer": format_decimal(round(mark, 1), locale=language()) if mark else "",
        "knop": LetterBlock.render(
            "button", link=asking.link_of_speaker(asked), label=gettext("Zet je presentatie erbij")
        ),
    }


def say_hours(slot: Slot) -> str:
    """'13.30–14.15 uur', or when it begins alone."""
    zone = slot.event.zone
    if slot.ends_at:
        return wording.format_hours(slot.starts_at, slot.ends_at, zone)
    return gettext("%(hour)s uur", hour=wording.format_hour(slot.starts_at, zone))
