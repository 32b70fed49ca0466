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

_UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


class SentJournal:
    """Open while a batch is sent; each note is saved before the next message leaves."""

    _NOTE = sa.insert(SentNote.__table__)
    _STILL = sa.select(Message.id).where(Message.id == sa.bindparam("number"), LEAVING)

    def __enter__(self) -> Self:
        self._opened = autocommit_connection()
        self._connection = self._opened.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._opened.__exit__(*exception)

    def note(self, message_id: int, words: str) -> None:
        """Write down that a server took this message, with its words."""
        self._connection.execute(self._NOTE, {"message_id": message_id, "at": clock.now(), "words": words})

    def may_leave(self, message_id: int) -> bool:
        """Whether a claimed message is still to be sent: nobody stopped it meanwhile."""
        return self._connection.execute(self._STILL, {"number": message_id}).first() is not None


def carry_over_sent_notes(*conditions: Condition) -> None:
    """Bring the noted messages under these conditions to SENT and take them out of the journal.

    Those that were stopped on their way did leave: they are SENT too, without what the server said of whom.
    """
    noted = SentNote.message_id == Message.id
    values = {"state": MessageState.SENT, "sent_at": SentNote.at}
    sent = sa.update(Message).where(noted, LEAVING, *conditions).values(**values, response=SentNote.words, **_UNCLAIMED)
    late = sa.update(Message).where(noted, Message.state == MessageState.SUPPRESSED).values(**values, response="")
    for carried in (sent, late):
        numbers = db.session.scalars(carried.returning(Message.id).execution_options(synchronize_session=False)).all()
        db.session.execute(sa.delete(SentNote).where(SentNote.message_id.in_(numbers)))
