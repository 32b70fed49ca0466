"""Answering, feeds and the list of a large session, through the server as it runs."""

import http.client
import urllib.request
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

import psutil
import sqlalchemy as sa

from app import tokens
from app.accounts import accounts
from app.accounts import sessions as account_sessions
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network.organisations import organisations
from app.network.people.models import Person
from app.tokens import Purpose
from app.web import upload_limits
from bench.measuring import Measuring, ask, load, milliseconds
from bench.people import gather_statistics, many_people
from tests import factories
from tests.server import Server, serving

ALONE, TOGETHER = 40, 300
"""Registrations of one measurement, by one client and by eight."""
WORKERS = 2
FEEDS = {1: "feed of 1 event", 100: "feed of 100 events", 1_000: "feed of 1,000 events"}


def figures(server: Server, measuring: Measuring) -> None:
    data = _fill(server, measuring)
    port = urlsplit(server.address).port or 0
    with serving(server, "--workers", str(WORKERS)):
        for name in ("answer page", "Mijn pages"):
            measuring.take(lambda name=name: {name: ask(port, data[name], measuring.seconds)})
        _register(measuring, iter(data["links"]))
        _feeds(server, measuring)
        cookie = {"Cookie": cookie_of(server, data["account"])}
        large = f"{server.address}/organise/events/{data['large']}"
        measuring.take(lambda: {"list of 10,000 registrations, first page": milliseconds(large, cookie)})
        measuring.once(lambda: {"memory per server process": memory()})
        _upload(server, cookie)
        measuring.once(lambda: {"memory per server process after the largest upload": memory()})


def _fill(server: Server, measuring: Measuring) -> dict:
    """An event for each measurement; their addresses, and links of people who are to answer."""
    with server.app.app_context():
        organisations.load_reference()
        network = factories.network(slug="bench")
        busy = factories.event(network, title="Druk", seats_on_site=3_000)
        db.session.flush()
        many_people(busy, 10 + 3 * (measuring.many(ALONE) + measuring.many(TOGETHER)), registered=False)
        for size in FEEDS:
            many = factories.network(slug=f"feed-{size}")
            for number in range(min(size, measuring.many(size))):
                factories.event(
                    many,
                    title=f"Sessie {size} {number}",
                    summary="Een samenvatting van de sessie.",
                    starts_at=factories.start(days=20 + number % 300),
                )
        large = factories.event(network, title="Groot")
        db.session.flush()
        many_people(large, measuring.many(10_000))
        account = factories.account(network)
        accounts.grant_role(account, network, NetworkRole.ORGANISER)
        found = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == busy.id))
        links = [invitation_links.link_to_invitation(invitation) for invitation in found]
        person = db.session.scalars(sa.select(Person).limit(1)).one()
        mine = tokens.make_token(Purpose.PREFERENCES, person.id, person.preferences_version)
        db.session.commit()
        gather_statistics()
        return {
            "answer page": urlsplit(links.pop()).path,
            "Mijn pages": f"/preferences/{mine}",
            "links": links,
            "large": large.slug,
            "account": account.email,
        }


def _register(measuring: Measuring, links: Iterator[str]) -> None:
    def work(count: int, clients: int) -> dict[str, float]:
        return load("registrations", links=list(islice(links, count)), clients=clients)

    alone, together = measuring.many(ALONE), measuring.many(TOGETHER)
    measuring.take(lambda: {"one registration, link to confirmed": work(alone, 1)["ms_each"]})
    measuring.take(lambda: {"registrations, 8 clients": work(together, 8)["registrations_per_s"]})


def _feeds(server: Server, measuring: Measuring) -> None:
    for size, name in FEEDS.items():
        address = f"{server.address}/networks/feed-{size}/calendar.ics"
        with urllib.request.urlopen(address) as answer:
            known = {"If-None-Match": answer.headers["ETag"]}
        measuring.take(lambda name=name, address=address: {f"{name}, warm": milliseconds(address, times=25)})
    measuring.take(lambda: {"feed of 1,000 events, 304": milliseconds(address, known, times=25)})


def _upload(server: Server, headers: dict[str, str]) -> None:
    """Send a list as large as may be to each process a few times; it is refused for what stands in it."""
    parts = urlsplit(server.address)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="l.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head + b"x" * (upload_limits.FILE - 1_000) + b"\r\n--x--\r\n"
    for _ in range(8):
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        sent = headers | {"Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", "/organise/networks/bench/import", body, sent)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500, answer.status
        connection.close()


def cookie_of(server: Server, email: str) -> str:
    """A signed-in organiser's session cookie."""
    with server.app.app_context():
        secret = account_sessions.open_session(accounts.find_account(email))
        db.session.commit()
        signer = server.app.session_interface.get_signing_serializer(server.app)
        return f"{server.app.config['SESSION_COOKIE_NAME']}={signer.dumps({'account': secret})}"


def memory() -> float:
    """What the site that runs from here holds in all, its main process included, for each of its workers, in MB.

    Pages that several processes share count once, divided among them (PSS): RSS counts them whole in each.
    """
    found = [
        process.memory_full_info().pss
        for process in psutil.Process().children(recursive=True)
        if "wsgi:server" in " ".join(process.cmdline())
        or any("wsgi:server" in " ".join(parent.cmdline()) for parent in process.parents())
    ]
    return sum(found) / WORKERS / 2**20
