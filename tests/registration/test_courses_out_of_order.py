"""Courses in an order of acts that nobody planned: places stay right, and whoever it concerns hears it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import presence
from app.attendance.models import Entry
from app.courses import editions as course_editions
from app.courses import meetings
from app.courses.editions import EditionDetails
from app.courses.models import EnrolmentState
from app.database import db
from app.events.models import Mode
from app.events.planning import Notice
from app.invitations import inviting
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.network.imports import merges
from app.network.people import people
from app.outbox import errands
from app.outbox.models import Message
from app.registration import answers, calendar_answers, course_line, enrolments
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
from app.registration.course_places import EnrolmentRefused
from app.registration.models import CalendarAnswer
from app.registration.seats import AlreadyThere
from app.upkeep import balance
from tests import factories
from tests.helpers import mail_to, work
from tests.registration import made_courses as made
from tests.registration.test_enrolments import _ids, _kinds, _seats, _state, _words

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def balanced(app):
    """What always holds holds after each of these."""
    yield
    db.session.flush()
    assert [each.words for each in balance.find_breaches()] == []


@pytest.fixture
def editions(app):
    """Two of one course, of three days each."""
    course = made.course()
    return made.edition(course), made.edition(course, begins=60)


def _invitation(person, meeting) -> Invitation:
    return db.session.scalars(sa.select(Invitation).filter_by(person_id=person.id, event_id=meeting.event_id)).one()


def _say(invitation, answer, *, hours: int = 1) -> AnswerVerdict:
    """What somebody's calendar answers, so many hours from now by its clock."""
    given = ReceivedAnswer(answer, invitation.calendar_sequence or 0, clock.now() + timedelta(hours=hours))
    return calendar_answers.apply_calendar_answer(invitation, given)


def test_a_day_that_is_taken_back_is_of_who_waits_as_before():
    edition = made.edition(seats=1)
    made.enrolled(edition)
    waiting = made.enrolled(edition)
    meetings.drop_meeting(edition.meetings[1])
    meetings.take_back_meeting(edition.meetings[1])
    assert _state(waiting)[0] == EnrolmentState.WAITING
    assert len(waiting.days) == 3


def test_who_has_no_seat_on_a_day_that_is_added_hears_so():
    """And has the next one that comes free there, also when it has begun; who said to be absent has not."""
    edition = made.edition(days=2)
    first, unseated, absent = (made.enrolled(edition) for _ in range(3))
    work()
    added = made.add_meeting(edition, 3, seats_on_site=1)
    assert enrolments.seat_meeting(added) == [unseated, absent]
    work()
    assert _kinds(unseated.person)[3:] == ["course"]
    assert "de eerste die vrijkomt, is van jou" in _words(mail_to(unseated.person, "course"))
    factories.move(edition.meetings[0].event, hours=-1)
    enrolments.stay_away(first, added)
    work()
    assert _seats(unseated.person) == _ids(edition)
    assert _kinds(unseated.person)[4:] == ["course", "course_day"]
    assert added.event_id not in _seats(absent.person)
    enrolments.stay_away(absent, added)
    enrolments.leave(unseated, factories.account())
    assert added.event_id not in _seats(absent.person)


def test_who_would_catch_up_in_an_edition_that_is_cancelled_is_absent_in_their_own(editions):
    edition, other = editions
    guest = made.enrolled(edition)
    enrolments.catch_up(guest, edition.meetings[1], other.meetings[1].event_id)
    work()
    told = len(_kinds(guest.person))
    enrolments.cancel_edition(other, Notice(reason="Te weinig docenten."))
    work()
    assert _seats(guest.person) == [_ids(edition)[0], _ids(edition)[2]]
    assert _kinds(guest.person)[told:] == ["course", "course_day"]
    assert "je bent er deze dag niet" in _words(mail_to(guest.person, "course"))


def test_people_of_a_cancelled_edition_leave_the_seats_in_which_they_would_catch_up(editions):
    edition, other = editions
    guest = made.enrolled(edition)
    other.meetings[1].event.seats_on_site = 1
    enrolments.catch_up(guest, edition.meetings[1], other.meetings[1].event_id)
    waiting = made.enrolled(other, factories.person())
    assert _state(waiting)[0] == EnrolmentState.WAITING
    enrolments.cancel_edition(edition)
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED
    assert not set(_seats(guest.person)) & set(_ids(other))


def test_a_guest_enrols_where_they_are_a_guest(editions):
    """Their own edition is over, so that they may; the seat that they have there is theirs already."""
    edition, other = editions
    guest = made.enrolled(edition)
    enrolments.catch_up(guest, edition.meetings[2], other.meetings[2].event_id)
    for meeting in edition.meetings:
        factories.move(meeting.event, hours=-300)
    made.enrolled(other, guest.person)
    assert _seats(guest.person) == sorted([*_ids(edition)[:2], *_ids(other)])


def test_a_colleague_who_is_a_guest_there_takes_the_whole_course(editions):
    edition, other = editions
    guest = made.enrolled(edition, factories.person("Bo Bakker", address="bo@oss.example"))
    enrolments.catch_up(guest, edition.meetings[2], other.meetings[2].event_id)
    for meeting in edition.meetings:
        factories.move(meeting.event, hours=-300)
    giver = made.enrolled(other)
    asked = _invitation(giver.person, other.meetings[0])
    theirs = answers.ask_substitute(asked, "Bo Bakker", "bo@oss.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert _seats(guest.person) == sorted([*_ids(edition)[:2], *_ids(other)])
    assert _seats(giver.person) == []


def test_who_is_checked_in_does_not_catch_up_elsewhere(editions):
    edition, other = editions
    enrolment = made.enrolled(edition)
    factories.move(edition.meetings[0].event, hours=1)
    presence.check_in_invitation(_invitation(enrolment.person, edition.meetings[0]), Entry.LIST, Mode.ON_SITE)
    with pytest.raises(AlreadyThere):
        enrolments.catch_up(enrolment, edition.meetings[0], other.meetings[0].event_id)


@pytest.mark.parametrize("came", [True, False])
def test_a_day_that_was_caught_up_before_is_left_only_by_who_was_not_there(editions, came):
    edition, other = editions
    enrolment = _caught_up(other.meetings[0], edition.meetings[0], came=came)
    if came:
        with pytest.raises(AlreadyThere):
            enrolments.come(enrolment, other.meetings[0], Mode.ON_SITE)
    else:
        enrolments.come(enrolment, other.meetings[0], Mode.ON_SITE)
    assert _seats(enrolment.person)[0] == edition.meetings[0].event_id
    assert len(_seats(enrolment.person)) == (3 if came else 4)


def test_what_was_caught_up_stays_of_who_was_there_when_a_colleague_takes_over(editions):
    edition, other = editions
    enrolment = _caught_up(other.meetings[0], edition.meetings[0], came=True)
    asked = _invitation(enrolment.person, other.meetings[1])
    theirs = answers.ask_substitute(asked, "Bo Bakker", "bo@oss.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert _seats(enrolment.person) == [edition.meetings[0].event_id]
    assert _seats(theirs.person) == _ids(other)[1:]


@pytest.mark.parametrize("free", [True, False])
def test_who_waits_keeps_where_they_would_catch_up(editions, free):
    edition, other = editions
    edition.seats = other.meetings[1].event.seats_on_site = 1
    leaving, wish = made.enrolled(edition), {edition.meetings[1].id: other.meetings[1].event_id}
    waiting = made.enrolled(edition, catch_up=wish, absent=[edition.meetings[2].id])
    assert _state(waiting) == (EnrolmentState.WAITING, 1)
    assert _say(_invitation(waiting.person, edition.meetings[0]), CalendarAnswer.ACCEPTED) == AnswerVerdict.APPLIED
    if not free:
        made.enrolled(other)
    enrolments.leave(leaving)
    assert _seats(waiting.person) == [_ids(edition)[0], *wish.values()][: 1 + free]
    work()
    told = _words(mail_to(waiting.person, "course"))
    assert ("Op de dag die je elders wilde inhalen, is geen plek meer." in told) is not free


def test_who_goes_back_in_line_keeps_where_they_would_catch_up(editions):
    edition, other = editions
    edition.seats_per_organisation = 1
    first = made.enrolled(edition, factories.person(at="Breda"))
    wish = {edition.meetings[1].id: other.meetings[1].event_id}
    enrolment = made.enrolled(edition, catch_up=wish)
    invitation = _invitation(enrolment.person, edition.meetings[0])
    answers.note_workplace(invitation, factories.organisation("Breda"))
    assert _state(enrolment)[0] == EnrolmentState.WAITING
    enrolments.leave(first)
    assert _seats(enrolment.person) == sorted([_ids(edition)[0], _ids(edition)[2], *wish.values()])


def test_whose_only_day_falls_away_hears_so_and_chooses_anew(editions):
    edition, _ = editions
    edition.meetings[1].event.seats_on_site = 1
    made.enrolled(edition)
    waiting = made.enrolled(edition, absent=[edition.meetings[0].id, edition.meetings[2].id])
    work()
    meetings.drop_meeting(edition.meetings[1])
    work()
    assert _state(waiting) == (EnrolmentState.WAITING, 1)
    assert "er is geen dag meer waarop je wacht" in _words(mail_to(waiting.person, "course"))
    enrolments.enrol(_invitation(waiting.person, edition.meetings[0]), {})
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED


@pytest.mark.parametrize("mailed", [True, False])
def test_a_day_that_fell_away_by_mistake_is_told_only_who_heard_of_it(editions, mailed):
    edition, other = editions
    day = edition.meetings[1]
    comes, guest = made.enrolled(edition), made.enrolled(other)
    enrolments.catch_up(guest, other.meetings[1], day.event_id)
    work()
    told = [len(_kinds(each.person)) for each in (comes, guest)]
    meetings.drop_meeting(day, Notice(hold=timedelta(minutes=1)))
    stand = meetings.stand_of(day)
    if mailed:
        _let_leave()
    meetings.take_back_meeting(day, dropped=stand)
    _let_leave()
    news = [_kinds(each.person)[number:] for each, number in zip((comes, guest), told, strict=True)]
    heard = [["event_cancelled", "event_changed"], ["event_cancelled", "course", "course", "course_day"]]
    assert news == (heard if mailed else [[], []])
    assert [day.event_id in _seats(each.person) for each in (comes, guest)] == [True, True]


def _let_leave() -> None:
    db.session.execute(sa.update(Message).values(due_at=clock.now()))
    work()


def test_once_it_has_begun_nobody_passes_the_line_but_knowingly(editions):
    edition, _ = editions
    edition.seats, organiser = 2, factories.account()
    leaving, _ = made.enrolled(edition), made.enrolled(edition)
    first, _ = made.enrolled(edition), made.enrolled(edition)
    newcomer = made.invited(edition, day=2)
    factories.move(edition.meetings[0].event, hours=-30)
    enrolments.leave(leaving, by=organiser)
    assert course_line.count_passed(newcomer.event, newcomer.person_id) == 1
    assert course_line.count_passed(newcomer.event, first.person_id) == 0
    with pytest.raises(EnrolmentRefused, match="line"):
        answers.accept_invitation(newcomer, Mode.ON_SITE, by=organiser)
    answers.accept_invitation(_invitation(first.person, edition.meetings[0]), Mode.ON_SITE, by=organiser)
    assert _seats(first.person) == _ids(edition)[1:]
    edition.seats = 3
    answers.accept_invitation(newcomer, Mode.ON_SITE, by=organiser, past_line=True)
    assert _seats(newcomer.person) == _ids(edition)[1:]


def test_many_come_in_by_steps_and_nobody_new_passes_them():
    edition = made.edition(days=2, seats=1)
    made.enrolled(edition)
    waiting = [made.enrolled(edition) for _ in range(9)]
    db.session.commit()
    seats = EditionDetails(edition.title, seats=10, closes_at=edition.closes_at)
    course_editions.change_edition(edition, seats)
    assert [_state(each)[0].value for each in waiting] == ["confirmed"] * 4 + ["waiting"] * 5
    newcomer = made.enrolled(edition)
    assert _state(newcomer)[0] == EnrolmentState.WAITING
    db.session.commit()
    work()
    errands.carry_on_errands()
    assert {_state(each)[0] for each in waiting} == {EnrolmentState.CONFIRMED}
    assert _state(newcomer) == (EnrolmentState.WAITING, 1)


def test_a_day_is_added_for_many_by_steps(editions):
    edition, _ = editions
    people = [made.enrolled(edition) for _ in range(7)]
    work()
    added = made.add_meeting(edition, 4, begins=80, seats_on_site=6)
    db.session.refresh(edition, ["meetings"])
    assert enrolments.seat_meeting(added) == people[6:]
    late = made.enrolled(edition)
    assert _state(late)[0] == EnrolmentState.WAITING
    db.session.commit()
    errands.carry_on_errands()
    assert [added.event_id in _seats(each.person) for each in people] == [True] * 6 + [False]
    work()
    assert "de eerste die vrijkomt, is van jou" in _words(mail_to(people[6].person, "course"))


def test_an_organiser_reads_of_somebody_else_that_they_are_in_another_edition(editions):
    edition, other = editions
    enrolled = made.enrolled(edition, factories.person("Bo Bakker"))
    invitation = made.invited(other, enrolled.person)
    with pytest.raises(EnrolmentRefused) as refused:
        answers.accept_invitation(invitation, Mode.ON_SITE, by=factories.account())
    assert refused.value.words.startswith("Bo Bakker is al ingeschreven")


def test_undoing_a_merge_costs_a_seat_to_catch_up_that_is_gone_and_no_more(editions):
    edition, other = editions
    other.meetings[0].event.seats_on_site = 1
    first, guest = made.enrolled(edition).person, made.enrolled(edition)
    enrolments.catch_up(guest, edition.meetings[0], other.meetings[0].event_id)
    person = guest.person
    work()
    merge = merges.merge_people(first, person)
    db.session.expire_all()
    made.enrolled(other)
    work()
    merges.undo_merge(merge)
    db.session.expire_all()
    assert (_seats(first), _seats(person)) == (_ids(edition), _ids(edition)[1:])
    work()
    assert "je bent er deze dag niet" in _words(mail_to(person, "course"))


def test_a_cancelled_edition_goes_on_with_who_had_a_place(editions):
    edition, other = editions
    edition.seats = 2
    stays, moves, waits = made.enrolled(edition), made.enrolled(edition), made.enrolled(edition)
    asked = made.invited(edition)
    inviting.plan_invitation_again(asked)
    guest = made.enrolled(other)
    enrolments.catch_up(guest, other.meetings[1], edition.meetings[1].event_id)
    work()
    course_editions.cancel_edition(edition, "Te weinig docenten.")
    work()
    made.enrolled(other, moves.person)
    work()
    people = [each.person for each in (stays, moves, waits, asked, guest)]
    told = [len(_kinds(each)) for each in people]
    factories.move(edition.meetings[0].event, hours=-30)
    course_editions.revive_edition(edition)
    work()
    news = [_kinds(each)[number:] for each, number in zip(people, told, strict=True)]
    days = ["course_day"] * 2
    assert news == [["course", *days], [], ["course", "course", *days], ["course"], []]
    assert [_state(each)[0].value for each in (stays, moves, waits)] == ["confirmed", "cancelled", "confirmed"]
    assert _seats(moves.person)[1:] == _ids(other)  # next to the day that passed
    assert "gaat toch door" in _words(mail_to(stays.person, "course"))
    assert [each.place for each in edition.meetings_held] == [2, 3]
    course_editions.cancel_edition(edition, "Toch niet.")
    work()
    assert _kinds(stays.person)[-3:] == ["course", *days]


def _caught_up(meeting, elsewhere, *, came: bool):
    """Somebody who is enrolled and had this day elsewhere, where it was yesterday."""
    enrolment = made.enrolled(meeting.edition)
    enrolments.catch_up(enrolment, meeting, elsewhere.event_id)
    factories.move(elsewhere.event, hours=1)
    if came:
        presence.check_in_invitation(_invitation(enrolment.person, elsewhere), Entry.LIST, Mode.ON_SITE)
    factories.move(elsewhere.event, hours=-30)
    return enrolment


def test_yes_after_maybe_or_undoing_it_takes_the_maybe_back():
    edition = made.edition()
    enrolment = made.enrolled(edition)
    work()
    second, third = (_invitation(enrolment.person, each) for each in edition.meetings[1:])
    assert [_say(each, CalendarAnswer.TENTATIVE) for each in (second, third)] == [AnswerVerdict.APPLIED] * 2
    assert _say(second, CalendarAnswer.ACCEPTED, hours=2) == AnswerVerdict.APPLIED
    assert calendar_answers.undo_calendar_answer(third)
    assert (second.maybe_at, third.maybe_at) == (None, None)
    assert _seats(enrolment.person) == _ids(edition)


def test_maybe_of_who_waits_leaves_them_in_line_as_somebody_who_answered():
    edition = made.edition(seats=1)
    made.enrolled(edition)
    waiting = made.enrolled(edition)
    invitation = _invitation(waiting.person, edition.meetings[0])
    assert _say(invitation, CalendarAnswer.TENTATIVE) == AnswerVerdict.APPLIED
    assert _state(waiting) == (EnrolmentState.WAITING, 1)
    assert invitation.answer == Answer.YES
    work()
    assert "Je blijft op de wachtlijst staan" in _words(mail_to(waiting.person, "maybe"))


def test_who_undoes_the_no_of_their_calendar_waits_again():
    edition = made.edition(seats=1)
    made.enrolled(edition)
    waiting = made.enrolled(edition)
    invitation = _invitation(waiting.person, edition.meetings[0])
    assert _say(invitation, CalendarAnswer.DECLINED) == AnswerVerdict.APPLIED
    assert _state(waiting)[0] == EnrolmentState.CANCELLED
    assert calendar_answers.undo_calendar_answer(invitation)
    assert _state(waiting) == (EnrolmentState.WAITING, 1)


def test_a_no_to_each_day_is_one_to_the_course():
    edition = made.edition(seats=1)
    enrolment, waiting = made.enrolled(edition), made.enrolled(edition)
    work()
    for hours, meeting in enumerate(edition.meetings, 1):
        assert _state(waiting)[0] == EnrolmentState.WAITING
        assert _say(_invitation(enrolment.person, meeting), CalendarAnswer.DECLINED, hours=hours) == "applied"
    assert _state(enrolment)[0] == EnrolmentState.CANCELLED
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED
    assert "Je doet niet mee" in _words(mail_to(enrolment.person, "course"))


def test_who_skips_their_only_day_is_asked_to_leave():
    edition = made.edition(days=2)
    enrolment = made.enrolled(edition, absent=[edition.meetings[0].id])
    with pytest.raises(EnrolmentRefused, match="last_day"):
        enrolments.stay_away(enrolment, edition.meetings[1])
    factories.move(edition.meetings[0].event, hours=-1)
    enrolments.stay_away(enrolment, edition.meetings[1])
    assert _seats(enrolment.person) == []


def test_who_would_catch_up_on_every_day_does_not_wait_for_an_edition_that_is_full(editions):
    edition, other = editions
    edition.seats = 1
    made.enrolled(edition)
    everywhere = {mine.id: theirs.event_id for mine, theirs in zip(edition.meetings, other.meetings, strict=True)}
    with pytest.raises(EnrolmentRefused, match="no_day"):
        enrolments.enrol(made.invited(edition), {}, catch_up=everywhere)


def test_a_place_that_was_handed_over_comes_back_with_what_was_caught_up(editions):
    edition, other = editions
    enrolment = _caught_up(other.meetings[0], edition.meetings[0], came=True)
    there = _invitation(enrolment.person, other.meetings[1])
    theirs = answers.ask_substitute(there, "Bo Bakker", "bo@oss.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    back = answers.ask_substitute(theirs, enrolment.person.name, enrolment.person.addresses[0].address)
    answers.accept_invitation(back, Mode.ON_SITE)
    assert _seats(enrolment.person) == [edition.meetings[0].event_id, *_ids(other)[1:]]
    assert _seats(theirs.person) == []


def test_who_waits_no_more_for_another_edition_has_it_no_more_in_their_calendar(editions):
    edition, other = editions
    other.seats = 1
    made.enrolled(other)
    invitation = made.invited(other)
    inviting.plan_invitation_again(invitation)
    work()
    enrolments.enrol(invitation, {})
    made.enrolled(edition, invitation.person)
    work()
    assert (invitation.calendar_status, invitation.answer) == (CalendarStatus.CANCELLED, Answer.NO)


@pytest.mark.parametrize("guest_stays", [True, False])
def test_one_who_is_enrolled_and_one_who_catches_up_there_become_one(editions, guest_stays):
    edition, other = editions
    guest = made.enrolled(edition)
    enrolments.catch_up(guest, edition.meetings[0], other.meetings[0].event_id)
    pair = [guest.person, made.enrolled(other).person]
    before = [_seats(each) for each in pair]
    work()
    kept, gone = pair if guest_stays else reversed(pair)
    merge = merges.merge_people(kept, gone)
    db.session.expire_all()
    assert _seats(kept) == sorted([*_ids(edition)[1:], *_ids(other)])
    assert [each.words for each in balance.find_breaches()] == []
    merges.undo_merge(merge)
    db.session.expire_all()
    assert [_seats(each) for each in pair] == before


def test_a_seat_to_catch_up_that_comes_free_by_a_merge_is_for_who_waits(editions):
    edition, other = editions
    other.meetings[0].event.seats_on_site = 1
    first, guest = made.enrolled(edition), made.enrolled(edition)
    enrolments.catch_up(guest, edition.meetings[0], other.meetings[0].event_id)
    waiting = made.enrolled(other)
    assert _state(waiting)[0] == EnrolmentState.WAITING
    work()
    merges.merge_people(first.person, guest.person)
    db.session.expire_all()
    assert _state(waiting)[0] == EnrolmentState.CONFIRMED


def test_a_colleague_who_takes_over_waits_for_no_other_edition(editions):
    edition, other = editions
    other.seats = 1
    leaving = made.enrolled(other)
    bo = factories.person("Bo Bakker", address="bo@oss.example")
    waiting = made.enrolled(other, bo)
    giver = made.enrolled(edition)
    theirs = answers.ask_substitute(_invitation(giver.person, edition.meetings[0]), "Bo Bakker", "bo@oss.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert _state(waiting)[0] == EnrolmentState.CANCELLED
    enrolments.leave(leaving)
    assert _seats(bo) == _ids(edition)


def test_nobody_comes_into_a_second_edition_by_being_two_people_before(editions):
    edition, other = editions
    other.seats = 1
    leaving = made.enrolled(other)
    enrolled, waiting, next_one = made.enrolled(edition), made.enrolled(other), made.enrolled(other)
    work()
    merges.merge_people(enrolled.person, waiting.person)
    db.session.expire_all()
    enrolments.leave(leaving)
    assert _seats(enrolled.person) == _ids(edition)
    assert (_state(waiting)[0], _state(next_one)[0]) == (EnrolmentState.CANCELLED, EnrolmentState.CONFIRMED)


def test_who_would_catch_up_on_a_day_that_falls_away_has_it_again_when_it_comes_back(editions):
    edition, other = editions
    guest, no_more = made.enrolled(edition), made.enrolled(edition)
    for each in (guest, no_more):
        enrolments.catch_up(each, edition.meetings[1], other.meetings[1].event_id)
    enrolments.come(no_more, edition.meetings[1], Mode.ON_SITE)
    before = _seats(guest.person)
    meetings.drop_meeting(other.meetings[1])
    assert len(_seats(guest.person)) == 2
    meetings.take_back_meeting(other.meetings[1])
    assert _seats(guest.person) == before
    assert _seats(no_more.person) == _ids(edition)


def test_a_colleague_who_is_asked_from_a_day_elsewhere_takes_over_the_course_that_is_meant(editions):
    edition, other = editions
    giver = made.enrolled(edition)
    enrolments.catch_up(giver, edition.meetings[0], other.meetings[0].event_id)
    there = _invitation(giver.person, other.meetings[0])
    theirs = answers.ask_substitute(there, "Bo Bakker", "bo@oss.example")
    answers.accept_invitation(theirs, Mode.ON_SITE)
    assert _seats(theirs.person) == [*_ids(edition)[1:], other.meetings[0].event_id]
    assert _seats(giver.person) == []
    assert _state(giver)[0] == EnrolmentState.CANCELLED


def test_who_is_erased_after_their_edition_was_stays_counted_and_catches_up_no_more(editions):
    edition, other = editions
    enrolment = made.enrolled(edition)
    enrolments.stay_away(enrolment, edition.meetings[1])
    for meeting in edition.meetings:
        factories.move(meeting.event, hours=-300)
    enrolments.catch_up(enrolment, edition.meetings[1], other.meetings[1].event_id)
    work()
    people.erase_person(enrolment.person)
    assert _state(enrolment)[0] == EnrolmentState.CONFIRMED
    assert _seats(enrolment.person) == [_ids(edition)[0], _ids(edition)[2]]
