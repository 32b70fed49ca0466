"""Certificates of a course: for whoever completed an edition, once the attendance of all its meetings is closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts.models import Account
from app.attendance import closing, taps
from app.attendance.models import AttendanceClosing
from app.certificates import attendance_letters, issuing
from app.certificates.issuing import Facts
from app.certificates.models import Certificate
from app.courses import completion
from app.courses.completion import Completion, Outcome, Standing
from app.courses.models import (
    CertificatesWanted,
    Course,
    CourseEdition,
    CourseMeeting,
    EditionState,
    Enrolment,
    EnrolmentState,
)
from app.database import add_once, db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.models import Network
from app.network.people.models import Person
from app.words import Refusal, Worded

LONGEST_PLACE = 300


class NotCompleted(Refusal):
    """Who has not completed an edition gets no certificate of it."""

    says = _l(
        "Deze persoon heeft de leergang niet voltooid. Heropen de aanwezigheid van een bijeenkomst als dat niet klopt."
    )


class NotYet(Refusal):
    """The certificates of an edition cannot go out yet."""

    says = {
        "open": _l("De aanwezigheid van ‘%(title)s’ is nog niet afgesloten. Sluit die eerst af."),
        "not_held": _l("Deze uitvoering is een concept of geannuleerd: er zijn geen certificaten."),
        "nothing": _l("Deze uitvoering heeft geen bijeenkomsten die doorgaan: er zijn geen certificaten."),
    }


class Difference(Worded):
    """Why a certificate that was issued is not what it would be today."""

    NOT_COMPLETED = "not_completed", _l("heeft de leergang niet meer voltooid"), "red"
    OPEN = "open", _l("aanwezigheid weer open"), "amber"
    DAYS = "days", _l("andere dagen of uren"), "amber"


@dataclass(frozen=True)
class CertificateRow:
    """Somebody who is enrolled or has a certificate, on the organisers' list."""

    name: str
    standing: Standing | None
    certificate: Certificate | None
    difference: Difference | None


@dataclass(frozen=True)
class OwnCourse:
    """How it stands with somebody's course, for their own page."""

    edition: CourseEdition
    standing: Standing | None
    certificate: Certificate | None


def find_edition(network: Network, edition_id: int) -> CourseEdition | None:
    """An edition of a course of this network."""
    wanted = sa.select(CourseEdition).join(Course, Course.id == CourseEdition.course_id)
    return db.session.scalar(wanted.where(CourseEdition.id == edition_id, Course.network_id == network.id))


def edition_of_event(event: Event) -> CourseEdition | None:
    """The edition that an event is a meeting of."""
    wanted = sa.select(CourseEdition).join(CourseMeeting, CourseMeeting.edition_id == CourseEdition.id)
    return db.session.scalar(wanted.where(CourseMeeting.event_id == event.id))


def facts_of_course(edition: CourseEdition, held: Completion, standing: Standing) -> Facts:
    """What a certificate says: each day with its hours, whoever sat there, and the rule that was met."""
    parts = [attendance_letters.facts_of_presence(each.event, each.there) for each in standing.attended if each.event]
    minutes: Counter[str] = Counter()
    for day, took in (pair for part in parts for pair in part.days):
        minutes[str(day)] += int(took)
    network = edition.course.network
    places = "; ".join(dict.fromkeys(part.place for part in parts if part.place))
    return Facts(
        title=edition.course.title,
        confidential=not network.listed or any(each.event.confidential for each in held.meetings),
        days=[[day, took] for day, took in sorted(minutes.items())],
        place=places if len(places) <= LONGEST_PLACE else places[: LONGEST_PLACE - 1] + "…",
        network=network.name,
        signatory_name=network.signatory_name or network.name,
        signatory_function=network.signatory_function if network.signatory_name else "",
        attended=len(standing.attended),
        needed=held.needed,
        held=len(held.meetings),
        obligatory=held.obligatory,
    )


def demand_settled(edition: CourseEdition) -> None:
    """Raise NotYet as long as the attendance of a meeting is open. Until the transaction ends nobody opens one."""
    if edition.state != EditionState.PUBLISHED:
        raise NotYet("not_held")
    meetings = completion.meetings_that_count(edition)
    for event_id in sorted(each.event_id for each in meetings):
        taps.take_turn(event_id)
    for meeting in meetings:
        if closing.closing_of(meeting.event) is None:
            raise NotYet("open", title=meeting.event.title)
    if not meetings:
        raise NotYet("nothing")


def issue_certificate(edition: CourseEdition, person: Person, by: Account | None = None) -> Certificate:
    """The certificate of whoever completed an edition, a new one when they have none. Raises NotYet, NotCompleted or NoCertificate."""
    facts = _facts_now(edition, person.id)
    certificate = issuing.issue_certificate(person, facts, edition.course.network_id, by, course_edition_id=edition.id)
    if certificate.withdrawn_at:
        raise issuing.NoCertificate("withdrawn")
    return certificate


def issue_certificate_again(
    edition: CourseEdition, certificate: Certificate, name: str, by: Account | None = None
) -> bool:
    """The certificate with this name and what holds now, under its number; False when it says so already.

    Raises NotYet, NotCompleted or NoCertificate.
    """
    if certificate.person_id is None:
        raise issuing.NoCertificate("gone")
    facts = _facts_now(edition, attendance_letters.who_they_are([certificate.person_id])[certificate.person_id])
    return issuing.issue_again(certificate, facts, name, by)


def _facts_now(edition: CourseEdition, person_id: int) -> Facts:
    demand_settled(edition)
    held = completion.load_completion(edition, [person_id])
    standing = next(iter(held.standings), None)
    if standing is None or standing.outcome != Outcome.COMPLETED:
        raise NotCompleted
    return facts_of_course(edition, held, standing)


def find_certificate(edition: CourseEdition, certificate_id: int) -> Certificate | None:
    """A certificate of this edition by its id, as long as it is somebody's."""
    return db.session.scalar(_certificates(edition).where(Certificate.id == certificate_id))


def certificate_of(edition: CourseEdition, person_id: int) -> Certificate | None:
    return db.session.scalar(_certificates(edition).where(Certificate.person_id == person_id))


def _certificates(edition: CourseEdition) -> sa.Select[Certificate]:
    wanted = issuing.select_certificates().where(Certificate.course_edition_id == edition.id)
    return wanted.where(Certificate.person_id.is_not(None))


def list_rows(edition: CourseEdition, held: Completion) -> list[CertificateRow]:
    """Whoever is enrolled and whoever has a certificate, with what does not hold any more; by name."""
    certificates = list(db.session.scalars(_certificates(edition)))
    is_now = attendance_letters.who_they_are([each.person_id for each in certificates if each.person_id])
    standings = {each.enrolment.person_id: each for each in held.standings}
    rows = []
    for certificate in certificates:
        standing = standings.get(is_now[certificate.person_id]) if certificate.person_id else None
        difference = _differs(edition, held, standing, certificate)
        rows.append(CertificateRow(certificate.newest.name, standing, certificate, difference))
    have = set(is_now.values())
    rows += [
        CertificateRow(each.enrolment.person.name, each, None, None)
        for person_id, each in standings.items()
        if person_id not in have
    ]
    return sorted(rows, key=_by_name)


def _by_name(row: CertificateRow) -> str:
    return row.standing.enrolment.person.sort_name if row.standing else row.name.casefold()


def _differs(
    edition: CourseEdition, held: Completion, standing: Standing | None, certificate: Certificate
) -> Difference | None:
    if certificate.withdrawn_at:
        return None
    if standing is None or standing.outcome == Outcome.NOT_COMPLETED:
        return Difference.NOT_COMPLETED
    if standing.outcome == Outcome.OPEN:
        return Difference.OPEN
    now, newest = facts_of_course(edition, held, standing), issuing.facts_of(certificate.newest)
    return None if now.days == newest.days else Difference.DAYS


def resting_on(event: Event) -> list[CertificateRow]:
    """The certificates that may change when the attendance of this meeting is opened again: of whom it counts for, by name.

    Of its own edition all, for somebody may turn out to have been there; of others those of who caught up here.
    """
    own = edition_of_event(event)
    if own is None:
        return []
    rows = []
    for edition in own.course.editions:
        if db.session.scalar(_certificates(edition).where(Certificate.withdrawn_at.is_(None)).limit(1)) is None:
            continue
        held = completion.load_completion(edition)
        rows += [each for each in list_rows(edition, held) if _rests_on(each, event, edition.id == own.id)]
    return sorted(rows, key=_by_name)


def _rests_on(row: CertificateRow, event: Event, own: bool) -> bool:
    if row.certificate is None or row.certificate.withdrawn_at:
        return False
    if own or row.standing is None:
        return own
    return any(each.event is not None and each.event.id == event.id for each in row.standing.days)


def want_certificates(edition: CourseEdition, by: Account | None) -> bool:
    """Let the clockwork give everybody who completed it a certificate, also later; False when that was said.

    Said again it looks anew: who completed it since the rule was eased is given theirs on purpose, not by a typing
    error in the rule. Raises NotYet.
    """
    demand_settled(edition)
    wanted = CertificatesWanted(edition_id=edition.id, account_id=by.id if by else None, wanted_at=clock.now())
    return add_once(wanted) or _look_anew(edition)


def _look_anew(edition: CourseEdition) -> bool:
    wanted = wanted_of(edition)
    if wanted is None or wanted.looked_at is None:
        return False
    wanted.looked_at = None
    return True


def wanted_of(edition: CourseEdition) -> CertificatesWanted | None:
    """By whom and since when they go out."""
    return db.session.get(CertificatesWanted, edition.id)


def editions_to_look_at() -> Sequence[int]:
    """Whose certificates go out, and of which nobody looked since, or an attendance was closed after."""
    here = sa.orm.aliased(CourseEdition)
    newer = (
        sa.select(AttendanceClosing.event_id)
        .join(CourseMeeting, CourseMeeting.event_id == AttendanceClosing.event_id)
        .join(here, here.id == CourseMeeting.edition_id)
        .where(here.course_id == CourseEdition.course_id, AttendanceClosing.closed_at >= CertificatesWanted.looked_at)
    )
    wanted = sa.select(CertificatesWanted.edition_id).join(
        CourseEdition, CourseEdition.id == CertificatesWanted.edition_id
    )
    wanted = wanted.where(sa.or_(CertificatesWanted.looked_at.is_(None), newer.exists()))
    return db.session.scalars(wanted.order_by(CertificatesWanted.edition_id)).all()


def enrolments_without(edition: CourseEdition, held: Completion) -> list[int]:
    """Ids of the enrolments of who completed it, and neither have a certificate nor had one that was withdrawn."""
    have = set(db.session.scalars(_certificates(edition).with_only_columns(Certificate.person_id)))
    return [
        each.enrolment.id
        for each in held.standings
        if each.outcome == Outcome.COMPLETED
        and each.enrolment.person_id not in have
        and each.enrolment.person.erased_at is None
    ]


def invitation_for(edition: CourseEdition, person_id: int) -> Invitation | None:
    """By which somebody is written to about an edition: to its first meeting that they were invited to."""
    wanted = (
        sa.select(Invitation)
        .join(CourseMeeting, CourseMeeting.event_id == Invitation.event_id)
        .where(CourseMeeting.edition_id == edition.id, Invitation.person_id == person_id)
        .order_by(CourseMeeting.dropped_at.is_not(None), CourseMeeting.place)
    )
    return db.session.scalar(wanted.limit(1))


def invitation_of_certificate(edition: CourseEdition, certificate: Certificate) -> Invitation | None:
    """The same of whoever has a certificate; of who went up in another, theirs."""
    if certificate.person_id is None:
        return None
    return invitation_for(edition, attendance_letters.who_they_are([certificate.person_id])[certificate.person_id])


def own_course(invitation: Invitation) -> OwnCourse | None:
    """How it stands with the course that an invitation is to a meeting of: the edition that they are enrolled in.

    Who catches up somewhere finds their own edition. None when it is no meeting of a course.
    """
    there = edition_of_event(invitation.event)
    if there is None:
        return None
    edition = _enrolled_in(there, invitation.person_id)
    standing = completion.standing_of(edition, invitation.person_id)
    return OwnCourse(edition, standing, certificate_of(edition, invitation.person_id))


def _enrolled_in(there: CourseEdition, person_id: int) -> CourseEdition:
    wanted = (
        sa.select(CourseEdition)
        .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
        .where(
            CourseEdition.course_id == there.course_id,
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
        )
        .order_by(CourseEdition.id != there.id, CourseEdition.id)
    )
    return db.session.scalar(wanted.limit(1)) or there


def edition_of_certificate(certificate: Certificate) -> CourseEdition:
    """Of which edition a certificate is, that has one."""
    return db.session.get_one(CourseEdition, certificate.course_edition_id)
