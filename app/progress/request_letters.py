"""The request for words and its reminder, to who stands for a theme: a letter with a link for each theme, or lines in a digest."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app import wording
from app.agendas import koppels
from app.agendas.models import Office
from app.database import Model, db
from app.digests.digest_requests import Line, Request
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.progress import asking, reports, words
from app.progress.models import Report


@dataclass(frozen=True)
class _Asked:
    """What one message asks: of whom, for which report, in which of their offices."""

    person: Person
    report: Report
    offices: list[Office]

    @property
    def rows(self) -> Sequence[Model]:
        person = self.person
        return [person, *person.addresses, *person.memberships, self.report, *self.offices]


def write_request_mails(messages: list[Message]) -> list[Written]:
    """Write a batch, except to who wrote by now, stands there no more, or may not be mailed."""
    asked = _read(messages)
    return [
        Draft(_write(asked[each.id], each.kind), asked[each.id].rows)
        if each.id in asked
        else Suppressed(Reason.NO_LONGER_HOLDS)
        for each in messages
    ]


def look_again(messages: list[Message]) -> dict[int, Reason]:
    """Just before they leave: those that ask nothing any more."""
    asked = _read(messages)
    return {each.id: Reason.NO_LONGER_HOLDS for each in messages if each.id not in asked}


def tell_in_digest(messages: list[Message]) -> list[Request]:
    """What the held ones of these messages ask in a digest."""
    asked = _read(messages)
    return [
        _request(each, asked[each.id])
        for each in messages
        if each.id in asked and asking.may_be_told(asked[each.id].report)
    ]


def _request(message: Message, asked: _Asked) -> Request:
    return Request(message, lambda: _lines(asked), asked.rows)


def _read(messages: list[Message]) -> dict[int, _Asked]:
    """What each of these messages asks still, by its id."""
    found = {number: reports.find_report(number) for number in {each.details["report"] for each in messages}}
    known = [each for each in found.values() if each]
    open_offices = {each.id: words.offices_to_ask(each) for each in known if words.is_asked(each)}
    people = _load_people({each.person_id for each in messages if each.person_id})
    asked = {}
    for message in messages:
        report, person = found[message.details["report"]], people.get(message.person_id or 0)
        if report is None or person is None or not asking.may_be_mailed(person, report.agenda.network):
            continue
        offices = [
            each for each in open_offices.get(report.id, []) if each.person_id == person.id and each.link_sent_at
        ]
        if offices:
            asked[message.id] = _Asked(person, report, offices)
    return asked


def _load_people(person_ids: set[int]) -> dict[int, Person]:
    wanted = sa.select(Person).where(Person.id.in_(person_ids))
    loading = (selectinload(Person.addresses), selectinload(Person.memberships))
    return {each.id: each for each in db.session.scalars(wanted.options(*loading))}


def _write(asked: _Asked, kind: MessageKind) -> Mail:
    network = asked.report.agenda.network
    envelope = Envelope(
        because=kind.because,
        address=correspondence.address_of(asked.person),
        network=network,
        reply_to=network.contact_address,
        feedback=f"{asked.report.id}:{network.id}:{kind}",
    )
    return correspondence.write_mail(asked.person, kind.letter, lambda: _fields(asked), envelope)


def _fields(asked: _Asked) -> dict[str, object]:
    links = [(each.agenda_theme.theme.words, koppels.link_to_office(each)) for each in asked.offices]
    return {
        "voornaam": asked.person.call_name,
        "rapportage": asked.report.title,
        "agenda": asked.report.agenda.title,
        "dag": wording.format_day(asked.report.words_due_on),
        "themas": ", ".join(theme for theme, _ in links),
        "knoppen": LetterBlock.render("themes_to_write", themes=links),
    }


def _lines(asked: _Asked) -> list[Line]:
    day = wording.format_day(asked.report.words_due_on)
    return [
        (
            gettext(
                "%(report)s: schrijf over %(theme)s", report=asked.report.title, theme=each.agenda_theme.theme.words
            ),
            day,
            koppels.link_to_office(each),
        )
        for each in asked.offices
    ]
