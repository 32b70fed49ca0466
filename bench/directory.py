"""Who is who of a network in which 20,000 members chose to be seen: a page of it, and what its search takes."""

import statistics
from collections.abc import Iterator
from time import perf_counter

import sqlalchemy as sa

from app.database import db
from app.directory import people_shown
from app.directory.models import Audience, Listing, Shown, Visibility
from app.network.finding import search
from app.network.models import Network
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from bench import network
from bench.measuring import Measuring
from bench.people import gather_statistics
from tests import factories
from tests.server import Server

MEMBERS = 20_000
_SHOWN = (Shown.NAME, Shown.ROLE, Shown.KNOWS)
_BATCH = 5_000


def figures(server: Server, measuring: Measuring) -> None:
    with server.app.app_context():
        members = measuring.many(MEMBERS, 40)
        here = _fill(members).slug
        name = db.session.get_one(Person, members // 2).name
    for what, sought in (
        ("first page", ""),
        ("search by name", name),
        ("search by a word of every other member", "warmte"),
    ):
        figure = f"who is who of 20,000, {what}"
        measuring.take(lambda figure=figure, sought=sought: {figure: _milliseconds(server, here, sought)})


def _milliseconds(server: Server, slug: str, sought: str) -> float:
    """How long it takes to find a page of people with all that their cards show."""
    taken = []
    for _ in range(15):
        with server.app.test_request_context("/"):
            here = db.session.execute(sa.select(Network).where(Network.slug == slug)).scalar_one()
            start = perf_counter()
            found = people_shown.page_of_people(here, sought)
            taken.append((perf_counter() - start) * 1000)
            if not found.items:
                raise RuntimeError(f"nobody found by {sought!r}")
    return statistics.median(taken)


def _fill(members: int) -> Network:
    organisations.load_reference()
    here = factories.network(slug="groot")
    db.session.flush()
    places = list(db.session.scalars(sa.select(Organisation.id).order_by(Organisation.id)))
    network.add_people(members, places, [here.id] * 4)
    for numbers in _batches(members):
        for field in _SHOWN:
            db.session.execute(sa.insert(Visibility), [_yes(number, here.id, field) for number in numbers])
        db.session.execute(sa.insert(Listing), [_listing(number, here.id) for number in numbers])
    db.session.commit()
    search.rebuild_search_index()
    db.session.commit()
    gather_statistics()
    return here


def _batches(members: int) -> Iterator[range]:
    for start in range(1, members + 1, _BATCH):
        yield range(start, min(start + _BATCH, members + 1))


def _yes(number: int, network_id: int, field: Shown) -> dict[str, object]:
    common = {"audience": Audience.MEMBERS, "wording": str(field.value)}
    return {"person_id": number, "network_id": network_id, "field": field, **common}


def _listing(number: int, network_id: int) -> dict[str, object]:
    knows = "warmtenetten en wijkaanpak" if number % 2 else f"onderwerp {number % 997}"
    return {"person_id": number, "network_id": network_id, "knows": knows, "found_by": knows}
