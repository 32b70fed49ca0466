"""The mails of waves: written just before they leave, except to people who no longer belong to the wave."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import selectinload

from app.database import db
from app.events import last_time
from app.events.models import Event, EventState, Mode
from app.invitations import check_in_codes, invitation_links, participation
from app.invitations.invitation_queries import load_invitations_for_letters
from app.invitations.letters import invitation_mail, letter_texts, material_blocks
from app.invitations.letters.letter_texts import OwnTexts
from app.invitations.models import CalendarStatus, Invitation
from app.invitations.participation import Told
from app.invitations.waves import own_letters, wave_recipients
from app.invitations.waves.models import Wave, WaveKind
from app.lessons.evaluations.models import EvaluationTicket
from app.materials import reading
from app.materials.models import Material
from app.network import memberships
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.outbox.kinds import Stop
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.registration.models import Registration
from app.signals import Signal

_AFTER_ANSWERING = {WaveKind.LAST_INFORMATION, WaveKind.THANK_YOU}
"""Waves to people who take part, whose calendar has it all."""

thanking = Signal("Who was there is about to be thanked, which may ask the questions along; sent with the event.")


def prepare_wave_mails(messages: list[Message]) -> None:
    """See to what letters of waves need: the questions that thanks ask along, and a membership by which a reader stops the mail."""
    thanks = {message.event_id for message in messages if message.kind == WaveKind.THANK_YOU.mail}
    for event in db.session.scalars(sa.select(Event).where(Event.id.in_(thanks))) if thanks else []:
        thanking.send(event)
    mailings = [message for message in messages if message.kind.stop == Stop.NETWORK]
    unknown = _unknown_readers(mailings)
    if unknown:
        strangers = _strangers(mailings)
        for message in mailings:
            if message.invitation_id in unknown and message.id not in strangers:
                memberships.join_network(*unknown[message.invitation_id], Standing.GUEST)


def _unknown_readers(messages: list[Message]) -> dict[int | None, tuple[int, int]]:
    """Person and network of invitations to public sessions of people whom the network does not know."""
    wanted = (
        sa.select(Invitation.id, Invitation.person_id, Event.network_id)
        .join(Event, Event.id == Invitation.event_id)
        .outerjoin(
            Membership,
            (Membership.person_id == Invitation.person_id) & (Membership.network_id == Event.network_id),
        )
        .where(
            Invitation.id.in_({message.invitation_id for message in messages}),
            Membership.id.is_(None),
            Event.state == EventState.PUBLISHED,
        )
    )
    return {invitation_id: (person, network) for invitation_id, person, network in db.session.execute(wanted)}


def write_wave_mails(messages: list[Message]) -> list[Written]:
    """Write a batch of mails.

    A message without a wave was asked for by hand: the standard letter of its kind.
    """
    invitations = load_invitations_for_letters({message.invitation_id for message in messages})
    waves, strangers = _waves_by_id(messages), _strangers(messages)
    chosen = sa.select(Registration).where(Registration.invitation_id.in_(invitations))
    places = {place.invitation_id: place for place in db.session.scalars(chosen)}
    own_texts = letter_texts.load_own_texts({message.network_id for message in messages}, waves)
    hands_out = {kind.mail for kind in _AFTER_ANSWERING}
    readers = [message.invitation_id for message in messages if message.kind in hands_out and message.invitation_id]
    given = reading.materials_of_invited(readers) if readers else {}
    mails: list[Written] = []
    shared: dict[tuple[Any, ...], LetterBlock] = {}
    for message in messages:
        invitation = invitations[message.invitation_id]
        wave, place = waves.get(message.wave_id or 0), places.get(invitation.id)
        if message.id in strangers or not invitation.event.published:
            mails.append(Suppressed(Reason.NO_RECIPIENT, [invitation, invitation.event]))
        else:
            of_kind = wave or Wave(kind=WaveKind(message.kind))
            mode, materials = place.mode if place else None, given.get(invitation.id, [])
            mail = write_wave_mail(of_kind, invitation, own_texts, mode, shared, materials=materials)
            mails.append(participation.draft(invitation, mail, wave, place))
    return mails


def write_own_letters(messages: list[Message]) -> list[Written]:
    """Write a batch of letters in organisers' own words, also to readers who have no invitation."""
    people = _load_people({message.person_id for message in messages})
    invitations = load_invitations_for_letters({message.invitation_id for message in messages})
    waves, strangers = _waves_by_id(messages), _strangers(messages)
    own_texts = letter_texts.load_own_texts({message.network_id for message in messages}, waves)
    mails: list[Written] = []
    for message in messages:
        wave, person = waves.get(message.wave_id or 0), people[message.person_id or 0]
        if wave is None or message.id in strangers or not wave.event.published:
            mails.append(Suppressed(Reason.NO_RECIPIENT, [person]))
            continue
        invitation = invitations.get(message.invitation_id)
        mail = own_letters.write_own_letter(wave, wave.event, person, own_texts, invitation=invitation)
        mails.append(Draft(mail, [wave, wave.event, person, *person.addresses, *person.memberships]))
    return mails


def _load_people(person_ids: Collection[int | None]) -> dict[int, Person]:
    wanted = sa.select(Person).where(Person.id.in_(person_ids))
    options = [selectinload(Person.addresses), selectinload(Person.memberships)]
    found = db.session.scalars(wanted.options(*options), execution_options={"populate_existing": True})
    return {person.id: person for person in found}


def prepare_own_letters(messages: list[Message]) -> None:
    """Give readers whom the network does not know a membership, by which they stop its mail."""
    strangers = _strangers(messages)
    for message in messages:
        person, network = message.person_id, message.network_id
        if message.kind.stop == Stop.NETWORK and person and network and message.id not in strangers:
            memberships.join_network(person, network, Standing.GUEST)


def reasons_not_to_leave(messages: list[Message]) -> dict[int, Reason]:
    """Which written mails should not leave after all: their readers answered, unsubscribed or left since."""
    return dict.fromkeys(_strangers(messages), Reason.NO_RECIPIENT)


def _waves_by_id(messages: list[Message]) -> dict[int, Wave]:
    wave_ids = {message.wave_id for message in messages if message.wave_id}
    return {wave.id: wave for wave in db.session.scalars(sa.select(Wave).where(Wave.id.in_(wave_ids)))}


def _strangers(messages: list[Message]) -> set[int]:
    """Ids of messages whose readers no longer belong to the wave; a repeated one goes to its intended reader anyway."""
    strangers: set[int] = set()
    for wave_id, wave in _waves_by_id(messages).items():
        mine = [message for message in messages if message.wave_id == wave_id and message.again_of_id is None]
        fitting = wave_recipients.still_fitting(wave, [message.person_id for message in mine])
        strangers.update(message.id for message in mine if message.person_id not in fitting)
    return strangers


def write_wave_mail(
    wave: Wave,
    invitation: Invitation,
    own_texts: OwnTexts,
    mode: Mode | None = None,
    shared: dict[tuple[Any, ...], LetterBlock] | None = None,
    source: str | None = None,
    materials: Sequence[Material] | None = None,
) -> Mail:
    """One person's mail of a wave, which changes nothing. `shared` keeps blocks that are the same in all mails of a batch,
    `materials` are what this reader may open, where that was read for the whole batch.

    `source` is a text that is not saved yet, for a preview.
    """
    language, event = invitation.person.language, invitation.event
    if wave.kind in wave_recipients.IN_OWN_WORDS:
        return own_letters.write_own_letter(
            wave, event, invitation.person, own_texts, invitation=invitation, source=source
        )
    kind = wave.kind.mail
    with force_locale(language):
        extra = _extra_blocks(wave, invitation, mode, {} if shared is None else shared, materials)
    extra |= own_texts.pictures(event.network_id)
    return invitation_mail.write_invitation_mail(
        invitation,
        kind,
        source=source or own_texts.source(event.network_id, kind.letter, language, wave.id),
        extra=extra,
        calendar=_calendar_part(wave, invitation),
    )


def _extra_blocks(
    wave: Wave,
    invitation: Invitation,
    mode: Mode | None,
    shared: dict[tuple[Any, ...], LetterBlock],
    materials: Sequence[Material] | None,
) -> dict[str, LetterBlock]:
    """Blocks that only this kind of wave has."""
    if wave.kind in _AFTER_ANSWERING:
        block = {"materiaal": material_blocks.write_material_block(invitation, materials)}
        if wave.kind == WaveKind.LAST_INFORMATION:
            return block | _way_in(invitation, mode)
        return block | {"formulier": _questions(invitation)}
    if not invitation.event.looks_back:
        return {}
    key = (invitation.event_id, invitation.person.language)
    if key not in shared:
        shared[key] = _look_back(invitation.event)
    return {"terugblik": shared[key]}


def _questions(invitation: Invitation) -> LetterBlock:
    """The button to the questions, for people who still have a ticket to answer them, and in an example."""
    ticket = db.session.get(EvaluationTicket, invitation.id)
    asked = invitation.id == invitation_mail.PREVIEW_ID or (ticket and not ticket.answered)
    return invitation_mail.questions_button(invitation) if asked else LetterBlock("", "")


def _look_back(event: Event) -> LetterBlock:
    """What became of what was agreed last time."""
    rows = [(each.what, each.state.words.lower()) for each in last_time.agreed_before(event)]
    return LetterBlock.render("look_back", commitments=rows)


def _way_in(invitation: Invitation, mode: Mode | None) -> dict[str, LetterBlock]:
    """How somebody with a place gets in: a button to the online session, or the code for the door."""
    if mode == Mode.ONLINE and invitation.event.join_url:
        button = LetterBlock.render(
            "button", link=invitation_links.link_to_joining(invitation), label=gettext("Open de online sessie")
        )
        return {"deelname": button}
    return {"toegangscode": check_in_codes.write_code_block(invitation)} if mode == Mode.ON_SITE else {}


def _calendar_part(wave: Wave, invitation: Invitation) -> Told | None:
    if wave.kind in _AFTER_ANSWERING:
        return None
    with force_locale(invitation.person.language):
        if wave.kind == WaveKind.SAVE_THE_DATE:
            note = gettext("Houd deze datum vrij. De uitnodiging volgt.")
            return participation.write_request_part(invitation, CalendarStatus.TENTATIVE, note=note)
        note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
        return participation.write_request_part(invitation, CalendarStatus.CONFIRMED, note=note)
