"""The network under load: audiences, search, a person's page, importing, doubles, among very many people."""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import perf_counter

import psutil
import sqlalchemy as sa
from flask import g

from app import clock, sheets
from app.accounts import sessions
from app.contact_moments import talk_rows
from app.database import db
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.audiences import make_condition
from app.network.finding import search
from app.network.imports import doubles, import_plans, import_runs, list_cells
from app.network.models import Membership, Network
from app.network.organisations import organisations
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import names
from app.network.people.models import EmailAddress, Person, Position
from app.network.people.name_reading import read_name
from app.network.seeing import CLOCKWORK, Viewer
from app.network.vocabulary.models import Role
from app.upkeep.backups import continue_ids
from bench import agendas
from bench.measuring import Measuring
from bench.people import gather_statistics
from tests import factories
from tests.server import Server

ORGANISATIONS = 1000
EVENTS = 500
SIZES = {"sqlite": (20_000, 400_000), "postgresql": (100_000, 2_000_000)}
"""People and registrations among which it is measured."""
_STARTS = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "ge",
    "ha",
    "he",
    "ho",
    "ja",
    "je",
    "jo",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "vo",
    "wa",
    "we",
    "wi",
    "wo",
    "za",
    "ze",
]
_MIDDLES = ["r", "n", "l", "m", "d", "k", "s", "v", "t", "nd", "rs", "nt", "ld", "rt", "ns", "st", "nk", "rm", "lv"]
_ENDS = ["a", "e", "en", "er", "i", "o", "an", "ik", "us", "ar", "em", "el", "et", "ij", "is"]
_KINDS = [kind.value for kind in OrganisationKind]


def figures(server: Server, measuring: Measuring) -> None:
    """All of it among very many people at 1,000 organisations."""
    with server.app.app_context():
        people, registrations = SIZES[db.engine.dialect.name]
        network = fill(measuring.many(people), measuring.many(registrations, EVENTS))
        visit = _person(server, network)
        measuring.take(lambda: {"audience of five blocks, count and page": _median(lambda: count_audience(network))})
        measuring.take(_searches)
        measuring.take(lambda: {"page of a person": _median(visit)})
        measuring.once(_open_largest_workbook)
        measuring.once(lambda: _import(network, measuring.many(10_000)))
        measuring.once(lambda: _paste_talks(server, network))
        measuring.once(lambda: _agenda(server, network))
        measuring.take(lambda: {"reading 10,000 names": _read_names()})
        measuring.once(_doubles)


def count_audience(network: Network) -> None:
    """Count an audience of five blocks and read its first page."""
    rule = [
        [
            make_condition(AudienceBlock.KIND, "gemeente", "waterschap"),
            make_condition(AudienceBlock.ROLE, "bestuurder", "strateeg"),
            make_condition(AudienceBlock.REGION, "West-Brabant", "Regio 3"),
            make_condition(AudienceBlock.SIZE, "M7", but=True),
            make_condition(AudienceBlock.UNREACHED, clock.today().year),
        ]
    ]
    reach = audiences.count_reach(rule, network.id, CLOCKWORK)
    audiences.page_of_audience(rule, network.id, CLOCKWORK, reach, number=1)


def _searches() -> dict[str, float]:
    words = [name.split()[-1] for name in db.session.scalars(sa.select(Person.name).limit(5))]
    sought = [*words, f"{words[0][:-1]}x", words[1][:3], "sa vri", "oosterhuot"]
    taken = [_median(_search(text)) for text in sought]
    return {"search, median": sorted(taken)[len(taken) // 2], "search, slowest": max(taken)}


def _doubles() -> dict[str, float]:
    start = perf_counter()
    doubles.find_doubles()
    return {"doubles over everybody": perf_counter() - start}


def _read_names() -> float:
    """Names as lists have them: in four forms, each to what is kept of it."""
    pick = random.Random(7)
    forms = ("{0} van {1}", "{1}, mw. drs. {0} van", "{1}, J.A. van der ({0})", "Dhr. ing. J.P. ({0}) {1} MSc")
    written = [pick.choice(forms).format(*write_name(pick).split(maxsplit=1)) for _ in range(10_000)]
    start = perf_counter()
    for text in written:
        name = read_name(text)
        assert all((name.name, name.greeting, name.sort_key))
    return perf_counter() - start


def _median(*work: Callable[[], object], times: int = 7) -> float:
    taken = []
    for each in work:
        for _ in range(times):
            start = perf_counter()
            each()
            taken.append((perf_counter() - start) * 1000)
            db.session.rollback()
    return sorted(taken)[len(taken) // 2]


def _search(text: str) -> Callable[[], object]:
    networks = frozenset(db.session.scalars(sa.select(Network.id).order_by(Network.id).limit(2)))
    return lambda: search.search_everywhere(text, Viewer(networks))


def _person(server: Server, network: Network) -> Callable[[], object]:
    account = factories.account(network)
    member = db.session.scalar(sa.select(Membership.person_id).where(Membership.network_id == network.id).limit(1))
    db.session.commit()
    client = server.app.test_client()
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(account)
    page = f"/organise/networks/{network.slug}/people/{member}"
    assert client.get(page).status_code == 200
    return lambda: client.get(page)


def _import(network: Network, rows: int) -> dict[str, float]:
    """So many rows of which a tenth is known already; memory is what the process grows by."""
    pick = random.Random(7)
    known = list(db.session.scalars(sa.select(EmailAddress.address).limit(1000)))
    places = list(db.session.scalars(sa.select(Organisation.name).limit(ORGANISATIONS)))
    lines = ["Naam;E-mail;Organisatie;Rol;Functie"]
    for number in range(rows):
        address = known[number // 10] if number % 10 == 0 else f"nieuw{number}@import.example"
        lines.append(f"{write_name(pick)};{address};{pick.choice(places)};bestuurder;wethouder")
    content = "\n".join(lines).encode()
    process = psutil.Process()
    before, start = process.memory_info().rss, perf_counter()
    plan = import_plans.plan_import(network, "lijst.csv", content)
    dry_run = perf_counter() - start
    kept = import_runs.keep_list(network, "lijst.csv", content)
    import_runs.queue_import(kept, plan)
    db.session.commit()
    start = perf_counter()
    handled = import_runs.carry_out_import(kept)
    taken = perf_counter() - start
    assert handled == rows, handled
    return {
        "importing 10,000 rows: dry run": dry_run,
        "importing 10,000 rows: carried out": taken,
        "importing 10,000 rows: memory grown by": (process.memory_info().rss - before) / 2**20,
    }


def _agenda(server: Server, network: Network) -> dict[str, float]:
    agenda = agendas.fill_agenda(network)
    return {
        "figures of an agenda with 12 themes and 40 indicators": _median(agendas.open_figures(server, agenda)),
        "freezing a report on it": agendas.freeze_report(agenda),
    }


def _paste_talks(server: Server, network: Network) -> dict[str, float]:
    """Three hundred rows, looked at and then kept, as an organiser who is signed in does."""
    rows = [f"Gemeente {name}\t{day}-3-2026\tVoortgangsgesprek\t\tOver de voortgang" for name, day in _bodies(300)]
    with server.app.test_request_context():
        g.account = factories.account(network)
        start = perf_counter()
        talk_rows.read_rows(network, "\n".join(rows))
        kept = talk_rows.enter_rows(network, talk_rows.read_rows(network, "\n".join(rows)), g.account)
        db.session.commit()
        taken = perf_counter() - start
    assert kept == len(rows), kept
    return {"300 contact moments pasted as rows": taken}


def _bodies(count: int) -> Iterator[tuple[str, int]]:
    """Municipalities in turn, each time on another day."""
    wanted = sa.select(Organisation.name).where(Organisation.grid_row.is_not(None)).order_by(Organisation.name)
    names = list(db.session.scalars(wanted))
    return ((names[number % len(names)], number // len(names) + 1) for number in range(count))


def _open_largest_workbook() -> dict[str, float]:
    """As many rows as a list may have, of twelve columns, opened in a process of its own."""
    row = ["Dhr.", "Jan", "van", "Dijk", "", "Oss", "adviseur", "06-12345678", "1-3-2024", "Straat 1", "5341 AB", "Oss"]
    rows = ([*row[:4], f"jan{number}@oss.example", *row[5:]] for number in range(list_cells.MOST_ROWS - 1))
    content = sheets.write(
        sheets.TableKind.XLSX, sheets.Sheet("Leden", rows, [f"Kolom {number}" for number in range(len(row))])
    )
    done = subprocess.run([sys.executable, "-c", _OPEN], input=content, capture_output=True, check=True)
    seconds, kilobytes = json.loads(done.stdout)
    return {
        "opening the largest workbook, processor time": seconds,
        "opening the largest workbook, memory": kilobytes / 1024,
    }


_OPEN = """
import json, resource, sys, time
from app.network.imports import list_cells, list_files
cells = list_cells.unpack_workbook(sys.stdin.buffer.read())["cells"]
assert len(list_files.read_sheets("l.csv", list_files.write_cells(cells))[0].rows) == list_cells.MOST_ROWS
print(json.dumps([time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def write_name(pick: random.Random) -> str:
    first = pick.choice(_STARTS) + pick.choice(_MIDDLES) + pick.choice(_ENDS)
    last = (
        pick.choice(_STARTS) + pick.choice(_MIDDLES) + pick.choice(_ENDS) + pick.choice(_MIDDLES) + pick.choice(_ENDS)
    )
    return f"{first.title()} {pick.choice(['', '', 'de ', 'van den '])}{last.title()}"


def fill(people: int, registrations: int) -> Network:
    """People, organisations, and the sessions of ten years; returns one of four networks."""
    organisations.load_reference()
    networks = [factories.network(slug=f"groot-{number}") for number in range(4)]
    db.session.flush()
    places = list(db.session.scalars(sa.select(Organisation.id)))
    for number in range(ORGANISATIONS - len(places)):
        db.session.add(
            Organisation(
                name=f"Organisatie {number}",
                kind=_KINDS[number % len(_KINDS)],
                region=f"Regio {number % 9}",
                size_class="overig",
            )
        )
    db.session.flush()
    places = list(db.session.scalars(sa.select(Organisation.id).order_by(Organisation.id)))
    add_people(people, places, [network.id for network in networks])
    _registrations(people, registrations, [network.id for network in networks])
    db.session.commit()
    search.rebuild_search_index()
    db.session.commit()
    gather_statistics()
    return networks[0]


def add_people(count: int, places: list[int], networks: list[int]) -> None:
    """People with their work, numbered from 1, each a member of one or two of four networks."""
    pick, now = random.Random(1), datetime.now(UTC)
    roles = list(db.session.scalars(sa.select(Role.code)))
    for start in range(1, count + 1, 5000):
        numbers = range(start, min(start + 5000, count + 1))
        given = {number: write_name(pick) for number in numbers}
        rows = [
            {
                "id": number,
                "name": name,
                "call_name": read_name(name).greeting,
                "sort_name": read_name(name).sort_key,
                "search_text": names.fold_name(name),
                "language": "nl",
            }
            for number, name in given.items()
        ]
        db.session.execute(sa.insert(Person), rows)
        addresses = [
            {
                "id": n,
                "person_id": n,
                "address": f"p{n}@groot.example",
                "key": f"p{n}@groot.example",
                "domain": "groot.example",
                "preferred": True,
            }
            for n in numbers
        ]
        db.session.execute(sa.insert(EmailAddress), addresses)
        db.session.execute(
            sa.insert(Position),
            [
                {"person_id": n, "organisation_id": places[n % len(places)], "role_code": pick.choice(roles)}
                for n in numbers
            ],
        )
        db.session.execute(
            sa.insert(Membership),
            [
                {"person_id": n, "network_id": network, "standing": "member", "since": now}
                for n in numbers
                for network in {networks[n % 4], networks[n // 7 % 4]}
            ],
        )
    for model in (Person, EmailAddress):
        continue_ids(db.session.connection(), model.__table__)


def _registrations(people: int, count: int, networks: list[int]) -> None:
    """So many invitations over EVENTS events of ten years, each with a registration and half with an attendance."""
    events = []
    for number in range(EVENTS):
        event = factories.event(db.session.get(Network, networks[number % 4]), title=f"Sessie {number}")
        events.append(factories.move(event, hours=-24 * (5 + number * 7)).id)
    first, each = events[0], count // EVENTS
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
    values = {"last": each * EVENTS - 1, "first": first, "each": each, "people": people, "now": datetime.now(UTC)}
    person = "(i % :each + (i / :each) * 37) % :people + 1"
    for statement in (
        "INSERT INTO invitations (id, event_id, person_id, address_id, origin, token_version, answer, created_at) "
        f"SELECT i + 1, :first + i / :each, {person}, {person}, 'wave', 1, 'yes', :now FROM n",
        "INSERT INTO registrations (id, event_id, invitation_id, organisation_id, state, mode, created_at, changed_at) "
        "SELECT i + 1, :first + i / :each, i + 1, NULL, 'confirmed', 'on_site', :now, :now FROM n",
        "INSERT INTO attendances (event_id, invitation_id, day, organisation_id, mode, entry, at) "
        f"SELECT :first + i / :each, i + 1, (SELECT date(starts_at) FROM events WHERE id = :first + i / :each), (SELECT organisation_id FROM positions WHERE person_id = {person} LIMIT 1), "
        "'on_site', 'list', :now FROM n WHERE i % 2 = 0",
    ):
        head, _, rest = statement.partition("SELECT")
        bound = sa.text(f"{head}{numbers}SELECT{rest}").bindparams(
            sa.bindparam("now", type_=Person.__table__.c.created_at.type)
        )
        db.session.execute(bound, values)
    for table in ("invitations", "registrations", "attendances"):
        continue_ids(db.session.connection(), db.metadata.tables[table])
