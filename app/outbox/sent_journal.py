"""Successes, written down one by one as they happen and carried over to their messages a batch at a time.

A message has many indexes, and saving its state touches them all. A line in the journal
costs a third of that and is as durable: a worker that dies has noted all it sent but the
one in flight, and whoever lets go of its batch carries those over first.
"""

from contextlib import ExitStack
from functools import cache
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self

import sqlalchemy as sa

from app import clock
from app.database import Condition, autocommit_connection, db
from app.outbox.models import LEAVING, Message, MessageState, SentNote

_NOTED = SentNote.message_id == Message.id
_UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


class SentJournal:
    """Open while a batch is sent; each note is saved before the next message leaves.

    The disk takes as long over a note as a mail server over the envelope of the next message, so that both go on at once:
    whoever sends calls `settle` before the content of a message leaves. A connection is of one thread alone: notes are
    saved over one, and what may still leave is asked over another.
    """

    _NOTE = sa.insert(SentNote.__table__)
    _STILL = sa.select(Message.id).where(Message.id == sa.bindparam("message_id"), LEAVING)

    def __enter__(self) -> Self:
        self._opened = ExitStack()
        self._connection = self._opened.enter_context(autocommit_connection())
        self._looking = self._opened.enter_context(autocommit_connection())
        self._notes: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Exception | None] = SimpleQueue()
        self._is_saving = False
        Thread(target=self._save_notes, daemon=True).start()
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            self.settle()
        finally:
            self._notes.put(None)
            self._outcomes.get()
            self._opened.__exit__(*exception)

    def note(self, message_id: int, words: str) -> None:
        """Begin to write down that a server took this message, with its words."""
        self.settle()
        self._is_saving = True
        self._notes.put({"message_id": message_id, "at": clock.now(), "words": words})

    def settle(self) -> None:
        """Wait until the last note is saved; raises what kept it from that."""
        if self._is_saving:
            self._is_saving = False
            if trouble := self._outcomes.get():
                raise trouble

    def _save_notes(self) -> None:
        """In a thread of its own; with the last of them it has let go of the connection."""
        while note := self._notes.get():
            try:
                self._connection.execute(self._NOTE, note)
            except Exception as trouble:
                self._outcomes.put(trouble)
            else:
                self._outcomes.put(None)
        self._outcomes.put(None)

    def may_leave(self, message_id: int) -> bool:
        """Whether a claimed message is still to be sent: nobody stopped it meanwhile."""
        return self._looking.execute(self._STILL, {"message_id": message_id}).first() is not None


def carry_over_sent_notes(*conditions: Condition) -> None:
    """Bring the noted messages under these conditions to SENT and take them out of the journal.

    Those that were stopped on their way did leave: they are SENT too, without what the server said of whom. They are found
    by their notes, of which there are few: SQLite went through all mails there ever were.
    """
    sent = sa.update(Message).where(_NOTED, LEAVING, *conditions)
    sent = sent.values(state=MessageState.SENT, sent_at=SentNote.at, response=SentNote.words, **_UNCLAIMED)
    for carried in (sent.returning(Message.id), _carrying_stopped()):
        message_ids = db.session.scalars(carried, execution_options={"synchronize_session": False}).all()
        db.session.execute(sa.delete(SentNote).where(SentNote.message_id.in_(message_ids)))


@cache
def _carrying_stopped() -> Any:
    """Of the messages that were stopped on their way, found by their notes; always the same, so it is built once."""
    stopped = Message.id.in_(sa.select(SentNote.message_id)), Message.state == MessageState.SUPPRESSED
    values = {"state": MessageState.SENT, "sent_at": SentNote.at, "response": ""}
    return sa.update(Message).where(_NOTED, *stopped).values(**values).returning(Message.id)
