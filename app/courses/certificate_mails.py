"""Certificates of courses that the clockwork makes and mails, once an organiser let them go out."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.certificates import issuing, letter_mails
from app.certificates.models import Certificate
from app.courses import completion, course_certificates
from app.courses.models import CertificatesWanted, CourseEdition, Enrolment
from app.database import db
from app.network.people.models import Person
from app.setbacks import one_by_one


def mail_certificate(edition: CourseEdition, certificate: Certificate) -> bool:
    """Promise somebody the certificate as it is now; False when they have no address or were never invited."""
    invitation = course_certificates.invitation_of_certificate(edition, certificate)
    return invitation is not None and letter_mails.mail_letter(certificate, invitation)


def send_wanted_certificates() -> int:
    """Give whoever completed an edition their certificate where that was wanted, each by itself; returns how many.

    An edition is looked at again once an attendance is closed, or as long as somebody's failed and is to be tried again.
    """
    seen_at = clock.now()
    edition_ids = course_certificates.editions_to_look_at()
    waiting = {edition_id: _without_certificate(edition_id) for edition_id in edition_ids}
    db.session.commit()
    everybody, refused = [each for some in waiting.values() for each in some], set[int]()
    done = one_by_one.do_each("send_wanted_certificates", everybody, lambda each: _send_certificate(each, refused))
    for edition_id in edition_ids:
        if refused.issuperset(_without_certificate(edition_id)):
            looked = sa.update(CertificatesWanted).where(CertificatesWanted.edition_id == edition_id)
            db.session.execute(looked.values(looked_at=seen_at))
        db.session.commit()
    return done


def _without_certificate(edition_id: int) -> list[int]:
    edition = db.session.get_one(CourseEdition, edition_id)
    return course_certificates.enrolments_without(edition, completion.load_completion(edition))


def _send_certificate(enrolment_id: int, refused: set[int]) -> int:
    """Issue and promise one certificate; who gets none is noted in `refused`.

    So it is when an attendance was opened again or this person has not completed it any more.
    """
    whole = (selectinload(Enrolment.person).selectinload(Person.addresses), joinedload(Enrolment.edition))
    enrolment = db.session.get(Enrolment, enrolment_id, options=whole)
    if enrolment is None or course_certificates.certificate_of(enrolment.edition, enrolment.person_id):
        return 0
    try:
        certificate = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    except (course_certificates.NotYet, course_certificates.NotCompleted, issuing.NoCertificate):
        refused.add(enrolment_id)
        return 0
    invitation = course_certificates.invitation_for(enrolment.edition, enrolment.person_id)
    if invitation is not None:
        letter_mails.plan_mailing(certificate, invitation)
    return 1
