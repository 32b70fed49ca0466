"""Successes, written down one by one as they happen and carried over to their messages a batch at a time.

A message has many indexes, and saving its state touches them all. A line in the journal
costs a third of that and is as durable: a worker that dies has noted all it sent but the
one in flight, and whoever lets go of its batch carries those over first.
"""

from typing import Any, Self

import sqlalchemy as sa

from app import clock
from app.database import Condition, autocommit_connection, db
from app.outbox.models import LEAVING, Message, MessageState, SentNote


class SentJournal:
    """Open while a batch is sent; each note is saved before the next message leaves."""

    _NOTE = sa.insert(SentNote.__table__)

    def __enter__(self) -> Self:
        self._opened = autocommit_connection()
        self._connection = self._opened.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._opened.__exit__(*exception)

    def note(self, message_id: int, words: str) -> None:
        """Write down that a server took this message, with its words."""
        self._connection.execute(self._NOTE, {"message_id": message_id, "at": clock.now(), "words": words})


def carry_over_sent_notes(*conditions: Condition) -> None:
    """Bring the noted messages under these conditions to SENT and take them out of the journal."""
    noted = SentNote.message_id == Message.id
    values = {"state": MessageState.SENT, "sent_at": SentNote.at, "response": SentNote.words}
    sent = sa.update(Message).where(noted, LEAVING, *conditions).values(**values, claimed_by=None, claimed_until=None)
    numbers = list(db.session.scalars(sent.returning(Message.id).execution_options(synchronize_session=False)))
    db.session.execute(sa.delete(SentNote).where(SentNote.message_id.in_(numbers)))
