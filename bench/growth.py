"""How pages and jobs grow with the number of people: the same ones among 1,000, 10,000 and 100,000."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import sqlalchemy as sa

from app import clock
from app.accounts import sessions
from app.database import db
from app.digests import editions
from app.events.models import Event
from app.network import digest_rhythm
from app.network.finding import search
from app.network.models import Membership, Network
from app.network.people.models import DigestFrequency, Person
from app.network.seeing import Viewer
from app.privacy import retention
from app.settings import ROOT
from bench import chart, mailing, network, report
from bench.measuring import new_server
from tests import factories
from tests.server import Server

SIZES = (1_000, 10_000, 100_000)
FILE = ROOT / "bench" / "growth.json"
PICTURE = ROOT / "docs" / "images" / "growth.svg"
REGISTRATIONS, MAILS = 10, 10
"""Of each person."""
JOBS = ("planning digests", "looking for what is past its term")
LARGE = 5_000
"""Rows from which reading a table whole is worth saying."""
TIMES = 5

Grown = dict[str, dict[str, dict[str, dict[str, float]]]]
"""Per database, per number of people, per page or job: 'statements' and 'ms'."""


def draw(databases: list[str], sizes: list[int], today: datetime, machine: str, *, short: bool, kept: bool) -> None:
    """Measure at all sizes, print it, and write chart and table when it is a run that counts."""
    grown: Grown = {}
    read_whole: dict[str, list[str]] = {}
    for database in databases:
        for people in [100, 1_000] if short else sizes:
            begun = perf_counter()
            with new_server(database) as server, server.app.app_context():
                works = _prepare(server, people)
                found = {name: _measure(work, 1 if name in JOBS else TIMES) for name, work in works.items()}
                grown.setdefault(database, {})[str(people)] = found
                if database == "postgresql":
                    read_whole = {name: _tables_read_whole(work) for name, work in works.items()}
            print(f"\n{database}, {people:,} people, in {perf_counter() - begun:.0f} s")
            for name, cost in found.items():
                whole = f"   reads whole: {', '.join(read_whole[name])}" if read_whole.get(name) else ""
                print(f"  {name:<40}{cost['statements']:>6.0f} statements{cost['ms']:>12,.1f} ms{whole}", flush=True)
    if kept:
        FILE.write_text(json.dumps(grown, indent=1) + "\n")
        PICTURE.write_text(chart.draw_growth(grown, JOBS))
        text = report.DOCUMENT.read_text()
        block = write_growth(grown, read_whole, f"{today:%Y-%m-%d}, {machine}.")
        report.DOCUMENT.write_text(report.replace_block(text, "growth", block))


def write_growth(grown: Grown, read_whole: dict[str, list[str]], head: str) -> str:
    """The chart and the table in Markdown, and which large tables PostgreSQL reads whole."""
    databases = list(grown)
    sizes = list(grown[databases[0]])
    names = list(grown[databases[0]][sizes[0]])
    columns = [f"{database} {int(size):,}" for database in databases for size in sizes]
    lines = [
        head,
        "",
        "![Milliseconds of pages and jobs by number of people](images/growth.svg)",
        "",
        f"| Statements, ms | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for name in names:
        costs = [grown[database][size][name] for database in databases for size in sizes]
        cells = (f"{cost['statements']:.0f}, {report.show(cost['ms'], '')}" for cost in costs)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    whole = [f"{name} ({', '.join(tables)})" for name, tables in read_whole.items() if tables]
    said = "; ".join(whole) or "none"
    return "\n".join(
        [*lines, "", f"Tables of {LARGE:,} rows or more that PostgreSQL reads whole at the largest: {said}."]
    )


def _prepare(server: Server, people: int) -> dict[str, Callable[[], object]]:
    """What is measured, on a database with so many people, their registrations and their mails."""
    of = network.fill(people, max(REGISTRATIONS * people, network.EVENTS))
    slug, number = of.slug, of.id
    mailing.fill_history(number, MAILS * people)
    event = db.session.scalars(sa.select(Event).where(Event.title == "Sessie 0")).one().slug
    mailed = db.session.scalars(sa.select(Event).where(Event.title == "Vroeger 1")).one().slug
    sought = db.session.scalars(sa.select(Person.name).order_by(Person.id).limit(1)).one().split()[-1]
    member = db.session.scalar(sa.select(Membership.person_id).where(Membership.network_id == number).limit(1))
    account = factories.account(of)
    for title in ("Nieuw", "Ook nieuw"):
        factories.event(of, title=title)
    db.session.commit()
    client = server.app.test_client()
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(account)
    db.session.commit()

    def page(path: str) -> Callable[[], object]:
        def ask() -> None:
            status = client.get(path).status_code
            assert status == 200, (path, status)

        return ask

    within = f"/organise/networks/{slug}"
    return {
        "organisers' start": page("/organise"),
        "people": page(f"{within}/people"),
        "page of a person": page(f"{within}/people/{member}"),
        "cockpit": page(f"/organise/events/{event}"),
        "board of mails": page(f"/organise/events/{mailed}/mails"),
        "year": page(f"{within}/year/{clock.today().year}"),
        "digest": page(f"{within}/digest"),
        "network page, built anew": page(f"/networks/{slug}"),
        "audience of five blocks": lambda: network.count_audience(_network(number)),
        "search": lambda: search.search_everywhere(sought, Viewer(frozenset([number]))),
        JOBS[0]: _plan_digests,
        JOBS[1]: retention.count_past,
    }


def _network(number: int) -> Network:
    return db.session.get_one(Network, number)


def _plan_digests() -> None:
    day = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, clock.today()) - timedelta(days=7)
    editions.begin_edition(DigestFrequency.WEEKLY, day)
    editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))


def _measure(work: Callable[[], object], times: int) -> dict[str, float]:
    """Milliseconds, the one in the middle, and statements of the last time."""
    taken, statements = [], 0.0
    for _ in range(times + (times > 1)):
        asked: list[tuple[str, object]] = []
        with _listening(asked):
            start = perf_counter()
            work()
            taken.append((perf_counter() - start) * 1000)
        db.session.rollback()
        statements = len(asked)
    return {"statements": statements, "ms": median(taken[1:] or taken)}


class _listening:
    """Notes the statements of a block with their values."""

    def __init__(self, asked: list[tuple[str, object]]):
        self._asked = asked

    def __enter__(self) -> None:
        sa.event.listen(db.engine, "before_cursor_execute", self._note)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            self._asked.append((statement, values))


def _tables_read_whole(work: Callable[[], object]) -> list[str]:
    """Large tables that the plans of a page's or job's questions read whole, by EXPLAIN."""
    asked: list[tuple[str, object]] = []
    with _listening(asked):
        work()
    db.session.rollback()
    found: set[str] = set()
    with db.engine.connect() as connection:
        sizes = dict(connection.exec_driver_sql("SELECT relname, reltuples FROM pg_class").tuples().all())
        for statement, values in asked:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
                found |= set(re.findall(r"Seq Scan on (\w+)", "\n".join(plan)))
    return sorted(name for name in found if sizes.get(name, 0) >= LARGE)
