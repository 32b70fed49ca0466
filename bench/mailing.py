"""Mailing under load: planning a wave, writing and delivering its mails by one worker and by two; beside a long history."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from time import perf_counter, sleep

import psutil
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Event
from app.invitations.deliveries import delivery_board
from app.invitations.deliveries.delivery_board import MessageFilter
from app.invitations.waves import wave_runs
from app.network.models import Network
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.outbox import claiming, delivery, message_writing
from app.outbox.models import FinishedMessage, Message, MessageState
from app.settings import ROOT
from app.upkeep.backups import continue_ids
from bench.measuring import Measuring
from bench.people import gather_statistics, many_people
from tests import factories
from tests.server import Server, free_port

PEOPLE = 10_000
MAILS = 5_000
"""That the workers send of each measurement."""
HISTORY = 1_000_000
EVENTS = 100
"""Over how many sessions the history is spread."""
PIECE = 100_000
"""Mails of the history that are made here; the rest are copies of them."""
BODY = 15_000
"""Bytes of a mail where only delivery is measured."""


@contextmanager
def sink() -> Iterator[int]:
    """A mail server that takes everything, in a process of its own; yields its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)], cwd=ROOT)
    sleep(1)
    yield port
    process.terminate()
    process.wait()


def limit(port: int, count: int = 3000) -> float:
    """Messages a second of a bare loop over one connection."""
    message = EmailMessage()
    message.set_content("x" * BODY)
    body = message.as_bytes()
    with smtplib.SMTP("127.0.0.1", port) as line:
        start = perf_counter()
        for _ in range(count):
            line.sendmail("a@b.example", ["c@d.example"], body)
        return count / (perf_counter() - start)


def figures(server: Server, measuring: Measuring) -> None:
    """Planning, writing and delivering, with the limit measured in the same run."""
    people, mails = measuring.many(PEOPLE, 200), measuring.many(MAILS, 200)
    with sink() as port:
        with server.app.app_context():
            _send_to(server, port)
            network = factories.network(slug="mailing")
            many_people(factories.event(network, title="Leden", starts_at=factories.start(days=200)), people)
            db.session.commit()
            gather_statistics()
            measuring.take(lambda: _wave(network.id, people), 2)
        measuring.take(lambda: _all_workers(server, port, mails), 2)


def history_figures(server: Server, measuring: Measuring) -> None:
    """The same tables with two years of mails in them."""
    with server.app.app_context():
        network = factories.network(slug="mailing")
        many_people(
            factories.event(network, title="Leden", starts_at=factories.start(days=200)), measuring.many(PEOPLE, 200)
        )
        db.session.commit()
        fill_history(network.id, measuring.many(HISTORY))
        measuring.take(lambda: _beside_history(network.id), 2)


def _all_workers(server: Server, port: int, mails: int) -> dict[str, float]:
    raw = limit(port)
    one, two = (_workers(server, count, mails) for count in (1, 2))
    return {
        "smtplib over one connection": raw,
        "one worker": one,
        "one worker, of smtplib in the same run": 100 * one / raw,
        "two workers ÷ one": two / one,
    }


def _send_to(server: Server, port: int) -> None:
    server.app.config["MAIL_SERVER"] = "127.0.0.1"
    server.environ |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)}
    state = server.app.extensions["mail"]
    state.server, state.port = "127.0.0.1", port
    message_writing.write_due_messages()
    delivery.deliver_due_messages()


def _wave(network_id: int, people: int) -> dict[str, float]:
    """Plan a wave for everybody, write its mails and deliver them."""
    memory = psutil.Process().memory_info
    planned, taken, before = planned_wave(network_id), 0.0, memory().rss
    start = perf_counter()
    count = wave_runs.run_wave(planned)
    db.session.commit()
    taken, grown = perf_counter() - start, memory().rss - before
    start = perf_counter()
    composed = message_writing.write_due_messages()
    writing = composed / (perf_counter() - start)
    start = perf_counter()
    sent = sum(delivery.deliver_due_messages().values())
    rate = sent / (perf_counter() - start)
    assert count == sent == people, (count, composed, sent)
    return {
        "planning a wave for 10,000": taken,
        "planning a wave for 10,000, memory grown by": max(grown, 0) / 2**20,
        "writing mails": writing,
        "delivering what was written": rate,
    }


def planned_wave(network_id: int) -> int:
    """A wave for everybody in the network; nobody has had a mail this week yet."""
    db.session.execute(sa.update(Message).where(Message.due_at > clock.now() - timedelta(days=7)).values(counts=False))
    network = db.session.get(Network, network_id)
    wave = factories.wave(factories.event(network, title="Mailing"), to=factories.audience(network))
    db.session.commit()
    return wave.id


def _workers(server: Server, count: int, number: int) -> float:
    """Messages a second by so many processes, from the moment they are due until the last one is sent."""
    processes = [
        subprocess.Popen([sys.executable, "-m", "bench.worker"], cwd=ROOT, env=server.environ, stdin=subprocess.PIPE)
        for _ in range(count)
    ]
    with server.app.app_context():
        ids = _lay_ready(number)
        start = clock.now() + timedelta(seconds=8)
        db.session.execute(sa.update(Message).where(Message.id.in_(ids)).values(due_at=start))
        db.session.commit()
        for process in processes:
            process.communicate()
        of_these = sa.select(sa.func.max(Message.sent_at), sa.func.count()).where(Message.id >= ids[0])
        last, sent = db.session.execute(of_these.where(Message.state == MessageState.SENT)).one()
        db.session.commit()
    assert sent == number, sent
    return number / (last - start).total_seconds()


def _lay_ready(number: int) -> range:
    first = (db.session.scalar(sa.select(sa.func.max(Message.id))) or 0) + 1
    ids = range(first, first + number)
    later = clock.now() + timedelta(days=1)
    db.session.execute(sa.insert(Message), [_row(n, MessageState.DUE, later) for n in ids])
    body = b"Subject: x\r\n\r\n" + b"x" * BODY
    db.session.execute(sa.insert(FinishedMessage), [{"message_id": n, "content": body} for n in ids])
    continue_ids(db.session.connection(), Message.__table__)
    db.session.commit()
    return ids


def _row(number: int, state: MessageState, at: datetime, **more) -> dict:
    return {
        "id": number,
        "kind": "invitation",
        "state": state,
        "paced": False,
        "counts": False,
        "recipient": f"p{number}@bench.example",
        "domain": "bench.example",
        "message_id": f"<{number}@bench.example>",
        "subject": "Kom je ook?",
        "created_at": at,
        "due_at": at,
        "composed_at": at,
        **more,
    }


def fill_history(network_id: int, count: int = HISTORY) -> None:
    """So many mails of the past two years, spread over a hundred sessions and everybody."""
    network = db.session.get(Network, network_id)
    events = [
        factories.event(network, title=f"Vroeger {n}", starts_at=factories.start(days=300)).id for n in range(EVENTS)
    ]
    first_person, people = db.session.execute(sa.select(sa.func.min(Person.id), sa.func.count(Person.id))).one()
    first = (db.session.scalar(sa.select(sa.func.max(Message.id))) or 0) + 1
    now, piece = datetime.now(UTC), min(count, PIECE)
    rows = [
        _row(
            first + n,
            MessageState.SENT,
            now - timedelta(days=8 + n % 700),
            event_id=events[n % EVENTS],
            person_id=first_person + n // EVENTS % people,
            network_id=network_id,
            sent_at=now - timedelta(days=8 + n % 700),
            counts=True,
            response="250 taken",
        )
        for n in range(piece)
    ]
    db.session.execute(sa.insert(Message), rows)
    for done in range(piece, count, piece):
        _copy_history(first, min(piece, count - done), done, (first_person, people))
        db.session.commit()
    continue_ids(db.session.connection(), Message.__table__)
    db.session.commit()
    gather_statistics()


def _copy_history(first: int, piece: int, further: int, people: tuple[int, int]) -> None:
    """The first piece once more, to other people: within the database, which takes a fifth of the time."""
    number = Message.id + further
    others = people[0] + (Message.person_id - people[0] + further // EVENTS) % people[1]
    new = {
        "id": number,
        "message_id": "<" + sa.cast(number, sa.String) + "@bench.example>",
        "person_id": others,
    }
    columns = Message.__table__.c
    read = sa.select(*(new.get(column.name, column).label(column.name) for column in columns))
    copied = read.where(Message.id >= first, Message.id < first + piece)
    db.session.execute(sa.insert(Message).from_select(list(columns.keys()), copied))


def _beside_history(network_id: int) -> dict[str, float]:
    """Planning, claiming and the board with the history in the same tables."""
    planned = planned_wave(network_id)
    start = perf_counter()
    wave_runs.run_wave(planned)
    db.session.commit()
    planning = perf_counter() - start
    message_writing.write_due_messages()
    start = perf_counter()
    claimed = claiming.claim_parcels()
    claim = perf_counter() - start
    assert len(claimed) == claiming.BATCH
    return {
        "beside 1,000,000 mails: planning 10,000": planning,
        "beside 1,000,000 mails: claiming 100": 1000 * claim,
        "beside 1,000,000 mails: board of 10,000": _board(""),
        "beside 1,000,000 mails: board, searching a name": _board("persoon 77"),
    }


def _board(text: str) -> float:
    """Milliseconds for the first page of an old session's mails, with the counts."""
    event = db.session.scalars(sa.select(Event).where(Event.title == "Vroeger 1")).one()
    sought = MessageFilter(text, "", "", None)
    start = perf_counter()
    assert delivery_board.count_by_state(event, sought, CLOCKWORK)
    list(delivery_board.page_of_messages(event, sought, CLOCKWORK))
    return 1000 * (perf_counter() - start)
