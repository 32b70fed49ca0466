"""A digest as a mail: one calm letter over all networks of a person."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import selectinload

from app import addresses, tokens, wording
from app.database import db
from app.digests import selection
from app.digests.selection import Digest, News, Section
from app.events.models import Event
from app.invitations import links
from app.invitations.models import WaveKind
from app.lessons import commitment_letters
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.models import DigestFrequency, Person
from app.outbox.composing import Suppressed
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.tokens import Purpose


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch of digests; who has nothing new, or no longer wants one, gets none."""
    people = _people([message.person_id for message in messages])
    digests = selection.for_people(list(people.values()), News.now())
    mails, told, news = [], [], {}
    for message in messages:
        person, digest = people[message.person_id], digests[message.person_id]
        if person.digest == DigestFrequency.NEVER or person.erased_at or correspondence.preferred(person) is None:
            mails.append(Suppressed(Reason.NO_DIGEST))
        elif not digest.sections:
            mails.append(Suppressed(Reason.NOTHING_NEW))
        else:
            mails.append(write(digest, news))
            told.append(digest)
    selection.remember(told)
    return mails


def write(digest: Digest, news: dict[tuple[Any, ...], Block] | None = None) -> Mail:
    """The mail of a digest that has something to tell; `news` keeps what was set in type for others of a batch."""
    person = digest.person
    envelope = Envelope(
        because=MessageKind.DIGEST.because,
        address=correspondence.preferred(person),
        unsubscribe_url=stop_page(person),
        unsubscribe_address=addresses.reply(tokens.make(Purpose.DIGEST_STOP, person.id, person.preferences_version)),
        preferences_url=correspondence.preferences_page(person),
        feedback=f"{person.digest}:digest",
    )
    return correspondence.write(
        person, MessageKind.DIGEST.letter, lambda: _fields(digest, {} if news is None else news), envelope
    )


def stop_page(person: Person) -> str:
    """Where one click in the mail program stops the digest (RFC 8058)."""
    return correspondence.preferences_page(person) + "/stop"


def _people(numbers: list[int]) -> dict[int, Person]:
    wanted = sa.select(Person).where(Person.id.in_(numbers))
    options = [selectinload(Person.addresses), selectinload(Person.memberships)]
    people = db.session.scalars(wanted.options(*options), execution_options={"populate_existing": True})
    return {person.id: person for person in people}


def _fields(digest: Digest, news: dict[tuple[Any, ...], Block]) -> dict[str, object]:
    first, others = _first(digest.sections[0]), len(digest.items()) - 1
    more = ngettext("en nog %(num)s bericht", "en nog %(num)s berichten", others) if others else ""
    return {
        "voornaam": digest.person.call_name,
        "eerste": first,
        "meer": more,
        "nieuws": _news(digest, news),
        "heeft_afspraken": bool(digest.commitments),
        "afspraken": commitment_letters.block(digest.commitments[:5]),
    }


def _news(digest: Digest, known: dict[tuple[Any, ...], Block]) -> Block:
    """The news in type, once for all readers of a batch who get the same in one language."""
    key = (digest.person.language, *digest.items())
    if key not in known:
        known[key] = Block.render("digest", sections=[_shown(section) for section in digest.sections])
    return known[key]


def _first(section: Section) -> str:
    """What the subject names: the soonest session, an own invitation before others, else the newest impression or a word."""
    if section.invitations:
        event = section.invitations[0].invitation.event
        return f"{event.title}, {wording.short_day(event.starts_at, event.zone)}"
    if section.freed or section.sessions:
        event = (section.freed or section.sessions)[0]
        return f"{event.title}, {wording.short_day(event.starts_at, event.zone)}"
    if section.impressions:
        return gettext("impressie van %(title)s", title=section.impressions[0].title)
    return gettext("bericht van %(network)s", network=section.network.name)


def _when_and_where(event: Event) -> str:
    day, hours = wording.day(event.starts_at, event.zone), wording.hours(event.starts_at, event.ends_at, event.zone)
    return f"{day}, {hours}, {wording.place(event)}"


def _shown(section: Section) -> dict[str, object]:
    """A section in words; sessions that have room again stand with the others."""
    freed = {event.id for event in section.freed}
    events = sorted(
        {event.id: event for event in [*section.sessions, *section.freed]}.values(), key=lambda each: each.starts_at
    )
    return {
        "name": section.network.name,
        "invitations": [
            (
                held.invitation.event.title,
                _when_and_where(held.invitation.event),
                links.page(held.invitation),
                held.messages[-1].kind == WaveKind.REMINDER,
            )
            for held in section.invitations
        ],
        "word": Block.of_markdown(section.word.text) if section.word else None,
        "sessions": [
            (
                event.title,
                _when_and_where(event),
                addresses.event_page(event.slug),
                event.id in freed,
            )
            for event in events
        ],
        "impressions": [
            (each.title, [insight.title for insight in each.insights[:2]], addresses.impression_page(each.slug))
            for each in section.impressions
        ],
    }
