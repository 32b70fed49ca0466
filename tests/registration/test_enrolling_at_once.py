"""Many people enrol in a course at once: nobody has half of it, and never more people than there are places."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from app.courses.models import Enrolment, EnrolmentState
from app.database import db
from app.invitations.models import Invitation
from app.registration import enrolments
from app.registration.models import Registration, RegistrationState
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
