"""Enrolling in a course: every meeting or none, one line, days of absence and catching up, a colleague instead."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import presence
from app.attendance.models import Entry
from app.courses.models import Enrolment, EnrolmentState
from app.database import db
from app.events import planning
from app.events.models import Mode
from app.events.planning import EventDetails, Notice
from app.invitations import inviting
from app.invitations.models import Answer, Invitation, Origin
from app.network import memberships
from app.network.imports import merges
from app.network.people import people
from app.outbox.models import Message, MessageState
from app.registration import answers, calendar_answers, course_places, enrolments
from app.registration.answers import FROM_CALENDAR
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
from app.registration.course_places import EnrolmentRefused
from app.registration.models import CalendarAnswer, Registration, RegistrationState
from app.registration.seats import AlreadyThere, ModeNotOffered, RegistrationClosed
from app.upkeep import balance
from tests import factories
from tests.helpers import calendar_of, mail_to, mails, text_of, vevent_of, work
from tests.registration import made_courses as made

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def balanced(app):
    """What always holds holds after each of these."""
    yield
    db.session.flush()
    assert [each.words for each in balance.find_breaches()] == []


def _seats(person) -> list[int]:
    """In which events somebody has a seat."""
    wanted = sa.select(Registration.event_id).join(Registration.invitation)
    mine = wanted.where(Invitation.person_id == person.id, Registration.state == RegistrationState.CONFIRMED)
    return sorted(db.session.scalars(mine))


def _ids(edition) -> list[int]:
    return sorted(each.event_id for each in edition.meetings)


def _state(enrolment: Enrolment) -> tuple[EnrolmentState, int | None]:
    db.session.refresh(enrolment)
    return enrolment.state, course_places.place_in_line(enrolment) if enrolment.waiting_number else None


def _kinds(person) -> list[str]:
    gone = Message.state == MessageState.SUPPRESSED
    return [each.kind.value for each in mails(Message.person_id == person.id, ~gone)]


def _words(mail) -> str:
    """What a mail says, wherever its lines break."""
    return " ".join(text_of(mail).split())


def test_enrolling_gives_a_seat_in_every_meeting():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    assert _state(enrolment) == (EnrolmentState.CONFIRMED, None)
    assert _seats(enrolment.person) == _ids(edition)
    assert _kinds(enrolment.person) == ["course", "course_day", "course_day", "course_day"]
    letter = mail_to(enrolment.person, "course")
    assert calendar_of(letter) is None
    assert all(event.title in _words(letter) for event in made.events(edition))
    day = mail_to(enrolment.person, "course_day")
    assert (vevent_of(day)["status"], str(vevent_of(day)["uid"])) == ("CONFIRMED", edition.meetings[-1].event.uid)


def test_none_of_its_mails_counts_for_the_weekly_limit():
    made.enrolled(made.edition())
    assert [each.counts for each in mails()] == [False] * 4


def test_one_full_day_makes_wait_for_all():
    edition = made.edition(event={"seats_on_site": 2})
    edition.meetings[1].event.seats_on_site = 1
    first, second = made.enrolled(edition), made.enrolled(edition)
    assert _state(second) == (EnrolmentState.WAITING, 1)
    assert _seats(second.person) == []
    assert "plaats 1 van de wachtlijst" in _words(mail_to(second.person, "course"))
    enrolments.leave(first)
    assert _state(second) == (EnrolmentState.CONFIRMED, None)
    assert _seats(second.person) == _ids(edition)
    assert "die is nu van jou" in _words(mail_to(second.person, "course"))


def test_the_seats_of_the_edition_and_its_quota_hold():
    edition = made.edition(seats=3, seats_per_organisation=1)
    people_there = [
        made.enrolled(edition, factories.person(at=town)) for town in ("Breda", "Breda", "Oss", "Tilburg", "Helmond")
    ]
    assert [_state(each)[0].value for each in people_there] == [
        "confirmed",
        "waiting",
        "confirmed",
        "confirmed",
        "waiting",
    ]
    enrolments.leave(people_there[2])
    assert [_state(each)[0].value for each in people_there[1::3]] == ["waiting", "confirmed"]
    enrolments.leave(people_there[0])
    assert _state(people_there[1])[0] == EnrolmentState.CONFIRMED


def test_the_first_for_whom_everything_has_a_place_comes_in():
    edition = made.edition(seats=1)
    first, second, third = (made.enrolled(edition) for _ in range(3))
    enrolments.leave(second)
    assert _state(third) == (EnrolmentState.WAITING, 1)
    enrolments.leave(first)
    assert _state(third)[0] == EnrolmentState.CONFIRMED
    assert _seats(second.person) == _seats(first.person) == []


def test_a_full_day_can_be_had_with_another_edition_at_once():
    course = made.course()
    edition, other = made.edition(course, event={"seats_on_site": 5}), made.edition(course, begins=40)
    edition.meetings[1].event.seats_on_site = 1
    made.enrolled(edition)
    waiting = made.enrolled(edition)
    invitation = waiting and db.session.scalars(sa.select(Invitation).filter_by(person_id=waiting.person_id)).one()
    enrolments.enrol(invitation, {}, catch_up={edition.meetings[1].id: other.meetings[1].event_id})
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED
    mine = _ids(edition)
    assert set(_seats(waiting.person)) == {mine[0], mine[2], other.meetings[1].event_id}
    assert "je haalt deze dag daar in" in _words(mail_to(waiting.person, "course"))


def test_a_guest_takes_nothing_of_the_quota_there():
    course = made.course()
    edition, other = made.edition(course), made.edition(course, begins=40, seats_per_organisation=1)
    enrolled = made.enrolled(edition, factories.person(at="Breda"))
    enrolments.catch_up(enrolled, edition.meetings[0], other.meetings[0].event_id)
    mate = made.enrolled(other, factories.person(at="Breda"))
    assert _state(mate)[0] == EnrolmentState.CONFIRMED


def test_a_skipped_day_is_for_guests_and_never_for_the_line():
    course = made.course()
    edition = made.edition(course, event={"seats_on_site": 1})
    other = made.edition(course, begins=40)
    here, waiting = made.enrolled(edition), made.enrolled(edition)
    guest = made.enrolled(other)
    enrolments.stay_away(here, edition.meetings[1])
    assert _state(waiting)[0] == EnrolmentState.WAITING
    enrolments.catch_up(guest, other.meetings[1], edition.meetings[1].event_id)
    assert edition.meetings[1].event_id in _seats(guest.person)
    with pytest.raises(EnrolmentRefused, match="day_full"):
        enrolments.come(here, edition.meetings[1], Mode.ON_SITE)
    enrolments.come(guest, other.meetings[1], Mode.ON_SITE)
    enrolments.come(here, edition.meetings[1], Mode.ON_SITE)
    assert _seats(here.person) == _ids(edition)
    assert _seats(guest.person) == _ids(other)


def test_a_no_from_the_calendar_to_one_day_is_absence_on_that_day():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    work()
    second = db.session.scalars(sa.select(Invitation).filter_by(event_id=edition.meetings[1].event_id)).one()
    no = ReceivedAnswer(CalendarAnswer.DECLINED, second.calendar_sequence, clock.now() + timedelta(hours=1))
    assert calendar_answers.apply_calendar_answer(second, no) == AnswerVerdict.APPLIED
    assert _state(enrolment)[0] == EnrolmentState.CONFIRMED
    assert edition.meetings[1].event_id not in _seats(enrolment.person)
    assert len(_seats(enrolment.person)) == 2
    assert "je bent er deze dag niet" in _words(mail_to(enrolment.person, "course"))
    assert calendar_of(mail_to(enrolment.person, "course_day"))["method"] == "CANCEL"
    assert calendar_answers.undo_calendar_answer(second)
    assert _seats(enrolment.person) == _ids(edition)


def test_before_enrolling_a_no_is_one_to_the_course_and_a_yes_to_all():
    edition = made.edition(days=2)
    declines, accepts = made.invited(edition), made.invited(edition, day=2)
    answers.decline_invitation(declines, how=FROM_CALENDAR)
    assert declines.answer == Answer.NO
    answers.accept_invitation(accepts, Mode.ON_SITE, how=FROM_CALENDAR)
    assert _seats(accepts.person) == _ids(edition)


def test_leaving_frees_everything_and_tells_it_once():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    work()
    enrolments.leave(enrolment)
    assert _seats(enrolment.person) == []
    kinds = _kinds(enrolment.person)[4:]
    assert kinds == ["course", "course_day", "course_day", "course_day"]
    again = enrolments.enrol(
        db.session.scalars(sa.select(Invitation).filter_by(person_id=enrolment.person_id)).first(), {}
    )
    assert again is enrolment
    assert _seats(enrolment.person) == _ids(edition)


def test_enrolling_twice_mails_once():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    invitation = db.session.scalars(sa.select(Invitation).filter_by(person_id=enrolment.person_id)).first()
    enrolments.enrol(invitation, {})
    answers.accept_invitation(invitation, Mode.ON_SITE)
    assert len(_kinds(enrolment.person)) == 4


def test_the_mode_is_chosen_per_meeting():
    hybrid = {"online": True, "join_url": "https://vergaderen.example/kamer", "seats_on_site": 1}
    edition = made.edition(event=hybrid)
    first = made.enrolled(edition)
    invitation = made.invited(edition)
    modes = {each.id: Mode.ONLINE for each in edition.meetings}
    enrolment = enrolments.enrol(invitation, modes)
    assert _state(enrolment)[0] == EnrolmentState.CONFIRMED
    enrolments.leave(first)
    enrolments.come(enrolment, edition.meetings[2], Mode.ON_SITE)
    found = db.session.scalars(
        sa.select(Registration.mode)
        .join(Registration.invitation)
        .where(Invitation.person_id == invitation.person_id)
        .order_by(Registration.event_id)
    )
    assert list(found) == [Mode.ONLINE, Mode.ONLINE, Mode.ON_SITE]
    with pytest.raises(ModeNotOffered):
        made.enrolled(made.edition(), None) and enrolments.enrol(
            made.invited(other := made.edition()), {other.meetings[0].id: Mode.ONLINE}
        )


def test_a_colleague_takes_the_whole_course_and_nobody_comes_in_between():
    edition = made.edition(seats=1)
    enrolment, waiting = made.enrolled(edition), made.enrolled(edition)
    invitation = db.session.scalars(
        sa.select(Invitation).filter_by(person_id=enrolment.person_id, event_id=edition.meetings[0].event_id)
    ).one()
    work()
    theirs = answers.ask_substitute(invitation, "Bo Bakker", "bo@oss.example")
    assert "schrijf je je in voor alle dagen" in _words(mail_to(theirs.person, "substitute_invitation"))
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert _seats(theirs.person) == _ids(edition)
    assert _seats(enrolment.person) == []
    assert _state(waiting)[0] == EnrolmentState.WAITING
    assert _state(enrolment)[0] == EnrolmentState.CANCELLED
    assert "Bo Bakker neemt jouw plaats" in _words(mail_to(enrolment.person, "course"))
    assert calendar_of(mail_to(enrolment.person, "course_day"))["method"] == "CANCEL"


def test_nobody_has_a_place_in_two_editions():
    course = made.course()
    first, second = made.edition(course), made.edition(course, begins=40, seats=1)
    who = factories.person()
    made.enrolled(second)
    waits = made.enrolled(second, who)
    assert _state(waits)[0] == EnrolmentState.WAITING
    made.enrolled(first, who)
    assert _state(waits)[0] == EnrolmentState.CANCELLED
    with pytest.raises(EnrolmentRefused, match="elsewhere"):
        enrolments.enrol(
            db.session.scalars(
                sa.select(Invitation).filter_by(person_id=who.id, event_id=second.meetings[0].event_id)
            ).one(),
            {},
        )


def test_who_is_erased_leaves_the_course_and_the_line():
    edition = made.edition(seats=1)
    first, second, third = (made.enrolled(edition) for _ in range(3))
    work()
    people.erase_person(first.person)
    assert _state(second)[0] == EnrolmentState.CONFIRMED
    people.erase_person(third.person)
    assert _state(third)[0] == EnrolmentState.CANCELLED


def test_who_leaves_the_network_halfway_keeps_what_was():
    edition = made.edition()
    who = factories.person(of=edition.course.network)
    enrolment = made.enrolled(edition, who)
    work()
    factories.move(edition.meetings[0].event, hours=-30)
    memberships.leave_network(memberships.find_membership(who.id, edition.course.network_id))
    assert _state(enrolment)[0] == EnrolmentState.CANCELLED
    assert _seats(who) == [edition.meetings[0].event_id]


def test_who_comes_back_to_the_network_at_once_is_enrolled_again():
    edition = made.edition()
    who = factories.person(of=edition.course.network)
    enrolment = made.enrolled(edition, who)
    enrolments.stay_away(enrolment, edition.meetings[1])
    work()
    membership = memberships.find_membership(who.id, edition.course.network_id)
    left_at = clock.now()
    memberships.leave_network(membership)
    memberships.join_network(who.id, edition.course.network_id)
    db.session.refresh(membership)
    answers.take_part_again(membership, left_at)
    assert _state(enrolment)[0] == EnrolmentState.CONFIRMED
    assert _seats(who) == [edition.meetings[0].event_id, edition.meetings[2].event_id]


def test_more_seats_let_the_line_in():
    edition = made.edition(days=2, event={"seats_on_site": 1})
    made.enrolled(edition)
    waiting = made.enrolled(edition)
    for meeting in edition.meetings:
        event = meeting.event
        details = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
        planning.change_event(event, EventDetails(**details | {"seats_on_site": 2}))
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED


def test_a_meeting_that_is_added_seats_who_is_enrolled_or_says_whom_it_cannot():
    edition = made.edition(days=2)
    first, second = made.enrolled(edition), made.enrolled(edition)
    work()
    added = made.add_meeting(edition, 3, seats_on_site=1)
    assert enrolments.seat_meeting(added) == [second]
    assert added.event_id in _seats(first.person)
    assert _kinds(first.person)[-1] == "course_day"


def test_a_meeting_that_is_dropped_leaves_the_others():
    edition = made.edition(event={"seats_on_site": 2})
    edition.meetings[1].event.seats_on_site = 1
    first, waiting = made.enrolled(edition), made.enrolled(edition)
    work()
    enrolments.drop_meeting(edition.meetings[1], Notice(reason="De zaal is weg."))
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED
    assert len(_seats(waiting.person)) == 2
    work()
    assert _kinds(first.person)[4:] == ["event_cancelled"]


def test_cancelling_an_edition_is_one_letter_and_a_bare_cancel_a_day():
    edition = made.edition(seats=1)
    first, waiting = made.enrolled(edition), made.enrolled(edition)
    work()
    enrolments.cancel_edition(edition, Notice(reason="Te weinig docenten."))
    work()
    assert _kinds(first.person)[4:] == ["course", "course_day", "course_day", "course_day"]
    assert _kinds(waiting.person)[1:] == ["course"]
    assert "Te weinig docenten." in _words(mail_to(first.person, "course"))
    assert calendar_of(mail_to(first.person, "course_day"))["method"] == "CANCEL"


def test_nobody_enrols_after_closing_but_by_an_organiser():
    edition = made.edition()
    edition.closes_at = clock.now()
    invitation = made.invited(edition)
    with pytest.raises(RegistrationClosed):
        enrolments.enrol(invitation, {})
    enrolments.enrol(invitation, {}, by=factories.account())
    assert _seats(invitation.person) == _ids(edition)


@pytest.mark.parametrize("seats", [2, 9])
@pytest.mark.parametrize("absent", [True, False])
def test_two_people_who_become_one_have_one_place_and_two_again_after_undoing(seats, absent):
    edition = made.edition(seats=seats)
    kept, gone = factories.person("Sanne Vries"), factories.person("Sanne de Vries")
    first, _ = made.enrolled(edition, kept), made.enrolled(edition, gone)
    waiting = made.enrolled(edition)
    if absent:
        enrolments.stay_away(first, edition.meetings[1])
    work()
    merge = merges.merge_people(kept, gone)
    db.session.expire_all()
    places = sa.select(Enrolment).filter_by(edition_id=edition.id, state=EnrolmentState.CONFIRMED)
    assert len(db.session.scalars(places).all()) == 2
    assert len(_seats(kept)) == 3
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED
    assert [each.words for each in balance.find_breaches()] == []
    work()
    merges.undo_merge(merge)
    db.session.expire_all()
    states = db.session.scalars(sa.select(Enrolment.state).filter_by(edition_id=edition.id)).all()
    assert sorted(states) == ["confirmed", "confirmed", "waiting" if seats == 2 else "confirmed"]


def test_where_somebody_works_who_did_not_say_may_put_them_in_line():
    edition = made.edition(seats_per_organisation=1)
    made.enrolled(edition, factories.person(at="Breda"))
    enrolment = made.enrolled(edition)
    invitation = db.session.scalars(sa.select(Invitation).filter_by(person_id=enrolment.person_id)).first()
    answers.note_workplace(invitation, factories.organisation("Breda"))
    assert _state(enrolment) == (EnrolmentState.WAITING, 1)
    assert _seats(enrolment.person) == []


def test_a_moved_day_tells_that_day_alone():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    work()
    event = edition.meetings[1].event
    details = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    later = {"starts_at": event.starts_at + timedelta(hours=1), "ends_at": event.ends_at + timedelta(hours=1)}
    planning.change_event(event, EventDetails(**details | later))
    work()
    assert _kinds(enrolment.person)[4:] == ["event_changed"]
    vevent = vevent_of(mail_to(enrolment.person, "event_changed"))
    assert (str(vevent["uid"]), vevent["status"]) == (event.uid, "CONFIRMED")


def test_who_waits_for_a_course_and_has_a_day_in_their_calendar_hears_that_they_still_wait():
    edition = made.edition(seats=1)
    made.enrolled(edition)
    invitation = made.invited(edition)
    inviting.plan_invitation_again(invitation)
    work()
    enrolments.enrol(invitation, {})
    work()
    event = edition.meetings[0].event
    details = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    later = {"starts_at": event.starts_at + timedelta(hours=1), "ends_at": event.ends_at + timedelta(hours=1)}
    planning.change_event(event, EventDetails(**details | later))
    work()
    mail = mail_to(invitation.person, "event_changed")
    assert "Je blijft op de wachtlijst staan" in text_of(mail)
    assert vevent_of(mail)["status"] == "TENTATIVE"


def test_a_seat_that_somebody_skips_is_for_who_catches_up_and_never_for_the_line():
    course = made.course()
    edition, other = made.edition(course, days=2), made.edition(course, days=2, begins=60)
    edition.meetings[1].event.seats_on_site = 1
    enrolments.stay_away(made.enrolled(edition), edition.meetings[1])
    newcomer = made.enrolled(edition)
    assert _state(newcomer) == (EnrolmentState.WAITING, 1)
    guest = made.enrolled(other)
    enrolments.catch_up(guest, other.meetings[1], edition.meetings[1].event_id)
    assert len(_seats(guest.person)) == 2
    assert _state(newcomer) == (EnrolmentState.WAITING, 1)


def test_who_was_checked_in_cannot_be_absent_that_day():
    edition = made.edition(days=2)
    enrolment = made.enrolled(edition)
    event = factories.move(edition.meetings[0].event, hours=1)
    seat = next(each.registration for each in enrolment.days if each.meeting.event_id == event.id)
    presence.check_in_invitation(seat.invitation, Entry.LIST, Mode.ON_SITE)
    with pytest.raises(AlreadyThere):
        answers.decline_invitation(seat.invitation)
    assert len(_seats(enrolment.person)) == 2


def test_who_comes_in_from_one_line_waits_in_no_other_of_the_course():
    course = made.course()
    edition, other = made.edition(course, seats=1), made.edition(course, begins=60, seats=1)
    leaving = made.enrolled(edition)
    made.enrolled(other)
    person = factories.person()
    first, second = made.enrolled(edition, person), made.enrolled(other, person)
    assert (_state(first)[0], _state(second)[0]) == (EnrolmentState.WAITING, EnrolmentState.WAITING)
    enrolments.leave(leaving)
    assert (_state(first)[0], _state(second)[0]) == (EnrolmentState.CONFIRMED, EnrolmentState.CANCELLED)


def test_days_that_come_with_an_invitation_by_a_wave_are_of_no_wave_themselves():
    edition = made.edition(days=2)
    invitation = made.invited(edition)
    invitation.origin = Origin.WAVE
    inviting.plan_invitation_again(invitation)
    enrolments.enrol(invitation, {})
    added = made.add_meeting(edition, 3)
    db.session.refresh(edition, ["meetings"])
    enrolments.seat_meeting(added, Notice(send=False))
    assert [each.words for each in balance.find_breaches()] == []
    origins = sa.select(Invitation.origin).where(Invitation.person_id == invitation.person_id).order_by(Invitation.id)
    assert db.session.scalars(origins).all() == [Origin.WAVE, Origin.ORGANISER, Origin.ORGANISER]


def test_enrolling_takes_as_many_statements_for_six_days_as_for_three(queries):
    """But the seats themselves, which SQLite writes one by one since each has to know its number."""
    asked = {}
    for days in (3, 6):
        invitation = made.invited(made.edition(days=days))
        db.session.commit()
        with queries() as seen:
            enrolments.enrol(invitation, {})
            db.session.flush()
        asked[days] = sum(not each.startswith("INSERT INTO registrations") for each in seen)
    assert asked[3] == asked[6]


def test_a_course_is_locked_once_in_a_transaction(queries):
    edition = made.edition()
    leaving = made.enrolled(edition)
    db.session.commit()
    with queries() as seen:
        enrolments.leave(leaving)
        db.session.flush()
    assert sum(each.startswith("SELECT course_editions.id") for each in seen) == 1
    db.session.commit()
    with queries() as seen:
        course_places.lock_course(edition)
    assert sum(each.startswith("SELECT course_editions.id") for each in seen) == 1
