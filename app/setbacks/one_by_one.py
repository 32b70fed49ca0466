"""Work on many rows, one by one: what cannot be done holds nothing else up.

Each item has a transaction of its own. One that fails is noted, left alone for a growing
pause, tried again, and after MOST_TRIES set aside until somebody says to try once more.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TypeVar

import sqlalchemy as sa

from app import clock
from app.database import db, give_up_transaction, insert_new, rows_changed
from app.setbacks.models import SET_ASIDE, Setback

log = logging.getLogger("leerkring.setbacks")

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long an item is left alone after each try that failed; after one more it is set aside."""
MOST_TRIES = len(PAUSES) + 1
stopped = Event()
"""Set when this worker has been told to stop: what is left of a list waits for the next one."""
_APP = Path(__file__).parents[1]
Item = TypeVar("Item")


def do_each(job: str, items: Iterable[Item], work: Callable[[Item], int | None], *, complete: bool = True) -> int:
    """Do `work` on each item, which its text names, in a transaction of its own; returns the sum of what they gave.

    Work gives None for an item that another worker has: then nothing is known of it. No transaction is open when it begins.
    Items that failed before wait for their next moment; when the list is `complete`, what it has no more is forgotten.
    Raises what the database says when it is gone altogether.
    """
    named = {str(item)[:60]: item for item in items}
    known, done = noted_items(job), 0
    if complete:
        forget_items(job, [name for name in known if name not in named and not _is_resting_now(known[name])])
    db.session.commit()
    for name, item in named.items():
        if stopped.is_set():
            break
        if name in known and _is_resting(known[name]):
            continue
        try:
            result = work(item)
            if name in known and result is not None:
                forget_items(job, [name])
            db.session.commit()
            done += result or 0
        except Exception as error:
            give_up_transaction()
            note_setback(job, name, error)
    return done


def note_setback(job: str, item: str, error: BaseException) -> None:
    """Note that an item could not be done, with the pause until it is tried again; nothing else may be pending."""
    words = describe_error(error)
    log.error("%s could not do %s: %s\n%s", job, item, words, steps_to_error(error))
    new = insert_new(Setback.__table__, "job", "item")
    first = {"job": job, "item": item, "error": words, "tries": 1, "first_at": clock.now(), "next_at": _next_try(1)}
    if not rows_changed(new.values(first)):
        setback = db.session.scalars(sa.select(Setback).filter_by(job=job, item=item).with_for_update()).one()
        setback.tries += 1
        setback.error, setback.next_at = words, _next_try(setback.tries)
    db.session.commit()


def items_to_try_again(job: str) -> list[str]:
    """Items of a job that failed and whose next moment has come; for work that does not find them by itself."""
    due = sa.select(Setback.item).where(Setback.job == job, Setback.next_at <= clock.now())
    return list(db.session.scalars(due.order_by(Setback.id)))


def noted_items(job: str) -> dict[str, datetime | None]:
    """Items of a job that failed, with when each is tried again: never, when it was set aside."""
    rows = db.session.execute(sa.select(Setback.item, Setback.next_at).where(Setback.job == job))
    return dict(rows.all())


def forget_items(job: str, items: Iterable[str]) -> None:
    """Items of a job that are there no more."""
    for item in items:
        db.session.execute(sa.delete(Setback).where(Setback.job == job, Setback.item == item))


def list_setbacks(most: int = 50) -> list[Setback]:
    """What could not be done, what was set aside first."""
    return list(db.session.scalars(sa.select(Setback).order_by(~SET_ASIDE, Setback.id).limit(most)))


def load_setback(setback_id: int) -> Setback | None:
    return db.session.get(Setback, setback_id)


def try_again(setback: Setback) -> None:
    """Let it be tried at the next run, with as many tries as at first."""
    setback.tries, setback.next_at = 0, clock.now()


def let_go(setback: Setback) -> None:
    """Give up on an item: it is no longer shown. If its job finds it again and fails, it comes back."""
    db.session.delete(setback)


def forget_settled_setbacks() -> int:
    """Delete what has been tried no more for a month, since its job finds it no longer. Returns how many."""
    old = clock.now() - timedelta(days=30)
    return rows_changed(sa.delete(Setback).where(Setback.next_at < old))


def describe_error(error: BaseException) -> str:
    """The kind of an error and where in the program it was raised; never its text, which may name people."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(_APP) and each.filename != __file__]
    place = f" at {Path(ours[-1].filename).relative_to(_APP)}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"[:200]


def steps_to_error(error: BaseException) -> str:
    """The lines of the program that led to an error, for the log; without its text, which may name people."""
    return "".join(traceback.format_tb(error.__traceback__))


def _is_resting_now(next_at: datetime | None) -> bool:
    """Whether it waits for a moment to come; what was set aside waits for somebody."""
    return next_at is not None and next_at > clock.now()


def _is_resting(next_at: datetime | None) -> bool:
    return next_at is None or _is_resting_now(next_at)


def _next_try(tries: int) -> datetime | None:
    return clock.now() + PAUSES[tries - 1] if tries <= len(PAUSES) else None
