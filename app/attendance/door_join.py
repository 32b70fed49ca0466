"""Phones at the doors that come back in touch: their taps and walk-ins join what the site has, each once, in any order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account
from app.attendance import presence, taps
from app.attendance.models import WalkInProposal
from app.database import db, insert_new
from app.events.models import Event, Mode
from app.invitations.models import FormerInvitation, Invitation
from app.network import seeing
from app.network.seeing import Viewer
from app.plain_text import visible_text

MOST = 500
"""Taps in one message of a phone, which sends the rest in the next."""
_MOST_SEEN = 50
_NAME = 120
_UUID = re.compile(r"[0-9a-f]{32}")
_CLOCK_OFF = timedelta(minutes=2)
"""From here on a phone is told that its clock is off; what it sent counts all the same."""


class BadMessage(ValueError):
    """Not what the script of the door sends."""


@dataclass(frozen=True)
class SentTap:
    """A tap as a phone kept it."""

    uuid: str
    number: int
    present: bool
    mode: Mode
    seen: list[str]
    at: datetime


@dataclass(frozen=True)
class SentWalkIn:
    """Somebody who was not on the list of a phone."""

    uuid: str
    name: str
    organisation: str
    mode: Mode
    at: datetime


@dataclass(frozen=True)
class Joined:
    """What became of a message: ids that the phone may forget, and those about nobody whom the list has."""

    kept: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def join_taps(event: Event, day: date, sent: list[SentTap], viewer: Viewer, by: Account) -> Joined:
    """Add the taps of a phone to the log, and let it hold what the log comes to. Raises as presence.demand_open_door()."""
    presence.demand_open_door(event, day)
    taps.take_turn(event.id)
    invitations = _find_invitations(event, {tap.number for tap in sent}, viewer)
    known = [tap for tap in sent if tap.number in invitations]
    for tap in known:
        taps.add_tap(
            uuid=tap.uuid,
            event_id=event.id,
            invitation_id=invitations[tap.number].id,
            day=day,
            present=tap.present,
            mode=tap.mode,
            seen=tap.seen,
            account_id=by.id,
            tapped_at=tap.at,
        )
    touched = {invitations[tap.number].id: invitations[tap.number] for tap in known}
    verdicts = taps.judge_day(event, day, sorted(touched))
    for invitation_id, verdict in sorted(verdicts.items()):
        presence.settle_presence(touched[invitation_id], day, verdict)
    return Joined([tap.uuid for tap in known], [tap.uuid for tap in sent if tap.number not in invitations])


def join_walk_ins(event: Event, day: date, sent: list[SentWalkIn], by: Account) -> Joined:
    """Keep who was not on the list, for an organiser to say who it is; sent again, or settled since, it is no second one."""
    for each in sent:
        row = {
            "uuid": each.uuid,
            "event_id": event.id,
            "day": day,
            "name": each.name,
            "organisation": each.organisation,
            "mode": each.mode,
            "account_id": by.id,
            "tapped_at": each.at,
            "received_at": clock.now(),
        }
        db.session.execute(insert_new(WalkInProposal.__table__, "uuid").values(row))
    return Joined([each.uuid for each in sent])


def list_proposals(event: Event, day: date) -> list[WalkInProposal]:
    """Who was not on the list and waits for an organiser, earliest first."""
    wanted = sa.select(WalkInProposal).where(WalkInProposal.event_id == event.id, WalkInProposal.day == day)
    waiting = wanted.where(WalkInProposal.settled_at.is_(None))
    return list(db.session.scalars(waiting.order_by(WalkInProposal.tapped_at, WalkInProposal.uuid)))


def find_proposal(event: Event, walk_in_proposal_id: int) -> WalkInProposal | None:
    """The proposal of this number, while it waits."""
    wanted = sa.select(WalkInProposal).where(
        WalkInProposal.id == walk_in_proposal_id, WalkInProposal.event_id == event.id
    )
    return db.session.scalar(wanted.where(WalkInProposal.settled_at.is_(None)))


def settle_proposal(proposal: WalkInProposal) -> None:
    """It is known who it was, or that it was nobody: the name goes."""
    proposal.name = proposal.organisation = ""
    proposal.settled_at = clock.now()


def is_clock_off(sent_at: datetime) -> bool:
    return abs(clock.now() - sent_at) > _CLOCK_OFF


def read_taps(sent: Any) -> list[SentTap]:
    """The taps in a message. Raises BadMessage."""
    return [
        SentTap(
            _uuid(each.get("id")),
            _number(each.get("number")),
            each.get("present") is True,
            _mode(each.get("mode")),
            [_uuid(seen) for seen in _list(each.get("seen"), _MOST_SEEN)],
            read_moment(each.get("at")),
        )
        for each in _entries(sent)
    ]


def read_walk_ins(sent: Any) -> list[SentWalkIn]:
    """The walk-ins in a message. Raises BadMessage."""
    return [
        SentWalkIn(
            _uuid(each.get("id")),
            _words(each.get("name")) or _refuse("a name"),
            _words(each.get("organisation")),
            _mode(each.get("mode")),
            read_moment(each.get("at")),
        )
        for each in _entries(sent)
    ]


def read_moment(sent: Any) -> datetime:
    """Milliseconds since 1970, as JavaScript counts. Raises BadMessage."""
    if not isinstance(sent, int) or isinstance(sent, bool) or not 0 <= sent < 4_102_444_800_000:
        _refuse("a moment")
    return datetime.fromtimestamp(sent / 1000, UTC)


def _find_invitations(event: Event, numbers: set[int], viewer: Viewer) -> dict[int, Invitation]:
    """By the number on the phone; one that was merged since is the invitation that it became."""
    former = db.session.scalars(sa.select(FormerInvitation).where(FormerInvitation.number.in_(numbers)))
    became = {each.number: each.invitation_id for each in former}
    wanted = sa.select(Invitation).where(Invitation.event_id == event.id, seeing.invitations(viewer))
    rows = db.session.scalars(wanted.where(Invitation.id.in_({became.get(each, each) for each in numbers})))
    found = {row.id: row for row in rows}
    return {number: found[now] for number in numbers if (now := became.get(number, number)) in found}


def _entries(sent: Any) -> Iterable[dict[str, Any]]:
    entries = _list(sent, MOST)
    if not all(isinstance(each, dict) for each in entries):
        _refuse("entries")
    return entries


def _list(sent: Any, most: int) -> list[Any]:
    if not isinstance(sent, list) or len(sent) > most:
        _refuse("a list")
    return list(sent)


def _uuid(sent: Any) -> str:
    if not isinstance(sent, str) or not _UUID.fullmatch(sent):
        _refuse("an id")
    return str(sent)


def _number(sent: Any) -> int:
    if not isinstance(sent, int) or isinstance(sent, bool) or not 0 < sent < 2**31:
        _refuse("a number")
    return int(sent)


def _mode(sent: Any) -> Mode:
    if sent not in list(Mode):
        _refuse("a mode")
    return Mode(sent)


def _words(sent: Any) -> str:
    if not isinstance(sent, str):
        _refuse("words")
    return " ".join(visible_text(str(sent)).split())[:_NAME]


def _refuse(wanted: str) -> Any:
    raise BadMessage(f"not {wanted}")
