"""The log of taps at the doors, an observed-remove log: what holds follows from which taps there are, not from when they came.

Every tap names the taps that it answers. What no tap answers holds; somebody is there as long as one of those says so.
Two desks that did not know of each other may leave both: that is shown, and the next tap answers both.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account
from app.attendance.models import Attendance, Tap
from app.database import db, insert_new, wait_for_others
from app.events.models import Event, Mode
from app.invitations.models import Invitation


@dataclass(frozen=True)
class Verdict:
    """What the taps about one person on one day come to."""

    holds: list[Tap]
    """The taps that none answers, in an order of their own."""

    @property
    def first(self) -> Tap | None:
        """The tap by which somebody is there, the earliest; None when they are not."""
        return next((tap for tap in self.holds if tap.present), None)

    @property
    def differs(self) -> bool:
        """Whether desks that did not know of each other said different things."""
        return len({(tap.present, tap.present and tap.mode) for tap in self.holds}) > 1


def judge_taps(taps: Iterable[Tap]) -> Verdict:
    """The same for the same taps, in whatever order they came and however often."""
    known = {tap.uuid: tap for tap in taps}
    answered = {seen for tap in known.values() for seen in tap.seen}
    holds = [tap for tap in known.values() if tap.uuid not in answered]
    return Verdict(sorted(holds, key=lambda tap: (tap.tapped_at, tap.uuid)))


def judge_day(event: Event, day: date, invitation_ids: Collection[int] | None = None) -> dict[int, Verdict]:
    """The verdict about each invitation of an event that was tapped on a day, or of these; who was there before there were taps counts as tapped."""
    of_each = defaultdict(list)
    wanted = sa.select(Tap).where(Tap.event_id == event.id, Tap.day == day).options(joinedload(Tap.account))
    before = sa.select(Attendance).where(Attendance.event_id == event.id, Attendance.day == day)
    before = before.options(joinedload(Attendance.account))
    if invitation_ids is not None:
        wanted = wanted.where(Tap.invitation_id.in_(invitation_ids))
        before = before.where(Attendance.invitation_id.in_(invitation_ids))
    for tap in db.session.scalars(wanted):
        of_each[tap.invitation_id].append(tap)
    for there in db.session.scalars(before):
        if there.invitation_id not in of_each:
            of_each[there.invitation_id].append(_tap_of(there))
    return {invitation_id: judge_taps(taps) for invitation_id, taps in of_each.items()}


def note_tap(invitation: Invitation, day: date, mode: Mode, by: Account | None, at: datetime, *, present: bool) -> None:
    """Add what was done on a page that shows what holds: it answers all that was tapped before."""
    before = sa.select(Tap.uuid).where(Tap.invitation_id == invitation.id, Tap.day == day)
    seen = list(db.session.scalars(before.order_by(Tap.id)))
    add_tap(
        uuid=uuid.uuid4().hex,
        event_id=invitation.event_id,
        invitation_id=invitation.id,
        day=day,
        present=present,
        mode=mode,
        seen=seen,
        account_id=by.id if by else None,
        tapped_at=at,
    )


def add_tap(**values: object) -> None:
    """Keep a tap; one that is there already stays as it was."""
    db.session.execute(insert_new(Tap.__table__, "uuid").values(received_at=clock.now(), **values))


def take_turn(event_id: int) -> None:
    """Whoever changes who is there at an event waits for who does: the taps of both are judged together."""
    wait_for_others(f"door {event_id}")


def _tap_of(there: Attendance) -> Tap:
    """The tap that somebody's being there stands for, where it was made before taps were kept."""
    return Tap(
        uuid=f"{there.id:032x}",
        invitation_id=there.invitation_id,
        present=True,
        mode=there.mode,
        seen=[],
        account=there.account,
        tapped_at=there.at,
    )
