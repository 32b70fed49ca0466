"""What every mail about an invitation shares: the fields of its letter, sender, footer and headers."""

from collections.abc import Mapping

from flask_babel import gettext

from app import urls, wording
from app.breakouts import own_programme
from app.breakouts.own_programme import OwnProgramme
from app.events import event_days
from app.events.models import Event, EventFormat
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.faces.models import Picture
from app.network.memberships import link_to_unsubscribe, unsubscribe_address
from app.network.people.models import EmailAddress, Language, Person
from app.outbox.kinds import MessageKind, Stop
from app.outbox.letters import LetterBlock
from app.outbox.mime import CalendarPart, Mail, SentFile

PREVIEW_ID = 0
FACE = "beeld"
"""Under which Content-ID the picture of a session travels."""


def write_invitation_mail(
    invitation: Invitation,
    kind: MessageKind,
    *,
    source: str | None = None,
    extra: Mapping[str, object] | None = None,
    calendar: CalendarPart | None = None,
    files: tuple[SentFile, ...] = (),
) -> Mail:
    """Write the letter of a kind (or the organiser's own `source`) to the invited person."""
    event, network = invitation.event, invitation.event.network
    stop = unsubscribe_page(invitation.person, network.id) if kind.stop == Stop.NETWORK else None
    envelope = Envelope(
        because=kind.because,
        address=invitation.letter_address,
        network=network,
        reply_to=invitation_links.invitation_reply_address(invitation),
        unsubscribe_url=stop,
        unsubscribe_address=unsubscribe_address(stop) if stop else None,
        preferences_url=preferences_page(invitation.person),
        calendar=calendar,
        files=files,
        face=face_block(event.face),
        feedback=f"{event.id}:{network.id}:{kind.letter.replace('/', '-')}",
    )

    def fields() -> dict[str, object]:
        values = letter_fields(invitation)
        if kind.asks and event.format == EventFormat.COURSE_MEETING:
            from app.invitations.letters import course_facts

            values = course_facts.about_the_whole(values, event)
        return {**values, **(extra or {})}

    return correspondence.write_mail(invitation.person, kind.letter, fields, envelope, source)


def face_block(picture: Picture | None) -> LetterBlock | None:
    """The picture of a session at the top of a mail; the text part does without, for it says nothing that people need."""
    if picture is None:
        return None
    width = min(picture.width // 2, 480) if picture.logo else 544
    return LetterBlock.render("face", {FACE: picture.mail}, cid=FACE, picture=picture, width=width)


def message_references(invitation: Invitation) -> dict[str, int]:
    """What a message about an invitation refers to."""
    return {
        "network_id": invitation.event.network_id,
        "event_id": invitation.event_id,
        "person_id": invitation.person_id,
        "invitation_id": invitation.id,
    }


def questions_button(invitation: Invitation) -> LetterBlock:
    """The button to the questions after the event."""
    return LetterBlock.render(
        "button", link=invitation_links.questions_page(invitation), label=gettext("Vul de vragen in")
    )


def preferences_page(person: Person) -> str:
    if person.id == PREVIEW_ID:
        return urls.preferences_url("voorbeeld")
    return correspondence.link_to_preferences(person)


def unsubscribe_page(person: Person, network_id: int) -> str:
    if person.id == PREVIEW_ID:
        return urls.unsubscribe_url("voorbeeld")
    return link_to_unsubscribe(person, network_id)


def example_person(name: str, call_name: str, address: str, language: Language) -> Person:
    """Somebody who is in no database, to show a letter to."""
    return Person(
        id=PREVIEW_ID,
        name=name,
        call_name=call_name,
        language=language,
        memberships=[],
        addresses=[EmailAddress(address=address, preferred=True)],
    )


def example_invitation(event: Event, person: Person) -> Invitation:
    """An invitation that is in no database, to show a letter before it goes; its links open nothing."""
    address = EmailAddress(address=person.email or "")
    return Invitation(id=PREVIEW_ID, token_version=1, event=event, event_id=event.id, person=person, address=address)


def letter_fields(invitation: Invitation) -> dict[str, object]:
    """The values of the common fields of letters (outbox/kinds.py) for one person, in the language that is in force."""
    event, person = invitation.event, invitation.person
    link = invitation_links.link_to_invitation(invitation)
    return {
        **event_letter_fields(event, own_programme.of_invitation(invitation)),
        "voornaam": person.call_name,
        "naam": person.name,
        "pagina": link,
        "antwoorden": LetterBlock.render("answers", event=event, link=link, place=event.town or event.venue),
        "deelname": LetterBlock("", ""),
        "toegangscode": LetterBlock("", ""),
        "terugblik": LetterBlock("", ""),
    }


def event_letter_fields(event: Event, own: OwnProgramme | None = None) -> dict[str, object]:
    """The values of the fields of letters that say the same to everybody, in the language that is in force.

    With a programme of one's `own` it is that.
    """
    title = event.title
    return {
        "netwerk": event.network.name,
        "titel": title,
        "dag": wording.format_short_day(event.starts_at, event.zone),
        "tijd": event_days.format_hours_of_event(event),
        "plaats": wording.format_place(event),
        "samenvatting": event.summary,
        "sluiting": wording.format_day_and_hour(event.closes_at, event.zone),
        "contact": f"{event.network.contact_name} ({event.network.contact_address})",
        "gegevens": LetterBlock.render(
            "facts",
            event=event,
            days=event_days.list_days_in_words(event),
            venue=wording.format_venue(event),
            phone=wording.dial(event.day_phone),
        ),
        "programma": LetterBlock.render(
            "programme",
            event=event,
            slots=[] if event.confidential else own.slots if own else event.slots,
            unchosen=[] if event.confidential or own is None else own.unchosen,
            hour=wording.format_hour,
            day=wording.format_short_day if event_days.takes_several_days(event) else None,
        ),
        "route": LetterBlock.of_markdown(event.directions),
        "op_locatie": event.on_site,
        "online": event.online,
        "hybride": event.on_site and event.online,
        "besloten": event.confidential,
        "kan_wijzigen": event.open,
    }
