"""What becomes of enrolments and certificates of courses when people are erased, become one, or become two again."""

import json

import pytest
import sqlalchemy as sa

from app.courses import completion, course_certificates
from app.courses.completion import Outcome
from app.courses.models import Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.network.imports import merges
from app.network.people import own_data, people
from tests import factories
from tests.courses import taught
from tests.helpers import sign_in_person


def _state(enrolment_id: int) -> EnrolmentState:
    return db.session.scalar(sa.select(Enrolment.state).where(Enrolment.id == enrolment_id))


@pytest.mark.parametrize(("days_ago", "state"), [(-5, EnrolmentState.CANCELLED), (3, EnrolmentState.CONFIRMED)])
def test_erased_a_place_in_a_course_that_goes_on_is_given_up_and_one_that_was_stays_counted(app, days_ago, state):
    edition = taught.edition(days_ago=days_ago)
    enrolment = taught.enrol(edition)
    taught.present(enrolment.person, taught.days(edition)[0])
    taught.close(taught.days(edition)[0])
    enrolment_id = enrolment.id

    people.erase_person(enrolment.person)
    db.session.commit()

    assert _state(enrolment_id) == state
    assert completion.load_completion(edition).figures["came"] == (state == EnrolmentState.CONFIRMED)


def test_merged_an_enrolment_goes_along_and_comes_back(app):
    enrolment = taught.completed("Sanne Vries")
    edition, gone, kept = enrolment.edition, enrolment.person, factories.person("Sanne de Vries")
    certificate = course_certificates.issue_certificate(edition, gone)

    merge = merges.merge_people(kept, gone)
    assert completion.standing_of(edition, kept.id).outcome == Outcome.COMPLETED
    assert course_certificates.certificate_of(edition, kept.id).number == certificate.number

    merges.undo_merge(merge)
    assert completion.standing_of(edition, kept.id) is None
    assert completion.standing_of(edition, gone.id).outcome == Outcome.COMPLETED


def test_of_two_who_are_both_enrolled_one_is_with_the_seats_and_presence_of_both(app):
    edition = taught.edition()
    first, second, third = taught.days(edition)
    kept, gone = factories.person("Sanne de Vries"), factories.person("Sanne Vries")
    taught.enrol(edition, kept, absent=[3])
    taught.enrol(edition, gone, absent=[1])
    taught.present(kept, first)
    taught.present(gone, second, third)
    taught.close(first, second, third)
    before = _days()

    merge = merges.merge_people(kept, gone)
    db.session.commit()

    assert completion.standing_of(edition, kept.id).outcome == Outcome.COMPLETED
    assert [each for each in _days() if each[2] is None] == []
    assert len(_days()) == 3
    merges.undo_merge(merge)
    assert _days() == before


def test_who_has_a_place_goes_before_who_left(app):
    edition = taught.edition()
    kept, gone = factories.person("Sanne de Vries"), factories.person("Sanne Vries")
    taught.enrol(edition, kept).state = EnrolmentState.CANCELLED
    confirmed = taught.enrol(edition, gone)
    confirmed_id = confirmed.id

    merges.merge_people(kept, gone)

    found = db.session.execute(sa.select(Enrolment.id, Enrolment.person_id, Enrolment.state)).all()
    assert found == [(confirmed_id, kept.id, EnrolmentState.CONFIRMED)]


def _days():
    wanted = sa.select(EnrolmentDay.enrolment_id, EnrolmentDay.meeting_id, EnrolmentDay.registration_id)
    return [tuple(row) for row in db.session.execute(wanted.order_by(EnrolmentDay.id))]


def test_what_we_know_of_somebody_names_their_enrolments_days_and_certificates(client, app):
    enrolment = taught.completed()
    certificate = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    db.session.commit()

    copy = own_data.copy_own_data(enrolment.person)
    assert [row["id"] for row in copy["enrolments"]] == [enrolment.id]
    assert len(copy["enrolment_days"]) == 3
    assert certificate.number in json.dumps(copy)

    sign_in_person(client, enrolment.person)
    page = client.get("/me/data").text
    assert "leergang voltooid" in page
    assert certificate.number in page
    pdf = client.get(f"/me/certificates/{certificate.id}")
    assert pdf.mimetype == "application/pdf"


def test_a_certificate_of_somebody_else_is_not_among_ones_own(client, app):
    enrolment = taught.completed()
    certificate = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    other = factories.person("Jan Jansen")
    db.session.commit()

    sign_in_person(client, other)
    assert client.get(f"/me/certificates/{certificate.id}").status_code == 404
