"""A digest as a mail: one calm letter about all networks of a person."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import selectinload

from app import tokens, urls, wording
from app.database import Model, db
from app.digests import digest_selection
from app.digests.digest_selection import Digest, NetworkSection, QuestionNews, SiteNews
from app.events import event_days
from app.events.models import Event
from app.invitations import invitation_links
from app.invitations.waves.models import WaveKind
from app.lessons.insights import commitment_letters
from app.network import correspondence, visits
from app.network.correspondence import Envelope
from app.network.people.models import DigestFrequency, Person
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.tokens import Purpose

MOST_OF_A_QUESTION = 600
"""Characters of a question's text that stand in a digest; the rest is read on its page."""


def prepare_digests(messages: list[Message]) -> None:
    """Whoever gets a digest has a link and an address of their own for each question in it."""
    from app.questions import deliveries  # a command that writes no digest need not load it

    deliveries.make_for([message.person_id for message in messages if message.person_id])


def write_digests(messages: list[Message]) -> list[Written]:
    """Write a batch of digests; people for whom nothing is new, or who no longer want one, get none."""
    people = _load_people([message.person_id for message in messages if message.person_id])
    digests = digest_selection.gather_digests(list(people.values()), SiteNews.load())
    mails: list[Written] = []
    news: dict[tuple[Any, ...], LetterBlock] = {}
    for message in messages:
        person_id = message.person_id or 0
        person, digest = people[person_id], digests[person_id]
        if (
            person.digest == DigestFrequency.NEVER
            or person.erased_at
            or correspondence.preferred_address(person) is None
        ):
            mails.append(Suppressed(Reason.NO_DIGEST))
        elif not digest.sections:
            mails.append(Suppressed(Reason.NOTHING_NEW))
        else:
            mails.append(Draft(write_digest(digest, news), _rests_on(digest), facts=digest))
    return mails


def _rests_on(digest: Digest) -> list[Model]:
    person = digest.person
    held = [each for section in digest.sections for held in section.invitations for each in held.messages]
    asked = [request for section in digest.sections for request in section.requests]
    rows = [row for request in asked for row in (request.message, *request.rests_on)]
    rows += [news.question for section in digest.sections for news in section.questions]
    return [person, *person.addresses, *person.memberships, *held, *rows]


def write_digest(digest: Digest, news: dict[tuple[Any, ...], LetterBlock] | None = None) -> Mail:
    """The mail of a digest that has something to tell; `news` keeps what was set in type for others of a batch."""
    person = digest.person
    envelope = Envelope(
        because=MessageKind.DIGEST.because,
        address=correspondence.address_of(person),
        unsubscribe_url=link_to_stop_digest(person),
        unsubscribe_address=urls.reply_address(
            tokens.make_token(Purpose.DIGEST_STOP, person.id, person.preferences_version)
        ),
        preferences_url=correspondence.link_to_preferences(person),
        feedback=f"{person.digest}:digest",
    )
    return correspondence.write_mail(
        person, MessageKind.DIGEST.letter, lambda: _digest_fields(digest, {} if news is None else news), envelope
    )


def link_to_stop_digest(person: Person) -> str:
    """Where one click in the mail program stops the digest (RFC 8058)."""
    return correspondence.link_to_preferences(person) + "/stop"


def _load_people(person_ids: list[int]) -> dict[int, Person]:
    wanted = sa.select(Person).where(Person.id.in_(person_ids))
    options = [selectinload(Person.addresses), selectinload(Person.memberships)]
    people = db.session.scalars(wanted.options(*options), execution_options={"populate_existing": True})
    return {person.id: person for person in people}


def _digest_fields(digest: Digest, news: dict[tuple[Any, ...], LetterBlock]) -> dict[str, object]:
    from app.lessons.insights import use_questions

    first, others = _subject_of_section(digest.sections[0]), len(digest.items()) - 1
    more = ngettext("en nog %(num)s bericht", "en nog %(num)s berichten", others) if others else ""
    return {
        "voornaam": digest.person.call_name,
        "eerste": first,
        "meer": more,
        "nieuws": _write_news(digest, news),
        "heeft_afspraken": bool(digest.commitments),
        "afspraken": commitment_letters.write_commitments_block(digest.commitments[:5]),
        "heeft_vragen": bool(digest.uses),
        "vragen": use_questions.write_block(digest.uses),
    }


def _write_news(digest: Digest, known: dict[tuple[Any, ...], LetterBlock]) -> LetterBlock:
    """The news in type, once for all readers of a batch who get the same in one language."""
    # A network that is not listed lets each reader in by a link of their own, and a question has one for its answer.
    own = digest.person.id if any(each.questions or not each.network.listed for each in digest.sections) else 0
    key = (own, digest.person.language, *digest.items())
    if key not in known:
        sections = [_section_in_words(section, digest.person) for section in digest.sections]
        known[key] = LetterBlock.render("digest", sections=sections)
    return known[key]


def _subject_of_section(section: NetworkSection) -> str:
    """What the subject names: an invitation, what is asked of the reader, a question, a session, an impression or a word."""
    if section.invitations:
        event = section.invitations[0].invitation.event
        return f"{event.title}, {wording.format_short_day(event.starts_at, event.zone)}"
    if section.requests:
        return section.requests[0].say()[0][0]
    if section.questions:
        return gettext("Vraag: %(title)s", title=section.questions[0].question.title)
    if section.freed or section.sessions:
        event = (section.freed or section.sessions)[0]
        return f"{event.title}, {wording.format_short_day(event.starts_at, event.zone)}"
    if section.impressions:
        return gettext("Impressie van %(title)s", title=section.impressions[0].title)
    return gettext("Bericht van %(network)s", network=section.network.name)


def _when_and_where(event: Event) -> str:
    day, hours = (
        wording.format_day(event.starts_at, event.zone),
        event_days.format_hours_of_event(event),
    )
    return f"{day}, {hours}, {wording.format_place(event)}"


def _section_in_words(section: NetworkSection, person: Person) -> dict[str, object]:
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
                invitation_links.link_to_invitation(held.invitation),
                held.messages[-1].kind == WaveKind.REMINDER.mail,
            )
            for held in section.invitations
        ],
        "requests": [line for request in section.requests for line in request.say()],
        "word": LetterBlock.of_markdown(section.word.text) if section.word else None,
        "questions": [_question_in_words(news) for news in section.questions],
        "sessions": [
            (
                event.title,
                _when_and_where(event),
                visits.link_to_page(person, section.network, urls.event_url(event.slug)),
                event.id in freed,
                event.id in section.full,
            )
            for event in events
        ],
        "impressions": [
            (
                each.title,
                [insight.title for insight in each.insights[:2]],
                visits.link_to_page(person, section.network, urls.impression_url(each.slug)),
            )
            for each in section.impressions
        ],
    }


def _question_in_words(news: QuestionNews) -> dict[str, object]:
    from app.questions import deliveries, question_letters

    question, delivery = news.question, news.delivery
    words = question.words
    return {
        "title": question.title,
        "text": words if len(words) <= MOST_OF_A_QUESTION else f"{words[:MOST_OF_A_QUESTION].rsplit(' ', 1)[0]} …",
        "day": wording.format_day(question.closes_on),
        "link": deliveries.link_to_question(delivery) if delivery else question_letters.link_to_page(question),
        "address": deliveries.answer_address(delivery) if delivery else "",
    }
