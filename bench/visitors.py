"""Public pages for visitors, as shares of L: a page of 100 rows by Flask and Jinja on the same server, in the same run."""

from app.database import db
from bench.measuring import Measuring, ask
from tests import factories
from tests.server import Server, serving

COMING, HELD = 20, 10
"""Sessions on the page of the network, to come and with an impression."""


def figures(server: Server, measuring: Measuring) -> None:
    """Each page's requests a second."""
    paths, port = _fill(server), int(server.address.rpartition(":")[2])
    with serving(server, "--workers", "2"):
        for name, path in paths.items():
            ask(port, path, 0.2)  # each process builds it once
            measuring.take(lambda name=name, path=path: {name: ask(port, path, measuring.seconds)})


def _fill(server: Server) -> dict[str, str]:
    with server.app.app_context():
        from app.network.organisations import organisations

        organisations.load_reference()
        network = factories.network(slug="bezoek")
        for number in range(COMING):
            event = factories.hybrid(network, title=f"Komt {number}", description="Tekst. " * 200, seats_on_site=40)
        for number in range(HELD):
            impression = factories.impression(factories.held(network, title=f"Was {number}"), *(["Les"] * 5))
        db.session.commit()
        return {
            "home": "/",
            "event page": f"/events/{event.slug}",
            "network page": f"/networks/{network.slug}",
            "impression": f"/impressions/{impression.slug}",
            "library": "/library",
            "one event's .ics": f"/events/{event.slug}.ics",
        }
