"""Two years of talks with organisations, in the network that the demo is about most."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.models import Account
from app.contact_moments import contact_moments
from app.contact_moments.contact_moments import Talk
from app.contact_moments.models import ContactKind, ContactMoment
from app.database import db
from app.demo.talk_content import EVERY_YEAR, NOTES, NOW_AND_THEN
from app.network.models import Membership, Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people.models import Person
from app.themes import themes

_SEED = 44


def add_talks(network: Network, by: Account | None) -> None:
    """Talks of this year and the last; what is there already stays as it is."""
    if db.session.scalar(sa.select(ContactMoment.id).where(ContactMoment.network_id == network.id).limit(1)):
        return
    pick, subjects, people = random.Random(_SEED), themes.list_themes(), _people_by_organisation(network)
    for kind, day, organisation in _plan_talks(pick):
        with_whom, theme = people.get(organisation.id, [])[:1], pick.choice(subjects)
        told = Talk(kind, day, [organisation], theme.id, pick.choice(NOTES), with_whom)
        contact_moments.enter_talk(network, told, by)
    db.session.flush()


def _plan_talks(pick: random.Random) -> Iterator[tuple[ContactKind, date, Organisation]]:
    """What kind of talk was when and with whom: all bodies but a few once a year, some more often."""
    bodies = _bodies()
    for ago in (1, 0):
        year = clock.today().year - ago
        for number, organisation in enumerate(bodies):
            if pick.random() < 0.85:
                yield from ((kind, _day_in(pick, year), organisation) for kind in EVERY_YEAR)
            if number % 3 == ago:
                yield NOW_AND_THEN[number // 3 % len(NOW_AND_THEN)], _day_in(pick, year), organisation


def _day_in(pick: random.Random, year: int) -> date:
    """A working day of that year that has been."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), clock.today())
    day = first + timedelta(days=pick.randrange((last - first).days + 1))
    return day if day.weekday() < 5 else max(first, day - timedelta(days=2))


def _bodies() -> list[Organisation]:
    kinds = (OrganisationKind.MUNICIPALITY, OrganisationKind.WATER_BOARD)
    wanted = sa.select(Organisation).where(Organisation.kind.in_(kinds), Organisation.successor_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Organisation.name)))


def _people_by_organisation(network: Network) -> dict[int, list[Person]]:
    """Members by the organisation where they work."""
    wanted = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == network.id)
        .order_by(Person.id)
        .options(selectinload(Person.positions))
    )
    found: dict[int, list[Person]] = {}
    for person in db.session.scalars(wanted):
        for position in person.positions:
            found.setdefault(position.organisation_id, []).append(person)
    return found
