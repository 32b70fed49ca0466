"""What a stranger who holds a certificate learns from its number: whether it is genuine, and nothing that does not stand on it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.certificates.models import Certificate
from app.certificates.numbers import read_number
from app.courses.models import CourseMeeting
from app.database import db
from app.events.models import Event


@dataclass(frozen=True)
class Checked:
    """What the page says; no name, and no network."""

    number: str
    title: str
    """Empty where strangers may not know it."""
    dates: list[date]
    minutes: int
    initials: str
    """Empty when whoever it was of is erased."""
    issued_at: datetime
    version: int
    withdrawn_at: datetime | None
    of_course: bool


def check_number(text: str) -> Checked | None:
    """What the certificate of a number says now; None for a number of none and for what is no number, all alike."""
    wanted = (
        sa.select(Certificate)
        .where(Certificate.number == (read_number(text) or ""))
        .options(selectinload(Certificate.versions), joinedload(Certificate.event), joinedload(Certificate.network))
    )
    found = db.session.scalar(wanted)
    if found is None:
        return None
    newest = found.newest
    return Checked(
        number=found.number,
        title="" if newest.confidential or _became_hidden(found) else newest.title,
        dates=newest.dates,
        minutes=newest.minutes,
        initials=newest.initials,
        issued_at=newest.issued_at,
        version=newest.version,
        withdrawn_at=found.withdrawn_at,
        of_course=found.of_course,
    )


def _became_hidden(certificate: Certificate) -> bool:
    """Whether its session, a meeting of its course or its network was hidden from strangers since."""
    if not certificate.network.listed or (certificate.event and certificate.event.confidential):
        return True
    of_it = sa.select(Event.id).join(CourseMeeting, CourseMeeting.event_id == Event.id)
    hidden = of_it.where(CourseMeeting.edition_id == certificate.course_edition_id, Event.confidential)
    return certificate.course_edition_id is not None and db.session.scalar(hidden.limit(1)) is not None
