"""One item that cannot be done holds up no other, and is not lost out of sight."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.network.models import Network
from app.setbacks import one_by_one
from app.setbacks.models import Setback
from app.setbacks.one_by_one import MOST_TRIES, PAUSES, do_each
from tests import factories
from tests.helpers import post, sign_in

SECRET = "met een naam erin: Jan Geheim"


def _setbacks() -> list[tuple]:
    wanted = sa.select(Setback.job, Setback.item, Setback.tries).order_by(Setback.item)
    return [tuple(row) for row in db.session.execute(wanted)]


def _rename(broken: set[int]):
    """Work that writes, and fails after writing for the broken ones."""

    def work(number: int) -> int:
        db.session.get_one(Network, number).name = f"nieuw {number}"
        db.session.flush()
        if number in broken:
            raise RuntimeError(SECRET)
        return 1

    return work


@pytest.fixture
def networks(app) -> list[int]:
    made = [factories.network(name=f"oud {number}").id for number in range(3)]
    db.session.commit()
    return made


def _names() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Network.name).order_by(Network.id)))


def test_the_others_go_on_and_of_the_broken_one_nothing_is_written(networks):
    first, second, third = networks
    assert do_each("rename", networks, _rename({second})) == 2
    assert (_names(), _setbacks()) == ([f"nieuw {first}", "oud 1", f"nieuw {third}"], [("rename", str(second), 1)])


def test_told_to_stop_it_finishes_what_it_has_in_hand_and_leaves_the_rest(networks):
    def work(number: int) -> int:
        one_by_one.stopped.set()
        return _rename(set())(number)

    try:
        assert do_each("rename", networks, work) == 1
    finally:
        one_by_one.stopped.clear()
    assert (_names(), _setbacks()) == ([f"nieuw {networks[0]}", "oud 1", "oud 2"], [])


def test_what_went_wrong_is_kept_without_the_words_of_the_error(networks, caplog):
    do_each("rename", networks, _rename({networks[0]}))
    kept = db.session.scalars(sa.select(Setback.error)).one()
    assert (kept, SECRET in caplog.text, "RuntimeError" in caplog.text) == ("RuntimeError", False, True)


def test_pauses_grow_until_it_is_set_aside(networks):
    tried = []

    def work(number: int) -> int:
        tried.append(number)
        raise ValueError

    moment = clock.now()
    for pause in (*PAUSES, timedelta(days=9)):
        for at in (moment, moment + pause - timedelta(seconds=5)):
            with time_machine.travel(at, tick=False):
                do_each("rename", networks[:1], work)
        moment += pause + timedelta(seconds=5)
    assert (len(tried), _setbacks()) == (MOST_TRIES, [("rename", str(networks[0]), MOST_TRIES)])
    assert db.session.scalars(sa.select(Setback.next_at)).one() is None


def test_an_item_that_goes_well_after_all_is_forgotten(networks):
    do_each("rename", networks, _rename({networks[0]}))
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert do_each("rename", networks[:1], _rename(set())) == 1
    assert _setbacks() == []


def test_a_lost_connection_costs_only_the_item_at_hand(networks):
    def work(number: int) -> int:
        if number == networks[1]:
            db.session.connection().invalidate()
        return _rename(set())(number)

    assert (do_each("rename", networks, work), [item for _, item, _ in _setbacks()]) == (2, [str(networks[1])])


def test_administrators_see_it_and_have_it_tried_again_or_let_go(app, client, networks):
    for _ in range(2):
        do_each("rename", networks, _rename(set(networks)))
    sign_in(client, factories.account(admin=True))
    page = client.get("/organise/system").text
    assert all(f"rename {number}" in page for number in networks)
    one, other = db.session.scalars(sa.select(Setback).order_by(Setback.id).limit(2))
    one.next_at = None
    db.session.commit()
    post(client, f"/organise/system/setbacks/{one.id}", page="/organise/system")
    post(client, f"/organise/system/setbacks/{other.id}", then="let-go", page="/organise/system")
    assert do_each("rename", networks[:1], _rename(set())) == 1
    assert [item for _, item, _ in _setbacks()] == [str(networks[2])]


def test_health_names_it_for_machines_too(client, networks):
    named = f"rename {networks[1]} (RuntimeError)"
    for well, at in ((True, clock.now()), (False, clock.now() + timedelta(minutes=2))):
        with time_machine.travel(at, tick=False):
            do_each("rename", networks, _rename({networks[1]}))
        assert client.get("/healthz").json["checks"]["setbacks"] == {"well": well, "detail": named}
    one_by_one.let_go(db.session.scalars(sa.select(Setback)).one())
    db.session.commit()
    assert client.get("/healthz").json["checks"]["setbacks"] == {"well": True, "detail": "nothing"}


def test_what_another_worker_has_keeps_its_setback_and_what_is_listed_no_more_loses_it(networks):
    do_each("rename", networks, _rename(set(networks[:2])))
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert do_each("rename", networks[:1], lambda number: None) == 0
        assert _setbacks() == [("rename", str(networks[0]), 1)]
        do_each("rename", [], _rename(set()), complete=False)
        assert _setbacks() == [("rename", str(networks[0]), 1)]
        do_each("rename", [], _rename(set()))
    assert _setbacks() == []


def test_what_still_waits_for_its_next_moment_is_no_more_forgotten_than_tried(networks):
    do_each("rename", networks[:1], _rename({networks[0]}))
    do_each("rename", [], _rename(set()))
    assert _setbacks() == [("rename", str(networks[0]), 1)]
