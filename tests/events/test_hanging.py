"""What hangs on the date of an event goes where its rule says, by every door that gives it another one."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import Moment, db
from app.events import hanging, planning
from app.events.models import Event, Slot
from app.invitations.waves.models import WaveKind, WaveState
from app.lessons.evaluations import evaluations
from app.polls import polls
from app.registration import allotments
from app.upkeep import balance
from tests import factories
from tests.helpers import post, sign_in, work

WINTER, SUMMER = date(2027, 3, 17), date(2027, 3, 31)
"""Wednesdays before and after the clocks change, the second with its closing before it."""


def _at(day: date, hour: int, minute: int = 0):
    return clock.utc_moment(day, time(hour, minute))


@pytest.fixture(autouse=True)
def _in_winter():
    with time_machine.travel("2027-01-11 10:00"):
        yield


@pytest.fixture
def event(app):
    """Two days before the clocks change, with all that hangs on it."""
    made = factories.event(
        starts_at=_at(WINTER, 10),
        ends_at=_at(WINTER + timedelta(days=1), 16),
        closes_at=_at(WINTER - timedelta(days=5), 23, 59),
        seats_on_site=9,
    )
    first, second = WINTER, WINTER + timedelta(days=1)
    made.slots = [
        Slot(starts_at=_at(first, 10), ends_at=_at(first, 11), title="Begin"),
        Slot(starts_at=_at(second, 15), ends_at=_at(second, 16), title="Slot"),
    ]
    db.session.commit()
    return made


def _walls(*moments):
    return [clock.to_local(moment).strftime("%d-%m %H:%M") for moment in moments]


def _all_of(event: Event):
    return _walls(event.starts_at, event.ends_at, event.closes_at, *(each.starts_at for each in event.slots))


SUMMER_WALLS = ["31-03 10:00", "01-04 16:00", "26-03 23:59", "31-03 10:00", "01-04 15:00"]


def _moved_by_form(event, client):
    sign_in(client, factories.account(event.network))
    sent = {
        "title": event.title, "format": "session", "zone": event.zone, "on_site": "y", "town": "Breda",
        "day": SUMMER.isoformat(), "start": "10:00", "end": "16:00",
        "last_day": (SUMMER + timedelta(days=1)).isoformat(), "closes_on": "2027-03-12", "closes_hour": "23:59",
    }  # fmt: skip
    answer = post(client, f"/organise/events/{event.slug}/edit", **sent)
    assert "Aanmelden kan nu tot " in client.get(answer.location).text
    return event


def _moved_by_poll(event, client):
    span = _at(SUMMER, 10), _at(SUMMER + timedelta(days=1), 16)
    made = polls.create_poll(event.network, event.title, "", [span], holds=False, event=event)
    return polls.choose_date(made, made.dates[0])


def _copied(event, client):
    return planning.copy_event(event, _at(SUMMER, 10))


@pytest.mark.parametrize("door", [_moved_by_form, _moved_by_poll, _copied])
def test_everything_keeps_its_days_and_its_hour_on_the_wall(event, client, door):
    moved = door(event, client)
    assert _all_of(moved) == SUMMER_WALLS


def test_every_day_and_moment_of_a_table_about_an_event_has_a_rule_or_a_reason(app):
    about = {
        table
        for table in db.metadata.tables.values()
        if table.name == "events" or any(key.column.table.name == "events" for key in table.foreign_keys)
    }
    assert len(about) > 12
    when = {
        f"{table.name}.{column.name}"
        for table in about
        for column in table.columns
        if isinstance(column.type, (Moment, sa.Date, sa.Time))
    }
    listed = set(hanging.HANGING) | set(hanging.FREE)
    assert [sorted(when - listed), sorted(listed - when)] == [[], []]
    assert not set(hanging.HANGING) & set(hanging.FREE)


def _move(event, starts_at, **values):
    move = hanging.Move.of(event, starts_at)
    ends_at = values.pop("ends_at", move.go_along(event.ends_at))
    closes_at = hanging.closing_after(move, event.closes_at, ends_at)
    same = {name: getattr(event, name) for name in planning.EventDetails.__dataclass_fields__}
    moments = {"starts_at": starts_at, "ends_at": ends_at, "closes_at": closes_at}
    planning.change_event(event, planning.EventDetails(**same | moments | values))


def test_seats_stay_kept_until_as_many_days_before_when_the_clocks_change(event):
    """Midnight an hour earlier is the day before."""
    until = clock.start_of_day(WINTER - timedelta(days=8))
    kept = allotments.offer_seats(event, factories.organisation("Breda"), 2, until, factories.person())
    _move(event, _at(SUMMER, 10))
    assert kept.until == clock.start_of_day(SUMMER - timedelta(days=8))


def test_seats_that_would_be_free_by_now_stay_kept_today(event):
    until = clock.start_of_day(WINTER - timedelta(days=30))
    kept = allotments.offer_seats(event, factories.organisation("Breda"), 2, until, factories.person())
    _move(event, _at(date(2027, 1, 20), 10))
    assert kept.until == clock.start_of_day(clock.today() + timedelta(days=1))


def test_registration_does_not_close_before_now(event):
    event.closes_at = _at(WINTER - timedelta(days=30), 12)
    _move(event, _at(date(2027, 1, 20), 10))
    assert (event.closes_at, event.open) == (event.starts_at, True)


def test_the_programme_goes_along_with_another_hour(event):
    _move(event, _at(WINTER, 13))
    assert _all_of(event)[3:] == ["17-03 13:00", "18-03 18:00"]


def test_the_programme_keeps_its_hours_where_only_those_fit(event):
    _move(event, _at(SUMMER, 9), ends_at=_at(SUMMER + timedelta(days=1), 16))
    assert _all_of(event)[3:] == ["31-03 09:00", "01-04 14:00"]
    _move(event, _at(SUMMER, 9) - timedelta(days=1), ends_at=_at(SUMMER, 15))
    assert _all_of(event)[3:] == ["30-03 09:00", "31-03 14:00"]


@pytest.mark.parametrize("ends_at", [_at(SUMMER, 16), _at(SUMMER + timedelta(days=1), 15, 30)])
def test_a_programme_that_does_not_fit_is_first_changed(event, ends_at):
    with pytest.raises(hanging.ProgrammeOutside):
        _move(event, _at(SUMMER, 10), ends_at=ends_at)
    db.session.rollback()


def test_a_session_that_is_still_to_come_after_all_is_asked_about_again(event):
    evaluation = evaluations.ensure_evaluation(event)
    with time_machine.travel(event.ends_at + timedelta(days=1)):
        assert evaluations.plan_evaluation_mails(event) == 0
        _move(event, _at(SUMMER, 10))
        db.session.refresh(evaluation)
        assert evaluation.asked_at is None


def test_the_choice_of_a_poll_says_when_the_programme_does_not_fit(event, client):
    sign_in(client, factories.account(event.network))
    made = polls.create_poll(
        event.network, event.title, "", [(_at(SUMMER, 10), _at(SUMMER, 12))], holds=False, event=event
    )
    db.session.commit()
    page = f"/organise/networks/{event.network.slug}/polls/{made.id}"
    post(client, f"{page}/choose/{made.dates[0].id}", page=page)
    assert "Het programma past niet" in client.get(page).text
    assert _walls(event.starts_at) == ["17-03 10:00"]


class TestRounds:
    @pytest.fixture
    def round_(self, event):
        return factories.wave(event, to=factories.audience(event.network), days_before=14, hour=time(9))

    def test_one_counted_from_the_event_moves_along(self, event, round_):
        _move(event, _at(SUMMER, 10))
        assert (round_.state, _walls(round_.due_at)) == (WaveState.PLANNED, ["17-03 09:00"])

    def test_one_whose_moment_has_gone_by_asks(self, event, round_):
        _move(event, _at(date(2027, 1, 20), 10))
        assert round_.state == WaveState.DRAFT

    def test_one_at_a_moment_of_its_own_stays_there(self, event):
        own = factories.wave(event, to=factories.audience(event.network), at=_at(WINTER - timedelta(days=7), 9))
        _move(event, _at(SUMMER, 10))
        assert (own.state, _walls(own.due_at)) == (WaveState.PLANNED, ["10-03 09:00"])

    @pytest.mark.parametrize(
        ("kind", "at", "new"),
        [
            (WaveKind.INVITATION, _at(WINTER - timedelta(days=7), 9), date(2027, 2, 3)),
            (WaveKind.THANK_YOU, _at(WINTER + timedelta(days=5), 9), SUMMER),
        ],
    )
    def test_one_that_would_be_on_the_wrong_side_of_the_event_asks(self, event, kind, at, new):
        own = factories.wave(event, to=factories.audience(event.network), kind=kind, at=at)
        _move(event, _at(new, 10))
        assert own.state == WaveState.DRAFT

    def test_another_room_leaves_one_alone_that_is_due_now(self, event, round_):
        with time_machine.travel(round_.due_at + timedelta(seconds=20)):
            _move(event, event.starts_at, venue="Zaal 2")
            assert round_.state == WaveState.PLANNED


def test_released_rounds_of_a_session_that_is_a_draft_again_ask_too(event):
    released = factories.wave(event, to=factories.audience(event.network), days_before=14, hour=time(9))
    planning.withdraw_event(event)
    assert released.state == WaveState.DRAFT
    with time_machine.travel(released.due_at + timedelta(hours=1)):
        work()
        assert released.state == WaveState.DRAFT


def test_rounds_come_back_for_the_date_on_which_a_cancelled_session_is_held_after_all(event):
    planned = factories.wave(event, to=factories.audience(event.network), days_before=14, hour=time(9))
    planning.cancel_event(event, "Ziek")
    _move(event, _at(SUMMER, 10))
    planning.publish_event(event)
    assert (planned.state, _walls(planned.due_at)) == (WaveState.PLANNED, ["17-03 09:00"])


@pytest.mark.unbalanced
def test_the_balance_finds_what_was_asked_about_before_it_ended(event):
    evaluation = evaluations.ensure_evaluation(event)
    evaluation.asked_at = event.ends_at - timedelta(hours=1)
    db.session.flush()
    assert "asking after it" in str(list(balance.find_breaches()))
