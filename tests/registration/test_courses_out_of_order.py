"""Courses in an order of acts that nobody planned: places stay right, and whoever it concerns hears it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.courses import meetings
from app.courses.models import EnrolmentState
from app.database import db
from app.events.planning import Notice
from app.invitations.models import Invitation
from app.registration import calendar_answers, enrolments
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
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
    edition = made.edition(days=2)
    made.enrolled(edition)
    unseated = made.enrolled(edition)
    work()
    enrolments.seat_meeting(made.add_meeting(edition, 3, seats_on_site=1))
    work()
    assert _kinds(unseated.person)[3:] == ["course"]
    assert "je bent er deze dag niet" in _words(mail_to(unseated.person, "course"))


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
