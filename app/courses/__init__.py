"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.courses.models import Enrolment
    from app.events.models import Event
    from app.network.models import Membership
    from app.network.people.models import Person


def wire() -> None:
    from app.courses import models  # noqa: F401
    from app.events import planning
    from app.network import memberships
    from app.network.people import people
    from app.registration import course_places

    planning.moved.connect(_follow_first_day)
    memberships.left.connect(_leave_network)
    people.erased.connect(_forget_interests)
    course_places.enrolled.connect(_end_interest)


def bind(app: Flask) -> None:
    from app.courses import completion_views, interest_views, organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, completion_views, participant_views, interest_views, public_views)


def _follow_first_day(event: "Event", **about: Any) -> None:
    from app.courses import editions

    editions.follow_first_day(event, **about)


def _forget_interests(person: "Person") -> None:
    from app.courses import interests

    interests.forget_person(person)


def _leave_network(membership: "Membership") -> None:
    from app.courses import interests

    interests.stop_in_network(membership.person, membership.network_id)


def _end_interest(enrolment: "Enrolment") -> None:
    from app.courses import interests

    interests.end_by_enrolling(enrolment)
