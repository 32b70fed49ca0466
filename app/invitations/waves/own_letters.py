"""Letters of which an organiser writes every word: to who comes, waits, was there, declined, or an audience.

They ask for no invitation: who has one finds their own page behind 'pagina', others the page of the session. A reply goes
to the organisers, not to what reads answers.
"""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import gettext

from app import clock, urls, wording
from app.accounts.models import Account
from app.database import db
from app.events.models import Event
from app.invitations import invitation_links
from app.invitations.letters import invitation_mail
from app.invitations.letters.letter_texts import OwnTexts
from app.invitations.models import Invitation
from app.invitations.waves import wave_files, waves
from app.invitations.waves.models import LetterTo, Wave, WaveState
from app.network import correspondence, seeing
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.models import Audience
from app.network.correspondence import Envelope
from app.network.memberships import unsubscribe_address
from app.network.models import Membership, Standing
from app.network.people.models import Language, Person
from app.network.seeing import Viewer
from app.outbox.kinds import Stop
from app.outbox.mime import Mail


def write_own_letter(
    wave: Wave,
    event: Event,
    person: Person,
    own_texts: OwnTexts,
    *,
    invitation: Invitation | None = None,
    source: str | None = None,
) -> Mail:
    """One person's mail, which changes nothing. `source` is a text that is not saved yet, for a preview."""
    kind, network = wave.kind.mail, event.network
    stop = invitation_mail.unsubscribe_page(person, network.id) if kind.stop == Stop.NETWORK else None
    has_address = invitation is not None and invitation.address is not None
    envelope = Envelope(
        because=kind.because,
        address=invitation.letter_address if invitation and has_address else correspondence.address_of(person),
        network=network,
        reply_to=network.contact_address,
        unsubscribe_url=stop,
        unsubscribe_address=unsubscribe_address(stop) if stop else None,
        preferences_url=invitation_mail.preferences_page(person),
        feedback=f"{event.id}:{network.id}:{kind.letter.replace('/', '-')}",
        files=wave_files.files_to_send(wave),
    )
    page = invitation_links.link_to_invitation(invitation) if invitation else urls.event_url(event.slug)
    pictures = own_texts.pictures(network.id)
    return correspondence.write_mail(
        person,
        kind.letter,
        lambda: {
            **invitation_mail.event_letter_fields(event),
            "voornaam": person.call_name,
            "naam": person.name,
            "pagina": page,
            **pictures,
        },
        envelope,
        source or source_of(wave, network.id, person.language, own_texts),
    )


def source_of(wave: Wave, network_id: int, language: Language, own_texts: OwnTexts) -> str:
    """What was written in the reader's language, else in another one: it says more than our standard letter."""
    kind = wave.kind.mail.letter
    for each in (language, *Language):
        if text := own_texts.texts.get((network_id, wave.id, kind, each)):
            return text
    return own_texts.source(network_id, kind, language)


def begin_letter(event: Event, to: LetterTo, audience: Audience | None = None) -> Wave:
    """A draft for these people; it goes nowhere until its text is there and an organiser releases it."""
    now = clock.now()
    wave = Wave(event=event, event_id=event.id, kind=to.kind, letter_to=to, audience=audience, at=now, due_at=now)
    wave.state = WaveState.DRAFT
    db.session.add(wave)
    db.session.flush()
    return wave


def known_people(event: Event, person_ids: Collection[int], viewer: Viewer) -> set[int]:
    """Those of these people who are in the network or were invited to the session, as far as the viewer may know of them."""
    member = sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        Membership.network_id == event.network_id,
        Membership.standing != Standing.LEFT,
    )
    invited = sa.select(Invitation.id).where(Invitation.person_id == Person.id, Invitation.event_id == event.id)
    wanted = sa.select(Person.id).where(Person.id.in_(person_ids), seeing.people(viewer))
    return set(db.session.scalars(wanted.where(sa.or_(member.exists(), invited.exists()))))


def write_to_people(event: Event, person_ids: Collection[int], by: Account) -> Wave:
    """A draft for people who were ticked on a list; they stay together as an audience, so that who merges is followed."""
    rule = [[audiences.make_condition(AudienceBlock.PERSON, *sorted(person_ids))]]
    name = gettext(
        "Aangevinkt door %(name)s, %(moment)s", name=by.name, moment=wording.format_day_and_hour(clock.now())
    )
    return begin_letter(event, LetterTo.AUDIENCE, audiences.add_audience(event.network, name[:100], rule))


def change_readers(wave: Wave, to: LetterTo, audience: Audience | None) -> None:
    """Let the letter go to others, with the same text; who released it has to look again."""
    wave.kind, wave.letter_to, wave.audience = to.kind, to, audience if to == LetterTo.AUDIENCE else None
    waves.withdraw_release(wave)
