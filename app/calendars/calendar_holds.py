"""A date that may become a session, kept free in somebody's calendar: TENTATIVE, to one attendee, and gone when it is not chosen."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from app import clock
from app.calendars import calendar_requests, vevents
from app.calendars.calendar_requests import CalendarParty
from app.calendars.vevents import VeventStatus
from app.outbox.mime import CalendarPart


@dataclass(frozen=True)
class Hold:
    """One date for one person. It has what vevents.build_vevent() asks of an event."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    organizer: CalendarParty
    attendee: CalendarParty
    sequence: int
    stamp: datetime
    zone: str = clock.AMSTERDAM
    confidential: bool = True
    """No public page yet, and nobody else's business."""
    slug: str = ""

    @property
    def changed_at(self) -> datetime:
        return self.stamp


def write_hold_request(hold: Hold) -> CalendarPart:
    """Keep the date free."""
    summary = gettext("Optie: %(title)s", title=hold.title)
    words = gettext("Deze datum is nog niet zeker. Kiezen we een andere, dan verdwijnt hij vanzelf.")
    return _hold_part("REQUEST", hold, VeventStatus.TENTATIVE, summary, words)


def write_hold_cancel(hold: Hold) -> CalendarPart:
    """Give the date back."""
    summary = gettext("Geannuleerd: %(title)s", title=gettext("Optie: %(title)s", title=hold.title))
    return _hold_part("CANCEL", hold, VeventStatus.CANCELLED, summary, gettext("Deze datum is het niet geworden."))


def _hold_part(method: str, hold: Hold, status: VeventStatus, summary: str, words: str) -> CalendarPart:
    component = vevents.build_vevent(
        hold, status=status, sequence=hold.sequence, stamp=hold.stamp, summary=summary, where="", description=words
    )
    component.add("organizer", calendar_requests.calendar_address(hold.organizer))
    attendee = calendar_requests.calendar_address(hold.attendee)
    attendee.params.update(
        {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    )
    component.add("attendee", attendee)
    if method == "REQUEST":
        component.add("x-microsoft-cdo-busystatus", "TENTATIVE")
        component.add("x-microsoft-cdo-intendedstatus", "TENTATIVE")
        component.add("x-microsoft-disallow-counter", "TRUE")
    return CalendarPart(method, vevents.write_vcalendar(component, hold.zone, method))
