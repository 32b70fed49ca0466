"""Who wants to hear of the next edition of a course: asked, confirmed, told once, and over.

On the public page an address is enough. The page does the same for every address; nothing holds before the link in the
mail to it was pressed, and from then on it is the person whose own address it is, if we know one. Who comes by a personal
link presses once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, tokens
from app.courses.models import Course, CourseEdition, CourseInterest, EditionState, Enrolment, EnrolmentState
from app.database import db, insert_new, lock_row, rows_changed
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.models import Audience
from app.network.models import Network
from app.network.people import mail_addresses, mailboxes
from app.network.people.address_reading import address_key
from app.network.people.models import Language, Person
from app.network.seeing import Viewer
from app.tokens import Purpose
from app.words import Refusal

VALID = timedelta(days=7)
"""How long the link in the mail confirms."""
KEPT = timedelta(days=30)
"""How long after the mail about a new edition its links work: to hear of the one after that too."""
FEW = 5
"""Fewer than this are not counted where their names do not stand as well."""
LONGEST = timedelta(days=2 * 365)
"""How long somebody waits for an edition that does not come."""


class NothingNext(Refusal):
    """The network of the course came to its end: there is no next edition."""

    says = _l("Dit netwerk is afgerond. Er komt geen volgende uitvoering.")
    field = "address"


@dataclass(frozen=True)
class InterestedLine:
    """Somebody who waits, as organisers read it: a name, or an address of nobody whom we know."""

    who: str
    since: datetime


def ask(course: Course, address: str, language: Language) -> None:
    """Record that a link to confirm is wanted at an address. Raises mail_addresses.BadAddress or NothingNext."""
    _demand_open(course)
    key, now = address_key(mail_addresses.read_address(address)), clock.now()
    values = {"course_id": course.id, "address": key, "language": language, "asked_at": now, "mailed": False}
    db.session.execute(insert_new(CourseInterest.__table__, "course_id", "address").values(values))
    same = (CourseInterest.course_id == course.id, CourseInterest.address == key)
    since = sa.case((CourseInterest.waits, CourseInterest.asked_at), else_=now)
    anew = sa.update(CourseInterest).where(*same).values(mailed=False, language=language, asked_at=since)
    db.session.execute(anew.execution_options(synchronize_session=False))


def interest_of_link(token: str) -> CourseInterest | None:
    """What a link is about, also after the mail about a new edition; None once it lapsed or was stopped."""
    interest_id, _ = tokens.read_token(Purpose.NEXT_EDITION, token) or (0, 0)
    wanted = sa.select(CourseInterest).where(CourseInterest.id == interest_id, ~_is_past())
    whole = joinedload(CourseInterest.course).joinedload(Course.network)
    return db.session.scalar(wanted.options(whole, joinedload(CourseInterest.person)))


def confirm(interest: CourseInterest) -> None:
    """From here on they hear of the next edition; once more, when they were told already. Raises NothingNext."""
    _demand_open(interest.course)
    lock_row(interest)
    if interest.waits:
        return
    if interest.told_at is not None:
        interest.asked_at = clock.now()
    interest.confirmed_at, interest.told_at = clock.now(), None
    if known := find_owner(interest):
        theirs = (CourseInterest.course_id == interest.course_id, CourseInterest.person_id == known.id)
        db.session.execute(sa.delete(CourseInterest).where(*theirs))
        interest.person, interest.address, interest.language = known, None, known.language
    db.session.flush()


def find_owner(interest: CourseInterest) -> Person | None:
    """Whose own address it was asked with; nobody where more people may be behind it."""
    box = mailboxes.who_is_behind(interest.address) if interest.address else None
    return box.owner if box and not box.shared else None


def press(course: Course, person: Person) -> None:
    """Who is known by a personal link hears of the next edition; a second time changes nothing. Raises NothingNext."""
    _demand_open(course)
    _stop_by_address(course.id, person)
    now = clock.now()
    values = {
        "course_id": course.id,
        "person_id": person.id,
        "language": person.language,
        "asked_at": now,
        "mailed": True,
        "confirmed_at": now,
    }
    db.session.execute(insert_new(CourseInterest.__table__, "course_id", "person_id").values(values))
    mine = (CourseInterest.course_id == course.id, CourseInterest.person_id == person.id, ~CourseInterest.waits)
    again = sa.update(CourseInterest).where(*mine).values(told_at=None, confirmed_at=now, asked_at=now)
    db.session.execute(again.execution_options(synchronize_session=False))


def stop(interest: CourseInterest) -> None:
    """They hear nothing, and nothing is kept of it."""
    db.session.execute(sa.delete(CourseInterest).where(CourseInterest.id == interest.id))


def stop_for(course: Course, person: Person) -> None:
    """The same by somebody's own page, also for what was asked with their own address."""
    mine = (CourseInterest.course_id == course.id, CourseInterest.person_id == person.id)
    db.session.execute(sa.delete(CourseInterest).where(*mine))
    _stop_by_address(course.id, person)


def stop_in_network(person: Person, network_id: int) -> None:
    """Who leaves a network hears of none of its courses, unless they ask anew."""
    its = CourseInterest.course_id.in_(sa.select(Course.id).where(Course.network_id == network_id))
    theirs = sa.or_(CourseInterest.person_id == person.id, is_address_of(person))
    db.session.execute(sa.delete(CourseInterest).where(its, theirs).execution_options(synchronize_session=False))


def end_by_enrolling(enrolment: Enrolment) -> None:
    """Who has a place, or waits for one, needs no mail any more."""
    given = {"course_id": enrolment.edition.course_id, "person_id": enrolment.person_id}
    if db.session.scalar(_MAYBE_THEIRS, given):
        stop_for(enrolment.edition.course, enrolment.person)


def forget_person(person: Person) -> None:
    """Whoever is erased hears nothing; neither does who became one with them, or the address that was theirs alone."""
    theirs = sa.or_(person.owns(CourseInterest.person_id), is_address_of(person))
    db.session.execute(sa.delete(CourseInterest).where(theirs).execution_options(synchronize_session=False))


def is_address_of(person: Person) -> sa.ColumnElement[bool]:
    """The condition on CourseInterest that it was asked with an address that is about nobody else."""
    return CourseInterest.address.in_(mailboxes.keys_that_go(person))


def hears_of_next(course: Course, person: Person) -> bool | None:
    """Whether somebody will hear of the next edition; None where that is not offered on their own page.

    It is not to who has a place in what is still to come, or waits for one, nor once the network came to its end.
    """
    if course.network.archived_at is not None:
        return None
    given = {"course_id": course.id, "person_id": person.id, "now": clock.now()}
    has_place, waits = db.session.execute(_STANDING, given).one()
    return None if has_place else bool(waits)


def count_interested(course: Course) -> int:
    """How many will hear of the next edition."""
    counted = sa.select(sa.func.count()).select_from(CourseInterest)
    return db.session.scalars(counted.where(CourseInterest.course_id == course.id, CourseInterest.waits)).one()


def list_waited_for(network: Network) -> list[tuple[Course, int]]:
    """The courses of a network for which people wait, and how many each, the most first."""
    counted = (
        sa.select(CourseInterest.course_id, sa.func.count().label("number"))
        .where(CourseInterest.waits)
        .group_by(CourseInterest.course_id)
        .subquery()
    )
    wanted = sa.select(Course, counted.c.number).join(counted, counted.c.course_id == Course.id)
    wanted = wanted.where(Course.network_id == network.id).order_by(counted.c.number.desc(), Course.title)
    return [(course, number) for course, number in db.session.execute(wanted)]


def ensure_audience(course: Course) -> Audience:
    """The audience of who waits for a course; the one that is there already, if so."""
    rule = [[audiences.make_condition(AudienceBlock.INTERESTED, course.id)]]
    return audiences.ensure_audience(course.network, gettext("Wacht op %(course)s", course=course.title)[:120], rule)


def say_waiting(number: int) -> str:
    """How many wait, without pointing at anybody: few of them are 'some'."""
    if number < FEW:
        return gettext("enkele mensen")
    return ngettext("%(num)s mens", "%(num)s mensen", number)


def list_interested(course: Course, viewer: Viewer) -> list[InterestedLine]:
    """Who they are, the longest waiting first; nobody for who does not organise the network."""
    if not viewer.may_organise(course.network_id):
        return []
    wanted = sa.select(CourseInterest).where(CourseInterest.course_id == course.id, CourseInterest.waits)
    wanted = wanted.options(joinedload(CourseInterest.person))
    found = db.session.scalars(wanted.order_by(CourseInterest.asked_at, CourseInterest.id))
    return [InterestedLine(each.person.name if each.person else each.address or "", each.asked_at) for each in found]


def forget_old_interests() -> int:
    """Delete what was not confirmed in time, was told a month ago, or waits too long. Returns how many."""
    return rows_changed(sa.delete(CourseInterest).where(_is_past()).execution_options(synchronize_session=False))


def _is_past() -> sa.ColumnElement[bool]:
    now = clock.now()
    return sa.or_(
        CourseInterest.confirmed_at.is_(None) & (CourseInterest.asked_at < now - VALID),
        CourseInterest.told_at.is_not(None) & (CourseInterest.told_at < now - KEPT),
        CourseInterest.told_at.is_(None) & (CourseInterest.asked_at < now - LONGEST),
    )


_COURSE: sa.BindParameter[int] = sa.bindparam("course_id")
_PERSON: sa.BindParameter[int] = sa.bindparam("person_id")
_PLACES_AHEAD = (
    sa.select(CourseEdition.id)
    .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
    .where(
        CourseEdition.course_id == _COURSE,
        CourseEdition.state == EditionState.PUBLISHED,
        CourseEdition.closes_at > sa.bindparam("now"),
        Enrolment.person_id == _PERSON,
        Enrolment.state != EnrolmentState.CANCELLED,
    )
)
_THEIRS = sa.select(CourseInterest.id).where(CourseInterest.course_id == _COURSE, CourseInterest.person_id == _PERSON)
_STANDING = sa.select(_PLACES_AHEAD.exists(), _THEIRS.where(CourseInterest.waits).exists())
_BY_ADDRESS = sa.select(CourseInterest.id).where(
    CourseInterest.course_id == _COURSE, CourseInterest.address.in_(mailboxes.KEYS_OF_PERSON)
)
_MAYBE_THEIRS = sa.select(sa.or_(_THEIRS.exists(), _BY_ADDRESS.exists()))
"""Whether anything was asked for a course by somebody, or with an address at which others may be reached as well."""


def _demand_open(course: Course) -> None:
    if db.session.scalar(sa.select(Network.archived_at).where(Network.id == course.network_id)) is not None:
        raise NothingNext


def _stop_by_address(course_id: int, person: Person) -> None:
    theirs = (CourseInterest.course_id == course_id, is_address_of(person))
    db.session.execute(sa.delete(CourseInterest).where(*theirs).execution_options(synchronize_session=False))
