"""Koppels: who stands for a theme on behalf of each party, an executive with the official behind, from when until when.

A place has one person at a time. Whoever begins there ends the one who stood there, so that history stays; a place
without anybody is vacant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import contains_eager, joinedload

from app import clock, tokens, urls, wording
from app.accounts.shared_changes import CannotUndo, put_back
from app.agendas.models import Agenda, AgendaTheme, Office, OfficeKind, Party
from app.database import db, lock_row
from app.network.models import Membership, Network
from app.network.people import people
from app.network.people.models import Person
from app.progress.models import ReportWords
from app.rows import kept_columns, typed_row
from app.tokens import Purpose
from app.words import Refusal

DAY = timedelta(days=1)


class PlaceTaken(Refusal):
    """Somebody else stands there on one of these days."""

    says = _l("Hier staat dan al %(name)s, vanaf %(first)s. Kies andere dagen.")
    field = "starts_on"


class AlreadyThere(Refusal):
    """Who is put in a place stands there already."""

    says = _l("%(name)s staat hier al.")
    field = "people"


@dataclass(frozen=True)
class Place:
    """A place in a koppel, and who stands there on a day, stood there before, and will."""

    party: Party
    kind: OfficeKind
    holder: Office | None
    earlier: tuple[Office, ...]
    later: tuple[Office, ...]


def list_places(agenda_theme: AgendaTheme, day: date | None = None) -> list[Place]:
    """All places of a koppel, party by party, the executive first."""
    day = day or clock.today()
    return [_place(agenda_theme, party, kind, day) for party in agenda_theme.agenda.parties for kind in OfficeKind]


def _place(agenda_theme: AgendaTheme, party: Party, kind: OfficeKind, day: date) -> Place:
    there = offices_at(agenda_theme, party, kind)
    return Place(
        party,
        kind,
        next((each for each in there if each.is_held_on(day)), None),
        tuple(each for each in there if not each.is_held_on(day) and each.starts_on <= day),
        tuple(each for each in there if each.starts_on > day),
    )


def offices_at(agenda_theme: AgendaTheme, party: Party, kind: OfficeKind) -> list[Office]:
    """Who stood, stands and will stand in one place, in order."""
    return [each for each in agenda_theme.offices if (each.party_id, each.kind) == (party.id, kind)]


def offices_on(agenda_theme: AgendaTheme, day: date | None = None) -> list[Office]:
    """Who stands for a theme on a day, today by default."""
    return [each.holder for each in list_places(agenda_theme, day) if each.holder]


def vacancies_on(agenda_theme: AgendaTheme, day: date | None = None) -> list[Place]:
    """The places in which nobody stands on a day, today by default."""
    return [each for each in list_places(agenda_theme, day) if each.holder is None]


def executives_on(agenda_theme: AgendaTheme, day: date | None = None) -> list[Place]:
    """What everybody may know of a koppel: the places of executives, of officials nothing."""
    return [each for each in list_places(agenda_theme, day) if each.kind == OfficeKind.EXECUTIVE]


def unnamed_people(offices: Iterable[Office | None]) -> set[int]:
    """Those of the people in these offices who asked that their data is not used: in public they go without a name."""
    ids = {each.person_id for each in offices if each}
    asked = sa.select(Membership.person_id).where(Membership.person_id.in_(ids), Membership.restricted_at.is_not(None))
    return set(db.session.scalars(asked))


def find_office(agenda_theme: AgendaTheme, office_id: int) -> Office | None:
    return next((each for each in agenda_theme.offices if each.id == office_id), None)


def take_office(
    agenda_theme: AgendaTheme,
    party: Party,
    kind: OfficeKind,
    person: Person,
    title: str,
    starts_on: date,
    ends_on: date | None = None,
) -> Office:
    """Let somebody stand in a place from a day on; who stood there then, ends the day before.

    Raises AlreadyThere, and PlaceTaken when somebody begins there later, before this one ends.
    """
    lock_row(agenda_theme)
    db.session.expire(agenda_theme, ["offices"])
    there = [each for each in offices_at(agenda_theme, party, kind) if _overlaps(each, starts_on, ends_on)]
    for each in there:
        if each.person_id == person.id:
            raise AlreadyThere(name=person.name)
        if each.starts_on >= starts_on:
            raise _taken_by(each)
    for each in there:
        each.ends_on = starts_on - DAY
    db.session.flush()
    office = Office(party=party, kind=kind, person=person, title=title, starts_on=starts_on, ends_on=ends_on)
    agenda_theme.offices.append(office)
    db.session.flush()
    return office


def change_office(office: Office, title: str, starts_on: date, ends_on: date | None) -> None:
    """What somebody is called there, and from when until when. Raises PlaceTaken."""
    agenda_theme = office.agenda_theme
    lock_row(agenda_theme)
    db.session.expire(agenda_theme, ["offices"])
    for each in offices_at(agenda_theme, office.party, office.kind):
        if each is not office and _overlaps(each, starts_on, ends_on):
            raise _taken_by(each)
    office.title, office.starts_on, office.ends_on = title, starts_on, ends_on
    db.session.flush()


_KEPT = (
    "id",
    "agenda_theme_id",
    "party_id",
    "kind",
    "person_id",
    "title",
    "starts_on",
    "ends_on",
    "token_version",
    "link_sent_at",
)


def remove_office(office: Office) -> dict[str, Any]:
    """Take somebody out of a place in which they never stood, as a mistake; returns what `restore_office` needs."""
    written = sa.select(ReportWords.id).where(ReportWords.office_id == office.id).order_by(ReportWords.id)
    kept = {"columns": kept_columns(office, *_KEPT), "words": list(db.session.scalars(written))}
    office.agenda_theme.offices.remove(office)
    db.session.flush()
    return kept


def restore_office(network: Network, kept: Mapping[str, Any]) -> None:
    """Bring back who was taken out, as they were, with their link and what they had written.

    Raises CannotUndo when somebody stands there by now, or they are gone.
    """
    values = typed_row(Office.__table__, kept["columns"])
    row = db.session.get(AgendaTheme, values["agenda_theme_id"])
    person = next(iter(people.find_as_they_are([values["person_id"]])), None) if values["person_id"] else None
    party = db.session.get(Party, values["party_id"])
    if row is None or row.agenda.network_id != network.id or party is None or person is None:
        raise CannotUndo("changed")
    lock_row(row)
    there = offices_at(row, party, values["kind"])
    if any(_overlaps(each, values["starts_on"], values["ends_on"]) for each in there):
        raise CannotUndo("changed")
    office = Office(**{**values, "person_id": person.id})
    put_back(office)
    db.session.flush()
    db.session.expire(row, ["offices"])
    written = sa.update(ReportWords).where(ReportWords.id.in_(kept["words"]), ReportWords.office_id.is_(None))
    db.session.execute(written.values(office_id=office.id))


def _overlaps(office: Office, starts_on: date, ends_on: date | None) -> bool:
    return (ends_on is None or office.starts_on <= ends_on) and (office.ends_on is None or office.ends_on >= starts_on)


def _taken_by(office: Office) -> PlaceTaken:
    return PlaceTaken(name=name_of(office), first=wording.format_day(office.starts_on))


def name_of(office: Office) -> str:
    """Who stands there, for organisers."""
    return office.person.name if office.person else gettext("iemand die is gewist")


def link_to_office(office: Office) -> str:
    """Where somebody in a koppel sees how their theme stands."""
    return urls.koppel_url(token_of_office(office))


def token_of_office(office: Office) -> str:
    return tokens.make_token(Purpose.KOPPEL, office.id, office.token_version)


def office_of_link(token: str) -> Office | None:
    """The office of a link; None when the link is wrong or was withdrawn, and from the day after the office ended."""
    office_id, version = tokens.read_token(Purpose.KOPPEL, token) or (0, 0)
    wanted = (
        sa.select(Office)
        .join(Office.person)
        .where(Office.id == office_id, Office.token_version == version, Person.erased_at.is_(None))
        .options(
            contains_eager(Office.person),
            joinedload(Office.party),
            joinedload(Office.agenda_theme).options(
                joinedload(AgendaTheme.theme), joinedload(AgendaTheme.agenda).joinedload(Agenda.network)
            ),
        )
    )
    office = db.session.scalar(wanted)
    return office if office and office.is_held_on(clock.today()) else None


def withdraw_link(office: Office) -> None:
    """The link that was mailed opens nothing any more."""
    office.token_version, office.link_sent_at = office.token_version % 255 + 1, None


def erase_offices(person: Person) -> None:
    """Who is erased stands nowhere any more, and is named nowhere; that somebody stood there stays."""
    yesterday = clock.today() - DAY
    for office in db.session.scalars(sa.select(Office).where(Office.person_id == person.id)):
        if office.starts_on > yesterday:
            db.session.delete(office)
            continue
        office.person, office.title, office.link_sent_at = None, "", None
        office.ends_on = min(office.ends_on or yesterday, yesterday)
    db.session.flush()
