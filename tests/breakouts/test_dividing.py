"""Dividing places by wishes: the best for all, the same for the same seed, and nobody left out while there is a place."""

import random
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.breakouts import choices, dividing, division, rounds, slots_to_choose, wishes
from app.breakouts.choices import ChoiceRefused
from app.breakouts.dividing import DivisionRefused
from app.breakouts.models import Division, Wish
from app.breakouts.wishes import WishRefused
from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import answers, chosen_slots
from tests import factories
from tests.breakouts import made
from tests.helpers import mail_to, mails, post, sign_in, text_of, work


def _costs(people, slots, first, second):
    return {
        person: {slot: 0 if slot == first[person] else 1 if slot == second[person] else 3 for slot in slots}
        for person in people
    }


def _cheapest(people, costs, seats):
    """By trying everything; for a few people."""
    if not people:
        return 0
    person, *rest = people
    return min(
        (cost + _cheapest(rest, costs, seats | {slot: seats[slot] - 1}))
        for slot, cost in costs[person].items()
        if seats[slot]
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_sum_is_as_low_as_it_can_be(seed):
    rnd, people, slots = random.Random(seed), list(range(7)), [1, 2, 3]
    first = {person: rnd.choice(slots) for person in people}
    second = {person: rnd.choice([slot for slot in slots if slot != first[person]]) for person in people}
    costs, seats = _costs(people, slots, first, second), {1: 2, 2: 2, 3: 3}
    found = division.divide(division.draw(str(seed), people, {}), costs, seats)
    assert Counter(found.values()) == seats
    assert sum(costs[person][slot] for person, slot in found.items()) == _cheapest(people, costs, seats)


def test_who_draws_first_has_it_and_nobody_is_left_out():
    costs = {person: {1: 0, 2: 1} for person in "ab"} | {"c": {1: 0}}
    assert division.divide("abc", costs, {1: 1, 2: 9}) == {"a": 2, "b": 2, "c": 1}
    assert division.divide("ab", costs, {1: 1, 2: 9}) == {"a": 1, "b": 2}
    assert division.divide("ba", costs, {1: 1, 2: 0}) == {"b": 1}


def test_the_draw_is_the_same_in_any_order_and_who_lost_comes_first():
    ids = list(range(50))
    drawn = division.draw("zaad", ids, {7: 1, 8: 2})
    assert drawn[:2] == [8, 7]
    assert division.draw("zaad", ids[::-1], {7: 1, 8: 2}) == drawn
    assert division.draw("ander", ids, {7: 1, 8: 2}) != drawn


def _many(people: int, shuffled: int = 0) -> dividing.Input:
    """So many people with two wishes in three rounds of eight slots, of which some are wanted more."""
    rnd, titles = random.Random(1), list("abcdefgh")
    slots = {100 * row + number: ((row,), title, ((Mode.ON_SITE, people // 8),)) for row in (1, 2, 3)
             for number, title in enumerate(titles)}  # fmt: skip
    wished = {row: {} for row in (1, 2, 3)}
    for row, person in ((row, person) for row in (1, 2, 3) for person in range(people)):
        first = rnd.choices(range(8), [9, 8, 6, 4, 3, 2, 1, 1])[0]
        second = rnd.choice([number for number in range(8) if number != first])
        wished[row][person] = (100 * row + first, 100 * row + second)
    order = list(range(people))
    random.Random(shuffled).shuffle(order)
    return dividing.Input((1, 2, 3), slots, dict.fromkeys(order, Mode.ON_SITE), wished, {})


def test_everybody_has_a_place_in_each_round_and_nothing_twice():
    given = _many(160)
    outcome = dividing.work_out(given, "zaad")
    assert Counter(Counter(person for person, _ in outcome.places).values()) == {3: 160}
    assert len({(person, given.slots[slot][1]) for person, slot in outcome.places}) == 480
    assert max(Counter(slot for _, slot in outcome.places).values()) == 20


def test_the_same_seed_gives_the_same_whatever_the_order_of_rows():
    one, other = (dividing.work_out(_many(160, shuffled), "zaad") for shuffled in (1, 2))
    assert (one.digest, sorted(one.places), one.lines) == (other.digest, sorted(other.places), other.lines)
    assert sorted(dividing.work_out(_many(160), "ander").places) != sorted(one.places)


@contextmanager
def _closed(event):
    """After wishes are in, before the session."""
    db.session.commit()
    with time_machine.travel(event.starts_at - timedelta(hours=47)):
        yield


def _divide(event, seed="zaad"):
    dividing.carry_out(event, dividing.work_out(dividing.read_input(event), seed))


@pytest.fixture
def event(app):
    """A round with 'Water' for one, 'Wonen' for one and 'Energie' for anybody."""
    event = made.day(1, by_wish=True)
    for title, seats in (("Water", 1), ("Wonen", 1), ("Energie", None)):
        made.slot(event, title, 1, seats=seats)
    return event


def test_who_lost_waits_for_the_first_wish_and_comes_in(event):
    water, wonen, _energie = event.slots
    people = made.people(event, "ABC")
    for each in people:
        made.wish(each, water, wonen)
    [silent] = made.people(event, "D")
    with _closed(event):
        _divide(event)
        standing = made.standing(event)
        [first], [second] = ([name for name in standing[title] if name[0] != "?"] for title in ("Water", "Wonen"))
        assert {first, second} < {f"Deelnemer {name}" for name in "ABC"}
        assert silent.invitation.person.name in standing["Energie"]
        assert len(standing["Water"]) == 3
        gone = next(each for each in people if each.invitation.person.name == first)
        answers.decline_invitation(gone.invitation)
        assert made.standing(event)["Water"][0] == standing["Water"][1].lstrip("?")
    assert db.session.scalars(sa.select(Division.seed)).all() == ["zaad"]


def test_seats_on_site_and_online_are_divided_apart(event):
    water, wonen, _ = event.slots
    for mode in Mode:
        [each] = made.people(event, "A", mode)
        made.wish(each, water, wonen)
    with _closed(event):
        _divide(event)
    assert made.standing(event) == {"Water": ["Deelnemer A"]}
    assert len(db.session.scalars(sa.select(dividing.Choice)).all()) == 2


@pytest.mark.parametrize("pair", [(0, 0), (0, None), (None, 1)])
def test_two_different_wishes_are_asked(event, pair):
    [a] = made.people(event, "A")
    ids = tuple(None if each is None else event.slots[each].id for each in pair)
    with pytest.raises(WishRefused, match="two"):
        chosen_slots.wish(a.invitation, {event.rounds[0].id: ids})
    assert db.session.scalars(sa.select(Wish)).all() == []


def test_nobody_chooses_before_the_places_are_divided_and_everybody_may_afterwards(event):
    water, wonen, energie = event.slots
    a, b = made.people(event, "AB")
    with pytest.raises(ChoiceRefused, match="closed"):
        made.take(a, energie)
    made.wish(a, water, wonen)
    with pytest.raises(DivisionRefused, match="open"):
        dividing.read_input(event)
    with _closed(event):
        with pytest.raises(WishRefused, match="closed"):
            made.wish(b, water, wonen)
        _divide(event)
        assert made.take(a, energie) == []
        with pytest.raises(DivisionRefused, match="nothing"):
            dividing.read_input(event)


def test_what_changed_since_it_was_worked_out_is_not_overwritten(event):
    water, wonen, _ = event.slots
    a, b = made.people(event, "AB")
    made.wish(a, water, wonen)
    with _closed(event):
        outcome = dividing.work_out(dividing.read_input(event))
        answers.decline_invitation(b.invitation)
        with pytest.raises(DivisionRefused, match="changed"):
            dividing.carry_out(event, outcome)
    assert made.standing(event) == {}


def test_who_has_a_bus_trip_of_two_rounds_has_nothing_else(app):
    event = made.day(by_wish=True)
    bus, one = made.slot(event, "Bus", 1, 2, seats=1), made.slot(event, "Een", 1)
    two, three = made.slot(event, "Twee", 2, seats=1), made.slot(event, "Drie", 2)
    people = made.people(event, "AB")
    for each in people:
        made.wish(each, bus, one)
        made.wish(each, two, three)
    with _closed(event):
        _divide(event)
    standing = made.standing(event)
    [rider], [other] = ([name for name in standing[title] if name[0] != "?"] for title in ("Bus", "Een"))
    assert standing == {"Bus": [rider, f"?{other}"], "Een": [other], "Twee": [other]}


def test_who_comes_no_more_has_no_wishes(event):
    [a] = made.people(event, "A")
    made.wish(a, *event.slots[:2])
    answers.decline_invitation(a.invitation)
    assert wishes.count_wishes(event) == {}


def test_a_round_with_wishes_stays_as_it_is(event):
    [a] = made.people(event, "A")
    made.wish(a, *event.slots[:2])
    row = event.rounds[0]
    same = {name: getattr(row, name) for name in ("title", "starts_at", "ends_at", "closes_at")}
    with pytest.raises(rounds.RoundChosen):
        rounds.save_round(event, row, **same)
    with pytest.raises(slots_to_choose.SlotChosen):
        slots_to_choose.remove_slot(event, event.slots[0])


def test_wishes_and_dividing_on_the_pages(event, client):
    [a] = made.people(event, "A")
    water, wonen, _ = event.slots
    sign_in(client, factories.account(event.network))
    page, row = f"/i/{_token(a)}", event.rounds[0].id
    text = client.get(page).text
    assert "Tweede wens" in text
    assert "nog 1 plek" not in text
    answer = post(client, page, answer="wish", **{f"wish1_{row}": water.id, f"wish2_{row}": water.id})
    assert "en niet twee keer hetzelfde" in client.get(answer.location).text
    sent = {f"wish1_{row}": water.id, f"wish2_{row}": wonen.id}
    answer = post(client, page, answer="wish", **sent)
    assert f'value="{wonen.id}" selected' in client.get(answer.location).text
    base = f"/organise/events/{event.slug}/choices"
    answer = post(client, f"{base}/divide", page=base)
    assert "Wensen kan nog." in client.get(answer.location).text
    with _closed(event):
        sign_in(client, factories.account(event.network))
        assert "1 persoon gaf wensen door" in client.get(base).text
        answer = post(client, f"{base}/divide", page=base)
        assert "De plekken zijn verdeeld." in client.get(answer.location).text
    with time_machine.travel(event.starts_at - timedelta(hours=46)):
        work()
        assert "De plekken zijn verdeeld" in text_of(mail_to(a.invitation.person, "own_programme"))
    assert len(mails(Message.kind == MessageKind.OWN_PROGRAMME)) == 1
    assert made.standing(event) == {"Water": ["Deelnemer A"]}


def test_who_wished_what_is_cancelled_hears_it_until_the_places_are_divided(event):
    a, b = made.people(event, "AB")
    water, wonen, energie = event.slots
    made.wish(a, water, energie)
    made.wish(b, wonen, energie)
    assert choices.count_choosers(energie) == 2
    with _closed(event):
        _divide(event)
    with time_machine.travel(event.starts_at - timedelta(hours=46)):
        work()
    before = len(mails(Message.kind == MessageKind.OWN_PROGRAMME))
    assert choices.count_choosers(energie) == 0
    slots_to_choose.cancel_slot(event, energie)
    slots_to_choose.cancel_slot(event, water)
    told = mails(Message.kind == MessageKind.OWN_PROGRAMME)[before:]
    assert [each.person_id for each in told] == [a.invitation.person_id]
    with pytest.raises(slots_to_choose.SlotChosen):
        slots_to_choose.remove_slot(event, energie)


def _token(registration) -> str:
    return invitation_links.link_to_invitation(registration.invitation).rsplit("/", 1)[1]
