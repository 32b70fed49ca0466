"""Two people who become one may both be enrolled in an edition of a course: one enrolment stays, with the seats of both.

Whoever has a place goes before who waits, then who left. On a meeting where one of both was absent, the seat of the other
holds. It comes before their invitations become one, so that every seat is still there.
"""

from typing import Any

import sqlalchemy as sa

from app.courses.models import Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.network.people.models import Person
from app.row_journal import RowJournal, select_rows

_RANK = {EnrolmentState.CONFIRMED: 3, EnrolmentState.WAITING: 2, EnrolmentState.CANCELLED: 1}
_ENROLMENTS, _DAYS = (db.metadata.tables[each.__tablename__] for each in (Enrolment, EnrolmentDay))


def combine_enrolments(kept: Person, gone: Person, journal: RowJournal) -> None:
    """Make one enrolment of the two that these people have in the same edition, for each such edition."""
    theirs = {each["edition_id"]: each for each in _enrolments_of(gone)}
    for own in _enrolments_of(kept):
        other = theirs.get(own["edition_id"])
        if other is not None:
            stays, goes = sorted((own, other), key=lambda each: (_RANK[each["state"]], each is own), reverse=True)
            _combine_days(stays["id"], goes["id"], journal)
            journal.delete(_ENROLMENTS, {"id": goes["id"]})


def keep_day(stays: int, goes: int, journal: RowJournal) -> None:
    """Let the day of a registration that goes be of the one that stays, where that has none."""
    has = select_rows(_DAYS, _DAYS.c.registration_id == stays)
    for day in select_rows(_DAYS, _DAYS.c.registration_id == goes):
        journal.update(_DAYS, {"id": day["id"]}, registration_id=None if has else stays)


def _enrolments_of(person: Person) -> list[Any]:
    wanted = sa.select(_ENROLMENTS).where(_ENROLMENTS.c.person_id == person.id).order_by(_ENROLMENTS.c.id)
    return list(db.session.execute(wanted).mappings())


def _combine_days(stays: int, goes: int, journal: RowJournal) -> None:
    mine = {day["meeting_id"]: day for day in select_rows(_DAYS, _DAYS.c.enrolment_id == stays)}
    for day in select_rows(_DAYS, _DAYS.c.enrolment_id == goes):
        own = mine.get(day["meeting_id"])
        if own is None:
            journal.update(_DAYS, {"id": day["id"]}, enrolment_id=stays)
            continue
        if day["registration_id"] and own["registration_id"] is None:
            journal.update(_DAYS, {"id": day["id"]}, registration_id=None)
            journal.update(_DAYS, {"id": own["id"]}, registration_id=day["registration_id"])
        journal.delete(_DAYS, {"id": day["id"]})
