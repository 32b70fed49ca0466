"""Asking somebody to speak by a link of their own: whom, what they answer, and what they have to hear.

A change is told by comparing with what the last mail said, some minutes later: so changes in a row are one mail, and what
moved and moved back is told nobody. Who said no hears nothing any more.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock, tokens, urls
from app.database import db, lock_row
from app.events import planning
from app.events.models import Event, Slot, Speaker
from app.events.planning import Notice
from app.materials.models import Material
from app.network import correspondence
from app.network.people import people
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from app.rows import plain
from app.speakers.models import AskedSpeaker, SpeakerAnswer, speaker_slides
from app.tokens import Purpose
from app.words import Refusal

ASKED, CHANGED = MessageKind.SPEAKER_ASKED, MessageKind.SPEAKER_CHANGED
WITHDRAWN, THANKED = MessageKind.SPEAKER_WITHDRAWN, MessageKind.SPEAKER_THANKED
INFECTED = MessageKind.SPEAKER_INFECTED
MOST = 100
"""Speakers of one session who are asked."""
MOST_MAILS = 5
"""How often the same link is mailed, so that nobody can be flooded with it."""
AGAIN_AFTER = timedelta(minutes=10)
HOLD = timedelta(minutes=10)
"""How long the mail about a change waits for what may follow."""
_SHOWN_OF_SLOT = ("starts_at", "ends_at", "departs_at", "room")
_SHOWN_OF_EVENT = ("on_site", "venue", "room", "street", "town", "online", "join_url")


class CannotAsk(Refusal):
    """This speaker cannot be asked, or not again."""

    says = {
        "many": _l("Je vroeg voor deze sessie al %(most)d sprekers. Meer kan niet."),
        "over": _l("Deze sessie is geweest of gaat niet door. Iemand vragen om te spreken kan niet meer."),
        "often": _l("%(name)s kreeg de link al %(most)d keer. Bel of mail zelf even."),
        "just_now": _l("%(name)s kreeg de link net. Wacht een paar minuten."),
        "answered": _l("%(name)s antwoordde al. Trek eerst de uitnodiging in als je iemand anders wilt vragen."),
        "no_address": _l("Van %(name)s is geen mailadres bekend. Vul dat eerst in."),
    }
    field = "address"


class CannotAnswer(Refusal):
    """It is too late to say yes or no, or there is nothing to say it to."""

    says = {
        "over": _l("De sessie is geweest. Ja of nee zeggen kan niet meer."),
        "cancelled": _l("Dit gaat niet door. Je hoeft niets meer te doen."),
    }


def find_speaker(event: Event, speaker_id: int) -> Speaker | None:
    """A speaker in the programme of an event."""
    wanted = sa.select(Speaker).join(Slot, Slot.id == Speaker.slot_id)
    return db.session.scalar(wanted.where(Speaker.id == speaker_id, Slot.event_id == event.id))


def asked_of_event(event: Event) -> dict[int, AskedSpeaker]:
    """Who were asked to speak at an event, by the id of the speaker; also those whose invitation was taken back."""
    wanted = sa.select(AskedSpeaker).where(AskedSpeaker.event_id == event.id).order_by(AskedSpeaker.id)
    found = db.session.scalars(wanted.options(selectinload(AskedSpeaker.slides)))
    return {each.speaker_id: each for each in found}


def asked_of_speaker(speaker: Speaker) -> AskedSpeaker | None:
    return db.session.scalar(sa.select(AskedSpeaker).where(AskedSpeaker.speaker_id == speaker.id))


def ask_speaker(event: Event, speaker: Speaker, address: str, expected: str) -> AskedSpeaker:
    """Let a speaker be the person of this address, and mail them the link. Raises CannotAsk, BadAddress and WhoIsMeant.

    Who was not mailed it yet is: at another address, the one before works no more.
    """
    lock_row(event)
    person = people.find_or_add_person(speaker.name, address)
    db.session.flush()
    asked = asked_of_speaker(speaker)
    if asked is None:
        _demand_few(event)
        asked = AskedSpeaker(speaker=speaker, event=event, person=person, person_id=person.id)
        db.session.add(asked)
    elif asked.person_id != person.id:
        _ask_another(asked, person)
    asked.expected = expected
    db.session.flush()
    if asked.sent_at is None or asked.withdrawn_at is not None:
        mail_link(asked)
    return asked


def _demand_few(event: Event) -> None:
    known = sa.select(sa.func.count()).where(AskedSpeaker.event_id == event.id)
    if db.session.scalars(known).one() >= MOST:
        raise CannotAsk("many", most=MOST)


def _ask_another(asked: AskedSpeaker, person: Person) -> None:
    if asked.answer is not None and asked.withdrawn_at is None:
        raise CannotAsk("answered", name=asked.speaker.name)
    _kill_link(asked)
    asked.person, asked.sent_at, asked.mails, asked.told = person, None, 0, {}
    asked.answer, asked.answered_at, asked.remark, asked.about, asked.picture = None, None, "", "", None
    asked.speaker.agreed = False


def mail_link(asked: AskedSpeaker) -> None:
    """Mail somebody their link, for the first time or again; taken back, it holds again. Raises CannotAsk."""
    name = asked.speaker.name
    if is_off(asked) or asked.event.over:
        raise CannotAsk("over")
    if asked.mails >= MOST_MAILS:
        raise CannotAsk("often", name=name, most=MOST_MAILS)
    if asked.sent_at and asked.withdrawn_at is None and asked.sent_at > clock.now() - AGAIN_AFTER:
        raise CannotAsk("just_now", name=name)
    asked.withdrawn_at, asked.sent_at, asked.mails = None, clock.now(), asked.mails + 1
    if not _plan(ASKED, asked):
        raise CannotAsk("no_address", name=name)


def take_back(asked: AskedSpeaker) -> None:
    """The link works no more and the speaker is a name again; who did not say no hears it, what they sent stays."""
    if asked.withdrawn_at is not None:
        return
    asked.withdrawn_at = clock.now()
    _kill_link(asked)
    if asked.answer != SpeakerAnswer.NO and not asked.event.over:
        _plan(WITHDRAWN, asked)
    asked.answer, asked.answered_at, asked.speaker.agreed = None, None, False


def _kill_link(asked: AskedSpeaker) -> None:
    asked.token_version = asked.token_version % 255 + 1


def link_of_speaker(asked: AskedSpeaker) -> str:
    """Where somebody says whether they speak; works as long as it is not taken back, also after the event."""
    return urls.speaker_url(token_of(asked))


def token_of(asked: AskedSpeaker) -> str:
    return tokens.make_token(Purpose.SPEAKER, asked.id, asked.token_version)


def asked_of_link(token: str) -> AskedSpeaker | None:
    asked_id, version = tokens.read_token(Purpose.SPEAKER, token) or (0, 0)
    wanted = sa.select(AskedSpeaker).where(
        AskedSpeaker.id == asked_id, AskedSpeaker.token_version == version, AskedSpeaker.withdrawn_at.is_(None)
    )
    return db.session.scalar(wanted.options(joinedload(AskedSpeaker.person), joinedload(AskedSpeaker.event)))


def is_off(asked: AskedSpeaker) -> bool:
    """Whether that at which they would speak does not take place."""
    return asked.event.cancelled or asked.speaker.slot.cancelled


def answer_request(asked: AskedSpeaker, answer: SpeakerAnswer, remark: str) -> dict[str, Any]:
    """Say yes or no; until the event is over it can become the other. Returns what take_answer_back() needs.

    Raises CannotAnswer.
    """
    _demand_answerable(asked)
    before = {"answer": asked.answer, "remark": asked.remark, "agreed": asked.speaker.agreed}
    if asked.answer != answer:
        asked.answer, asked.answered_at = answer, clock.now()
    asked.remark = remark
    if answer == SpeakerAnswer.NO:
        asked.speaker.agreed = False
    planning.note_calendar_change(asked.event)
    return before


def take_answer_back(asked: AskedSpeaker, before: dict[str, Any]) -> None:
    """Undo an answer: what was said before it holds again, also that they agreed to stand in public. Raises CannotAnswer."""
    _demand_answerable(asked)
    asked.answer = SpeakerAnswer(before["answer"]) if before["answer"] else None
    asked.answered_at = clock.now() if asked.answer else None
    asked.remark, asked.speaker.agreed = before["remark"], before["agreed"]
    planning.note_calendar_change(asked.event)


def take_names_back(person: Person) -> None:
    """A speaker who wants no use of their data stands in public by name no more, until they agree anew."""
    named = sa.select(AskedSpeaker).join(AskedSpeaker.speaker).where(Speaker.agreed)
    for asked in db.session.scalars(named.where(AskedSpeaker.person_id == person.id)).all():
        asked.speaker.agreed = False
        planning.note_calendar_change(asked.event)


def _demand_answerable(asked: AskedSpeaker) -> None:
    if asked.event.over:
        raise CannotAnswer("over")
    if is_off(asked):
        raise CannotAnswer("cancelled")


def introduce(asked: AskedSpeaker, about: str, agreed: bool) -> None:
    """Keep who somebody says they are, and whether they agree to stand in public by name, with these words and picture."""
    asked.about, asked.speaker.agreed = about, agreed
    planning.note_calendar_change(asked.event)


def what_they_know(asked: AskedSpeaker) -> dict[str, Any]:
    """What somebody who speaks plans by."""
    slot, event = asked.speaker.slot, asked.event
    known = {name: plain(getattr(slot, name)) for name in _SHOWN_OF_SLOT}
    return known | {f"event_{name}": getattr(event, name) for name in _SHOWN_OF_EVENT} | {"off": is_off(asked)}


def follow_event(event: Event, notice: Notice) -> None:
    """The event has another time or place, is cancelled or takes place after all."""
    _follow(_listening(event), notice.send, notice.hold)


def follow_slot(slot: Slot) -> None:
    """A part of the programme moved, is cancelled or takes place after all."""
    _follow([each for each in _listening(slot.event) if each.speaker.slot_id == slot.id], True)


def _listening(event: Event) -> list[AskedSpeaker]:
    """Who was mailed of when and where, and did not say no."""
    wanted = sa.select(AskedSpeaker).where(
        AskedSpeaker.event_id == event.id,
        AskedSpeaker.withdrawn_at.is_(None),
        sa.func.coalesce(AskedSpeaker.answer, SpeakerAnswer.YES) != SpeakerAnswer.NO,
    )
    db.session.flush()
    return [each for each in db.session.scalars(wanted.order_by(AskedSpeaker.id)) if each.told]


def _follow(some: Iterable[AskedSpeaker], told: bool, hold: timedelta = HOLD) -> None:
    """One mail each, that takes along what follows before it is written; what is told nobody they know from now on."""
    for asked in some:
        if not told or asked.event.over:
            asked.told = what_they_know(asked)
        elif not _is_waiting(asked):
            message = _plan(CHANGED, asked)
            if message:
                message.due_at = clock.now() + max(hold, HOLD)


def _is_waiting(asked: AskedSpeaker) -> bool:
    """Whether a mail about changes is still to be written; locked, so that it is not written meanwhile."""
    wanted = sa.select(Message).where(
        Message.kind == CHANGED,
        Message.event_id == asked.event_id,
        Message.person_id == asked.person_id,
        Message.state.in_([MessageState.PLANNED, MessageState.PAUSED]),
        Message.composed_at.is_(None),
        Message.claimed_by.is_(None),
    )
    return any(each.details.get("asked_speaker") == asked.id for each in db.session.scalars(wanted.with_for_update()))


def tell_of_virus(material: Material) -> None:
    """Mail who sent a file that there is a virus in it; nobody when an organiser did."""
    sent = sa.select(AskedSpeaker).join(speaker_slides, speaker_slides.c.asked_speaker_id == AskedSpeaker.id)
    for asked in db.session.scalars(sent.where(speaker_slides.c.material_id == material.id)).all():
        if asked.withdrawn_at is None:
            _plan(INFECTED, asked, material=material.id)


def _plan(kind: MessageKind, asked: AskedSpeaker, **details: Any) -> Message | None:
    """A mail to somebody who was asked; None when they have no address."""
    address = correspondence.preferred_address(asked.person)
    if address is None:
        return None
    event = asked.event
    about = {"network_id": event.network_id, "event_id": event.id, "person_id": asked.person_id}
    return message_queue.plan_message(kind, address, details={"asked_speaker": asked.id} | details, **about)


def plan_thanks(asked: AskedSpeaker) -> bool:
    """Promise the mail with what became of a talk, once; returns whether there is somebody to mail."""
    asked.thanked_at = clock.now()
    message = _plan(THANKED, asked)
    if message is None:
        return False
    network = asked.event.network
    message.priority, message.paced = THANKED.priority, network.paced
    message.due_at = message_queue.mailing_leaves_at(clock.now(), network.quiet_hours)
    return True
