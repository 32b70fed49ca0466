"""Never more confirmed seats than the capacity: real races against a running server with several workers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.outbox.models import Message
from app.registration import answers, waiting_list
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.databases import KINDS
from tests.server import Participant, Server, prepared, serving
from tests.tables import empty

CLIENTS = 16


@pytest.fixture(scope="module", params=KINDS)
def running(request, databases, tmp_path_factory):
    with (
        prepared(tmp_path_factory.mktemp("seats"), databases.with_tables(request.param)) as ready,
        serving(ready, "--workers", "2"),
    ):
        yield ready


@pytest.fixture
def server(running) -> Iterator[Server]:
    """A running server; what a test leaves in its tables is taken away."""
    yield running
    with _inside(running):
        empty(db.engine)


@contextmanager
def _inside(server: Server):
    with server.app.app_context():
        yield
        db.session.commit()


def _answer(link: str, answer: str) -> str:
    participant = Participant()
    participant.open(link)
    return participant.open(link, answer=answer)


def _together(jobs: list[tuple[str, str]]) -> list[str]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda job: _answer(*job), jobs))


def _counts() -> dict[RegistrationState, int]:
    rows = db.session.execute(sa.select(Registration.state, sa.func.count()).group_by(Registration.state))
    return dict(rows.all())


@contextmanager
def _looking_on(server: Server):
    """Looks again and again, while the block runs, how many have a seat and whether anybody waits."""
    seen, over = [], Event()

    def look() -> None:
        with server.app.app_context():
            while not over.wait(0.01):
                counts = _counts()
                seen.append((counts.get(RegistrationState.CONFIRMED, 0), RegistrationState.WAITING in counts))
                db.session.rollback()

    looking = Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def test_200_registrations_for_50_seats(server):
    with _inside(server):
        event = factories.event(seats_on_site=50)
        jobs = [(invitation_links.link_to_invitation(factories.invitation(event)), "on_site") for _ in range(200)]
    pages = _together(jobs)
    told = {
        "komt": sum("je komt." in page for page in pages),
        "wacht": sum("van de wachtlijst." in page for page in pages),
    }
    with _inside(server):
        waiting = db.session.scalars(sa.select(Registration).where(Registration.state == RegistrationState.WAITING))
        places = sorted(waiting_list.place_in_line(each) for each in waiting)
        mailed = dict(db.session.execute(sa.select(Message.kind, sa.func.count()).group_by(Message.kind)).all())
        assert _counts() == {RegistrationState.CONFIRMED: 50, RegistrationState.WAITING: 150}
    assert places == list(range(1, 151))
    assert told == {"komt": 50, "wacht": 150}
    assert mailed == {"confirmed": 50, "waiting": 150}


def test_no_organisation_gets_more_than_its_quota(server):
    with _inside(server):
        event = factories.event(seats_on_site=30, seats_per_organisation=3)
        jobs = [
            (
                invitation_links.link_to_invitation(
                    factories.invitation(event, factories.person(f"{place} {number}", at=place))
                ),
                "on_site",
            )
            for number in range(10)
            for place in ("Oss", "Best", "Deurne")
        ]
    _together(jobs)
    with _inside(server):
        wanted = sa.select(Registration.organisation_id, sa.func.count()).where(
            Registration.state == RegistrationState.CONFIRMED
        )
        seats = dict(db.session.execute(wanted.group_by(Registration.organisation_id)).all())
        assert set(seats.values()) == {3}
        assert _counts() == {RegistrationState.CONFIRMED: 9, RegistrationState.WAITING: 21}


def test_30_cancellations_and_30_registrations_at_once(server):
    with _inside(server):
        event = factories.event(seats_on_site=40)
        taken = [answers.accept_invitation(factories.invitation(event), Mode.ON_SITE).invitation for _ in range(40)]
        db.session.flush()
        before = [answers.accept_invitation(factories.invitation(event), Mode.ON_SITE).invitation.id for _ in range(10)]
        leaving = [(invitation_links.link_to_invitation(invitation), "no") for invitation in taken[:30]]
        coming = [(invitation_links.link_to_invitation(factories.invitation(event)), "on_site") for _ in range(30)]
    mixed = [job for pair in zip(leaving, coming, strict=True) for job in pair]
    with _looking_on(server) as seen:
        _together(mixed)
    assert len(seen) > 5
    assert [(taken, waits) for taken, waits in seen if taken > 40 or (taken < 40 and waits)] == []
    with _inside(server):
        assert _counts() == {
            RegistrationState.CONFIRMED: 40,
            RegistrationState.CANCELLED: 30,
            RegistrationState.WAITING: 10,
        }
        first_in_line = sa.select(Registration.state).where(Registration.invitation_id.in_(before))
        assert set(db.session.scalars(first_in_line)) == {RegistrationState.CONFIRMED}
        promoted = (
            sa.select(Message.invitation_id, sa.func.count())
            .where(Message.kind == "promoted")
            .group_by(Message.invitation_id)
        )
        told = dict(db.session.execute(promoted).all())
        assert (len(told), set(told.values())) == (30, {1})


def test_one_person_pressing_many_times_registers_once(server):
    with _inside(server):
        event = factories.event(seats_on_site=5)
        link = invitation_links.link_to_invitation(factories.invitation(event))
    _together([(link, "on_site")] * 20)
    with _inside(server):
        assert _counts() == {RegistrationState.CONFIRMED: 1}
        assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 1


def test_two_colleagues_asked_for_one_seat_get_one_seat(server):
    with _inside(server):
        event = factories.event(seats_on_site=1)
        asker = answers.accept_invitation(factories.invitation(event), Mode.ON_SITE).invitation
        asked = [
            answers.ask_substitute(asker, f"Collega {number}", f"collega{number}@oss.example") for number in range(2)
        ]
        db.session.flush()
        jobs = [(invitation_links.link_to_invitation(invitation), "on_site") for invitation in asked]
    _together(jobs)
    with _inside(server):
        assert _counts() == {
            RegistrationState.CANCELLED: 1,
            RegistrationState.CONFIRMED: 1,
            RegistrationState.WAITING: 1,
        }
        assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 3
