"""Courses and choices: a race for the places of a course, dividing a large day by wishes, and the page one chooses on."""

import random
from collections import Counter
from datetime import timedelta
from time import perf_counter

import sqlalchemy as sa

from app import clock
from app.breakouts import dividing, rounds
from app.breakouts.models import Wish
from app.courses.models import CourseEdition, Enrolment, EnrolmentState
from app.database import db
from app.events import programme
from app.events.models import Event
from app.events.programme import Choosing
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.registration.models import Registration, RegistrationState
from bench.measuring import Measuring, load, milliseconds
from bench.people import gather_statistics, many_people
from tests import factories
from tests.registration import made_courses
from tests.server import Server, serving

PEOPLE, MEETINGS, CLIENTS = 200, 6, 16
"""People who race for places for a quarter of them."""
DIVIDED, ROUNDS, SLOTS = 600, 3, 8
_HOUR = timedelta(hours=1)


def figures(server: Server, measuring: Measuring) -> None:
    people = measuring.many(PEOPLE, 20)
    with serving(server, "--workers", "2"):
        measuring.take(lambda: _race_for_meeting(server, people))
        measuring.take(lambda: _race_for_course(server, people))
        measuring.take(lambda: _divide(server, measuring.many(DIVIDED, 24)))
        with server.app.app_context():
            page = _link_of_chooser()
        measuring.take(lambda: {"answer page with 24 slots": milliseconds(page, times=25)})


def _race_for_meeting(server: Server, people: int) -> dict[str, float]:
    with server.app.app_context():
        event = factories.event(seats_on_site=people // 4)
        db.session.flush()
        links = _invite(event, people)
    found = load("registrations", links=links, clients=CLIENTS)
    return {"registrations for one meeting, 16 clients": found["registrations_per_s"]}


def _race_for_course(server: Server, people: int) -> dict[str, float]:
    """Through the server, by the links of an edition's first meeting; then how many have less or more than a place."""
    with server.app.app_context():
        edition = made_courses.edition(days=MEETINGS, seats=people // 4)
        number, links = edition.id, _invite(edition.meetings[0].event, people)
    found = load("registrations", links=links, clients=CLIENTS, answer="enrol")
    with server.app.app_context():
        faults = _count_faults(db.session.get_one(CourseEdition, number), people)
    return {
        "registrations in a course of 6 meetings, 16 clients": found["registrations_per_s"],
        "people with half a place, or one too many": faults,
    }


def _invite(event: Event, people: int) -> list[str]:
    """Their links, in an order in which no organisation or name comes first."""
    many_people(event, people, registered=False)
    db.session.commit()
    gather_statistics()
    found = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id))
    links = [invitation_links.link_to_invitation(each) for each in found]
    random.Random(1).shuffle(links)
    return links


def _count_faults(edition: CourseEdition, people: int) -> int:
    """Enrolments that are not in or in line as they should be, or hold another number of seats and days than that takes."""
    events = [each.event_id for each in edition.meetings]
    seats = (
        sa.select(Invitation.person_id, sa.func.count()).join(Registration.invitation).group_by(Invitation.person_id)
    )
    confirmed = Registration.event_id.in_(events), Registration.state == RegistrationState.CONFIRMED
    held = dict(db.session.execute(seats.where(*confirmed)).all())
    enrolments = db.session.scalars(sa.select(Enrolment).where(Enrolment.edition_id == edition.id)).all()
    wrong = sum(not _is_whole(each, held.pop(each.person_id, 0)) for each in enrolments) + len(held)
    states = Counter(each.state for each in enrolments)
    places = people // 4
    amiss = states - Counter({EnrolmentState.CONFIRMED: places, EnrolmentState.WAITING: people - places})
    return wrong + amiss.total() + people - len(enrolments)


def _is_whole(enrolment: Enrolment, seats: int) -> bool:
    """A seat on each day for who is in, none for who waits."""
    seated = sum(day.registration_id is not None for day in enrolment.days)
    wanted = MEETINGS if enrolment.state == EnrolmentState.CONFIRMED else 0
    return (seats, seated, len(enrolment.days)) == (wanted, wanted, MEETINGS)


def _divide(server: Server, people: int) -> dict[str, float]:
    """The press of an organiser: what it rests on is read, divided and saved; the same comes out for the same seed."""
    with server.app.app_context():
        event = _large_day(people)
        start = perf_counter()
        given = dividing.read_input(event)
        outcome = dividing.work_out(given)
        dividing.carry_out(event, outcome)
        db.session.commit()
        taken = perf_counter() - start
        again = dividing.work_out(given, outcome.seed)
        assert (again.places, again.lines) == (outcome.places, outcome.lines)
        assert len(outcome.places) == people * ROUNDS, len(outcome.places)
    return {"dividing 600 people over 3 rounds of 8 slots": taken}


def _large_day(people: int) -> Event:
    """Wishes are in, for what some want more than others; with as many places as people in each round."""
    event = factories.event(title="Netwerkdag", ends_at=factories.start() + ROUNDS * _HOUR)
    for number in range(ROUNDS):
        begin = event.starts_at + number * _HOUR
        row = rounds.save_round(
            event,
            None,
            title=f"Ronde {number}",
            starts_at=begin,
            ends_at=begin + _HOUR,
            closes_at=clock.now(),
            by_wish=True,
        )
        for letter in "ABCDEFGH"[:SLOTS]:
            programme.save_slot(
                event, None, title=f"Tafel {letter}", starts_at=begin, ends_at=begin + _HOUR, description="",
                speakers=[], choosing=Choosing([row], seats_on_site=-(-people // SLOTS)),
            )  # fmt: skip
    db.session.flush()
    db.session.refresh(event, ["slots", "rounds"])
    many_people(event, people)
    _wish(event)
    db.session.commit()
    return event


def _wish(event: Event) -> None:
    pick, wishes = random.Random(7), []
    offered = {row.id: [slot.id for slot in event.slots if row in slot.rounds] for row in event.rounds}
    for registration in db.session.scalars(sa.select(Registration.id).where(Registration.event_id == event.id)):
        for row, slots in offered.items():
            first = pick.choices(slots, [9, 8, 6, 4, 3, 2, 1, 1])[0]
            second = pick.choice([each for each in slots if each != first])
            same = {"registration_id": registration, "round_id": row}
            wishes += [same | {"rank": rank, "slot_id": each} for rank, each in enumerate((first, second), 1)]
    db.session.execute(sa.insert(Wish), wishes)


def _link_of_chooser() -> str:
    """The page of somebody at the last day that was divided, who still can choose in each round."""
    last = sa.select(Invitation).join(Registration, Registration.invitation_id == Invitation.id)
    return invitation_links.link_to_invitation(db.session.scalars(last.order_by(Invitation.id.desc()).limit(1)).one())
