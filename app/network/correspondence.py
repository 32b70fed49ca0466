"""What every mail to a person shares: sender, footer and headers, for one network or for the whole site."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import tokens, urls
from app.network import controllers
from app.network.faces import colours
from app.network.models import Network
from app.network.people.models import EmailAddress, Person
from app.outbox import letters
from app.outbox.kinds import Because
from app.outbox.letters import LetterBlock
from app.outbox.mime import CalendarPart, Mail, SentFile
from app.tokens import Purpose


@dataclass(frozen=True)
class Envelope:
    """How a mail travels.

    With `unsubscribe_url` it is a mailing and carries the headers for that (RFC 2369, 8058, 2919).
    """

    because: Because
    address: EmailAddress
    network: Network | None = None
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    unsubscribe_address: str | None = None
    unsubscribe_words: str = ""
    """What the link to stop says, where it is not all mail of the network."""
    preferences_url: str | None = None
    calendar: CalendarPart | None = None
    feedback: str | None = None
    files: tuple[SentFile, ...] = ()
    face: LetterBlock | None = None
    """The picture at the top."""


def write_mail(
    person: Person, kind: str, fields: Callable[[], Mapping[str, object]], envelope: Envelope, source: str | None = None
) -> Mail:
    """Write a letter of mail_templates/ (or the organiser's own `source`) in the person's language.

    `fields` is called in that language, so that what it puts in words fits.
    """
    network, language = envelope.network, person.language
    layout = {
        **footer_of_network(network),
        "because": envelope.because,
        "unsubscribe_url": envelope.unsubscribe_url,
        "unsubscribe_words": envelope.unsubscribe_words,
        "preferences_url": envelope.preferences_url,
        "face": envelope.face,
        "reached": person.name if envelope.address.through else "",
    }
    with force_locale(language):
        values = fields()
        site = letters.site_name()
        sender = gettext("%(network)s via %(site)s", network=network.name, site=site) if network else site
    return Mail(
        letter=letters.write_letter(source or letters.letter_source(kind, language), values, language, layout),
        recipient=envelope.address.address,
        recipient_name=person.name,
        sender_name=sender,
        reply_to=envelope.reply_to,
        calendar=envelope.calendar,
        unsubscribe_url=envelope.unsubscribe_url,
        unsubscribe_address=envelope.unsubscribe_address,
        list_name=list_name(network) if envelope.unsubscribe_url else None,
        feedback=envelope.feedback,
        files=envelope.files,
    )


def footer_of_network(network: Network | None) -> dict[str, object]:
    """What the footer of a mail says of its network: who answers questions, who is responsible for the data."""
    return {
        "network": network,
        "colour": colours.colour_by_day(network),
        "dark_colour": colours.colour_in_the_dark(network),
        "contact_name": network.contact_name if network else "",
        "contact_address": network.contact_address if network else "",
        "controller": controllers.controller_of(network).name,
    }


def list_name(network: Network | None) -> str:
    """What Mail calls a list: the mailings of a network, or the digest of the site."""
    return f"{network.slug} {network.name}" if network else f"digest {letters.site_name()}"


def link_to_preferences(person: Person) -> str:
    """Where a person says how often and about which networks they want to hear, without an account."""
    return urls.preferences_url(tokens.make_token(Purpose.PREFERENCES, person.id, person.preferences_version))


def preferred_address(person: Person) -> EmailAddress | None:
    return next((address for address in person.addresses if address.preferred), None)


def address_of(person: Person) -> EmailAddress:
    """The preferred address of somebody who is written to; raises LookupError for people without one."""
    address = preferred_address(person)
    if address is None:
        raise LookupError(f"person {person.id} has no address")
    return address


def message_rows_for_people(prefix: str) -> sa.Select[str, int, str, str]:
    """Columns of planned messages to people at their preferred address, for message_queue.plan_messages; the key is prefix + id."""
    return (
        sa.select(
            (sa.literal(prefix) + sa.cast(Person.id, sa.String)).label("key"),
            Person.id.label("person_id"),
            EmailAddress.address.label("recipient"),
            EmailAddress.domain,
        )
        .join(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.preferred)
        .where(EmailAddress.bounced_at.is_(None))
        .order_by(Person.id)
    )
