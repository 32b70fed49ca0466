"""How long a transaction that may write stays open at most, with much to do: what others wait for on SQLite."""

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter

import sqlalchemy as sa

from app import clock, garbage
from app.database import db, is_read_only
from app.elsewhere import outside_calendars
from app.elsewhere.models import OutsideEvent
from app.events import planning
from app.events.models import Event
from app.events.planning import EventDetails, Notice
from app.invitations.models import CalendarStatus, Invitation, Origin
from app.invitations.waves import wave_runs, waves
from app.invitations.waves.models import Wave
from app.lessons.evaluations import evaluations
from app.network import memberships
from app.network.imports import import_plans, import_runs
from app.network.models import Membership, Network, Standing
from app.network.people import people
from app.network.people.models import Person
from app.outbox import errands, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageState
from app.privacy import retention
from app.registration import change_notices
from bench import mailing
from bench.measuring import Measuring
from bench.network import write_name
from bench.people import gather_statistics, many_people
from tests import factories
from tests.server import Server

SESSIONS, MAILS = 300, 2_000
"""Of one person who is erased."""
PEOPLE, MESSAGES = 100_000, 1_000_000
"""Over which what is past its term is looked for."""
PAST = 100
"""People who left long ago, and go."""
LEAVING = 300
"""As many as may be removed together."""


class Longest:
    """The longest time that one transaction which may write was open, in milliseconds."""

    def __init__(self) -> None:
        self.ms = 0.0
        self._begun: dict[sa.Connection, float] = {}

    def begin(self, connection: sa.Connection) -> None:
        if not is_read_only():
            self._begun[connection] = perf_counter()

    def end(self, connection: sa.Connection) -> None:
        begun = self._begun.pop(connection, None)
        if begun is not None:
            self.ms = max(self.ms, (perf_counter() - begun) * 1000)


@contextmanager
def watching() -> Iterator[Longest]:
    longest = Longest()
    moments = {"begin": longest.begin, "commit": longest.end, "rollback": longest.end}
    db.session.commit()
    _put_aside_what_was_made()
    for name, note in moments.items():
        sa.event.listen(db.engine, name, note)
    try:
        yield longest
    finally:
        for name, note in moments.items():
            sa.event.remove(db.engine, name, note)


def _put_aside_what_was_made() -> None:
    """As a process of the site begins (wsgi.py): what was there before is not looked through again and again, which takes
    half a second where a bench has all its people in memory."""
    gc.collect()
    garbage.settle()


def figures(server: Server, measuring: Measuring) -> None:
    """Erasing one, what goes by itself, letters, a wave, a change, a partner's calendar: how long, and who waited how long."""
    with server.app.app_context():
        network = factories.network(slug="schrijven")
        many_people(_event(network), measuring.many(PEOPLE, 300))
        mailing.fill_history(network.id, measuring.many(MESSAGES))
        _give_bytes()
        measuring.take(lambda: _letters(measuring.many(mailing.PEOPLE)))
        measuring.once(lambda: _changing(network, measuring.many(mailing.PEOPLE)))
        _know_what_there_is()
        measuring.once(lambda: _afterwards(network, measuring.many(mailing.PEOPLE)))
        measuring.once(lambda: _people(measuring.many(mailing.PEOPLE)))
        measuring.take(lambda: _calendar(network, measuring.many(5_000)))
        measuring.take(lambda: _erasing(network, measuring.many(SESSIONS), measuring.many(MAILS)))
        measuring.once(lambda: _sweeping(network))


def _give_bytes() -> None:
    """To every mail of the past, so that there is something that goes."""
    body = sa.literal(b"Subject: x\r\n\r\n" + b"tekst " * 80, sa.LargeBinary)
    past = sa.select(Message.id, body).where(Message.state == MessageState.SENT)
    db.session.execute(sa.insert(FinishedMessage).from_select(["message_id", "content"], past))
    db.session.commit()


def _know_what_there_is() -> None:
    """The mails of the past are about no invitation, which is all that the database knew of mails by then."""
    gather_statistics()


def _event(network: Network) -> Event:
    event = factories.event(network, title="Alle leden", starts_at=factories.start(days=200))
    db.session.flush()
    return event


def _letters(people: int) -> dict[str, float]:
    network = factories.network()
    many_people(_event(network), people)
    wave = mailing.planned_wave(network.id)
    planning = _longest(lambda: wave_runs.run_wave(wave))
    planned = db.session.get_one(Wave, wave)
    paused = _longest(lambda: waves.pause_wave(planned)), _longest(lambda: waves.resume_wave(planned))

    def write() -> None:
        for _ in range(20):
            message_writing.write_some_messages()

    return {
        "longest write: planning a wave for 10,000": planning,
        "longest write: pausing a wave of 10,000 and letting it go on": max(paused),
        "longest write: writing letters": _longest(write),
    }


def _longest(act: Callable[[], object]) -> float:
    """Of an act and what it leaves to the clockwork."""
    with watching() as found:
        act()
        db.session.commit()
        errands.carry_on_errands()
    return found.ms


def _changing(network: Network, people: int) -> dict[str, float]:
    """What an organiser does with a session that stands in everybody's calendar."""
    event = _event(network)
    many_people(event, people)
    told = sa.update(Invitation).where(Invitation.event_id == event.id)
    db.session.execute(
        told.values(calendar_status=CalendarStatus.CONFIRMED, calendar_sequence=0, calendar_stamp=clock.now())
    )
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    notice = Notice(hold=change_notices.HOLD)
    account = factories.account().id
    moved = EventDetails(**values | {"town": "Breda"})
    return {
        "longest write: moving a session of 10,000": _longest(lambda: planning.change_event(event, moved, notice)),
        "longest write: holding back the mail about that": _longest(lambda: change_notices.hold_back(event, account)),
        "longest write: sending it after all": _longest(lambda: change_notices.send_after_all(event, account)),
        "longest write: cancelling it": _longest(lambda: planning.cancel_event(event, "", notice)),
        "longest write: reviving it": _longest(lambda: planning.publish_event(event, notice)),
    }


def _afterwards(network: Network, people: int) -> dict[str, float]:
    event = factories.held(network)
    many_people(event, people)
    return {"longest write: asking 10,000 afterwards": _longest(evaluations.plan_due_evaluations)}


def _people(rows: int) -> dict[str, float]:
    """A list of people who are new, in a network of which as many as may leave together come to its session."""
    network = factories.network()
    many_people(_event(network), LEAVING)
    pick = random.Random(7)
    lines = ["Naam;E-mail", *(f"{write_name(pick)};nieuw{number}@import.example" for number in range(rows))]
    content = "\n".join(lines).encode()
    plan = import_plans.plan_import(network, "lijst.csv", content)
    kept = import_runs.keep_list(network, "lijst.csv", content)
    import_runs.queue_import(kept, plan)
    imported = _longest(import_runs.carry_on_imports)
    import_runs.ask_import_undo(kept)
    members = sa.select(Membership).join(Invitation, Invitation.person_id == Membership.person_id)
    together = members.where(Membership.network_id == network.id).order_by(Membership.id)
    return {
        "longest write: importing 10,000 rows": imported,
        "longest write: undoing that": _longest(import_runs.carry_on_imports),
        "longest write: 300 people leaving a network": _longest(
            lambda: memberships.leave_together(db.session.scalars(together).all())
        ),
    }


def _calendar(network: Network, count: int) -> dict[str, float]:
    from app.elsewhere.calendar_reading import FoundEvent

    begin = clock.now() + timedelta(days=1)
    events = [
        FoundEvent(f"{n}@partner.example", begin, begin + timedelta(hours=2), False, f"Sessie {n}", "Breda", "")
        for n in range(count)
    ]
    calendar = outside_calendars.OutsideCalendar(network_id=network.id, name="Partner")
    with watching() as longest:
        db.session.add(calendar)
        outside_calendars._replace_events(calendar, events)
        db.session.commit()
    db.session.execute(sa.delete(OutsideEvent))
    return {"longest write: a partner's calendar of 5,000": longest.ms}


def _erasing(network: Network, sessions: int, mails: int) -> dict[str, float]:
    """Somebody with many sessions, whom many mails to others name."""
    person = factories.person("Willemijn van der Zandschulp", of=network)
    for number in range(sessions):
        event = factories.event(network, title=f"Sessie {number}", starts_at=factories.start(days=30 + number))
        db.session.add(
            Invitation(
                event_id=event.id, person_id=person.id, address_id=person.addresses[0].id, origin=Origin.ORGANISER
            )
        )
    body = b"Subject: x\r\n\r\n" + b"Willemijn van der Zandschulp komt ook.\r\n" + b"tekst " * 2000
    now = clock.now()
    for number in range(mails):
        about = {"kind": MessageKind.FORWARDED, "network_id": network.id, "state": "sent", "recipient": "a@b.example"}
        message = Message(
            **about,
            domain="b.example",
            message_id=f"<over-{person.id}-{number}@bench.example>",
            sent_at=now,
            composed_at=now,
        )
        db.session.add(message)
        db.session.flush()
        db.session.add(FinishedMessage(message_id=message.id, content=body))
    with watching() as longest:
        start = perf_counter()
        people.erase_person(person)
        db.session.commit()
        taken = perf_counter() - start
    return {"erasing one of 300 sessions whom 2,000 mails name": taken, "longest write: erasing one": longest.ms}


def _sweeping(network: Network) -> dict[str, float]:
    """Some who left long ago, and the bytes of a year of mails."""
    old = clock.now() - timedelta(days=4_000)
    some = sa.select(Person.id).where(Person.erased_at.is_(None)).order_by(Person.id).limit(PAST)
    numbers = list(db.session.scalars(some))
    db.session.execute(sa.update(Person).where(Person.id.in_(numbers)).values(created_at=old))
    db.session.execute(sa.update(Invitation).where(Invitation.person_id.in_(numbers)).values(answered_at=old))
    left = sa.update(Membership).where(Membership.person_id.in_(numbers))
    db.session.execute(left.values(standing=Standing.LEFT, since=old))
    with watching() as longest:
        start = perf_counter()
        retention.sweep_old_data()
        taken = perf_counter() - start
    gone = db.session.scalar(sa.select(sa.func.count()).where(Person.id.in_(numbers), Person.erased_at.is_not(None)))
    return {
        "what goes by itself among 100,000 people and 1,000,000 mails": taken,
        "people who went by themselves": gone or 0,
        "longest write: what goes by itself": longest.ms,
    }
