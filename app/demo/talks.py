"""Talks with organisations in this year and the two before, in the network that the demo is about most."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.models import Account
from app.contact_moments import contact_moments
from app.contact_moments.contact_moments import Talk
from app.contact_moments.models import ContactMoment
from app.database import db
from app.demo.talk_content import HABITS, NOTES, SUPERVISED, Habit
from app.network.models import Membership, Network
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.themes import themes

_SEED = 44


def add_talks(network: Network, by: Account | None) -> None:
    """What is there already stays as it is. Talks of earlier years have no note any more, as if their term had passed."""
    if db.session.scalar(sa.select(ContactMoment.id).where(ContactMoment.network_id == network.id).limit(1)):
        return
    pick, people, subjects = random.Random(_SEED), _people_by_organisation(network), themes.list_themes()
    known = {theme.name_nl: theme for theme in subjects}
    for habit, day, organisation in _plan_talks(pick):
        theme = known.get(habit.theme) or pick.choice(subjects)
        note = pick.choice(NOTES) if day.year == clock.today().year else ""
        told = Talk(habit.kind, day, [organisation], theme.id, note, people.get(organisation.id, [])[:1])
        contact_moments.enter_talk(network, told, by)
    db.session.flush()


def _plan_talks(pick: random.Random) -> Iterator[tuple[Habit, date, Organisation]]:
    """What kind of talk was when and with whom; each year it is another part of the bodies."""
    bodies = _bodies()
    for ago in (2, 1, 0):
        for habit in HABITS:
            for number, organisation in enumerate(each for each in bodies if each.kind in habit.kinds):
                left_out = habit.but_one_in and number % habit.but_one_in == ago
                if number % habit.one_in == ago % habit.one_in and not left_out:
                    yield habit, _day_in(pick, clock.today().year - ago), organisation


def _day_in(pick: random.Random, year: int) -> date:
    """A working day of that year that has been."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), clock.today())
    day = first + timedelta(days=pick.randrange((last - first).days + 1))
    return day if day.weekday() < 5 else max(first, day - timedelta(days=2))


def _bodies() -> list[Organisation]:
    """Those in Noord-Brabant of the kinds that a province supervises."""
    in_brabant = sa.func.coalesce(Organisation.region, "") != "Limburg"
    wanted = sa.select(Organisation).where(Organisation.kind.in_(SUPERVISED), in_brabant, organisations.exists_today())
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
