"""The catalogue: sessions that are coming, courses, and what has no date, narrowed down, a page at a time.

What has a date comes first, the soonest first; then courses that are not planned yet, then what can be had at any
moment, the newest first. A card shows the date by which it was found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from app import clock, urls, wording
from app.catalogue import items
from app.catalogue.models import CatalogueItem, ItemKind, item_roles
from app.courses import public_courses
from app.courses.models import Course, CourseEdition, CourseMeeting, EditionState, course_roles
from app.database import Condition, db
from app.events import agenda, event_days
from app.events.models import Event, EventFormat, EventState, event_roles
from app.network.models import Network
from app.network.vocabulary.models import Role
from app.themes import themes
from app.themes.models import Theme, course_themes, event_themes, item_themes

PER_PAGE = 24
MONTHS = 12
"""How far ahead one can ask for a month."""
UNDATED = "undated"
"""The value of `when` for what can be had at any moment, or is not planned yet."""
COURSE, IN_COMPANY = "course", "in-company"
"""Forms of a course, beside those of sessions and items."""


@dataclass(frozen=True)
class CatalogueFilter:
    """What the catalogue is narrowed down to; empty values narrow nothing."""

    role: str = ""
    """Code of the role that it is meant for."""
    theme: Theme | None = None
    form: str = ""
    """A value of EventFormat or ItemKind, COURSE or IN_COMPANY."""
    region: str = ""
    when: str = ""
    """A month, '2026-12', or UNDATED."""
    network: Network | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.role or self.theme or self.form or self.region or self.when)


@dataclass(frozen=True)
class Card:
    """One thing on offer, as it stands in a list."""

    form: str
    """What it is, in words."""
    title: str
    link: str
    summary: str
    network: Network
    when: str
    """Its day and hours, or that it has none."""
    since: datetime
    """When it came on offer."""
    place: str = ""
    roles: Sequence[Role] = ()
    themes: Sequence[Theme] = ()
    starts_at: datetime | None = None
    file: bool = False


@dataclass(frozen=True)
class CataloguePage:
    cards: list[Card]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)

    has_prev = property(lambda self: self.page > 1)
    has_next = property(lambda self: self.page < self.pages)
    prev_num = property(lambda self: self.page - 1)
    next_num = property(lambda self: self.page + 1)


def page_of_catalogue(sought: CatalogueFilter, page: int = 1) -> CataloguePage:
    """A page of what fits; the same number of queries however much there is."""
    found = _select_found(sought).subquery()
    total = db.session.scalars(sa.select(sa.func.count()).select_from(found)).one()
    page = max(1, min(page, -(-total // PER_PAGE)))
    order = (found.c.rank, found.c.starts_at, found.c.sort_id)
    rows = db.session.execute(sa.select(found).order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return CataloguePage(_make_cards(rows), total, page)


def newest_cards(sought: CatalogueFilter, most: int = 30) -> list[Card]:
    """What came on offer last, newest first."""
    found = _select_found(sought).subquery()
    rows = db.session.execute(sa.select(found).order_by(found.c.since.desc(), found.c.id.desc()).limit(most)).all()
    return _make_cards(rows)


def count_by_role(codes: Iterable[str]) -> dict[str, int]:
    """How much is on offer for each of these roles; what is for everybody counts for each."""
    wanted = list(codes)
    counts = [
        sa.select(sa.func.count()).select_from(_select_found(CatalogueFilter(role=each)).subquery()) for each in wanted
    ]
    found = db.session.execute(sa.select(*(each.scalar_subquery() for each in counts))).one() if wanted else ()
    return dict(zip(wanted, found, strict=True))


def months_ahead() -> list[date]:
    """The first day of this month and of those after it."""
    first = clock.today().replace(day=1)
    found = [first]
    while len(found) < MONTHS:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found


def list_forms() -> list[tuple[str, str]]:
    """Value and words of every form that something on offer can have."""
    of_events = [(str(each.value), str(each.words)) for each in EventFormat if each != EventFormat.COURSE_MEETING]
    return [
        *of_events,
        (COURSE, gettext("Leergang")),
        (IN_COMPANY, gettext("Training bij je eigen organisatie")),
        *((str(each.value), str(each.words)) for each in ItemKind),
    ]


def _select_found(sought: CatalogueFilter) -> sa.CompoundSelect[Any]:
    """Rows `source, id, starts_at, rank, sort_id, since` of all that fits."""
    return sa.union_all(*(part for part in (_events(sought), _courses(sought), _items(sought)) if part is not None))


def _row(source: str, key: Any, starts_at: Any, rank: Any, sort_id: Any, since: Any) -> sa.Select[Any]:
    moment = sa.type_coerce(starts_at, Event.starts_at.type)
    return sa.select(
        sa.literal(source).label("source"),
        key.label("id"),
        moment.label("starts_at"),
        sa.literal(rank).label("rank") if isinstance(rank, int) else rank.label("rank"),
        sort_id.label("sort_id"),
        sa.type_coerce(since, Event.starts_at.type).label("since"),
    )


def _events(sought: CatalogueFilter) -> sa.Select[Any] | None:
    """Sessions that are no day of a course: the course stands for those."""
    if sought.when == UNDATED or (sought.form and sought.form not in list(EventFormat)):
        return None
    wanted = _row("event", Event.id, Event.starts_at, 0, Event.id, Event.created_at)
    wanted = wanted.where(
        Event.state == EventState.PUBLISHED,
        ~Event.confidential,
        Event.ends_at > clock.now(),
        Event.format != EventFormat.COURSE_MEETING,
        _of_network(Event.network_id, sought),
    )
    if sought.form:
        wanted = wanted.where(Event.format == EventFormat(sought.form))
    if sought.region:
        wanted = wanted.where(agenda.held_in_region(sought.region))
    if sought.when:
        first, last = _month(sought.when)
        wanted = wanted.where(Event.starts_at >= first, Event.starts_at < last)
    return _narrow(wanted, Event.id, sought, (event_roles, "event_id"), (event_themes, "event_id"))


def _courses(sought: CatalogueFilter) -> sa.Select[Any] | None:
    """Courses with an edition to come, or that are on offer although none is planned."""
    if sought.form not in ("", COURSE, IN_COMPANY):
        return None
    begins = _next_begin(sought)
    dated = begins.is_not(None)
    rank = sa.case((dated, 0), else_=1)
    wanted = _row("course", Course.id, begins, rank, Course.id, sa.func.coalesce(Course.offered_at, Course.created_at))
    wanted = wanted.where(_of_network(Course.network_id, sought))
    if sought.when == UNDATED:
        wanted = wanted.where(~dated, Course.offered_at.is_not(None))
    elif sought.when or sought.region:
        wanted = wanted.where(dated)
    else:
        wanted = wanted.where(sa.or_(dated, Course.offered_at.is_not(None)))
    if sought.form:
        wanted = wanted.where(Course.in_company if sought.form == IN_COMPANY else ~Course.in_company)
    return _narrow(wanted, Course.id, sought, (course_roles, "course_id"), (course_themes, "course_id"))


def _items(sought: CatalogueFilter) -> sa.Select[Any] | None:
    if sought.region or sought.when not in ("", UNDATED) or (sought.form and sought.form not in list(ItemKind)):
        return None
    wanted = _row("item", CatalogueItem.id, sa.null(), 2, -CatalogueItem.id, CatalogueItem.published_at)
    wanted = wanted.where(items.is_public(), _of_network(CatalogueItem.network_id, sought))
    if sought.form:
        wanted = wanted.where(CatalogueItem.kind == ItemKind(sought.form))
    return _narrow(wanted, CatalogueItem.id, sought, (item_roles, "item_id"), (item_themes, "item_id"))


def _of_network(column: sa.SQLColumnExpression[int], sought: CatalogueFilter) -> Condition:
    """Of one network that the reader may know of, else of those that everybody may know of and that go on."""
    if sought.network is not None:
        return column == sought.network.id
    return column.in_(sa.select(Network.id).where(Network.listed, Network.archived_at.is_(None)))


def _narrow(
    wanted: sa.Select[Any],
    key: sa.SQLColumnExpression[int],
    sought: CatalogueFilter,
    roles: tuple[sa.Table, str],
    about: tuple[sa.Table, str],
) -> sa.Select[Any]:
    if sought.role:
        meant, whose = roles[0], roles[0].c[roles[1]]
        for_them = key.in_(sa.select(whose).where(meant.c.role_code == sought.role))
        for_some = sa.select(whose).where(whose == key).exists()
        wanted = wanted.where(sa.or_(for_them, ~for_some))
    if sought.theme is not None:
        table = about[0]
        named = table.c.theme_id.in_(themes.with_predecessors([sought.theme.id]))
        wanted = wanted.where(key.in_(sa.select(table.c[about[1]]).where(named)))
    return wanted


def _next_begin(sought: CatalogueFilter) -> sa.ScalarSelect[Any]:
    """When the next edition of a course begins that fits; None when there is none."""
    first = (
        sa.select(sa.func.min(Event.starts_at))
        .select_from(CourseMeeting)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(CourseMeeting.edition_id == CourseEdition.id, CourseMeeting.dropped_at.is_(None))
        .scalar_subquery()
    )
    wanted = sa.select(sa.func.min(first)).where(
        CourseEdition.course_id == Course.id,
        CourseEdition.state == EditionState.PUBLISHED,
        public_courses.is_shown(),
        first > clock.now(),
    )
    if sought.when and sought.when != UNDATED:
        begin, end = _month(sought.when)
        wanted = wanted.where(first >= begin, first < end)
    if sought.region:
        held = sa.select(CourseMeeting.id).join(Event, Event.id == CourseMeeting.event_id)
        here = held.where(CourseMeeting.edition_id == CourseEdition.id, agenda.held_in_region(sought.region))
        wanted = wanted.where(here.exists())
    return wanted.correlate(Course).scalar_subquery()


def _month(when: str) -> tuple[datetime, datetime]:
    first = agenda.read_month(when) or clock.today().replace(day=1)
    return clock.start_of_day(first), clock.start_of_day((first + timedelta(days=31)).replace(day=1))


def _make_cards(rows: Sequence[sa.Row[Any]]) -> list[Card]:
    """Cards for these rows, in their order."""
    ids: dict[str, list[int]] = {"event": [], "course": [], "item": []}
    for row in rows:
        ids[row.source].append(row.id)
    events = _load(Event, ids["event"])
    courses = _load(Course, ids["course"])
    things = _load(CatalogueItem, ids["item"])
    cards = []
    for row in rows:
        match row.source:
            case "event":
                cards.append(_card_of_event(events[row.id]))
            case "course":
                cards.append(_card_of_course(courses[row.id], row.starts_at, row.since))
            case _:
                cards.append(_card_of_item(things[row.id]))
    return cards


def _load(kind: Any, ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    options = (joinedload(kind.network), selectinload(kind.roles), selectinload(kind.themes))
    return {each.id: each for each in db.session.scalars(sa.select(kind).where(kind.id.in_(ids)).options(*options))}


def _card_of_event(event: Event) -> Card:
    return Card(
        str(event.format.words),
        event.title,
        urls.event_url(event.slug),
        event.summary,
        event.network,
        f"{wording.format_day(event.starts_at, event.zone)}, {event_days.format_hours_of_event(event)}",
        event.created_at,
        wording.format_place(event),
        event.roles,
        event.themes,
        event.starts_at,
    )


def _card_of_course(course: Course, begins: datetime | None, since: datetime) -> Card:
    when = gettext("begint %(day)s", day=wording.format_day(begins)) if begins else gettext("nog niet gepland")
    return Card(
        gettext("Training bij je eigen organisatie") if course.in_company else gettext("Leergang"),
        course.title,
        urls.course_url(course.slug),
        course.for_whom,
        course.network,
        when,
        since,
        roles=course.roles,
        themes=course.themes,
        starts_at=begins,
    )


def _card_of_item(item: CatalogueItem) -> Card:
    return Card(
        str(item.kind.words),
        item.title,
        urls.item_url(item.slug),
        item.summary,
        item.network,
        wording.format_minutes(item.minutes) if item.minutes else "",
        item.published_at or item.created_at,
        item.maker,
        item.roles,
        item.themes,
        file=item.size is not None,
    )
