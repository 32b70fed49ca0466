"""The public agenda: sessions of all networks and what partners do elsewhere, as a list or by month, narrowed down."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, urls, wording
from app.database import db
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.events import event_days, event_queries
from app.events.models import Event, EventFormat, EventState, Series, event_roles
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.themes.models import Theme
from app.translating import language

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class AgendaFilter:
    """What the agenda is narrowed down to; without any of it, everything is shown."""

    network: Network | None = None
    """One that the reader may know of; without it, those that are listed."""
    format: EventFormat | None = None
    region: str = ""
    role: str = ""
    """Code of the role that sessions are meant for."""
    theme: Theme | None = None
    series: Series | None = None


@dataclass(frozen=True)
class AgendaEntry:
    """One line of the agenda: a session, or an event that a partner manages."""

    title: str
    link: str
    network: Network
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    summary: str = ""
    format: EventFormat | None = None
    cancelled: bool = False
    all_day: bool = False
    elsewhere: str = ""
    """Whose calendar it comes from, when it is a partner's."""

    hours: str = ""
    """Of each day, in the language of the reader."""
    begins: dict[date, datetime] = field(default_factory=dict)
    """When each day of several begins."""

    @classmethod
    def of_event(cls, event: Event) -> Self:
        link, place = urls.event_url(event.slug), wording.format_place(event)
        common = {
            name: getattr(event, name) for name in ("title", "network", "starts_at", "ends_at", "zone", "summary")
        }
        hours = event_days.format_hours_of_event(event)
        begins = {}
        if event_days.takes_several_days(event):
            begins = {clock.to_local(begin, event.zone).date(): begin for begin, _ in event_days.days_of_event(event)}
        return cls(
            link=link,
            place=place,
            format=event.format,
            cancelled=event.cancelled,
            hours=hours,
            begins=begins,
            **common,
        )

    @classmethod
    def of_outside(cls, event: OutsideEvent) -> Self:
        common = {name: getattr(event, name) for name in ("title", "link", "starts_at", "ends_at", "all_day", "place")}
        hours = wording.format_hours(event.starts_at, event.ends_at)
        return cls(
            network=event.calendar.network, zone=clock.AMSTERDAM, elsewhere=event.calendar.name, hours=hours, **common
        )

    @property
    def days(self) -> list[date]:
        """Every day on which it takes place, in its own zone; an end at midnight belongs to the day before."""
        first = clock.to_local(self.starts_at, self.zone).date()
        last = clock.to_local(max(self.starts_at, self.ends_at - timedelta(seconds=1)), self.zone).date()
        return [first + timedelta(days=number) for number in range(min((last - first).days, 60) + 1)]


@dataclass(frozen=True)
class AgendaDay:
    date: date
    in_month: bool
    holiday: str
    """Its name, when it is a Dutch public holiday."""
    entries: list[AgendaEntry] = field(default_factory=list)


@dataclass(frozen=True)
class AgendaMonth:
    """A month in whole weeks from Monday."""

    first: date
    weeks: list[list[AgendaDay]]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def empty(self) -> bool:
        return not any(day.entries for week in self.weeks for day in week if day.in_month)


def held_in_region(region: str) -> sa.ColumnElement[bool]:
    """The condition that an event is held in a municipality of this region."""
    towns = sa.select(sa.func.lower(Organisation.name)).where(
        Organisation.kind == OrganisationKind.MUNICIPALITY, Organisation.region == region
    )
    return Event.on_site & sa.func.lower(Event.town).in_(towns)


def coming_entries(sought: AgendaFilter) -> list[AgendaEntry]:
    """What is not over yet, soonest first."""
    return _entries(sought, clock.now(), None)


def next_entries(most: int) -> list[AgendaEntry]:
    """The first so many of what goes on and is not over yet, of all networks that are listed."""
    now, everything = clock.now(), AgendaFilter()
    sessions = _select_sessions(everything, now, None).where(Event.state == EventState.PUBLISHED).limit(most)
    outside = _select_outside(everything, now, None).order_by(OutsideEvent.starts_at, OutsideEvent.id).limit(most)
    found = [AgendaEntry.of_event(event) for event in db.session.scalars(sessions)]
    found += [AgendaEntry.of_outside(event) for event in db.session.scalars(outside)]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.title))[:most]


def month_of_entries(sought: AgendaFilter, first: date) -> AgendaMonth:
    """The month that begins on this day, with what happens on each day of its weeks."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    entries = _entries(sought, clock.start_of_day(begin), clock.start_of_day(end))
    by_day: dict[date, list[AgendaEntry]] = {}
    for entry in entries:
        for day in entry.days:
            by_day.setdefault(day, []).append(entry)
    return AgendaMonth(
        first,
        [
            [
                AgendaDay(
                    day,
                    day.month == first.month,
                    clock.public_holidays(day.year, language()).get(day, ""),
                    by_day.get(day, []),
                )
                for day in week
            ]
            for week in weeks
        ],
    )


def read_month(text: str) -> date | None:
    """The first day of '2026-12'; None for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None


def _entries(sought: AgendaFilter, begin: datetime, end: datetime | None) -> list[AgendaEntry]:
    found = [AgendaEntry.of_event(event) for event in db.session.scalars(_select_sessions(sought, begin, end))]
    if not (sought.format or sought.region or sought.role or sought.theme or sought.series):
        found += [AgendaEntry.of_outside(event) for event in db.session.scalars(_select_outside(sought, begin, end))]
        found.sort(key=lambda entry: (entry.starts_at, entry.title))
    return found


def _select_sessions(sought: AgendaFilter, begin: datetime, end: datetime | None) -> sa.Select[Any]:
    wanted = event_queries.select_public_events().where(Event.ends_at > begin).order_by(Event.starts_at, Event.id)
    if end is not None:
        wanted = wanted.where(Event.starts_at < end)
    if sought.network is not None:
        wanted = wanted.where(Event.network_id == sought.network.id)
    else:
        wanted = wanted.where(event_queries.of_listed_network())
    if sought.format is not None:
        wanted = wanted.where(Event.format == sought.format)
    if sought.region:
        wanted = wanted.where(held_in_region(sought.region))
    if sought.role:
        meant = sa.select(event_roles.c.event_id).where(event_roles.c.role_code == sought.role)
        wanted = wanted.where(Event.id.in_(meant))
    if sought.theme is not None:
        wanted = wanted.where(event_queries.about([sought.theme.id]))
    if sought.series is not None:
        wanted = wanted.where(Event.series_id == sought.series.id)
    return wanted.options(joinedload(Event.network))


def _select_outside(sought: AgendaFilter, begin: datetime, end: datetime | None) -> sa.Select[Any]:
    wanted = sa.select(OutsideEvent).join(OutsideEvent.calendar).where(OutsideEvent.ends_at > begin)
    wanted = wanted.where(OutsideCalendar.removed_at.is_(None))
    if end is not None:
        wanted = wanted.where(OutsideEvent.starts_at < end)
    if sought.network is not None:
        wanted = wanted.where(OutsideCalendar.network_id == sought.network.id)
    else:
        wanted = wanted.where(OutsideCalendar.network_id.in_(sa.select(Network.id).where(Network.listed)))
    return wanted.options(joinedload(OutsideEvent.calendar).joinedload(OutsideCalendar.network))
