"""Everything in the database fits together, and it is said where it does not."""

import json
from datetime import time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import current_app

from app import clock
from app.database import db
from app.events.models import Event, Mode
from app.registration.models import Registration, RegistrationState
from app.upkeep import invariants, nightly_balance
from tests import books, factories
from tests.helpers import work


@pytest.fixture
def overfull(app):
    """A session with one seat that two people have."""
    event = factories.event(seats_on_site=1)
    for _ in range(2):
        factories.registration(event, factories.person("Jan Geheim"))
    db.session.execute(sa.update(Registration).values(state=RegistrationState.CONFIRMED, waiting_number=None))
    db.session.commit()
    return event


def _check_deep():
    return current_app.test_cli_runner().invoke(args=["check", "--deep"])


@pytest.mark.unbalanced
def test_the_command_says_what_is_wrong_by_ids_alone(overfull):
    done = _check_deep()
    assert done.exit_code == 1
    assert f"FAIL seats within capacity: event {overfull.id}: 2 have a seat on_site and there are 1" in done.output
    assert "Geheim" not in done.output


@pytest.mark.unbalanced
def test_one_look_sees_what_a_selection_finds(overfull):
    assert not books.balance()
    db.session.execute(sa.update(Event).values(seats_on_site=2))
    assert books.balance()


@pytest.mark.unbalanced
def test_one_look_sees_what_a_walk_finds(app):
    wave = factories.wave(factories.event(), days_before=7, hour=time(9))
    assert books.balance()
    wave.due_at += timedelta(days=1)
    assert not books.balance()


def test_the_command_says_that_all_is_well(app):
    factories.registration(factories.event(seats_on_site=1))
    db.session.commit()
    assert f"ok   balance: {len(invariants.INVARIANTS)} invariants hold" in _check_deep().output


@pytest.mark.unbalanced
def test_it_is_looked_at_once_a_night_and_shown_until_it_is_mended(overfull, client):
    assert nightly_balance.check_balance() == 1
    found = client.get("/healthz").json["checks"]["balance"]
    assert (found["well"], "seats within capacity" in found["detail"], "Geheim" in json.dumps(found)) == (
        False,
        True,
        False,
    )

    db.session.execute(sa.update(Registration).values(mode=Mode.ONLINE))
    assert nightly_balance.check_balance() == 0
    assert not client.get("/healthz").json["checks"]["balance"]["well"]

    overfull.online, overfull.join_url = True, "https://vergaderen.example"
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert nightly_balance.check_balance() == 0
        assert client.get("/healthz").json["checks"]["balance"]["well"]


def test_a_mailing_that_went_out_fits(app):
    event = factories.event(seats_on_site=1)
    factories.crowd(3, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    assert work()["planned"] == 3
