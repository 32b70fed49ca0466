"""The mails of waves: written just before they leave, less those to people who belong to the wave no more."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app.database import db
from app.events.models import Mode
from app.invitations import check_in_codes, links, mailing, participation, recipients, texts
from app.invitations.models import CalendarStatus, Invitation, Wave, WaveKind
from app.invitations.queries import loaded
from app.invitations.texts import Texts
from app.invitations.waves import letter_kind
from app.outbox.composing import Suppressed
from app.outbox.letters import Block
from app.outbox.mime import CalendarPart, Mail
from app.outbox.models import Message
from app.registration.models import Registration

NO_LONGER = "no longer among the recipients"
_ABOUT_OWN = {WaveKind.LAST_INFORMATION, WaveKind.THANK_YOU}
"""Waves that are about one's own registration; the rest are mailings."""


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch of mails.

    A message without a wave was asked for by hand: the standard letter of its kind.
    """
    invitations = loaded(messages)
    waves, strangers = _waves(messages), _strangers(messages)
    chosen = sa.select(Registration.invitation_id, Registration.mode).where(
        Registration.invitation_id.in_({invitation.id for invitation in invitations.values()})
    )
    modes = dict(db.session.execute(chosen).all())
    own_texts = texts.holding({message.network_id for message in messages}, waves)
    mails: list[Mail | Suppressed] = []
    shared: dict[tuple[Any, ...], Block] = {}
    for message in messages:
        invitation = invitations[message.id]
        wave = waves.get(message.wave_id or 0) or Wave(kind=WaveKind(message.kind))
        if message.id in strangers or not invitation.event.published:
            mails.append(Suppressed(NO_LONGER))
        else:
            mails.append(write(wave, invitation, own_texts, modes.get(invitation.id), shared))
    return mails


def last_look(messages: list[Message]) -> dict[int, str]:
    """Which written mails should not leave after all: their readers answered, unsubscribed or left since."""
    return dict.fromkeys(_strangers(messages), NO_LONGER)


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
    """One person's mail of a wave. `shared` keeps blocks that are the same in all mails of a batch.

    `source` is a text that is not saved yet, for a preview.
    """
    language, event = invitation.person.language, invitation.event
    kind = letter_kind(wave.kind)
    with force_locale(language):
        extra = _extra(wave, invitation, mode, {} if shared is None else shared)
    extra |= own_texts.pictures(event.network_id)
    return mailing.mail(
        invitation,
        kind,
        source=source or own_texts.source(event.network_id, kind, language, wave.id),
        extra=extra,
        calendar=_calendar_part(wave, invitation),
        mailing=wave.kind not in _ABOUT_OWN,
    )


def _extra(
    wave: Wave, invitation: Invitation, mode: Mode | None, shared: dict[tuple[Any, ...], Block]
) -> dict[str, Block]:
    """Blocks that only this kind of wave has."""
    if wave.kind == WaveKind.LAST_INFORMATION:
        return _way_in(invitation, mode)
    if wave.kind == WaveKind.THANK_YOU:
        return {"formulier": _first_answer(mailing.asking_back.send(invitation))}
    if not invitation.event.looks_back:
        return {}
    key = (invitation.event_id, invitation.person.language)
    if key not in shared:
        shared[key] = _first_answer(mailing.looking_back.send(invitation.event))
    return {"terugblik": shared[key]}


def _first_answer(answers: Collection[tuple[Any, ...]]) -> Block:
    return next((block for _, block in answers if block), Block("", ""))


def _way_in(invitation: Invitation, mode: Mode | None) -> dict[str, Block]:
    """How somebody with a place gets in: a button to the online session, or the code for the door."""
    if mode == Mode.ONLINE and invitation.event.join_url:
        button = Block.render("button", link=links.join_page(invitation), label=gettext("Open de online sessie"))
        return {"deelname": button}
    return {"toegangscode": check_in_codes.block(invitation)} if mode == Mode.ON_SITE else {}


def _calendar_part(wave: Wave, invitation: Invitation) -> CalendarPart | None:
    if wave.kind in _ABOUT_OWN:
        return None
    with force_locale(invitation.person.language):
        if wave.kind == WaveKind.SAVE_THE_DATE:
            note = gettext("Houd deze datum vrij. De uitnodiging volgt.")
            return participation.request(invitation, CalendarStatus.TENTATIVE, note=note)
        note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
        return participation.request(invitation, CalendarStatus.CONFIRMED, note=note)
