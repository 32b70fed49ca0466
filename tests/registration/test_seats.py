"""Seats and the waiting list, one person after the other; races stand in tests/promises."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.events import capacity
from app.events.models import Mode
from app.invitations.models import Answer
from app.registration import answers, seats, waiting_list
from app.registration.models import Registration, RegistrationState
from app.registration.seats import ModeFull, ModeNotOffered, RegistrationClosed
from tests import factories as make

pytestmark = pytest.mark.usefixtures("app")
CONFIRMED, WAITING, CANCELLED = RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED


def _standing(event) -> list[tuple[str, RegistrationState, int | None]]:
    rows = db.session.scalars(
        sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    )
    return [(row.invitation.person.name, row.state, row.waiting_number) for row in rows]


def test_claim_seat_confirms_until_full_then_waits_in_order_of_arrival():
    event = make.event(seats_on_site=2)
    made = [make.registration(event, make.person(f"Deelnemer {letter}")) for letter in "ABCD"]
    assert [each.state for each in made] == [CONFIRMED, CONFIRMED, WAITING, WAITING]
    assert [waiting_list.place_in_line(each) for each in made[2:]] == [1, 2]


def test_claim_seat_twice_changes_nothing():
    event = make.event(seats_on_site=1)
    invitation = make.invitation(event)
    first = seats.claim_seat(invitation, Mode.ON_SITE)
    second = seats.claim_seat(invitation, Mode.ON_SITE)
    assert (first.changed, second.changed) == (True, False)
    assert first.registration is second.registration
    assert capacity.outlook(event)[Mode.ON_SITE].confirmed == 1


def test_claim_seat_without_limit_never_waits():
    event = make.event(seats_on_site=None)
    assert {make.registration(event).state for _ in range(5)} == {CONFIRMED}


def test_modes_have_seats_apart():
    event = make.hybrid(seats_on_site=1, seats_online=1)
    on_site, online = make.registration(event), make.registration(event, mode=Mode.ONLINE)
    assert (on_site.state, online.state) == (CONFIRMED, CONFIRMED)
    assert make.registration(event).state == WAITING
    assert make.registration(event, mode=Mode.ONLINE).state == WAITING


def test_claim_seat_refuses_a_mode_that_is_not_offered():
    with pytest.raises(ModeNotOffered):
        seats.claim_seat(make.invitation(make.event()), Mode.ONLINE)


def test_changing_mode_frees_the_old_seat_for_who_waits():
    event = make.hybrid(seats_on_site=1)
    first = make.registration(event, make.person("Eerste"))
    make.registration(event, make.person("Tweede"))
    answers.accept(first.invitation, Mode.ONLINE)
    assert _standing(event) == [("Eerste", CONFIRMED, None), ("Tweede", CONFIRMED, None)]
    assert first.mode == Mode.ONLINE


def test_changing_to_a_full_mode_keeps_the_seat_one_has():
    event = make.hybrid(seats_on_site=1)
    make.registration(event)
    online = make.registration(event, mode=Mode.ONLINE)
    with pytest.raises(ModeFull):
        seats.claim_seat(online.invitation, Mode.ON_SITE)
    assert (online.state, online.mode) == (CONFIRMED, Mode.ONLINE)


def test_giving_up_a_seat_lets_in_the_first_who_waits():
    event = make.event(seats_on_site=1)
    first, second, third = (make.registration(event, make.person(name)) for name in ("Eerste", "Tweede", "Derde"))
    change = seats.give_up_seat(first.invitation)
    assert [each.invitation.person.name for each in change.promoted] == ["Tweede"]
    assert (first.state, second.state, third.state) == (CANCELLED, CONFIRMED, WAITING)
    assert waiting_list.place_in_line(third) == 1


def test_leaving_the_line_moves_the_others_up():
    event = make.event(seats_on_site=1)
    make.registration(event)
    second, third = make.registration(event), make.registration(event)
    assert seats.give_up_seat(second.invitation).promoted == []
    assert waiting_list.place_in_line(third) == 1


def test_coming_back_after_cancelling_goes_to_the_end_of_the_line():
    event = make.event(seats_on_site=1)
    first, second = make.registration(event), make.registration(event)
    seats.give_up_seat(first.invitation)
    again = seats.claim_seat(first.invitation, Mode.ON_SITE).registration
    assert (second.state, again.state) == (CONFIRMED, WAITING)


def test_a_free_seat_is_not_taken_before_those_who_wait():
    """More seats that nobody was promoted to yet go to the line, not to a newcomer."""
    event = make.event(seats_on_site=1)
    make.registration(event), make.registration(event)
    event.seats_on_site = 2
    assert make.registration(event).state == WAITING


def test_hand_over_moves_a_seat_without_freeing_it():
    event = make.event(seats_on_site=1)
    giver = make.registration(event, make.person("Gever"))
    make.registration(event, make.person("Wacht"))
    taker = make.invitation(event, make.person("Vervanger"))
    seats.hand_over(giver.invitation, taker)
    assert _standing(event) == [("Gever", CANCELLED, None), ("Wacht", WAITING, 1), ("Vervanger", CONFIRMED, None)]


def test_hand_over_moves_a_place_in_line():
    event = make.event(seats_on_site=1)
    make.registration(event)
    giver = make.registration(event)
    last = make.registration(event)
    change = seats.hand_over(giver.invitation, make.invitation(event))
    assert waiting_list.place_in_line(change.registration) == 1
    assert waiting_list.place_in_line(last) == 2


@pytest.mark.parametrize("act", [lambda i: seats.claim_seat(i, Mode.ON_SITE), seats.give_up_seat])
def test_nothing_changes_after_closing(act):
    event = make.event(closes_at=make.start(days=-1))
    with pytest.raises(RegistrationClosed):
        act(make.invitation(event))


@pytest.mark.parametrize("published", [False])
def test_a_draft_takes_no_registrations(published):
    with pytest.raises(RegistrationClosed):
        seats.claim_seat(make.invitation(make.event(published=published)), Mode.ON_SITE)


def test_organisers_register_by_hand_after_closing():
    event = make.event(closes_at=make.start(days=-1))
    by = make.account(event.network)
    registration = answers.accept(make.invitation(event), Mode.ON_SITE, by=by)
    assert registration.state == CONFIRMED
    answers.decline(registration.invitation, by=by)
    assert registration.state == CANCELLED
    assert registration.invitation.answer == Answer.NO


def test_more_seats_let_in_who_waits():
    event = make.event(seats_on_site=1)
    first, second, third = (make.registration(event) for _ in range(3))
    event.seats_on_site = 2
    db.session.flush()
    answers.promote(event, Mode.ON_SITE)
    assert (first.state, second.state, third.state) == (CONFIRMED, CONFIRMED, WAITING)


def test_the_database_itself_refuses_a_waiting_registration_without_number():
    event = make.event()
    db.session.add(Registration(invitation=make.invitation(event), event_id=event.id, state=WAITING, mode=Mode.ON_SITE))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
