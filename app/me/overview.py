"""What somebody finds on their own page: what is coming and how they answered, material, what they agreed, what they asked to hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.certificates import issuing
from app.certificates.models import Certificate
from app.courses import interest_letters
from app.courses.models import CourseEdition, CourseInterest, CourseMeeting
from app.database import db
from app.events.models import Event, EventState, Mode
from app.invitations import invitation_links
from app.invitations.models import Answer, Invitation
from app.lessons.insights import commitment_queries, use_questions, uses
from app.lessons.insights.models import Commitment
from app.matching.kinds import Reply
from app.matching.models import MatchEnrolment, MatchRound
from app.materials import reading
from app.materials.models import Material
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose

MOST_SHELVES = 12
"""Sessions of which the material stands on the page, the latest first."""
ROUNDS_SHOWN = timedelta(days=365)
"""How long after a round of matching closed who took part finds their page of it here."""


class Answered(NamedTuple):
    """How somebody answered, for a badge."""

    words: str
    tone: str


@dataclass(frozen=True)
class Coming:
    """A session that somebody is invited to and that is not over."""

    event: Event
    course: str
    """The course of which it is a day, if it is."""
    answered: Answered
    page: str
    """Where they answer, or change it."""


@dataclass(frozen=True)
class Shelf:
    """The material of a session that somebody may read."""

    event: Event
    materials: Sequence[Material]


@dataclass(frozen=True)
class UseLine:
    """A session of which they are asked what they did with what was suggested there."""

    event: Event
    page: str


@dataclass(frozen=True)
class WaitsFor:
    """A course of which somebody wants to hear when it is given again."""

    title: str
    page: str


@dataclass(frozen=True)
class InRound:
    """A round of matching in which somebody was asked."""

    round: MatchRound
    answered: Answered
    page: str


@dataclass(frozen=True)
class Overview:
    """All of it, read in a fixed number of queries."""

    coming: list[Coming]
    shelves: list[Shelf]
    certificates: list[Certificate]
    commitments: list[Commitment]
    uses: list[UseLine]
    waits_for: list[WaitsFor]
    rounds: list[InRound]
    memberships: list[Membership]


def make_overview(person: Person) -> Overview:
    return Overview(
        list_coming(person),
        list_shelves(person),
        issuing.certificates_of_person(person),
        commitment_queries.commitments_of(person),
        _list_uses(person),
        _list_waits_for(person),
        list_rounds(person),
        _list_memberships(person),
    )


def list_coming(person: Person) -> list[Coming]:
    """By when it begins, also what was cancelled."""
    wanted = (
        sa.select(Invitation, Registration)
        .join(Invitation.event)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.person_id == person.id, Event.ends_at > clock.now(), Event.state != EventState.DRAFT)
        .options(joinedload(Invitation.event).joinedload(Event.network))
        .order_by(Event.starts_at, Event.id)
    )
    rows = db.session.execute(wanted).all()
    courses = _courses_of([invitation.event_id for invitation, _ in rows])
    return [
        Coming(
            invitation.event,
            courses.get(invitation.event_id, ""),
            _say_answer(invitation, registration),
            invitation_links.link_to_invitation(invitation),
        )
        for invitation, registration in rows
    ]


def list_shelves(person: Person) -> list[Shelf]:
    """The latest sessions of which there is something to read."""
    wanted = (
        sa.select(Invitation)
        .join(Invitation.event)
        .where(Invitation.person_id == person.id, Event.state == EventState.PUBLISHED)
        .options(joinedload(Invitation.event).joinedload(Event.network))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    invited = db.session.scalars(wanted).all()
    found = reading.materials_of_invited([each.id for each in invited])
    return [Shelf(each.event, found[each.id]) for each in invited if each.id in found][:MOST_SHELVES]


def list_rounds(person: Person) -> list[InRound]:
    """Rounds in which they can answer, and those in which they take part; the latest first."""
    wanted = (
        sa.select(MatchEnrolment)
        .join(MatchEnrolment.round)
        .where(MatchEnrolment.person_id == person.id, MatchRound.opened_at.is_not(None), MatchRound.ended_at.is_(None))
        .where(MatchRound.closes_at > clock.now() - ROUNDS_SHOWN)
        .where(sa.or_(MatchRound.closes_at > clock.now(), MatchEnrolment.answer == Reply.YES))
        .options(joinedload(MatchEnrolment.round).joinedload(MatchRound.network), joinedload(MatchEnrolment.seat))
        .order_by(MatchRound.id.desc())
    )
    return [InRound(each.round, _say_part(each), _link_of_round(each)) for each in db.session.scalars(wanted)]


def find_invitation(person: Person, slug: str) -> Invitation | None:
    """Somebody's invitation to the session of this address."""
    wanted = sa.select(Invitation).join(Invitation.event).where(Invitation.person_id == person.id, Event.slug == slug)
    return db.session.scalar(wanted)


def _list_uses(person: Person) -> list[UseLine]:
    asked = use_questions.list_unanswered(person)
    return [UseLine(each.invitation.event, uses.link_to_uses(each.invitation)) for each in asked]


def _list_memberships(person: Person) -> list[Membership]:
    wanted = sa.select(Membership).where(Membership.person_id == person.id, Membership.standing != Standing.LEFT)
    found = db.session.scalars(wanted.options(joinedload(Membership.network)))
    return sorted(found, key=lambda each: each.network.name)


def _courses_of(event_ids: Sequence[int]) -> dict[int, str]:
    wanted = sa.select(CourseMeeting).where(CourseMeeting.event_id.in_(event_ids))
    found = db.session.scalars(wanted.options(joinedload(CourseMeeting.edition).joinedload(CourseEdition.course)))
    return {each.event_id: each.edition.course.title for each in found} if event_ids else {}


def _list_waits_for(person: Person) -> list[WaitsFor]:
    waits = CourseInterest.confirmed_at.is_not(None), CourseInterest.told_at.is_(None)
    wanted = sa.select(CourseInterest).where(CourseInterest.person_id == person.id, *waits)
    found = db.session.scalars(wanted.options(joinedload(CourseInterest.course)).order_by(CourseInterest.id))
    return [WaitsFor(each.course.title, interest_letters.link_of_interest(each)) for each in found]


def _say_answer(invitation: Invitation, registration: Registration | None) -> Answered:
    if invitation.event.cancelled:
        return Answered(gettext("Gaat niet door"), "red")
    if registration and registration.state == RegistrationState.CONFIRMED:
        comes = registration.mode == Mode.ON_SITE
        return Answered(gettext("Je komt") if comes else gettext("Je doet online mee"), "green")
    if registration and registration.state == RegistrationState.WAITING:
        return Answered(gettext("Je wacht op een plek"), "amber")
    if invitation.answer == Answer.SUBSTITUTE:
        return Answered(gettext("Je vroeg een collega"), "quiet")
    if invitation.answer == Answer.NO or registration:
        return Answered(gettext("Je komt niet"), "quiet")
    if invitation.maybe_at:
        return Answered(gettext("Je komt misschien"), "amber")
    return Answered(gettext("Nog geen antwoord"), "accent")


def _link_of_round(enrolment: MatchEnrolment) -> str:
    return urls.match_url(tokens.make_token(Purpose.MATCH, enrolment.id))


def _say_part(enrolment: MatchEnrolment) -> Answered:
    """How somebody answered the call, and then what was proposed."""
    row, seat = enrolment.round, enrolment.seat
    if row.sent_at and seat is None:
        return Answered(gettext("Deze keer geen plek"), "amber")
    if not row.sent_at or seat is None:
        return _say_call(enrolment)
    if seat.left_at:
        return Answered(gettext("Je bent gestopt"), "quiet")
    if seat.answer is None:
        return Answered(gettext("Zeg ja of nee"), "accent")
    return (
        Answered(gettext("Je zei ja"), "green")
        if seat.answer == Reply.YES
        else Answered(gettext("Je zei nee"), "quiet")
    )


def _say_call(enrolment: MatchEnrolment) -> Answered:
    if enrolment.answer is None:
        return Answered(gettext("Nog geen antwoord"), "accent")
    takes_part = enrolment.answer == Reply.YES
    return Answered(gettext("Je doet mee"), "green") if takes_part else Answered(gettext("Je doet niet mee"), "quiet")
