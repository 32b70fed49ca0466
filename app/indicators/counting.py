"""Counting what an indicator measures in a period: sessions, people, organisations, commitments and insights, each once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from app import clock
from app.attendance.models import Attendance
from app.contact_moments.models import ContactMoment, contact_moment_organisations
from app.courses.models import Course, Enrolment
from app.database import Condition, db
from app.events import event_queries
from app.events.models import Event, EventState
from app.indicators import by_hand
from app.indicators.counted_organisations import Organisations
from app.indicators.models import Combining, Indicator, IndicatorVersion, Measure, Narrow
from app.invitations.models import Invitation
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import about_themes
from app.lessons.insights.models import Commitment, CommitmentState, Insight
from app.network import seeing
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.themes import themes

_OF_ORGANISATIONS = frozenset({Narrow.KIND, Narrow.REGION, Narrow.ORGANISATION})
_OF_SESSIONS = frozenset({Narrow.FORMAT, Narrow.NETWORK, Narrow.SERIES, Narrow.THEME})
NARROWS: dict[Measure, frozenset[Narrow]] = {
    Measure.SESSIONS: _OF_SESSIONS | {Narrow.REGION},
    Measure.PEOPLE: _OF_SESSIONS | _OF_ORGANISATIONS | {Narrow.ROLE},
    Measure.ORGANISATIONS: _OF_SESSIONS | _OF_ORGANISATIONS | {Narrow.ROLE},
    Measure.CONTACTED: _OF_ORGANISATIONS | {Narrow.NETWORK, Narrow.THEME, Narrow.CONTACT_KIND},
    Measure.REACHED: _OF_ORGANISATIONS | {Narrow.NETWORK, Narrow.THEME, Narrow.CONTACT_KIND},
    Measure.COMMITMENTS: _OF_ORGANISATIONS | {Narrow.NETWORK, Narrow.SERIES, Narrow.THEME},
    Measure.INSIGHTS: frozenset({Narrow.NETWORK, Narrow.SERIES, Narrow.THEME}),
    Measure.COMPLETED: _OF_ORGANISATIONS | {Narrow.NETWORK, Narrow.SERIES, Narrow.THEME},
    Measure.BY_HAND: frozenset(),
}
"""By what each measure can be narrowed."""
TABLES = {
    Measure.SESSIONS: "events",
    Measure.PEOPLE: "people",
    Measure.ORGANISATIONS: "organisations",
    Measure.CONTACTED: "organisations",
    Measure.REACHED: "organisations",
    Measure.COMMITMENTS: "commitments",
    Measure.INSIGHTS: "insights",
    Measure.COMPLETED: "people",
}
"""Of which table the members of each counted measure are."""
TELLING = frozenset({Measure.PEOPLE, Measure.ORGANISATIONS, Measure.CONTACTED, Measure.REACHED, Measure.COMPLETED})
"""Measures of which a small number could tell who was where."""
_FIGURE = Decimal("0.01")


@dataclass(frozen=True)
class Period:
    """Days from the first up to and including the last, by the calendar of Amsterdam."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        return clock.start_of_day(self.first), clock.start_of_day(self.last + timedelta(days=1))

    @property
    def years(self) -> list["Period"]:
        """Its calendar years, each as far as it lies within."""
        return [
            Period(max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31)))
            for year in range(self.first.year, self.last.year + 1)
        ]


@dataclass(frozen=True)
class Counted:
    """What an indicator came to: nothing where there is no reading; of a percentage also what it is a part of."""

    value: Decimal | None
    """What compares with a target: for a percentage, that percentage."""
    members: frozenset[tuple[str, int]] = frozenset()
    """Table and id of each row that was counted; counted per year, one may count in more than one."""
    part: Decimal | None = None
    whole: Decimal | None = None


def count_indicator(version: IndicatorVersion, indicator: Indicator, period: Period) -> Counted:
    """What an indicator comes to in a period by this version of its rule, combined over years as that says."""
    if version.measure == Measure.BY_HAND:
        part, whole = by_hand.combine_readings(indicator.readings, version.combining, period.first, period.last)
        return Counted(figure_of(part, whole), part=part, whole=whole)
    if not is_countable(version.measure):
        return Counted(None)
    found = [find_members(version, each) for each in slices_of(version.combining, period)]
    value = Decimal(sum(map(len, found)))
    table = TABLES[version.measure]
    return Counted(value, frozenset((table, each) for each in set().union(*found)), part=value)


def is_countable(measure: Measure) -> bool:
    """Whether there is anything by which it could be counted: who completed a course, once there are courses."""
    return measure in _FINDERS and (
        measure != Measure.COMPLETED or db.session.scalar(sa.select(Course.id).limit(1)) is not None
    )


def knows_all(version: IndicatorVersion, viewer: Viewer) -> bool:
    """Whether all that counts is of networks that somebody organises, so that no small number is kept from them.

    An indicator may count the sessions and talks of every network, also of those that its keepers may not read.
    """
    counted = version.narrowing.get(Narrow.NETWORK)
    return viewer.organises is None or bool(counted and all(viewer.may_organise(each) for each in counted))


def figure_of(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A figure as it compares with a target: the part as it is, or as a percentage of its whole; of nought it is none."""
    if part is None or whole is None:
        return part
    return (part * 100 / whole).quantize(_FIGURE) if whole else None


def slices_of(combining: Combining, period: Period) -> list[Period]:
    """The periods in which something counts once each."""
    if combining == Combining.ONCE:
        return [period]
    if combining == Combining.PER_YEAR:
        return period.years
    begun = [each for each in period.years if each.first <= clock.today()]
    return (begun or period.years)[-1:]


def find_members(
    version: IndicatorVersion, period: Period, eyes: Viewer | None = None, today: Mapping[int, int] | None = None
) -> set[int]:
    """Ids of what counts once in a period; with eyes only what they may see, and nothing that a confidential session tells.

    `today`: what each organisation is today, where that was read already.
    """
    return _FINDERS[version.measure](_Search(version, period, eyes, today))


def find_kinds(version: IndicatorVersion, period: Period) -> dict[int, str]:
    """By id of a person who counts in a period the kind of organisation from which they came last."""
    search = _Search(version, period, None)
    wanted = (
        sa.select(Invitation.person_id, Organisation.kind)
        .select_from(Attendance)
        .join(Event, Event.id == Attendance.event_id)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .outerjoin(Organisation, Organisation.id == Attendance.organisation_id)
        .where(*search.of_presence())
        .order_by(Attendance.day, Attendance.id)
    )
    unknown = gettext("Onbekend")
    return {person_id: str(kind.words) if kind else unknown for person_id, kind in db.session.execute(wanted)}


class _Search:
    """The conditions that a rule, a period and a reader come to."""

    def __init__(
        self, version: IndicatorVersion, period: Period, eyes: Viewer | None, today: Mapping[int, int] | None = None
    ) -> None:
        self.period, self.eyes = period, eyes
        self.narrowing = {narrow: version.narrowing.get(narrow) for narrow in NARROWS[version.measure]}
        self.organisations = Organisations(self.narrowing, today)
        self.themes = themes.with_predecessors(wanted) if (wanted := self.narrowing.get(Narrow.THEME)) else None

    def only(self, narrow: Narrow, column: Any) -> list[Condition]:
        values = self.narrowing.get(narrow)
        return [column.in_(values)] if values else []

    def of_theme(self, condition: Callable[[set[int]], Condition]) -> list[Condition]:
        return [condition(self.themes)] if self.themes is not None else []

    def of_events(self) -> list[Condition]:
        """What holds of the sessions that count, and may be named to who looks."""
        seen = [seeing.events(self.eyes), ~Event.confidential] if self.eyes else []
        return [
            *(self.only(Narrow.FORMAT, Event.format) + self.only(Narrow.NETWORK, Event.network_id)),
            *(self.only(Narrow.SERIES, Event.series_id) + self.of_theme(event_queries.about)),
            *seen,
        ]

    def of_presence(self) -> list[Condition]:
        first, last = self.period.first, self.period.last
        where = self.organisations.narrowed
        return [
            Attendance.day.between(first, last),
            *self.only(Narrow.ROLE, Attendance.role_code),
            *([Attendance.organisation_id.in_(where)] if where is not None else []),
            *self.of_events(),
        ]

    def within(self, column: Any) -> list[Condition]:
        """Whether a moment lies in the period."""
        begin, end = self.period.moments
        return [column >= begin, column < end]


def _find_sessions(search: _Search) -> set[int]:
    """Held: over, and not cancelled."""
    held = [Event.state == EventState.PUBLISHED, Event.ends_at <= clock.now(), *search.within(Event.starts_at)]
    if regions := search.narrowing.get(Narrow.REGION):
        towns = sa.select(Organisation.name).where(
            Organisation.kind == OrganisationKind.MUNICIPALITY, Organisation.region.in_(regions)
        )
        held.append(Event.town.in_(towns))
    return _ids(sa.select(Event.id).where(*held, *search.of_events()))


def _find_people(search: _Search) -> set[int]:
    wanted = _presence(Invitation.person_id, search).join(Invitation, Invitation.id == Attendance.invitation_id)
    if search.eyes:
        wanted = wanted.join(Person, Person.id == Invitation.person_id)
        wanted = wanted.where(seeing.people(search.eyes), Person.erased_at.is_(None))
    return _ids(wanted)


def _find_organisations(search: _Search) -> set[int]:
    return search.organisations.today(_ids(_presence(Attendance.organisation_id, search)))


def _find_contacted(search: _Search) -> set[int]:
    talked = contact_moment_organisations
    wanted = (
        sa.select(talked.c.organisation_id)
        .join(ContactMoment, ContactMoment.id == talked.c.contact_moment_id)
        .where(ContactMoment.day.between(search.period.first, search.period.last))
        .where(*search.only(Narrow.CONTACT_KIND, ContactMoment.kind))
        .where(*search.only(Narrow.NETWORK, ContactMoment.network_id))
        .where(*search.of_theme(ContactMoment.theme_id.in_))
        .distinct()
    )
    if search.organisations.narrowed is not None:
        wanted = wanted.where(talked.c.organisation_id.in_(search.organisations.narrowed))
    if search.eyes:
        wanted = wanted.where(seeing.networks(search.eyes, ContactMoment.network_id))
    return search.organisations.today(_ids(wanted))


def _find_reached(search: _Search) -> set[int]:
    return _find_contacted(search) | _find_organisations(search)


def _find_commitments(search: _Search) -> set[int]:
    """Kept: done, by the day on which that was noted."""
    seen = [seeing.events(search.eyes), ~Event.confidential] if search.eyes else []
    where = search.organisations.narrowed
    wanted = (
        sa.select(Commitment.id)
        .join(Event, Event.id == Commitment.event_id)
        .where(Commitment.state == CommitmentState.DONE, *search.within(Commitment.closed_at), *seen)
        .where(*search.only(Narrow.NETWORK, Commitment.network_id), *search.only(Narrow.SERIES, Event.series_id))
        .where(*search.of_theme(about_themes.commitment_is_about))
        .where(*([Commitment.organisation_id.in_(where)] if where is not None else []))
    )
    return _ids(wanted)


def _find_insights(search: _Search) -> set[int]:
    wanted = (
        sa.select(Insight.id)
        .join(Impression, Impression.id == Insight.impression_id)
        .outerjoin(Event, Event.id == Impression.event_id)
        .where(Impression.state == ImpressionState.PUBLISHED, *search.within(Impression.published_at))
        .where(*search.only(Narrow.NETWORK, Impression.network_id), *search.of_theme(about_themes.insight_is_about))
    )
    if series := search.narrowing.get(Narrow.SERIES):
        wanted = wanted.where(sa.or_(Impression.series_id.in_(series), Event.series_id.in_(series)))
    if search.eyes:
        wanted = wanted.where(seeing.networks(search.eyes, Impression.network_id))
        wanted = wanted.where(sa.or_(Event.id.is_(None), ~Event.confidential))
    return _ids(wanted)


def _find_completed(search: _Search) -> set[int]:
    """By the last day that somebody was there for it, and where they worked then."""
    from app.courses import completed_people  # a command that counts nothing need not load it

    where, eyes = search.organisations.narrowed, search.eyes
    first, last = search.period.first, search.period.last
    never = Event.confidential.is_(True) if eyes else None
    found = completed_people.find_completed(first, last, search.of_events(), never)
    ids = {each.person_id for each in found if where is None or each.organisation_id in where}
    if not eyes:
        return ids
    enrolled = sa.select(Enrolment.person_id).join(Person, Person.id == Enrolment.person_id).distinct()
    return ids & _ids(enrolled.where(seeing.people(eyes), Person.erased_at.is_(None)))


_FINDERS: dict[Measure, Callable[[_Search], set[int]]] = {
    Measure.SESSIONS: _find_sessions,
    Measure.PEOPLE: _find_people,
    Measure.ORGANISATIONS: _find_organisations,
    Measure.CONTACTED: _find_contacted,
    Measure.REACHED: _find_reached,
    Measure.COMMITMENTS: _find_commitments,
    Measure.INSIGHTS: _find_insights,
    Measure.COMPLETED: _find_completed,
}


def _presence(column: Any, search: _Search) -> sa.Select[Any]:
    return (
        sa.select(column)
        .select_from(Attendance)
        .join(Event, Event.id == Attendance.event_id)
        .where(*search.of_presence())
        .distinct()
    )


def _ids(wanted: sa.Select[Any]) -> set[int]:
    return {each for each in db.session.scalars(wanted) if each is not None}
