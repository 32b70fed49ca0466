"""How often something was tried, counted in the database, so that a limit holds over all processes and machines.

The storage of Flask-Limiter. It counts in a transaction of its own that is over before the request begins its work: a
refused try counts too, and nobody waits for it. When the database cannot count, the request fails: a guard that does
not know lets nobody through.
"""

from datetime import datetime, timedelta
from threading import Lock
from typing import ClassVar

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, mailed_codes
from app.database import Model, Moment, autocommit_connection, db, insert_or_update, rows_changed

SCHEME = "database"
MINUTE, AT_ONCE = 60, 25
"""Seconds, and how many of somebody's requests in them a process adds to the common count at a time."""
_taken: dict[str, tuple[int, datetime]] = {}
"""How many of them a process lets through before it adds them, and until when."""
_lock = Lock()


class RateCount(Model):
    """How often one sender tried one thing until a moment; of both together only a digest is kept."""

    __tablename__ = "rate_counts"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    tries: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)
    """When counting begins anew."""


class RateRefusal(Model):
    """How often somebody was refused at a page since they had tried too often, for monitoring; never goes down."""

    __tablename__ = "rate_refusals"

    page: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class DatabaseStorage(Storage):
    """Counts in fixed windows, each beginning with a first try."""

    STORAGE_SCHEME: ClassVar[list[str]] = [SCHEME]  # type: ignore[misc]  # the base class only declares it

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count tries within `expiry` seconds; returns how many there are now, these among them."""
        table, now = RateCount.__table__, clock.now()
        ends_at, over = now + timedelta(seconds=expiry), table.c.ends_at <= now
        counted = insert_or_update(
            table,
            "digest",
            tries=sa.case((over, amount), else_=table.c.tries + amount),
            ends_at=sa.case((over, ends_at), else_=table.c.ends_at),
        )
        _end_reading()
        with autocommit_connection() as connection:
            first = counted.values(digest=_digest(key), tries=amount, ends_at=ends_at)
            return int(connection.execute(first.returning(table.c.tries)).scalar_one())

    def get(self, key: str) -> int:
        count = _load(key)
        return count.tries if count else 0

    def get_expiry(self, key: str) -> float:
        count = _load(key)
        return (count.ends_at if count else clock.now()).timestamp()

    def check(self) -> bool:
        """Whether the database can be asked."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(RateCount)) is not None

    def reset(self) -> int:
        """Forget all counts; returns how many."""
        return rows_changed(sa.delete(RateCount))

    def clear(self, key: str) -> None:
        db.session.execute(sa.delete(RateCount).where(RateCount.digest == _digest(key)))


def may_go_on(who: str, most: int) -> bool:
    """Whether somebody is within `most` requests a minute, over all processes together; this one counts too.

    For what is asked often: a process counts AT_ONCE of them by itself before it adds them to the common count, so that
    people who read pages never wait for a write. What no process has added yet comes on top of `most`.
    """
    now = clock.now()
    with _lock:
        left, until = _taken.get(who, (0, now))
        if until <= now:
            for other in [each for each, (_, end) in _taken.items() if end <= now]:
                del _taken[other]
            left, until = AT_ONCE, now + timedelta(seconds=MINUTE)
        _taken[who] = (left - 1, until)
    if left > 0:
        return True
    if DatabaseStorage().incr(f"often {who}", MINUTE, AT_ONCE) > most:
        return False
    with _lock:
        _taken[who] = (AT_ONCE - 1, until)
    return True


def note_refusal(page: str) -> None:
    """Note that somebody had tried too often; nothing else may be pending."""
    table = RateRefusal.__table__
    counted = insert_or_update(table, "page", number=table.c.number + 1)
    with autocommit_connection() as connection:
        connection.execute(counted.values(page=page[:100], number=1))


def forget_old_counts() -> int:
    """Delete the counts whose time is over."""
    return rows_changed(sa.delete(RateCount).where(RateCount.ends_at <= clock.now()))


def _load(key: str) -> RateCount | None:
    return db.session.scalar(
        sa.select(RateCount).where(RateCount.digest == _digest(key), RateCount.ends_at > clock.now())
    )


def _digest(key: str) -> str:
    return mailed_codes.digest_of_text(f"rate {key}")


def _end_reading() -> None:
    """What was read before the request began its work would keep SQLite's one writer waiting."""
    if db.session().in_transaction():
        db.session.commit()
