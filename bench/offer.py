"""What is on offer: the home and the catalogue with 2,000 things in them, made anew as after every change."""

import statistics
from datetime import timedelta
from time import perf_counter

import sqlalchemy as sa

from app import clock
from app.catalogue.models import CatalogueItem, ItemKind
from app.courses.models import Course
from app.database import db
from app.events.models import Event, EventFormat, EventState
from bench.measuring import Measuring
from bench.people import gather_statistics
from tests import factories
from tests.server import Server

THINGS = 2_000
"""A fifth are sessions to come, a twentieth courses, the rest has no date."""
_PAGES = {
    "home with 2,000 things on offer": "/",
    "catalogue of 2,000": "/catalogue",
    "catalogue of 2,000, narrowed down by four": "/catalogue?audience=griffier&form=podcast&when=undated&page=3",
}


def figures(server: Server, measuring: Measuring) -> None:
    with server.app.app_context():
        _fill(measuring.many(THINGS, 40))
    for figure, page in _PAGES.items():
        measuring.take(lambda figure=figure, page=page: {figure: _milliseconds(server, page)})


def _milliseconds(server: Server, page: str) -> float:
    """How long a page takes to make: who has a session gets none that was kept."""
    client = server.app.test_client()
    client.set_cookie(server.app.config["SESSION_COOKIE_NAME"], "x")
    taken = []
    for _ in range(15):
        start = perf_counter()
        answer = client.get(page)
        taken.append((perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{page}: {answer.status}")
    return statistics.median(taken)


def _fill(things: int) -> None:
    network, now = factories.network(), clock.now()
    db.session.flush()
    common = {"network_id": network.id, "summary": "Waar het over gaat, in één of twee zinnen die men leest."}
    db.session.execute(sa.insert(Event), [_session(number, common) for number in range(things // 5)])
    db.session.execute(
        sa.insert(Course),
        [
            {"network_id": network.id, "title": f"Leergang {number}", "slug": f"leergang-{number}", "offered_at": now}
            for number in range(things // 20)
        ],
    )
    kinds = list(ItemKind)
    items = [
        {
            **common, "kind": kinds[number % len(kinds)], "title": f"Onderdeel {number}", "slug": f"onderdeel-{number}",
            "address": f"https://www.example.nl/{number}", "minutes": 30, "published_at": now,
        }
        for number in range(things - things // 5 - things // 20)
    ]  # fmt: skip
    db.session.execute(sa.insert(CatalogueItem), items)
    db.session.commit()
    gather_statistics()


def _session(number: int, common: dict[str, object]) -> dict[str, object]:
    begin = clock.now() + timedelta(days=1 + number % 300)
    return {
        **common, "title": f"Sessie {number}", "slug": f"sessie-{number}", "uid": f"{number}@leerkring.example",
        "format": list(EventFormat)[0], "state": EventState.PUBLISHED, "starts_at": begin, "closes_at": begin,
        "ends_at": begin + timedelta(hours=3), "venue": "Stadhuis", "town": "Tilburg",
    }  # fmt: skip
