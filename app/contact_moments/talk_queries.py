"""Reads of talks: of a network, of an organisation, and with whom, as far as who looks may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app.contact_moments.models import (
    ContactKind,
    ContactMoment,
    contact_moment_organisations,
    contact_moment_people,
)
from app.database import db
from app.network import seeing
from app.network.models import Network
from app.network.organisations import lineage, portrait
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.network.seeing import Viewer

PER_PAGE = 50
MOST = 50
"""Talks that the page of an organisation shows."""


@dataclass(frozen=True)
class TalkFilter:
    """What somebody looks for among the talks of a network; empty values filter nothing."""

    kind: ContactKind | None = None
    theme_id: int | None = None
    year: int | None = None

    @property
    def narrows(self) -> bool:
        return any((self.kind, self.theme_id, self.year))


@dataclass(frozen=True)
class SeenTalk:
    """A talk as somebody may know it: notes are for organisers of its network alone."""

    row: ContactMoment
    people: list[Person]
    note: str
    may_change: bool


def find_talk(network: Network, contact_moment_id: int) -> ContactMoment | None:
    wanted = sa.select(ContactMoment).where(
        ContactMoment.id == contact_moment_id, ContactMoment.network_id == network.id
    )
    return db.session.scalar(wanted)


def page_of_talks(network: Network, sought: TalkFilter, viewer: Viewer) -> Pagination:
    """A page of a network's talks as SeenTalks in `items`, the latest first."""
    found = db.paginate(_select_talks(network, sought), per_page=PER_PAGE, error_out=False)
    found.items = see_talks(found.items, viewer)
    return found


def list_talks(network: Network, sought: TalkFilter, viewer: Viewer) -> list[SeenTalk]:
    """All talks of a network that the filter leaves, the latest first."""
    return see_talks(db.session.scalars(_select_talks(network, sought)).all(), viewer)


def list_talks_with(organisation: Organisation, viewer: Viewer) -> list[SeenTalk]:
    """The latest talks with an organisation, and with those that went up in it, of networks that the viewer sees."""
    family = lineage.select_family(organisation)
    theirs = sa.select(contact_moment_organisations.c.contact_moment_id).where(
        contact_moment_organisations.c.organisation_id.in_(family)
    )
    wanted = (
        _in_order()
        .where(ContactMoment.id.in_(theirs), seeing.networks(viewer, ContactMoment.network_id))
        .options(joinedload(ContactMoment.network))
        .limit(MOST)
    )
    return see_talks(db.session.scalars(wanted).all(), viewer)


def list_years(network: Network) -> list[int]:
    """Years in which the network had a talk, the latest first."""
    year = sa.extract("year", ContactMoment.day)
    wanted = sa.select(year).where(ContactMoment.network_id == network.id).distinct().order_by(year.desc())
    return [int(each) for each in db.session.scalars(wanted)]


def list_whom_to_name(organisations: Sequence[Organisation], viewer: Viewer) -> list[Person]:
    """People who work at these organisations and whom the viewer may know, each once."""
    present = [each for one in organisations for each in portrait.positions_at(one, viewer)[0]]
    return list({each.person_id: each.person for each in present}.values())


def list_people_seen(row: ContactMoment, viewer: Viewer) -> list[Person]:
    """With whom a talk was, as far as the viewer may know."""
    return see_talks([row], viewer)[0].people


def see_talks(rows: Sequence[ContactMoment], viewer: Viewer) -> list[SeenTalk]:
    """Talks as the viewer may know them."""
    people = _people_by_talk([row.id for row in rows], viewer)
    return [
        SeenTalk(row, people.get(row.id, []), row.note if mine else "", mine)
        for row in rows
        for mine in [viewer.may_organise(row.network_id)]
    ]


def _people_by_talk(talk_ids: list[int], viewer: Viewer) -> dict[int, list[Person]]:
    wanted = (
        sa.select(contact_moment_people.c.contact_moment_id, Person)
        .join(Person, Person.id == contact_moment_people.c.person_id)
        .where(contact_moment_people.c.contact_moment_id.in_(talk_ids), Person.merged_into_id.is_(None))
        .where(seeing.people(viewer))
        .order_by(Person.sort_name, Person.id)
    )
    found: dict[int, list[Person]] = {}
    for talk_id, person in db.session.execute(wanted):
        found.setdefault(talk_id, []).append(person)
    return found


def _in_order() -> sa.Select[Any]:
    return (
        sa.select(ContactMoment)
        .order_by(ContactMoment.day.desc(), ContactMoment.id.desc())
        .options(joinedload(ContactMoment.theme), selectinload(ContactMoment.organisations))
    )


def _select_talks(network: Network, sought: TalkFilter) -> sa.Select[Any]:
    wanted = _in_order().where(ContactMoment.network_id == network.id)
    if sought.kind:
        wanted = wanted.where(ContactMoment.kind == sought.kind)
    if sought.theme_id:
        wanted = wanted.where(ContactMoment.theme_id == sought.theme_id)
    if sought.year:
        wanted = wanted.where(ContactMoment.day.between(date(sought.year, 1, 1), date(sought.year, 12, 31)))
    return wanted
