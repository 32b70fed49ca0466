"""The day and after under load: check-in, the library, digests, the PDF of an impression."""

import random
from datetime import timedelta
from time import perf_counter

import psutil
import pypdfium2
import sqlalchemy as sa
from flask_babel import force_locale

from app import clock
from app.database import db, only_reading
from app.digests import editions
from app.lessons.impressions import documents, library, stems
from app.lessons.impressions.library import LibraryFilter
from app.lessons.insights.models import Insight, LibraryEntry
from app.network import digest_rhythm
from app.network.people.models import DigestFrequency, Person
from app.outbox import message_writing
from app.upkeep.backups import continue_ids
from bench.measuring import Measuring
from bench.people import gather_statistics, many_people
from tests import factories
from tests.server import Server

WORDS = [
    "gemeente",
    "bestuur",
    "samenwerking",
    "inwoners",
    "data",
    "welvaart",
    "klimaat",
    "hitte",
    "water",
    "raad",
    "begroting",
    "participatie",
    "vertrouwen",
    "capaciteit",
    "opgave",
    "regio",
    "provincie",
    "waterschap",
    "kennis",
    "uitvoering",
    "agenda",
    "wethouder",
    "leren",
    "delen",
    "netwerk",
    "beleid",
    "keuze",
    "ruimte",
    "wonen",
    "zorg",
    "jeugd",
    "onderwijs",
    "energie",
    "landbouw",
    "natuur",
    "veiligheid",
    "digitaal",
    "algoritme",
    "loket",
    "burger",
]


def figures(server: Server, measuring: Measuring) -> None:
    """The library with 50,000 insights, the digests of 20,000 people, a PDF of ten pages."""
    people = measuring.many(20_000)
    with server.app.app_context():
        fill_library(measuring.many(50_000))
        network = factories.network(slug="digest")
        for number in range(3):
            factories.event(network, title=f"Nieuw {number}")
        members = factories.event(network, title="Leden", starts_at=factories.start(days=200))
        db.session.execute(sa.update(Person).values(digest=DigestFrequency.NEVER))
        many_people(members, people)
        db.session.commit()
        gather_statistics()
    measuring.take(lambda: searches(server))
    measuring.once(lambda: digests(server, people))
    measuring.take(lambda: pdf(server))


def open_doors(event) -> None:
    """Let an event have begun an hour ago."""
    event.starts_at, event.ends_at = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=2)
    event.closes_at = event.starts_at
    db.session.flush()


def fill_library(insights: int) -> None:
    """So many published insights of a hundred reports, with words as people use them: few often, most seldom."""
    pick = random.Random(1)
    made = [factories.impression(factories.held(title=f"Bron {number}"), "Eerste") for number in range(100)]
    numbers = [(impression.id, impression.network_id) for impression in made]
    rare = [f"{one}{other}" for one in WORDS for other in WORDS]
    first = (db.session.scalar(sa.select(sa.func.max(Insight.id))) or 0) + 1
    rows, entries = [], []
    for number in range(first, first + insights):
        impression_id, network_id = numbers[number % len(numbers)]
        text = " ".join([*pick.choices(WORDS, k=6), *pick.choices(rare, k=14)])
        rows.append(
            {"id": number, "impression_id": impression_id, "place": 1, "title": text[:120], "explanation": text}
        )
        entries.append(
            {
                "insight_id": number,
                "impression_id": impression_id,
                "network_id": network_id,
                "year": 2020 + number % 7,
                "stems": " ".join(stems.stems_of(text)),
            }
        )
    db.session.execute(sa.insert(Insight), rows)
    db.session.execute(sa.insert(LibraryEntry), entries)
    continue_ids(db.session.connection(), Insight.__table__)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE library_entries"))
        db.session.commit()


def searches(server: Server) -> dict[str, float]:
    """The library's own rule, page and count included: a rare word, two common ones, a word with a choice."""
    found = {}
    with server.app.app_context():
        for name, sought in (
            ("rare word", LibraryFilter(text="gemeentedata")),
            ("two common words", LibraryFilter(text="gemeente samenwerking")),
            ("word and year", LibraryFilter(text="begroting", year=2023)),
        ):
            times = []
            for _ in range(9):
                db.session.rollback()
                begin = perf_counter()
                library.search_library(sought)
                times.append((perf_counter() - begin) * 1000)
            found[f"library of 50,000, {name}"] = sorted(times)[4]
    return found


def digests(server: Server, people: int) -> dict[str, float]:
    """Plan and write a digest for so many people; memory is what the process grew by while writing."""
    process = psutil.Process()
    with server.app.app_context():
        day = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, clock.today()) - timedelta(days=7)
        begin = perf_counter()
        editions.begin_edition(DigestFrequency.WEEKLY, day)
        planned = editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
        planning, before, begin = perf_counter() - begin, process.memory_info().rss, perf_counter()
        message_writing.write_due_messages()
        writing, grown = perf_counter() - begin, process.memory_info().rss - before
    assert planned == people, planned
    return {
        "digests for 20,000, planning": planning,
        "digests for 20,000, planned and written": planning + writing,
        "digests for 20,000, memory grown by": grown / 2**20,
    }


def pdf(server: Server) -> dict[str, float]:
    """The PDF of an impression of about ten pages."""
    with server.app.app_context(), force_locale("nl"):
        impression = factories.impression(factories.held(title="Lang"), *(f"Inzicht {number}" for number in range(34)))
        for insight in impression.insights:
            insight.explanation = "Een toelichting van een paar zinnen over wat we leerden. " * 14
        with only_reading():
            documents.write_pdf(impression)
            begin = perf_counter()
            content = documents.write_pdf(impression)
            taken = perf_counter() - begin
    return {"PDF of an impression, pages": len(pypdfium2.PdfDocument(content)), "PDF of an impression": taken}
