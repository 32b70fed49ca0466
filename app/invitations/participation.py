"""What each person's calendar was last told, and the numbers that the next calendar mail must carry.

Writing a calendar part changes nothing; `remember` keeps what it tells, once a mail that will leave carries it.

SEQUENCE and DTSTAMP rise per participation, or somebody who cancels and registers again
keeps an empty calendar (RFC 5546 sections 2.1.4 and 2.1.5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app import clock, urls
from app.breakouts import own_programme
from app.calendars import calendar_requests
from app.calendars.calendar_requests import CalendarParty, Participation
from app.calendars.vevents import VeventStatus
from app.database import Model
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import CalendarStatus, Invitation
from app.network import visits
from app.outbox.message_writing import Draft
from app.outbox.mime import CalendarPart, Mail


@dataclass(frozen=True)
class Told(CalendarPart):
    """The calendar part of a mail, with what somebody's calendar knows once it has arrived."""

    sequence: int
    stamp: datetime
    status: CalendarStatus
    mode: Mode | None


def write_request_part(
    invitation: Invitation, status: CalendarStatus, *, certain: bool = False, mode: Mode | None = None, note: str = ""
) -> Told:
    """The calendar part that asks this person to come or confirms it."""
    event = invitation.event
    if mode is None and len(event.modes) == 1:
        mode = event.modes[0]
    last = invitation.calendar_sequence
    changed = (status, mode) != (invitation.calendar_status, invitation.calendar_mode)
    sequence = event.sequence if last is None else max(event.sequence, last + changed)
    return _told(invitation, status, _participation(invitation, sequence, status, mode, certain=certain, note=note))


def write_cancel_part(invitation: Invitation, note: str = "") -> Told | None:
    """The calendar part that takes the event out of this person's calendar; None when it is not in there."""
    if invitation.calendar_status in {None, CalendarStatus.CANCELLED}:
        return None
    sequence = max(invitation.event.sequence, invitation.calendar_sequence or 0) + 1
    status, mode = CalendarStatus.CANCELLED, invitation.calendar_mode
    return _told(invitation, status, _participation(invitation, sequence, status, mode, note=note))


@dataclass(frozen=True)
class SentEntry:
    """What a mail put in the calendar of a mailbox, as it stands there."""

    mailbox: str
    """Lower case."""
    uid: str
    attendee: str
    organizer: str
    sequence: int

    @property
    def place(self) -> tuple[str, str]:
        """Two mails about the same place are about one entry."""
        return self.mailbox, self.uid.lower()


def write_clearing_part(invitation: Invitation, entry: SentEntry) -> Told:
    """The calendar part that takes out what was sent: its own UID, ATTENDEE and ORGANIZER, above every SEQUENCE so far."""
    event = invitation.event
    cancelled = Participation(
        organizer=CalendarParty(event.network.name, entry.organizer),
        attendee=CalendarParty(invitation.person.name, entry.attendee),
        status=VeventStatus.CANCELLED,
        certain=False,
        mode=invitation.calendar_mode,
        sequence=max(event.sequence, invitation.calendar_sequence or 0, entry.sequence) + 1,
        stamp=clock.stamp_after(invitation.calendar_stamp),
        uid=entry.uid,
    )
    return _told(invitation, CalendarStatus.CANCELLED, cancelled)


def draft(invitation: Invitation, mail: Mail, *rests_on: Model | None) -> Draft:
    """A mail about an invitation, which tells a calendar what `remember` keeps."""
    person = invitation.person
    rows = (invitation, invitation.event, person, *person.addresses, *person.memberships, *filter(None, rests_on))
    told = (invitation, mail.calendar) if isinstance(mail.calendar, Told) else None
    return Draft(mail, rows, invitation if told else None, told)


def remember(told: Iterable[tuple[Invitation, Told] | None]) -> None:
    """Keep what calendars are told, so that the next mail to each goes on from there."""
    for invitation, part in filter(None, told):
        invitation.calendar_sequence, invitation.calendar_stamp = part.sequence, part.stamp
        invitation.calendar_status, invitation.calendar_mode = part.status, part.mode


def _told(invitation: Invitation, status: CalendarStatus, participation: Participation) -> Told:
    write = (
        calendar_requests.write_participation_cancel
        if status == CalendarStatus.CANCELLED
        else calendar_requests.write_participation_request
    )
    part = write(invitation.event, participation)
    return Told(part.method, part.content, participation.sequence, participation.stamp, status, participation.mode)


def _participation(
    invitation: Invitation,
    sequence: int,
    status: CalendarStatus,
    mode: Mode | None,
    *,
    certain: bool = False,
    note: str,
) -> Participation:
    event, address = invitation.event, invitation.attendee
    return Participation(
        organizer=CalendarParty(event.network.name, invitation_links.invitation_reply_address(invitation)),
        attendee=CalendarParty(invitation.person.name, address.address),
        status=VeventStatus(status.upper()),
        certain=certain,
        mode=mode,
        sequence=sequence,
        stamp=clock.stamp_after(invitation.calendar_stamp),
        uid=invitation.uid,
        page=visits.link_to_page(invitation.person, event.network, urls.event_url(event.slug)),
        note=note,
        programme=own_programme.describe_chosen(invitation) if certain else "",
    )
