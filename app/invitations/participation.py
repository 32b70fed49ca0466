"""What each person's calendar was last told, and the numbers that the next calendar mail must carry.

SEQUENCE and DTSTAMP rise per participation, or somebody who cancels and registers again
keeps an empty calendar (RFC 5546 sections 2.1.4 and 2.1.5).
"""

from datetime import datetime, timedelta

from app import clock
from app.calendars import requests
from app.calendars.documents import Status
from app.calendars.requests import Participation, Party
from app.events.models import Mode
from app.invitations import links
from app.invitations.models import CalendarStatus, Invitation
from app.outbox.mime import CalendarPart


def request(
    invitation: Invitation, status: CalendarStatus, *, certain: bool = False, mode: Mode | None = None, note: str = ""
) -> CalendarPart:
    """The calendar part that asks this person to come or confirms it; remembers what was sent."""
    event = invitation.event
    if mode is None and len(event.modes) == 1:
        mode = event.modes[0]
    last = invitation.calendar_sequence
    changed = (status, mode) != (invitation.calendar_status, invitation.calendar_mode)
    sequence = event.sequence if last is None else max(event.sequence, last + changed)
    participation = _tell(invitation, sequence, status, mode, certain=certain, note=note)
    return requests.request(event, participation)


def cancel(invitation: Invitation, note: str = "") -> CalendarPart | None:
    """The calendar part that takes the event out of this person's calendar; None when it is not in there."""
    if invitation.calendar_status in {None, CalendarStatus.CANCELLED}:
        return None
    sequence = max(invitation.event.sequence, invitation.calendar_sequence or 0) + 1
    participation = _tell(invitation, sequence, CalendarStatus.CANCELLED, invitation.calendar_mode, note=note)
    return requests.cancel(invitation.event, participation)


def _tell(
    invitation: Invitation,
    sequence: int,
    status: CalendarStatus,
    mode: Mode | None,
    *,
    certain: bool = False,
    note: str,
) -> Participation:
    invitation.calendar_sequence = sequence
    invitation.calendar_stamp = _next_stamp(invitation.calendar_stamp)
    invitation.calendar_status, invitation.calendar_mode = status, mode
    network = invitation.event.network
    return Participation(
        organizer=Party(network.name, links.reply_address(invitation)),
        attendee=Party(invitation.person.name, invitation.attendee.address),
        status=Status(status.upper()),
        certain=certain,
        mode=mode,
        sequence=sequence,
        stamp=invitation.calendar_stamp,
        note=note,
    )


def _next_stamp(last: datetime | None) -> datetime:
    """DTSTAMP has whole seconds and must be later than the last one."""
    now = clock.now().replace(microsecond=0)
    return now if last is None else max(now, last + timedelta(seconds=1))
