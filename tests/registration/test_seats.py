"""Seats and the waiting list, one person after the other; races stand in tests/promises."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.database import db
from app.events import capacity
from app.events.models import Mode
from app.invitations.models import Answer
from app.registration import answers, seats, waiting_list
from app.registration.models import Registration, RegistrationState
from app.registration.seats import ModeFull, ModeNotOffered, RegistrationClosed
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
CONFIRMED, WAITING, CANCELLED = RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED


def _standing(event) -> list[tuple[str, RegistrationState, int | None]]:
    rows = db.session.scalars(
        sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    )
    return [(row.invitation.person.name, row.state, row.waiting_number) for row in rows]


def test_claim_seat_confirms_until_full_then_waits_in_order_of_arrival():
    event = factories.event(seats_on_site=2)
    made = [factories.registration(event, factories.person(f"Deelnemer {letter}")) for letter in "ABCD"]
    assert [each.state for each in made] == [CONFIRMED, CONFIRMED, WAITING, WAITING]
    assert [waiting_list.place_in_line(each) for each in made[2:]] == [1, 2]


def test_place_in_line_counts_neither_another_session_nor_another_mode():
    event, other = factories.hybrid(seats_on_site=1, seats_online=1), factories.event(seats_on_site=1)
    for _ in range(2):
        factories.registration(other)
        factories.registration(event, mode=Mode.ONLINE)
    factories.registration(event)
    assert waiting_list.place_in_line(factories.registration(event)) == 1


def test_a_freed_seat_goes_to_who_waits_for_that_session_in_that_mode():
    event, other = factories.hybrid(seats_on_site=1, seats_online=1), factories.event(seats_on_site=1)
    seat = factories.registration(event)
    for _ in range(2):
        factories.registration(other)
        factories.registration(event, mode=Mode.ONLINE)
    waits = factories.registration(event)
    assert seats.give_up_seat(seat.invitation).promoted == [waits]


def test_who_left_the_line_and_came_back_waits_behind_the_others():
    event = factories.event(seats_on_site=1)
    seat, back, stayed = (factories.registration(event) for _ in range(3))
    answers.decline_invitation(back.invitation)
    answers.accept_invitation(back.invitation, Mode.ON_SITE)
    assert seats.give_up_seat(seat.invitation).promoted == [stayed]


def test_once_it_has_begun_a_freed_seat_stays_free():
    event = factories.event(seats_on_site=1)
    seat, waits = factories.registration(event), factories.registration(event)
    factories.move(event, hours=-1)
    assert seats.give_up_seat(seat.invitation, after_closing=True).promoted == []
    assert waits.state == WAITING


@pytest.mark.unbalanced
@pytest.mark.parametrize(("early", "comes_in"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_from_the_very_moment_it_begins_nobody_comes_in(early, comes_in):
    event = factories.event(seats_on_site=1)
    waits = [factories.registration(event) for _ in range(2)][1]
    event.seats_on_site = 2
    db.session.flush()
    with time_machine.travel(event.starts_at - early, tick=False):
        assert waiting_list.promote_waiting(event) == ([waits] if comes_in else [])


@pytest.mark.unbalanced
def test_nobody_comes_in_by_a_mode_that_is_no_longer_offered():
    event = factories.hybrid(seats_online=1, seats_per_organisation=5)
    for _ in range(2):
        factories.registration(event, mode=Mode.ONLINE)
    event.online, event.seats_online = False, 2
    db.session.flush()
    assert waiting_list.promote_waiting(event) == []


def test_seats_in_both_modes_let_in_one_of_each():
    event = factories.hybrid(seats_on_site=1, seats_online=1)
    for mode in (Mode.ON_SITE, Mode.ONLINE) * 3:
        factories.registration(event, mode=mode)
    event.seats_on_site = event.seats_online = 2
    db.session.flush()
    assert [each.mode for each in waiting_list.promote_waiting(event)] == [Mode.ON_SITE, Mode.ONLINE]


def test_claim_seat_twice_changes_nothing():
    event = factories.event(seats_on_site=1)
    invitation = factories.invitation(event)
    first = seats.claim_seat(invitation, Mode.ON_SITE)
    second = seats.claim_seat(invitation, Mode.ON_SITE)
    assert (first.changed, second.changed) == (True, False)
    assert first.registration is second.registration
    assert capacity.outlook(event)[Mode.ON_SITE].confirmed == 1


def test_claim_seat_without_limit_never_waits():
    event = factories.event(seats_on_site=None)
    assert {factories.registration(event).state for _ in range(5)} == {CONFIRMED}


def test_modes_have_seats_apart():
    event = factories.hybrid(seats_on_site=1, seats_online=1)
    on_site, online = factories.registration(event), factories.registration(event, mode=Mode.ONLINE)
    assert (on_site.state, online.state) == (CONFIRMED, CONFIRMED)
    assert factories.registration(event).state == WAITING
    assert factories.registration(event, mode=Mode.ONLINE).state == WAITING


def test_claim_seat_refuses_a_mode_that_is_not_offered():
    with pytest.raises(ModeNotOffered):
        seats.claim_seat(factories.invitation(factories.event()), Mode.ONLINE)


def test_changing_mode_frees_the_old_seat_for_who_waits():
    event = factories.hybrid(seats_on_site=1)
    first = factories.registration(event, factories.person("Eerste"))
    factories.registration(event, factories.person("Tweede"))
    answers.accept_invitation(first.invitation, Mode.ONLINE)
    assert _standing(event) == [("Eerste", CONFIRMED, None), ("Tweede", CONFIRMED, None)]
    assert first.mode == Mode.ONLINE


def test_changing_to_a_full_mode_keeps_the_seat_one_has():
    event = factories.hybrid(seats_on_site=1)
    factories.registration(event)
    online = factories.registration(event, mode=Mode.ONLINE)
    with pytest.raises(ModeFull):
        seats.claim_seat(online.invitation, Mode.ON_SITE)
    assert (online.state, online.mode) == (CONFIRMED, Mode.ONLINE)


def test_giving_up_a_seat_lets_in_the_first_who_waits():
    event = factories.event(seats_on_site=1)
    first, second, third = (
        factories.registration(event, factories.person(name)) for name in ("Eerste", "Tweede", "Derde")
    )
    change = seats.give_up_seat(first.invitation)
    assert [each.invitation.person.name for each in change.promoted] == ["Tweede"]
    assert (first.state, second.state, third.state) == (CANCELLED, CONFIRMED, WAITING)
    assert waiting_list.place_in_line(third) == 1


def test_leaving_the_line_moves_the_others_up():
    event = factories.event(seats_on_site=1)
    factories.registration(event)
    second, third = factories.registration(event), factories.registration(event)
    assert seats.give_up_seat(second.invitation).promoted == []
    assert waiting_list.place_in_line(third) == 1


def test_coming_back_after_cancelling_goes_to_the_end_of_the_line():
    event = factories.event(seats_on_site=1)
    first, second = factories.registration(event), factories.registration(event)
    seats.give_up_seat(first.invitation)
    again = seats.claim_seat(first.invitation, Mode.ON_SITE).registration
    assert (second.state, again.state) == (CONFIRMED, WAITING)


@pytest.mark.unbalanced
def test_a_free_seat_is_not_taken_before_those_who_wait():
    """More seats that nobody was promoted to yet go to the line, not to a newcomer."""
    event = factories.event(seats_on_site=1)
    factories.registration(event), factories.registration(event)
    event.seats_on_site = 2
    assert factories.registration(event).state == WAITING


def test_hand_over_moves_a_seat_without_freeing_it():
    event = factories.event(seats_on_site=1)
    giver = factories.registration(event, factories.person("Gever"))
    factories.registration(event, factories.person("Wacht"))
    taker = factories.invitation(event, factories.person("Vervanger"))
    seats.hand_over(giver.invitation, taker)
    assert _standing(event) == [("Gever", CANCELLED, None), ("Wacht", WAITING, 1), ("Vervanger", CONFIRMED, None)]


def test_hand_over_moves_a_place_in_line():
    event = factories.event(seats_on_site=1)
    factories.registration(event)
    giver = factories.registration(event)
    last = factories.registration(event)
    change = seats.hand_over(giver.invitation, factories.invitation(event))
    assert waiting_list.place_in_line(change.registration) == 1
    assert waiting_list.place_in_line(last) == 2


def test_hand_over_of_a_seat_that_was_given_up_gives_nothing():
    event = factories.event()
    giver = factories.registration(event, factories.person("Gever"))
    seats.give_up_seat(giver.invitation)
    change = seats.hand_over(giver.invitation, factories.invitation(event, factories.person("Vervanger")))
    assert not change.changed
    assert _standing(event) == [("Gever", CANCELLED, None)]


def test_no_seat_is_taken_after_closing():
    event = factories.event(closes_at=factories.start(days=-1))
    with pytest.raises(RegistrationClosed):
        seats.claim_seat(factories.invitation(event), Mode.ON_SITE)


def test_no_seat_is_given_up_after_the_beginning():
    event = factories.event()
    registration = factories.registration(event)
    with time_machine.travel(event.starts_at), pytest.raises(RegistrationClosed):
        seats.give_up_seat(registration.invitation)


@pytest.mark.parametrize("published", [False])
def test_a_draft_takes_no_registrations(published):
    with pytest.raises(RegistrationClosed):
        seats.claim_seat(factories.invitation(factories.event(published=published)), Mode.ON_SITE)


def test_organisers_register_by_hand_after_closing():
    event = factories.event(closes_at=factories.start(days=-1))
    by = factories.account(event.network)
    registration = answers.accept_invitation(factories.invitation(event), Mode.ON_SITE, by=by)
    assert registration.state == CONFIRMED
    answers.decline_invitation(registration.invitation, by=by)
    assert registration.state == CANCELLED
    assert registration.invitation.answer == Answer.NO


def test_more_seats_let_in_who_waits():
    event = factories.event(seats_on_site=1)
    first, second, third = (factories.registration(event) for _ in range(3))
    event.seats_on_site = 2
    db.session.flush()
    answers.let_in_waiting(event)
    assert (first.state, second.state, third.state) == (CONFIRMED, CONFIRMED, WAITING)


def test_the_database_itself_refuses_a_waiting_registration_without_number():
    event = factories.event()
    db.session.add(
        Registration(invitation=factories.invitation(event), event_id=event.id, state=WAITING, mode=Mode.ON_SITE)
    )
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
