"""Who completed an edition of a course: presence by day, against the rule."""

import pytest

from app import clock
from app.attendance import closing
from app.courses import completion
from app.courses.completion import Day, Outcome
from app.events.models import EventState
from tests import factories
from tests.courses import taught


def _standing(enrolment):
    return completion.standing_of(enrolment.edition, enrolment.person_id)


def _days(enrolment):
    return [each.day for each in _standing(enrolment).days]


def test_who_was_at_every_meeting_completed_it_once_all_are_closed(app):
    edition = taught.edition()
    enrolment = taught.enrol(edition)
    first, second, third = taught.days(edition)
    taught.present(enrolment.person, first, second, third)

    assert _days(enrolment) == [Day.OPEN] * 3
    taught.close(first, second)
    assert (_days(enrolment), _standing(enrolment).outcome) == ([Day.ATTENDED, Day.ATTENDED, Day.OPEN], Outcome.OPEN)
    taught.close(third)
    assert _standing(enrolment).outcome == Outcome.COMPLETED


def test_apologised_missed_and_not_yet_known_differ(app):
    edition = taught.edition(days_ago=-5)
    enrolment = taught.enrol(edition, absent=[1])
    first, second, _ = taught.days(edition)
    taught.close(first, second)

    assert _days(enrolment) == [Day.APOLOGISED, Day.MISSED, Day.OPEN]
    assert _standing(enrolment).outcome == Outcome.NOT_COMPLETED


def test_nothing_is_missed_before_it_is_closed(app):
    enrolment = taught.enrol(taught.edition())

    assert _days(enrolment) == [Day.OPEN] * 3
    assert _standing(enrolment).outcome == Outcome.OPEN


def test_a_day_caught_up_at_another_edition_counts_once_that_one_is_closed(app):
    course = taught.course()
    edition, other = taught.edition(course), taught.edition(course, "Najaar")
    enrolment = taught.enrol(edition, catch_up={2: taught.days(other)[1]})
    first, second, third = taught.days(edition)
    taught.present(enrolment.person, first, third, taught.days(other)[1])
    taught.close(first, second, third)

    assert _standing(enrolment).outcome == Outcome.OPEN
    taught.close(taught.days(other)[1])
    standing = _standing(enrolment)
    assert standing.outcome == Outcome.COMPLETED
    assert [each.elsewhere for each in standing.days] == [False, True, False]


def test_who_said_to_be_absent_and_came_all_the_same_was_there(app):
    edition = taught.edition()
    enrolment = taught.enrol(edition, absent=[2])
    taught.present(enrolment.person, *taught.days(edition))
    taught.close(*taught.days(edition))

    assert _standing(enrolment).outcome == Outcome.COMPLETED


def test_who_walks_in_at_the_same_meeting_elsewhere_caught_up_there(app):
    course = taught.course()
    edition, other = taught.edition(course), taught.edition(course, "Najaar")
    enrolment = taught.enrol(edition, absent=[2])
    first, second, third = taught.days(edition)
    taught.present(enrolment.person, first, third, taught.days(other)[1])
    taught.close(first, second, third, taught.days(other)[1])

    assert _standing(enrolment).outcome == Outcome.COMPLETED


def test_of_who_is_in_two_editions_a_day_counts_for_the_one_it_is_of(app):
    course = taught.course()
    edition, other = taught.edition(course), taught.edition(course, "Najaar")
    who = factories.person()
    enrolments = taught.enrol(edition, who), taught.enrol(other, who)
    taught.present(who, *taught.days(other))
    taught.close(*taught.days(edition), *taught.days(other))

    assert [_standing(each).outcome for each in enrolments] == [Outcome.NOT_COMPLETED, Outcome.COMPLETED]


@pytest.mark.parametrize(
    ("needed", "dropped", "wanted"), [(None, 0, 3), (2, 0, 2), (2, 1, 1), (1, 1, 1), (None, 1, 2), (3, 3, 0)]
)
def test_a_meeting_that_is_dropped_is_one_less_to_be_at(app, needed, dropped, wanted):
    edition = taught.edition(taught.course(needed=needed))
    for meeting in edition.meetings[:dropped]:
        meeting.dropped_at = clock.now()

    assert completion.count_needed(edition) == wanted


def test_nobody_missed_a_meeting_that_was_dropped_or_whose_session_was_cancelled(app):
    edition = taught.edition()
    enrolment = taught.enrol(edition)
    _, second, third = taught.days(edition)
    edition.meetings[0].dropped_at = clock.now()
    second.state = EventState.CANCELLED
    taught.present(enrolment.person, third)
    taught.close(third)

    assert (_days(enrolment), _standing(enrolment).outcome) == ([Day.ATTENDED], Outcome.COMPLETED)


def test_an_obligatory_meeting_is_needed_whatever_the_number(app):
    edition = taught.edition(taught.course(needed=2), obligatory=[3])
    without, with_it = taught.enrol(edition), taught.enrol(edition)
    first, second, third = taught.days(edition)
    taught.present(without.person, first, second)
    taught.present(with_it.person, second, third)
    taught.close(first, second, third)

    assert _standing(with_it).outcome == Outcome.COMPLETED
    assert _standing(without).outcome == Outcome.NOT_COMPLETED
    assert [each.place for each in _standing(without).lacking] == [3]


def test_a_substitute_halfway_takes_no_presence_along_and_missed_nothing_before(app):
    edition = taught.edition()
    giver = taught.enrol(edition)
    first, second, third = taught.days(edition)
    taught.present(giver.person, first)
    taker = taught.enrol(edition)
    taker.created_at = second.starts_at
    taught.present(taker.person, second, third)
    taught.close(first, second, third)

    assert _days(taker) == [Day.NOT_EXPECTED, Day.ATTENDED, Day.ATTENDED]
    assert _standing(taker).outcome == Outcome.NOT_COMPLETED


def test_attendance_that_is_opened_again_is_unknown(app):
    enrolment = taught.completed()
    closing.open_attendance(taught.days(enrolment.edition)[1])

    assert _standing(enrolment).outcome == Outcome.OPEN


def test_people_of_an_edition_count_once(app):
    edition = taught.edition()
    for name in ("Sanne", "Joost", "Fatima"):
        taught.present(taught.enrol(edition, factories.person(name)).person, *taught.days(edition)[:2])
    taught.enrol(edition)
    taught.close(*taught.days(edition))

    assert completion.load_completion(edition).figures == {"enrolled": 4, "came": 3, "completed": 0}
