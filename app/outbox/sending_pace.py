"""How many messages may leave this minute: per recipient domain for mailings, and in total.

Counted from what left in the last minute, so that it holds for any number of workers
together. What somebody caused by their own answer is not paced per domain.
"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.database import db
from app.outbox.models import LEAVING, PACED, Message

MINUTE = timedelta(minutes=1)


class Pace:
    """The room that is left as a batch is claimed; `admits` takes some of it."""

    def __init__(self) -> None:
        self._limit, total = current_app.config["MAIL_PACE"], current_app.config["MAIL_PACE_TOTAL"]
        recent = Message.sent_at > clock.now() - MINUTE
        per_domain = sa.select(Message.domain, sa.func.count()).where(PACED).group_by(Message.domain)
        self._used: Counter[str] = Counter()
        for some in (recent, LEAVING):
            self._used.update(dict(db.session.execute(per_domain.where(some)).all()))
        self.full = [domain for domain, count in self._used.items() if count >= self._limit]
        """Domains that have had all of this minute's messages."""
        self._room: int | None = None
        if total:
            counts = [sa.select(sa.func.count()).select_from(Message).where(some) for some in (recent, LEAVING)]
            self._room = total - sum(db.session.scalars(count).one() for count in counts)

    def admits(self, domain: str, paced: bool) -> bool:
        """Whether one more may leave; if so it is counted."""
        if (self._room is not None and self._room <= 0) or (paced and self._used[domain] >= self._limit):
            return False
        self._used[domain] += paced
        if self._room is not None:
            self._room -= 1
        return True
