"""What becomes of messages and blocks when two people turn out to be one. A yes to being seen does not move: it stays behind."""

from typing import Any

import sqlalchemy as sa

from app.database import db
from app.directory.models import Block, Contact, Listing, Visibility, WritingStop
from app.network.people.models import Person
from app.row_journal import RowJournal, select_rows


def part_from_each_other(kept: Person, gone: Person, journal: RowJournal, **about: Any) -> None:
    """Nobody writes to themselves or blocks themselves: what there was between the two goes."""
    for table, one, other in (
        (Contact.__table__, "sender_id", "recipient_id"),
        (Block.__table__, "person_id", "blocked_id"),
    ):
        both = {kept.id, gone.id}
        for row in select_rows(table, table.c[one].in_(both), table.c[other].in_(both)):
            journal.delete(table, {"id": row["id"]})


def forget_merged(person: Person) -> None:
    """Whoever is erased leaves nothing of who became one with them either."""
    for column in (Visibility.person_id, Listing.person_id, Block.person_id, Block.blocked_id, WritingStop.person_id):
        gone = sa.delete(column.class_).where(person.owns(column))
        db.session.execute(gone.execution_options(synchronize_session=False))
