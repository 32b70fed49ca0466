"""Whoever stops taking part by another door than the page: the books balance as after an answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.attendance import arrivals, presence
from app.attendance.models import Entry
from app.database import db
from app.events import hanging, planning
from app.events.models import Mode
from app.events.planning import EventDetails
from app.invitations.models import Invitation
from app.invitations.waves import wave_runs, waves
from app.invitations.waves.models import WaveKind, WaveState
from app.network import memberships
from app.network.imports import merges
from app.network.people import people
from app.outbox.models import Message, MessageState
from app.registration import allotments, answers, seats
from app.registration.allotments import TooFewSeats
from app.registration.models import RegistrationState
from app.registration.seats import AlreadyThere
from tests import factories
from tests.helpers import mail_to, mails, post, sign_in, vevent_of, work

pytestmark = pytest.mark.usefixtures("app")
CONFIRMED, WAITING, CANCELLED = RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED


def _details(event, **changes) -> EventDetails:
    return EventDetails(**{name: getattr(event, name) for name in EventDetails.__dataclass_fields__} | changes)


def _later(event, days: int = 7) -> EventDetails:
    by = timedelta(days=days)
    return _details(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by, closes_at=event.closes_at + by)


def _member_with_seat(event):
    registration = factories.registration(event, factories.person(of=event.network))
    return registration, next(iter(registration.invitation.person.memberships))


class TestErased:
    def test_the_seat_goes_to_who_waits_and_they_hear_of_it(self):
        event = factories.event(seats_on_site=1)
        gone, waits = factories.registration(event), factories.registration(event)
        people.erase_person(gone.invitation.person)
        assert (gone.state, waits.state) == (CANCELLED, CONFIRMED)
        assert mail_to(waits.invitation.person, "promoted")

    def test_a_place_in_line_is_given_up_also_after_closing(self):
        event = factories.event(seats_on_site=1)
        factories.registration(event)
        gone = factories.registration(event)
        event.closes_at = clock.now() - timedelta(hours=1)
        people.erase_person(gone.invitation.person)
        assert (gone.state, gone.waiting_number) == (CANCELLED, None)

    def test_who_was_there_stays_counted(self):
        event = factories.held()
        attendance = factories.attendance(event)
        people.erase_person(attendance.invitation.person)
        assert arrivals.count_present(event).all_present == 1
        assert seats.registration_of(attendance.invitation).state == CONFIRMED


class TestThere:
    @pytest.fixture
    def there(self):
        """A moment before it begins, on the same day."""
        event = factories.event(seats_on_site=2)
        registration = factories.registration(event)
        event.closes_at = event.ends_at
        db.session.commit()
        with time_machine.travel(event.starts_at - timedelta(minutes=6)):
            presence.check_in_invitation(registration.invitation, Entry.LIST)
            yield registration.invitation

    def test_who_is_there_cannot_be_cancelled_by_page_organiser_or_calendar(self, there):
        for act in (
            lambda: answers.decline_invitation(there),
            lambda: answers.decline_invitation(there, by=factories.account(there.event.network)),
            lambda: answers.take_answer_back(there),
        ):
            with pytest.raises(AlreadyThere):
                act()
        assert seats.registration_of(there).state == CONFIRMED

    def test_the_page_of_the_organiser_says_so(self, there, client):
        sign_in(client, factories.account(there.event.network))
        page = f"/organise/events/{there.event.slug}/people/{there.id}"
        post(client, f"{page}/cancel", page=page)
        assert "Al ingecheckt, dus afmelden kan niet meer" in client.get(page).text

    def test_once_it_is_undone_they_can(self, there):
        assert presence.undo_check_in(there)
        answers.decline_invitation(there)
        assert seats.registration_of(there).state == CANCELLED

    def test_a_colleague_who_comes_too_takes_a_seat_of_their_own(self, there):
        colleague = answers.ask_substitute(there, "Fatima el Idrissi", "fatima@gemeente.example")
        answers.accept_invitation(colleague, Mode.ON_SITE)
        assert {seats.registration_of(each).state for each in (there, colleague)} == {CONFIRMED}

    def test_the_counter_never_says_six_of_five(self, there):
        event = there.event
        event.seats_on_site = 1
        walked_in = presence.check_in_walk_in(event, "Kees van Dam", None).attendance.invitation
        assert seats.registration_of(walked_in).state == WAITING
        count = arrivals.count_present(event)
        assert (count.all_present, count.expected) == (2, 2)

    def test_the_session_stays_on_its_day(self, there):
        with pytest.raises(planning.AlreadyHeld):
            planning.change_event(there.event, _later(there.event))
        delayed = timedelta(minutes=1)
        planning.change_event(there.event, _details(there.event, starts_at=there.event.starts_at + delayed))


class TestLeft:
    @pytest.mark.parametrize(
        "leave", [lambda m: memberships.leave_network(m), lambda m: memberships.leave_all_networks(m.person)]
    )
    def test_who_leaves_the_network_gives_up_what_is_to_come(self, leave):
        event = factories.event(seats_on_site=1)
        registration, membership = _member_with_seat(event)
        waits = factories.registration(event)
        leave(membership)
        assert (registration.state, waits.state) == (CANCELLED, CONFIRMED)

    def test_who_comes_back_has_the_place_again(self):
        registration, membership = _member_with_seat(factories.event(seats_on_site=1))
        kept = memberships.leave_all_networks(membership.person)
        assert registration.state == CANCELLED
        memberships.rejoin_networks(membership.person, kept)
        assert registration.state == CONFIRMED

    def test_who_takes_part_after_all_is_a_guest(self):
        event = factories.event()
        person = factories.person(of=event.network)
        memberships.leave_network(person.memberships[0])
        factories.registration(event, person)
        assert person.memberships[0].standing == "guest"

    def test_who_left_gets_no_reminder(self):
        event = factories.event()
        stays, leaves = (factories.person(of=event.network) for _ in range(2))
        factories.wave(event, to=factories.audience(event.network))
        work()
        memberships.leave_network(leaves.memberships[0])
        factories.wave(event, WaveKind.REMINDER)
        work()
        assert {row.person_id for row in mails(Message.kind == "reminder")} == {stays.id}


class TestMovedDate:
    def test_everybodys_sequence_rises_with_a_new_date(self):
        """Who confirmed at a hybrid session is ahead of the event: an equal number is no news to their calendar."""
        event = factories.hybrid()
        comes = factories.registration(event, mode=Mode.ONLINE).invitation
        work()
        asked = factories.invitation(event)
        answers.answer_maybe(asked, answers.FROM_CALENDAR)
        work()
        before = {each.id: each.calendar_sequence for each in (comes, asked)}
        told = {number: known for number, known in before.items() if known is not None}
        planning.change_event(event, _later(event))
        work()
        for number, known in told.items():
            invitation = db.session.get(Invitation, number)
            assert vevent_of(mail_to(invitation.person, "event_changed"))["SEQUENCE"] > known

    def test_seats_of_an_organisation_are_kept_as_many_days_before(self):
        event = factories.event(seats_on_site=5)
        contact = factories.person(at="Breda")
        until = clock.start_of_day(clock.to_local(event.starts_at).date() - timedelta(days=3))
        kept = allotments.offer_seats(event, factories.organisation("Breda"), 2, until, contact)
        planning.change_event(event, _later(event, 7))
        assert clock.to_local(kept.until).date() == clock.to_local(until).date() + timedelta(days=7)
        planning.change_event(event, _later(event, -20))
        assert kept.until <= hanging.last_kept(event)


class TestRevived:
    def _cancel_and_revive(self, event):
        planning.cancel_event(event, "Ziek")
        db.session.flush()
        planning.publish_event(event)
        db.session.flush()

    def test_released_rounds_go_out_after_all(self):
        event = factories.event()
        factories.person(of=event.network)
        audience = factories.audience(event.network)
        planned = factories.wave(event, to=audience, at=clock.now() + timedelta(days=2))
        draft = factories.wave(event, to=audience, state=WaveState.DRAFT)
        withdrawn = factories.wave(event, to=audience)
        waves.withdraw_wave(withdrawn)
        self._cancel_and_revive(event)
        assert (planned.state, draft.state, withdrawn.state) == (
            WaveState.PLANNED,
            WaveState.DRAFT,
            WaveState.CANCELLED,
        )
        with time_machine.travel(planned.due_at + timedelta(minutes=1)):
            assert work()["planned"] == 1

    def test_a_round_whose_moment_went_by_is_a_draft(self):
        event = factories.event()
        wave = factories.wave(event, to=factories.audience(event.network), at=clock.now() + timedelta(hours=1))
        planning.cancel_event(event, "Ziek")
        with time_machine.travel(clock.now() + timedelta(hours=2)):
            planning.publish_event(event)
            assert wave.state == WaveState.DRAFT

    def test_mails_that_were_taken_back_are_planned_again_once(self):
        event = factories.event()
        person = factories.person(of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network))
        assert wave_runs.run_wave(wave.id) == 1
        self._cancel_and_revive(event)
        self._cancel_and_revive(event)
        work()
        states = sorted(row.state for row in mails(Message.wave_id == wave.id, Message.person_id == person.id))
        assert states == [MessageState.CANCELLED, MessageState.CANCELLED, MessageState.SENT]

    def test_who_waits_comes_in_when_a_seat_came_free_meanwhile(self):
        event = factories.event(seats_on_site=1)
        gone, waits = factories.registration(event), factories.registration(event)
        planning.cancel_event(event, "Ziek")
        people.erase_person(gone.invitation.person)
        assert waits.state == WAITING
        planning.publish_event(event)
        assert waits.state == CONFIRMED


class TestSeatsOfOrganisations:
    def test_a_seat_that_comes_free_lets_in_a_colleague_who_waits_in_the_other_mode(self):
        event = factories.hybrid(seats_per_organisation=1)
        first = factories.registration(event, factories.person(at="Breda"))
        waits = factories.registration(event, factories.person(at="Breda"), Mode.ONLINE)
        assert waits.state == WAITING
        answers.decline_invitation(first.invitation)
        assert waits.state == CONFIRMED

    def test_more_seats_for_an_organisation_let_its_people_in(self):
        event = factories.event(seats_per_organisation=1)
        factories.registration(event, factories.person(at="Breda"))
        waits = factories.registration(event, factories.person(at="Breda"))
        allotments.offer_seats(event, factories.organisation("Breda"), 2, event.starts_at, factories.person())
        assert waits.state == CONFIRMED

    def test_an_organisation_gets_no_fewer_seats_than_it_has(self):
        event = factories.event()
        for _ in range(2):
            factories.registration(event, factories.person(at="Breda"))
        with pytest.raises(TooFewSeats):
            allotments.offer_seats(event, factories.organisation("Breda"), 1, event.starts_at, factories.person())

    def test_nobody_loses_a_seat_when_those_of_the_organisation_are_withdrawn(self):
        event = factories.event(seats_per_organisation=1)
        kept = allotments.offer_seats(event, factories.organisation("Breda"), 3, event.starts_at, factories.person())
        for _ in range(2):
            factories.registration(event, factories.person(at="Breda"))
        allotments.withdraw_seats(kept)
        assert kept.seats == 2
        assert factories.registration(event, factories.person(at="Breda")).state == WAITING

    def test_who_waits_and_says_where_they_work_may_take_a_seat_that_is_kept_there(self):
        event = factories.event(seats_on_site=1)
        breda = factories.organisation("Breda")
        allotments.offer_seats(event, breda, 1, event.starts_at, factories.person())
        waits = factories.registration(event)
        assert waits.state == WAITING
        answers.note_workplace(waits.invitation, breda)
        assert waits.state == CONFIRMED


def test_a_new_date_of_a_cancelled_session_releases_no_rounds():
    event = factories.event()
    wave = factories.wave(event, to=factories.audience(event.network), at=clock.now() + timedelta(days=2))
    planning.cancel_event(event, "Ziek")
    planning.change_event(event, _later(event))
    assert wave.state == WaveState.CANCELLED


def test_a_colleague_who_joins_online_makes_room_where_seats_are_kept_for_them():
    event = factories.hybrid(seats_on_site=1)
    allotments.offer_seats(event, factories.organisation("Oss"), 1, event.starts_at, factories.person())
    waits = factories.registration(event, factories.person(at="Breda"))
    assert waits.state == WAITING
    factories.registration(event, factories.person(at="Oss"), Mode.ONLINE)
    assert waits.state == CONFIRMED


def test_nobody_registers_somebody_who_was_erased():
    event = factories.event()
    invitation = factories.invitation(event)
    people.erase_person(invitation.person)
    with pytest.raises(seats.RegistrationClosed):
        answers.accept_invitation(invitation, Mode.ON_SITE, by=factories.account(event.network))


def test_who_was_two_people_is_told_with_a_number_above_both():
    event = factories.event()
    kept, gone = (factories.registration(event).invitation for _ in range(2))
    work()
    planning.change_event(event, _later(event))
    work()
    kept.calendar_sequence, known = 1, gone.calendar_sequence
    merge = merges.merge_people(kept.person, gone.person)
    stays = db.session.scalars(sa.select(Invitation)).one()
    assert stays.calendar_sequence == known
    merges.undo_merge(merge)
