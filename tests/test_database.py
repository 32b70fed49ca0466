"""What the tables have in common: counting what happened too often, and connections that are lost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError

from app import clock
from app.database import db, lock_row, only_reading, read_only_transactions, too_often
from app.events.models import Event
from app.network.models import Network
from app.network.people.models import AddressClaim
from tests import factories

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes_ago", "refused"),
    [([], False), ([1, 2], False), ([1, 2, 3], True), ([1, 2, 3, 59], True), ([1, 2, 61, 300], False)],
    ids=["nothing", "one fewer", "as many", "more", "but long ago"],
)
def test_too_often_is_so_many_within_a_span_of_the_same_kind(app, minutes_ago, refused):
    person, other = factories.person(), factories.person()
    for whose, moments in ((person, minutes_ago), (other, [1] * 9)):
        for minutes in moments:
            at = clock.now() - timedelta(minutes=minutes)
            db.session.add(AddressClaim(person_id=whose.id, address="a@x.example", created_at=at))
    db.session.flush()
    now = clock.now()
    assert too_often(AddressClaim.created_at, now - HOUR, 3, AddressClaim.person_id == person.id) is refused


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_closed_is_not_given_to_anybody(app):
    mine = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
    db.session.commit()
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with engine.connect() as other:
        other.execute(sa.select(sa.func.pg_terminate_backend(mine, 5_000)))
    assert db.session.scalar(sa.select(sa.func.pg_backend_pid())) != mine


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_an_answer_stands_where_the_connection_goes_only_when_it_is_given_back(app, client):
    page = client.get("/")
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)

    def break_off(response: Response) -> Response:
        mine = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
        with engine.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(mine, 5_000)))
        return response

    app.after_request_funcs.setdefault(None, []).append(break_off)
    with client.session_transaction() as session:  # who has a session is given no kept page
        session["language"] = "nl"
    try:
        assert client.get("/").status_code == page.status_code == 200
    finally:
        app.after_request_funcs[None].remove(break_off)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_connection_that_goes_before_the_commit_is_a_database_that_is_away(app):
    """Only by SQLAlchemy's error do pages say that it is away, and the mailbox is read later."""
    person = factories.person("Ans Klein")
    db.session.commit()
    person.name = "Ans Groot"
    db.session.flush()
    mine = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
    with sa.create_engine(db.engine.url, poolclass=sa.NullPool).connect() as other:
        other.execute(sa.select(sa.func.pg_terminate_backend(mine, 5_000)))

    with pytest.raises(OperationalError):
        db.session.commit()
    db.session.rollback()

    assert person.name == "Ans Klein"


def test_a_transaction_that_reads_refuses_to_write_and_the_next_one_may(app):
    person = factories.person()
    db.session.commit()
    rename = sa.text("UPDATE people SET name = 'Iemand' WHERE id = :number")
    with read_only_transactions(), pytest.raises(sa.exc.DBAPIError):
        db.session.execute(rename, {"number": person.id})
    db.session.rollback()
    db.session.execute(rename, {"number": person.id})
    db.session.rollback()


def test_columns_of_a_result_have_their_names(app):
    found = db.session.execute(sa.text("SELECT 1 AS een, 'x' AS naïef")).mappings().one()
    assert dict(found) == {"een": 1, "naïef": "x"}


def test_what_breaks_while_reading_is_what_is_told(app):
    """Ending what was read is no second error that hides the first."""

    def read() -> None:
        with only_reading():
            db.session.connection().invalidate()
            raise LookupError

    with pytest.raises(LookupError):
        read()
    assert factories.network().id


def test_a_connection_that_is_lost_is_given_up_by_itself(app):
    """Rolling back what it had begun is no second error, which a page would end on."""
    factories.network()
    db.session.connection().invalidate()
    db.session.rollback()
    assert factories.network().id


def test_a_row_that_is_locked_is_read_anew_and_keeps_what_was_set(app):
    network = factories.network(name="Oud", summary="Samen")
    db.session.commit()
    db.session.execute(sa.text("UPDATE networks SET name = 'Nieuw'"))
    network.summary = "Apart"
    lock_row(network)
    assert (network.name, network.summary) == ("Nieuw", "Apart")


def test_a_row_that_is_gone_cannot_be_locked(app):
    network = factories.network()
    db.session.commit()
    db.session.execute(sa.delete(Network).execution_options(synchronize_session=False))
    with pytest.raises(ObjectDeletedError):
        lock_row(network)


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_row_with_rows_joined_to_it_is_held_against_others(app):
    event = factories.event()
    db.session.commit()
    lock_row(event)
    with db.engine.connect() as other, pytest.raises(OperationalError, match="could not obtain lock"):
        other.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update(nowait=True))
