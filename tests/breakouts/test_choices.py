"""Choosing in rounds: a place, a line, a swap, and what becomes of it when somebody comes no more."""

from datetime import timedelta

import pytest
import time_machine

from app.breakouts import choices, slots_to_choose
from app.breakouts.choices import ChoiceRefused
from app.breakouts.rounds import SlotOutsideRound
from app.database import db
from app.events import capacity, hanging, planning
from app.events.models import Mode
from app.events.programme import Choosing
from app.network.imports import merges
from app.network.people import people
from app.registration import answers, chosen_slots
from tests import factories
from tests.breakouts import made

pytestmark = pytest.mark.usefixtures("app")


def test_who_comes_too_late_waits_and_keeps_what_they_had():
    event = made.day()
    small, large = made.slot(event, "Klein", 1, seats=1), made.slot(event, "Groot", 1)
    first, second = made.people(event, "AB")
    assert made.take(first, small) == []
    made.take(second, large)
    assert made.take(second, small) == [small]
    assert made.standing(event) == {"Klein": ["Deelnemer A", "?Deelnemer B"], "Groot": ["Deelnemer B"]}


def test_who_swaps_lets_the_first_who_waits_in_and_that_goes_on():
    event = made.day()
    one, two = made.slot(event, "Een", 1, seats=1), made.slot(event, "Twee", 1, seats=1)
    three = made.slot(event, "Drie", 1, seats=1)
    a, b, c = made.people(event, "ABC")
    for registration, slot in ((a, one), (b, two), (c, three), (b, one), (c, two)):
        made.take(registration, slot)
    assert made.take(a, three) == [three]
    choices.leave_round(a, made.round_of(event, 1).id)
    assert made.standing(event) == {
        "Een": ["Deelnemer B"], "Twee": ["Deelnemer C"], "Drie": ["Deelnemer A"],
    }  # fmt: skip


def test_choosing_twice_changes_nothing():
    event = made.day()
    small = made.slot(event, "Klein", 1, seats=1)
    a, b = made.people(event, "AB")
    for registration in (a, a, b, b):
        made.take(registration, small)
    assert made.standing(event) == {"Klein": ["Deelnemer A", "?Deelnemer B"]}


def test_seats_on_site_and_online_are_apart():
    event = made.day()
    small = made.slot(event, "Klein", 1, seats_on_site=1, seats_online=1)
    [here], [there] = made.people(event, "A"), made.people(event, "B", Mode.ONLINE)
    assert (made.take(here, small), made.take(there, small)) == ([], [])
    assert made.take(made.people(event, "C", Mode.ONLINE)[0], small) == [small]


def test_a_bus_trip_takes_both_rounds_and_leaving_it_leaves_both():
    event = made.day()
    bus = made.slot(event, "Bus", 1, 2, seats=1)
    first, second = made.slot(event, "Een", 1), made.slot(event, "Twee", 2)
    a, b = made.people(event, "AB")
    made.take(b, first, second)
    made.take(a, bus)
    assert made.take(b, bus) == [bus]
    made.take(a, second)
    assert made.standing(event) == {"Bus": ["Deelnemer B"], "Twee": ["Deelnemer A"]}


def test_a_bus_trip_goes_with_nothing_else_in_its_rounds():
    event = made.day()
    bus, second = made.slot(event, "Bus", 1, 2), made.slot(event, "Twee", 2)
    [a] = made.people(event, "A")
    with pytest.raises(ChoiceRefused, match="both"):
        made.take(a, bus, second)
    assert made.standing(event) == {}


@pytest.mark.parametrize("leave", [
    lambda registration: answers.decline_invitation(registration.invitation),
    lambda registration: answers.drop_out(registration.invitation),
    lambda registration: answers.take_answer_back(registration.invitation),
])  # fmt: skip
def test_who_comes_no_more_gives_up_what_they_chose(leave):
    event = made.day()
    small, other = made.slot(event, "Klein", 1, seats=1), made.slot(event, "Andere", 2)
    a, b = made.people(event, "AB")
    made.take(a, small, other)
    made.take(b, small)
    leave(a)
    assert made.standing(event) == {"Klein": ["Deelnemer B"]}


def test_a_colleague_who_comes_instead_has_what_was_chosen():
    event = made.day()
    small = made.slot(event, "Klein", 1, seats=1)
    a, b = made.people(event, "AB")
    made.take(a, small)
    made.take(b, small)
    theirs = answers.ask_substitute(a.invitation, "Kees Collega", "kees@gemeente.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert made.standing(event) == {"Klein": ["Kees Collega", "?Deelnemer B"]}


def test_who_goes_on_online_keeps_what_has_room_there():
    event = made.day()
    both = made.slot(event, "Beide", 1, seats=1)
    hall = made.slot(event, "Zaal", 2, online=False)
    a, b = made.people(event, "AB")
    made.take(a, both, hall)
    made.take(b, both)
    answers.accept_invitation(a.invitation, Mode.ONLINE)
    assert made.standing(event) == {"Beide": ["Deelnemer A", "Deelnemer B"]}


def test_who_waits_for_the_session_cannot_choose_yet():
    event = made.day(seats_on_site=1)
    slot = made.slot(event, "Een", 1)
    _, waits = made.people(event, "AB")
    with pytest.raises(ChoiceRefused, match="no_seat"):
        made.take(waits, slot)


@pytest.mark.parametrize(("later", "problem"), [(-timedelta(seconds=1), None), (timedelta(0), "closed")])
def test_choosing_closes_at_its_moment(later, problem):
    event = made.day()
    slot, [a] = made.slot(event, "Een", 1), made.people(event, "A")
    made.round_of(event, 1).closes_at = closes_at = event.starts_at - timedelta(days=2)
    db.session.commit()
    with time_machine.travel(closes_at + later, tick=False):
        if problem is None:
            assert made.take(a, slot) == []
        else:
            with pytest.raises(ChoiceRefused, match=problem):
                made.take(a, slot)


def test_nobody_comes_into_what_has_left():
    event = made.day()
    bus = made.slot(event, "Bus", 1, seats=1, departs_at=event.starts_at + timedelta(minutes=1))
    a, b = made.people(event, "AB")
    made.take(a, bus)
    made.take(b, bus)
    db.session.commit()
    with time_machine.travel(bus.begins_at, tick=False):
        choices.let_in(event, [bus])
        choices.leave_line(b, bus.id)
        with pytest.raises(ChoiceRefused):
            made.take(b, bus)
    assert made.standing(event) == {"Bus": ["Deelnemer A"]}


def test_more_places_let_in_who_waits_and_fewer_than_taken_are_refused():
    event = made.day()
    slot = made.slot(event, "Een", 1, seats=1)
    for registration in made.people(event, "ABC"):
        made.take(registration, slot)
    _save(event, slot, seats_on_site=2)
    assert made.standing(event) == {"Een": ["Deelnemer A", "Deelnemer B", "?Deelnemer C"]}
    with pytest.raises(slots_to_choose.TooFewSeats):
        _save(event, slot, seats_on_site=1)
    with pytest.raises(slots_to_choose.SlotChosen):
        slots_to_choose.remove_slot(event, slot)


def _save(event, slot, **seats):
    same = {name: getattr(slot, name) for name in ("starts_at", "ends_at", "title", "description")}
    slots_to_choose.save_slot(event, slot, speakers=[], choosing=Choosing(slot.rounds, **seats), **same)


def test_who_chose_what_is_cancelled_chooses_again_and_has_it_when_it_takes_place_after_all():
    event = made.day()
    off, other = made.slot(event, "Vervalt", 1, seats=2), made.slot(event, "Andere", 1)
    a, b = made.people(event, "AB")
    made.take(a, off)
    made.take(b, off)
    slots_to_choose.cancel_slot(event, off)
    made.take(a, other)
    slots_to_choose.cancel_slot(event, off, cancelled=False)
    assert made.standing(event) == {"Andere": ["Deelnemer A"], "Vervalt": ["Deelnemer B"]}


@pytest.mark.parametrize(("start", "end", "numbers", "problem"), [
    (0, 1, [1], None), (0, 2, [1, 2], None), (1, 2, [2], None),
    (0, 2, [1], "outside"), (0.5, 1.5, [2], "outside"), (1, 2, [1], "outside"), (0, None, [1], "end"),
])  # fmt: skip
def test_a_slot_lies_in_its_rounds(start, end, numbers, problem):
    event = made.day()
    values = {"starts_at": event.starts_at + start * made.HOUR, "ends_at": end and event.starts_at + end * made.HOUR}
    if problem is None:
        assert made.slot(event, "Een", *numbers, **values).rounds == [made.round_of(event, n) for n in numbers]
    else:
        with pytest.raises(SlotOutsideRound, match=problem):
            made.slot(event, "Een", *numbers, **values)


@pytest.mark.parametrize("chose", ["AB", "A", "B", ""])
def test_two_people_who_become_one_have_one_set_of_choices(chose):
    event = made.day()
    slot, other = made.slot(event, "Een", 1, seats=1), made.slot(event, "Twee", 1, seats=1)
    a, b, c = made.people(event, "ABC")
    for registration, name, wanted in ((a, "A", slot), (b, "B", other)):
        if name in chose:
            made.take(registration, wanted)
    for wanted in (slot, other):
        made.take(c, wanted)
    before = made.standing(event)
    merge = merges.merge_people(a.invitation.person, b.invitation.person)
    db.session.flush()
    taken = {name.lstrip("?") for names in made.standing(event).values() for name in names}
    assert taken == ({"Deelnemer A"} if chose else set()) | {"Deelnemer C"}
    merges.undo_merge(merge)
    db.session.flush()
    held = {name for names in made.standing(event).values() for name in names if not name.startswith("?")}
    assert held <= {name for names in before.values() for name in names} | {"Deelnemer C"}
    takers = choices.count_takers(event)
    assert all(takers.held[each.id, Mode.ON_SITE] <= 1 for each in (slot, other))


def test_a_copy_has_rounds_and_slots_but_nobodys_choices():
    event = made.day()
    bus = made.slot(event, "Bus", 1, 2, seats=3, room="Gemaal", departs_at=event.starts_at)
    made.take(*made.people(event, "A"), bus)

    twin = planning.copy_event(event, event.starts_at + timedelta(days=7))
    [slot] = twin.slots
    assert [each.title for each in slot.rounds] == ["Ronde 1", "Ronde 2"] == [each.title for each in twin.rounds]
    assert (slot.seats_on_site, slot.room, slot.departs_at) == (3, "Gemaal", twin.starts_at)
    assert made.standing(twin) == {}


def test_the_programme_goes_along_when_the_session_moves():

    event = made.day()
    bus = made.slot(event, "Bus", 1, departs_at=event.starts_at)
    move = hanging.Move.of(event, event.starts_at + timedelta(days=7))
    event.starts_at, event.ends_at = move.after, move.go_along(event.ends_at)
    hanging.shift_programme(event, move)
    assert {bus.starts_at, bus.departs_at, made.round_of(event, 1).starts_at} == {event.starts_at}


def test_who_leaves_the_line_is_passed_by():
    event = made.day()
    slot = made.slot(event, "Een", 1, seats=1)
    a, b, c = made.people(event, "ABC")
    for registration in (a, b, c):
        made.take(registration, slot)
    chosen_slots.leave_line(b.invitation, slot.id)
    capacity.lock_event(event.id)
    choices.leave_round(a, made.round_of(event, 1).id)
    assert made.standing(event) == {"Een": ["Deelnemer C"]}


def test_erasing_somebody_frees_what_they_chose():

    event = made.day()
    slot = made.slot(event, "Een", 1, seats=1)
    a, b = made.people(event, "AB")
    made.take(a, slot)
    made.take(b, slot)
    people.erase_person(factories.db.session.merge(a.invitation.person))
    assert made.standing(event) == {"Een": ["Deelnemer B"]}
