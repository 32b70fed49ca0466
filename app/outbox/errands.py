"""What an act does with many rows: the first of them within the act, the rest by the clockwork in steps of its own.

Nobody may wait for ten thousand mails to be put on pause. So the act notes with which rows what is to be done; each step
is a transaction that also notes how far it came, and what was done twice by a worker that broke off changes nothing. Mails
of an act that holds them do not leave meanwhile, and the next act about the same event comes after what is left.
"""

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from app import step_sizes
from app.database import db, give_up_transaction, take_row
from app.outbox.models import Errand, ErrandKind, Message
from app.setbacks import one_by_one
from app.words import Refusal

log = logging.getLogger("leerkring.errands")

AT_ONCE = 250
"""Rows within the act itself: it may do several things with as many."""
STEP = 500
"""Rows in one transaction of the clockwork at most."""
PATIENCE = 3
"""Seconds that the request of an act goes on with it, once it is saved; then the clockwork does."""
JOB = "carry_on_errands"

Work = Callable[[Errand, list[int]], object]
_works: dict[ErrandKind, Work] = {}
_few: dict[ErrandKind, int] = {}
"""How many rows it begins with where one of them takes milliseconds."""

IS_HELD = sa.exists().where(
    Errand.event_id == Message.event_id, Message.id.between(Errand.holds_from, Errand.holds_until)
)
"""That a Message waits for what an act is doing with it."""


def register_errand(kind: ErrandKind, work: Work, few: int | None = None) -> None:
    """Say how an errand is done for some of its rows; doing it twice is as doing it once."""
    _works[kind] = work
    if few:
        _few[kind] = few


def carry_out(kind: ErrandKind, row_ids: Sequence[int], *, holds: bool = False, **about: Any) -> int:
    """Do this with all these rows, by and by; returns how many.

    `holds` says that the rows are messages, which do not leave before it is done. `about` are columns of the errand.
    """
    errand = Errand(kind=kind, row_ids=list(row_ids), done=0, **{"details": {}} | about)
    _do_step(errand, _first(kind))
    if errand.done < len(row_ids):
        if holds:
            errand.holds_from, errand.holds_until = min(row_ids), max(row_ids)
        db.session.add(errand)
        db.session.flush()
        _remember(errand.id)
    return len(row_ids)


class Unfinished(Exception):
    """An act of a request meets what earlier ones have still to do: that is done first, each step saved by itself."""

    def __init__(self, errand_ids: list[int]) -> None:
        super().__init__("earlier acts are not done yet")
        self.errand_ids = errand_ids


class StillUnderWay(Refusal):
    """What an earlier act has still to do takes longer than somebody waits, or cannot be done."""

    says = _l("Een eerdere wijziging wordt nog uitgevoerd. Probeer het over een minuut opnieuw.")


def finish_earlier(event_id: int | None = None, network_id: int | None = None) -> None:
    """Finish what earlier acts have still to do for an event or a network, whose outcome the next act rests on.

    Under a door (`act_after_earlier`) raises Unfinished or StillUnderWay instead: nobody else may wait meanwhile.
    """
    mine = sa.select(Errand).filter_by(event_id=event_id, network_id=network_id)
    left = mine.order_by(Errand.id).with_for_update()
    found = db.session.scalars(left, execution_options={"populate_existing": True}).all()
    if found and (tries := g.get("tries_after_earlier") if has_request_context() else None):
        raise Unfinished([each.id for each in found]) if tries == 1 else StillUnderWay
    for errand in found:
        while _do_step(errand, STEP):
            pass
        db.session.delete(errand)
        db.session.flush()


def act_after_earlier(act: Callable[[], Any]) -> Any:
    """Do what a request asks for; where it meets what earlier acts have still to do, once more after that."""
    g.tries_after_earlier = 1
    try:
        return act()
    except Unfinished as earlier:
        give_up_transaction()
        _carry_on_for_a_while(earlier.errand_ids)
        for _, upload in request.files.items(multi=True):
            upload.stream.seek(0)
        g.tries_after_earlier = 2
        return act()
    finally:
        g.pop("tries_after_earlier", None)


def call_off(kind: ErrandKind, row_ids: Sequence[int], network_id: int) -> None:
    """Do no more of what an act about these rows has still to do, since it is undone: nothing is to be undone of that."""
    mine = sa.select(Errand).filter_by(kind=kind, network_id=network_id).order_by(Errand.id).with_for_update()
    for errand in db.session.scalars(mine, execution_options={"populate_existing": True}).all():
        if errand.row_ids == list(row_ids):
            db.session.delete(errand)
    db.session.flush()


def is_under_way(event_id: int) -> sa.ColumnElement[bool]:
    """Whether an act about an event is not done yet, so that counts of its mails will differ in a moment."""
    return sa.exists().where(Errand.event_id == event_id)


def is_any_left(event_id: int) -> bool:
    """The same, asked by itself."""
    return bool(db.session.scalar(sa.select(is_under_way(event_id))))


def carry_on_errands() -> int:
    """Do what acts left to be done; returns with how many rows."""
    left = db.session.scalars(sa.select(Errand.id).order_by(Errand.id)).all()
    return one_by_one.do_each(JOB, left, _carry_on)


def carry_on_after_requests(app: Flask) -> None:
    """Let the request of an act go on with it once it is saved, so that its page shows what became of it."""
    app.after_request(_carry_on_begun)


def _remember(errand_id: int) -> None:
    if has_request_context():
        g.setdefault("errands", []).append(errand_id)


def _carry_on_for_a_while(errand_ids: list[int]) -> None:
    until = monotonic() + PATIENCE
    one_by_one.do_each(JOB, errand_ids, lambda errand_id: _carry_on(errand_id, until), complete=False)


def _carry_on_begun(response: Response) -> Response:
    begun: list[int] = g.pop("errands", [])
    if begun:
        give_up_transaction()
        try:
            _carry_on_for_a_while(begun)
        except SQLAlchemyError as error:  # the act is saved, and its page says so
            give_up_transaction()
            log.warning("what an act has still to do is left to the clockwork: %s", one_by_one.describe_error(error))
    return response


def _carry_on(errand_id: int, until: float | None = None) -> int | None:
    """Do an errand step by step, each saved; None when another worker has it, or did it."""
    total, size = 0, 0
    while errand := take_row(Errand, errand_id):
        begun, size = monotonic(), size or _first(errand.kind)
        total += _do_step(errand, size)
        if done := errand.done >= len(errand.row_ids):
            db.session.delete(errand)
        db.session.commit()
        if done or one_by_one.stopped.is_set() or (until and monotonic() > until):
            return total
        size = step_sizes.next_step(size, monotonic() - begun, STEP)
    return total or None


def _first(kind: ErrandKind) -> int:
    return min(_few.get(kind, AT_ONCE), AT_ONCE)


def _do_step(errand: Errand, most: int) -> int:
    """Do it for the next of its rows; returns how many those were."""
    some = errand.row_ids[errand.done : errand.done + most]
    if some:
        _works[errand.kind](errand, some)
        errand.done += len(some)
    return len(some)
