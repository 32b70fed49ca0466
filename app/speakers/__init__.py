"""Speakers as people: asked by a link of their own, what they answer, say and send, and what they hear.

What acts on signals and writes letters is loaded when it is needed: most commands never do.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.breakouts.slots_to_choose import Known
    from app.events.models import Event, Slot
    from app.events.planning import Notice
    from app.materials.models import Material
    from app.network.people.models import Person
    from app.outbox.message_writing import Written
    from app.outbox.models import Message
    from app.speakers.speaker_letters import Told


def wire() -> None:
    from app import materials
    from app.breakouts import slots_to_choose
    from app.events import planning
    from app.network import memberships
    from app.network.people import people
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind

    kinds = (
        MessageKind.SPEAKER_ASKED,
        MessageKind.SPEAKER_CHANGED,
        MessageKind.SPEAKER_WITHDRAWN,
        MessageKind.SPEAKER_THANKED,
        MessageKind.SPEAKER_INFECTED,
    )
    for kind in kinds:
        message_writing.register_writer(kind, _write, keep=_remember)
    planning.altered.connect(_follow_event)
    planning.cancelled.connect(_follow_event)
    slots_to_choose.changed.connect(_follow_slot)
    people.erased.connect(_erase)
    memberships.restricted.connect(_take_names_back)
    materials.infected.connect(_tell_of_virus)


def bind(app: Flask) -> None:
    from app.speakers import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)


def _write(messages: "list[Message]") -> "list[Written]":
    from app.speakers import speaker_letters

    return speaker_letters.write_speaker_mails(messages)


def _remember(told: "Iterable[Told | None]") -> None:
    from app.speakers import speaker_letters

    speaker_letters.remember(told)


def _follow_event(event: "Event", notice: "Notice") -> None:
    from app.speakers import asking

    asking.follow_event(event, notice)


def _follow_slot(slot: "Slot", before: "Known") -> None:
    from app.speakers import asking

    asking.follow_slot(slot)


def _erase(person: "Person") -> None:
    from app.speakers import erasure

    erasure.erase_speaker(person)


def _take_names_back(person: "Person") -> None:
    from app.speakers import asking

    asking.take_names_back(person)


def _tell_of_virus(material: "Material") -> None:
    from app.speakers import asking

    asking.tell_of_virus(material)
