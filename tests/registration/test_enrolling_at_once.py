"""Many people enrol in a course at once: nobody has half of it, and never more people than there are places."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.courses.models import Enrolment, EnrolmentState
from app.database import db
from app.invitations.models import Invitation
from app.registration import calendar_answers, enrolments
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
from app.registration.models import CalendarAnswer, Registration, RegistrationState
from app.upkeep import balance
from tests.registration import made_courses as made

PEOPLE, CLIENTS = 24, 8


def test_a_race_leaves_no_half_places(app):
    course = made.course()
    edition, other = made.edition(course, days=4, seats=10), made.edition(course, days=4, begins=60, seats=10)
    edition.meetings[2].event.seats_on_site = 8
    invited = [made.invited(each) for each in (edition, other) for _ in range(PEOPLE // 2)]
    edition_id, numbers = edition.id, [each.id for each in invited]
    around = {edition.meetings[2].id: other.meetings[2].event_id}
    db.session.commit()

    def enrol(place: int) -> None:
        with app.app_context():
            invitation = db.session.get_one(Invitation, numbers[place])
            enrolled = enrolments.enrol(invitation, {}, catch_up=around if place < 3 else {})
            db.session.commit()
            if place % 5 == 4:
                enrolments.leave(enrolled)
                db.session.commit()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(enrol, range(PEOPLE)))
    db.session.expire_all()
    assert [each.words for each in balance.find_breaches()] == []
    states = Counter(db.session.scalars(sa.select(Enrolment.state).where(Enrolment.edition_id == edition_id)))
    assert 8 <= states[EnrolmentState.CONFIRMED] <= 10  # by whether who skips the full day came before it was full
    seats = (
        sa.select(sa.func.count())
        .select_from(Registration)
        .join(Invitation, Invitation.id == Registration.invitation_id)
    )
    each_has = db.session.scalars(
        seats.where(Registration.state == RegistrationState.CONFIRMED).group_by(Invitation.person_id)
    )
    assert set(each_has) == {4}


def test_answers_from_calendars_wait_for_who_enrols_and_the_other_way_round(app):
    edition = made.edition(days=4, seats=PEOPLE)
    enrolled = [made.enrolled(edition).person_id for _ in range(PEOPLE // 2)]
    events = [each.event_id for each in edition.meetings]
    mine = sa.select(Invitation.id).where(Invitation.person_id.in_(enrolled))
    answering = db.session.scalars(mine.where(Invitation.event_id == events[3]).order_by(Invitation.id)).all()
    enrolling = [made.invited(edition).id for _ in range(PEOPLE // 2)]
    edition_id = edition.id
    db.session.commit()

    def act(place: int) -> None:
        with app.app_context():
            if place % 2:
                enrolments.enrol(db.session.get_one(Invitation, enrolling[place // 2]), {})
            else:
                invitation = db.session.get_one(Invitation, answering[place // 2])
                no = ReceivedAnswer(CalendarAnswer.DECLINED, 0, clock.now() + timedelta(hours=1))
                assert calendar_answers.apply_calendar_answer(invitation, no) == AnswerVerdict.APPLIED
            db.session.commit()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(act, range(PEOPLE)))
    db.session.expire_all()
    assert [each.words for each in balance.find_breaches()] == []
    seats = (
        sa.select(sa.func.count()).select_from(Registration).where(Registration.state == RegistrationState.CONFIRMED)
    )
    assert [db.session.scalar(seats.where(Registration.event_id == each)) for each in events] == [24, 24, 24, 12]
    assert db.session.scalar(sa.select(sa.func.count()).where(Enrolment.edition_id == edition_id)) == PEOPLE
