"""Calendar mails to one person: METHOD REQUEST and CANCEL (RFC 5546 sections 3.2.2 and 3.2.5).

Exactly one ATTENDEE, the addressee; the answers come back to ORGANIZER.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext

from app import plain_text
from app.calendars import vevents
from app.calendars.vevents import VeventStatus
from app.events import event_days
from app.events.models import Event, Mode
from app.outbox.mime import CalendarPart

if TYPE_CHECKING:
    import icalendar
    from icalendar import vCalAddress


@dataclass(frozen=True)
class CalendarParty:
    """A name with an address: the organizer or the attendee."""

    name: str
    address: str


@dataclass(frozen=True)
class Participation:
    """What one person's calendar should show from now on."""

    organizer: CalendarParty
    attendee: CalendarParty
    status: VeventStatus
    certain: bool
    """Whether this person has a place: PARTSTAT=ACCEPTED."""
    mode: Mode | None
    sequence: int
    stamp: datetime
    uid: str = ""
    """By which their calendar knows it, when that is not the UID of the event."""
    page: str = ""
    """The public page by a link of this person's own, where not everybody may see it."""
    note: str = ""
    """First line of the description: that the place is certain, that one waits in line."""
    programme: str = ""
    """What they chose in the programme, a line each."""


def write_participation_request(event: Event, participation: Participation) -> CalendarPart:
    """Ask for or confirm somebody's presence; only people with a place online get the join link."""
    certain = participation.certain
    join = participation.mode == Mode.ONLINE and certain and event.join_url
    joining = gettext("Deelnemen: %(link)s", link=event.join_url) if join else ""
    first = [joining, participation.note, event_days.describe_days(event), vevents.describe_practice(event)]
    first.append(participation.programme)
    component = _component(
        event,
        participation,
        vevents.calendar_title(event),
        vevents.calendar_description(event, first=first, page=participation.page),
        with_link=bool(join),
    )
    component["attendee"].params["PARTSTAT"] = "ACCEPTED" if certain else "NEEDS-ACTION"
    component.add("x-microsoft-cdo-busystatus", "BUSY" if certain else "TENTATIVE")
    component.add("x-microsoft-cdo-intendedstatus", "BUSY")
    component.add("x-microsoft-disallow-counter", "TRUE")
    if event.confidential:
        component.add("x-microsoft-donotforwardmeeting", "TRUE")
    return _participation_part("REQUEST", event, component)


def write_participation_cancel(event: Event, participation: Participation) -> CalendarPart:
    """Take the event out of somebody's calendar."""
    summary = gettext("Geannuleerd: %(title)s", title=vevents.calendar_title(event))
    description = vevents.calendar_description(event, first=[participation.note], page=participation.page)
    component = _component(event, participation, summary, description, with_link=False)
    return _participation_part("CANCEL", event, component)


def _component(
    event: Event, participation: Participation, summary: str, description: str, *, with_link: bool
) -> "icalendar.Event":
    component = vevents.build_vevent(
        event,
        status=participation.status,
        sequence=participation.sequence,
        stamp=participation.stamp,
        summary=summary,
        where=vevents.calendar_location(event, participation.mode, with_link=with_link),
        description=description,
        uid=participation.uid,
        page=participation.page,
    )
    component.add("organizer", calendar_address(participation.organizer))
    attendee = calendar_address(participation.attendee)
    attendee.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE"})
    component.add("attendee", attendee)
    return component


def calendar_address(party: CalendarParty) -> "vCalAddress":
    """A CAL-ADDRESS with a name that no program stumbles over."""
    from icalendar import vCalAddress

    value = vCalAddress(f"mailto:{party.address}")
    value.params["CN"] = plain_text.clean_calendar_text(party.name).replace("\n", " ").replace('"', "”")
    return value


def _participation_part(method: str, event: Event, component: "icalendar.Event") -> CalendarPart:
    return CalendarPart(method, vevents.write_vcalendar(component, event.zone, method))
