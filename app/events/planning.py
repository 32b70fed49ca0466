"""Planning events: creating, changing, copying, publishing, cancelling.

What others must act on goes out as a signal: `moved` when a calendar has to change,
`altered` when who helps with it plans by something else, `seats_changed` when places may have come free, `copied`,
`published`, `cancelled` and `withdrawn`.
A meeting of a course is published, withdrawn, cancelled or copied by the rules of its edition only (`by_course`).
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock, slugs, urls
from app.attendance.models import Attendance
from app.database import db
from app.events import course_meetings, event_days, hanging, special_days
from app.events.hanging import Move
from app.events.models import Event, EventFormat, EventState, Question
from app.invitations.models import Invitation
from app.invitations.waves.models import Wave
from app.network import archiving
from app.network.faces import pictures
from app.network.models import Network
from app.network.vocabulary.models import Role
from app.outbox.kinds import Priority
from app.outbox.models import Message
from app.signals import Signal
from app.themes import themes
from app.themes.models import Theme
from app.words import Refusal

changing = Signal("An event is about to change; sent with the event, for who has to lock more than it, and before it.")
moved = Signal(
    "An event has another time, zone, place or mode; sent with the event, whether it is told, and the notice."
)
altered = Signal(
    "An event, also a draft, has another time or place, or takes place after all; sent with it and the notice."
)
seats_changed = Signal(
    "An event has more seats or another mode; sent with the event and whether those who come in are told."
)
cancelled = Signal("An event is cancelled; sent with the event and the notice.")
copied = Signal("An event was copied; sent with the event and its copy.")
published = Signal("A draft is shown to the world; sent with the event and the notice, for who hears of it.")
withdrawn = Signal("An event is a draft again; sent with the event.")

NOTICE = timedelta(weeks=7)
"""How long before a session people are asked: the invitation six weeks ahead, and some days to prepare it."""
_WHEN = ("starts_at", "ends_at", "zone")
_SIGNIFICANT = (*_WHEN, "on_site", "venue", "room", "street", "town", "online", "join_url")
"""Fields whose change raises SEQUENCE and is told to everybody who was invited."""
_SEATS = ("seats_on_site", "seats_online", "seats_per_organisation")
_SHOWN = (*_SIGNIFICANT, "title", "summary", "confidential", "bring", "day_contact", "day_phone")
"""Fields that a calendar shows; when one of them changes, calendars and feeds are made anew."""


class AlreadyHeld(Refusal):
    """People were checked in: the session was held on its day."""

    says = _l("Er is al ingecheckt, dus de dag kan niet meer veranderen. Kopieer de sessie voor een nieuwe datum.")
    field = "day"


class DayAttended(Refusal):
    """People were checked in on a day that would no longer be one of the event."""

    says = _l("Er is al ingecheckt op een dag die dan wegvalt. Laat de sessie die dag houden.")
    field = "day"


class NotEmpty(Refusal):
    """The event was public, or has people: it stays, to be cancelled."""

    says = _l("Bij deze sessie horen al mensen of mails. Verwijderen kan niet meer; annuleren wel.")
    tone = "error"


class EventOver(Refusal):
    """What has been cannot be cancelled any more."""

    says = _l("Deze sessie is geweest. Annuleren kan niet meer.")


@dataclass(frozen=True)
class Notice:
    """Whether those whom a change concerns are mailed, why it changed, and how long that mail can be held back."""

    send: bool = True
    reason: str = ""
    hold: timedelta = timedelta()


AT_ONCE = Notice()


@dataclass(frozen=True)
class EventDetails:
    """What an organiser fills in about an event; moments are in UTC."""

    title: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    summary: str = ""
    description: str = ""
    format: EventFormat = EventFormat.SESSION
    zone: str = clock.AMSTERDAM
    on_site: bool = True
    venue: str = ""
    room: str = ""
    street: str = ""
    town: str = ""
    directions: str = ""
    seats_on_site: int | None = None
    online: bool = False
    join_url: str = ""
    seats_online: int | None = None
    seats_per_organisation: int | None = None
    confidential: bool = False
    open_to_all: bool = True
    looks_back: bool = False
    bring: str = ""
    day_contact: str = ""
    day_phone: str = ""
    roles: Sequence[Role] = ()
    themes: Sequence[Theme] = ()


def create_event(network: Network, details: EventDetails) -> Event:
    """A new event, as a draft. Raises archiving.Archived."""
    archiving.demand_open(network)
    event = Event(
        network=network,
        network_id=network.id,
        uid=f"event-{uuid.uuid4()}@{urls.site_host()}"[:70],
        slug=slugs.free_slug(Event.slug, details.title, "sessie"),
    )
    _fill_event(event, details)
    db.session.add(event)
    db.session.flush()
    return event


def has_to_be_told(event: Event, details: EventDetails) -> bool:
    """Whether everybody who was invited has to hear of it when an event becomes like this: nobody of one that is then over."""
    differs = any(getattr(event, name) != getattr(details, name) for name in _SIGNIFICANT)
    return event.published and details.ends_at > clock.now() and differs


def changes_room(event: Event, details: EventDetails) -> bool:
    """Whether an event that becomes like this may have room for others."""
    return event.published and any(getattr(event, name) != getattr(details, name) for name in _SEATS)


def change_event(event: Event, details: EventDetails, notice: Notice = AT_ONCE) -> bool:
    """Change an event; return whether everybody who was invited is mailed about it.

    Raises AlreadyHeld, DayAttended, hanging.ProgrammeOutside, course_meetings.MeetingOfCourse or course_meetings.QuotaOfCourse.
    """
    course_meetings.demand_kind(event, details.format)
    if details.seats_per_organisation is not None:
        course_meetings.demand_no_meeting(event)
    changing.send(event)
    before = {name: getattr(event, name) for name in (*_SHOWN, *_SEATS)}
    move = Move.of(event, details.starts_at, details.zone)
    _keep_attended_days(event, details)
    _fill_event(event, details)
    changed = {name for name, value in before.items() if getattr(event, name) != value}
    if changed.intersection(_WHEN):
        hanging.shift_programme(event, move)
    hanging.shift_kept_seats(event, move)
    if changed.intersection(_SHOWN):
        note_calendar_change(event)
    significant = event.published and not changed.isdisjoint(_SIGNIFICANT)
    told = significant and not event.over
    if significant:
        _raise_sequence(event)
    db.session.flush()
    if significant or not changed.isdisjoint(_WHEN):
        moved.send(event, told=told, notice=notice)
    if not changed.isdisjoint(_SIGNIFICANT):
        altered.send(event, notice=notice)
    if not changed.isdisjoint(_SEATS):
        seats_changed.send(event, notice=notice)
    return told and notice.send


def publish_event(event: Event, notice: Notice = AT_ONCE, *, by_course: bool = False) -> None:
    """Show a draft to the world, or revive a cancelled event: everybody who was invited is told.

    Raises archiving.Archived or course_meetings.PartOfCourse.
    """
    archiving.demand_open(event.network)
    _demand_single(event, by_course)
    changing.send(event)
    revived = event.cancelled
    event.state, event.cancel_reason = EventState.PUBLISHED, ""
    if revived:
        _raise_sequence(event)
    note_calendar_change(event)
    db.session.flush()
    if revived:
        moved.send(event, told=True, notice=notice)
        altered.send(event, notice=notice)
    else:
        published.send(event, notice=notice)


def withdraw_event(event: Event, *, by_course: bool = False) -> None:
    """Take a published event back to draft, as long as nobody was invited. Raises course_meetings.PartOfCourse."""
    _demand_single(event, by_course)
    event.state = EventState.DRAFT
    note_calendar_change(event)
    db.session.flush()
    withdrawn.send(event)


def cancel_event(event: Event, reason: str, notice: Notice = AT_ONCE, *, by_course: bool = False) -> None:
    """Cancel a published event: everybody who was invited is told. Raises EventOver or course_meetings.PartOfCourse."""
    if event.cancelled:
        return
    _demand_single(event, by_course)
    if event.over:
        raise EventOver
    changing.send(event)
    event.state = EventState.CANCELLED
    event.cancel_reason = reason
    _raise_sequence(event)
    note_calendar_change(event)
    db.session.flush()
    cancelled.send(event, notice=notice)


def deletable() -> sa.ColumnElement[bool]:
    """The condition that an Event is a draft that nothing but its own programme, questions and rounds hangs on."""
    kept = [
        sa.exists().where(key.parent == Event.id)
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column is Event.__table__.c.id and key.ondelete is None and table is not Message.__table__
    ]
    mailed = sa.exists().where(Message.event_id == Event.id, Message.priority == Priority.MAILING)
    return sa.and_(Event.state == EventState.DRAFT, ~mailed, *(~each for each in kept))


def list_deletable(events: Collection[Event]) -> set[int]:
    """Ids of those of these events that can be deleted."""
    wanted = sa.select(Event.id).where(Event.id.in_([event.id for event in events]), deletable())
    return set(db.session.scalars(wanted))


def delete_drafts(events: Collection[Event]) -> None:
    """Take drafts away for good, with the mails that tried out their texts; all, or none: raises NotEmpty."""
    event_ids = {event.id for event in events}
    if list_deletable(events) != event_ids:
        raise NotEmpty
    tried = sa.update(Message).where(Message.event_id.in_(event_ids))
    db.session.execute(tried.values(event_id=None, wave_id=None))
    db.session.execute(sa.delete(Wave).where(Wave.event_id.in_(event_ids)))
    for event in events:
        db.session.delete(event)
    pictures.forget_unused_pictures()


def copy_event(event: Event, starts_at: datetime, title: str = "", *, by_course: bool = False) -> Event:
    """A draft like this event at another time, with its programme, questions, kept seats and rounds of mail.

    Raises archiving.Archived or course_meetings.PartOfCourse.
    """
    _demand_single(event, by_course)
    move = Move.of(event, starts_at)
    ends_at = move.go_along(event.ends_at)
    moments = {"starts_at", "ends_at", "closes_at"}
    same = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__ if name not in moments}
    details = EventDetails(
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=hanging.closing_after(move, event.closes_at, ends_at),
        **same | {"title": title or event.title, "themes": themes.go_on_today(event.themes)},
    )
    twin = create_event(event.network, details)
    twin.series_id = event.series_id
    twin.picture = event.picture
    hanging.copy_programme(event, twin, move)
    twin.questions = [
        Question(
            **{
                name: getattr(question, name)
                for name in ("place", "kind", "preset", "label", "reason", "choices", "required", "only_on_site")
            }
        )
        for question in event.questions
    ]
    db.session.flush()
    copied.send(event, twin=twin)
    return twin


def propose_day_of_copy(event: Event) -> date:
    """The day of the week that it was on, as soon as everybody can be asked in time; no day to avoid."""
    last = clock.to_local(event.starts_at, event.zone).date()
    earliest = clock.today(event.zone) + NOTICE
    return special_days.propose_day(earliest + timedelta(days=(last - earliest).days % 7))


def note_calendar_change(event: Event) -> None:
    """Note that calendars show something else from now on; strictly later than before."""
    event.changed_at = clock.stamp_after(event.changed_at)


def _demand_single(event: Event, by_course: bool) -> None:
    if not by_course:
        course_meetings.demand_single(event)


def _raise_sequence(event: Event) -> None:
    """Above what any calendar was told: the number of who answered is ahead of the event's (RFC 5546 section 2.1.4)."""
    told = sa.select(sa.func.max(Invitation.calendar_sequence)).where(Invitation.event_id == event.id)
    event.sequence = max(event.sequence, db.session.scalar(told) or 0) + 1


def _fill_event(event: Event, details: EventDetails) -> None:
    for name in EventDetails.__dataclass_fields__:
        value = getattr(details, name)
        setattr(event, name, list(value) if name in ("roles", "themes") else value)


def _keep_attended_days(event: Event, details: EventDetails) -> None:
    """A day on which somebody was checked in stays a day of the event. Raises AlreadyHeld or DayAttended."""
    before, after = event_days.dates_of_event(event), event_days.dates_of_event(details)
    if before == after:
        return
    there = sa.select(Attendance.id).where(Attendance.event_id == event.id, Attendance.day.not_in(after))
    if db.session.scalar(there.limit(1)) is not None:
        raise AlreadyHeld if len(before) == 1 else DayAttended
