"""What a phone at the door takes along: of everybody invited name, organisation, standing and code, and which taps hold."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.attendance import arrivals, door_join, presence, taps
from app.attendance.arrivals import Arrival
from app.attendance.models import Tap
from app.attendance.taps import Verdict
from app.database import db
from app.events.models import Event
from app.invitations import check_in_codes
from app.invitations.models import Invitation
from app.network.seeing import Viewer
from app.registration.cockpit import InvitationStanding
from app.registration.models import Registration

_OVERLAP = timedelta(minutes=1)
"""What was written before a phone asked last may have been saved after it: changes of this long are told again."""


def write_door_list(event: Event, day: date, viewer: Viewer, since: datetime | None = None) -> dict[str, Any]:
    """The whole list, or who changed since a moment that an earlier list named."""
    now = clock.now()
    changed = None if since is None else _numbers_changed(event, day, since - _OVERLAP)
    shown = [] if changed == set() else arrivals.list_everybody_invited(event, viewer, day, changed)
    verdicts = taps.judge_day(event, day, changed) if shown else {}
    return {
        "at": _milliseconds(now),
        "whole": since is None,
        "open": presence.is_check_in_open(event, day),
        "waiting": len(door_join.list_proposals(event, day)),
        "people": [_write_person(each, verdicts.get(each.invitation.id)) for each in shown],
    }


def _numbers_changed(event: Event, day: date, since: datetime) -> set[int]:
    tapped = sa.select(Tap.invitation_id).where(Tap.event_id == event.id, Tap.day == day, Tap.received_at >= since)
    added = sa.select(Invitation.id).where(Invitation.event_id == event.id, Invitation.created_at >= since)
    answered = sa.select(Registration.invitation_id).where(
        Registration.event_id == event.id, Registration.changed_at >= since
    )
    return set(db.session.scalars(sa.union(tapped, added, answered)))


def _write_person(arrival: Arrival, verdict: Verdict | None) -> list[Any]:
    coming = arrival.standing is InvitationStanding.COMING
    position = arrival.position
    return [
        arrival.invitation.id,
        arrival.person.name,
        position.organisation.name if position else "",
        "" if coming else str(arrival.standing.words),
        arrival.mode.value,
        check_in_codes.print_of_code(arrival.invitation),
        [_write_tap(tap) for tap in verdict.holds] if verdict else [],
    ]


def _write_tap(tap: Tap) -> list[Any]:
    by = tap.account.name if tap.account else ""
    return [tap.uuid, tap.present, tap.mode.value, _milliseconds(tap.tapped_at), by]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
