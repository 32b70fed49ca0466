"""What two registrations of one person chose, when they become one."""

import sqlalchemy as sa

from app.breakouts.models import Choice, Wish
from app.database import db
from app.registration.models import Registration
from app.row_journal import RowJournal


def combine_choices(stays: int, goes: int, journal: RowJournal) -> None:
    """The registration that stays keeps what it chose and wished; where that is nothing, and both take part in the same way, it gets that of the other."""
    for table in (Choice.__table__, Wish.__table__):
        _combine(table, stays, goes, journal)


def _combine(table: sa.Table, stays: int, goes: int, journal: RowJournal) -> None:
    mine = sa.select(sa.func.count()).where(table.c.registration_id == stays)
    modes = sa.select(sa.func.count(sa.distinct(Registration.mode))).where(Registration.id.in_([stays, goes]))
    theirs = db.session.scalars(sa.select(table.c.id).where(table.c.registration_id == goes)).all()
    together = db.session.scalars(mine).one() == 0 and db.session.scalars(modes).one() == 1
    for row_id in theirs:
        if together:
            journal.update(table, {"id": row_id}, registration_id=stays)
        else:
            journal.delete(table, {"id": row_id})
