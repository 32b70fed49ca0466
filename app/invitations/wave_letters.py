"""The mails of waves: written just before they leave, less those to people who belong to the wave no more."""

from typing import Any

import sqlalchemy as sa
from blinker import Signal
from flask_babel import force_locale, gettext

from app.database import db
from app.events import last_time
from app.events.models import Event, Mode
from app.invitations import check_in_codes, links, mailing, participation, recipients, texts
from app.invitations.models import CalendarStatus, Invitation, Wave, WaveKind
from app.invitations.participation import Told
from app.invitations.queries import loaded
from app.invitations.texts import Texts
from app.lessons.models import EvaluationTicket
from app.network import memberships
from app.outbox.composing import Suppressed
from app.outbox.kinds import Stop
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.registration.models import Registration

_AFTER_ANSWERING = {WaveKind.LAST_INFORMATION, WaveKind.THANK_YOU}
"""Waves to who takes part, whose calendar has it all."""

thanking = Signal("Who was there is about to be thanked, which may ask the questions along; sent with the event.")


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch of mails, and keep what the calendars of their readers are told.

    A message without a wave was asked for by hand: the standard letter of its kind.
    """
    invitations = loaded({message.invitation_id for message in messages})
    waves, strangers = _waves(messages), _strangers(messages)
    chosen = sa.select(Registration.invitation_id, Registration.mode).where(Registration.invitation_id.in_(invitations))
    modes = dict(db.session.execute(chosen).all())
    own_texts = texts.holding({message.network_id for message in messages}, waves)
    for event in {invitations[each.invitation_id].event for each in messages if each.kind == WaveKind.THANK_YOU}:
        thanking.send(event)
    mails, shared = [], {}
    for message in messages:
        invitation = invitations[message.invitation_id]
        wave = waves.get(message.wave_id) or Wave(kind=WaveKind(message.kind))
        if message.id in strangers or not invitation.event.published:
            mails.append(Suppressed(Reason.NO_RECIPIENT))
        else:
            if wave.kind.mail.stop == Stop.NETWORK:
                memberships.make_known(invitation.person, invitation.event.network_id)
            mails.append(write(wave, invitation, own_texts, modes.get(invitation.id), shared))
            participation.remember(invitation, mails[-1].calendar)
    return mails


def last_look(messages: list[Message]) -> dict[int, Reason]:
    """Which written mails should not leave after all: their readers answered, unsubscribed or left since."""
    return dict.fromkeys(_strangers(messages), Reason.NO_RECIPIENT)


def _waves(messages: list[Message]) -> dict[int, Wave]:
    numbers = {message.wave_id for message in messages if message.wave_id}
    return {wave.id: wave for wave in db.session.scalars(sa.select(Wave).where(Wave.id.in_(numbers)))}


def _strangers(messages: list[Message]) -> set[int]:
    """Ids of messages of waves to which their readers belong no more; a repeated one goes to whom it was meant for."""
    strangers: set[int] = set()
    for number, wave in _waves(messages).items():
        mine = [message for message in messages if message.wave_id == number and message.again_of_id is None]
        fitting = recipients.still_fitting(wave, [message.person_id for message in mine])
        strangers.update(message.id for message in mine if message.person_id not in fitting)
    return strangers


def write(
    wave: Wave,
    invitation: Invitation,
    own_texts: Texts,
    mode: Mode | None = None,
    shared: dict[tuple[Any, ...], Block] | None = None,
    source: str | None = None,
) -> Mail:
    """One person's mail of a wave, which changes nothing. `shared` keeps blocks that are the same in all mails of a batch.

    `source` is a text that is not saved yet, for a preview.
    """
    language, event = invitation.person.language, invitation.event
    kind = wave.kind.mail
    with force_locale(language):
        extra = _extra(wave, invitation, mode, {} if shared is None else shared)
    extra |= own_texts.pictures(event.network_id)
    return mailing.mail(
        invitation,
        kind,
        source=source or own_texts.source(event.network_id, kind.letter, language, wave.id),
        extra=extra,
        calendar=_calendar_part(wave, invitation),
    )


def _extra(
    wave: Wave, invitation: Invitation, mode: Mode | None, shared: dict[tuple[Any, ...], Block]
) -> dict[str, Block]:
    """Blocks that only this kind of wave has."""
    if wave.kind == WaveKind.LAST_INFORMATION:
        return _way_in(invitation, mode)
    if wave.kind == WaveKind.THANK_YOU:
        return {"formulier": _questions(invitation)}
    if not invitation.event.looks_back:
        return {}
    key = (invitation.event_id, invitation.person.language)
    if key not in shared:
        shared[key] = _look_back(invitation.event)
    return {"terugblik": shared[key]}


def _questions(invitation: Invitation) -> Block:
    """The button to the questions, for who still has a ticket to answer them, and in an example."""
    ticket = db.session.get(EvaluationTicket, invitation.id)
    asked = invitation.id == mailing.PREVIEW_ID or (ticket and not ticket.answered)
    return mailing.questions_button(invitation) if asked else Block("", "")


def _look_back(event: Event) -> Block:
    """What became of what was agreed last time."""
    rows = [(each.what, each.state.words.lower()) for each in last_time.agreed_before(event)]
    return Block.render("look_back", commitments=rows)


def _way_in(invitation: Invitation, mode: Mode | None) -> dict[str, Block]:
    """How somebody with a place gets in: a button to the online session, or the code for the door."""
    if mode == Mode.ONLINE and invitation.event.join_url:
        button = Block.render("button", link=links.join_page(invitation), label=gettext("Open de online sessie"))
        return {"deelname": button}
    return {"toegangscode": check_in_codes.block(invitation)} if mode == Mode.ON_SITE else {}


def _calendar_part(wave: Wave, invitation: Invitation) -> Told | None:
    if wave.kind in _AFTER_ANSWERING:
        return None
    with force_locale(invitation.person.language):
        if wave.kind == WaveKind.SAVE_THE_DATE:
            note = gettext("Houd deze datum vrij. De uitnodiging volgt.")
            return participation.request(invitation, CalendarStatus.TENTATIVE, note=note)
        note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
        return participation.request(invitation, CalendarStatus.CONFIRMED, note=note)
