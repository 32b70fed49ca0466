"""Every measure counted a second time, the slow way: row by row in Python, over random data."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.attendance.models import Attendance, AttendanceClosing
from app.contact_moments.models import ContactKind, ContactMoment
from app.courses.models import CourseMeeting, Enrolment, EnrolmentState
from app.database import db
from app.events.models import Event, EventFormat, EventState, Series
from app.indicators import counting
from app.indicators.counting import NARROWS, TABLES, Period
from app.indicators.models import Combining, Indicator, Measure, Narrow, Reading, ReadingKind
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.models import Commitment, CommitmentState, Insight, Suggestion
from app.network.organisations import lineage
from app.network.organisations.models import Organisation
from app.themes.models import Theme
from tests import factories
from tests.courses import taught
from tests.indicators import made

PLACES = {
    "Test Hei": ("gemeente", "Noordoost"),
    "Test Wei": ("gemeente", "Midden"),
    "Test Dal": ("gemeente", "Midden"),
    "Test Waterschap De Beek": ("waterschap", None),
}
TOWNS = tuple(PLACES)
ROLES = ("griffier", "bestuurder")
FORMATS = (EventFormat.SESSION, EventFormat.TRAINING)


@pytest.fixture
def world(app):
    """Three years of sessions, talks, promises and lessons of two networks, drawn by chance but always the same."""
    pick = random.Random(20)
    db.session.add_all(Organisation(name=name, kind=kind, region=region) for name, (kind, region) in PLACES.items())
    db.session.flush()
    networks = [factories.network(), factories.network()]
    themes = [made.theme() for _ in range(4)]
    people = [
        factories.person(f"Persoon Nummer{number:02d}", at=pick.choice(TOWNS), role=pick.choice(ROLES))
        for number in range(12)
    ]
    series = [factories.series(network) for network in networks]
    for number in range(20):
        _session(pick, series[number % 2], themes, people)
    for network in networks:
        factories.event(
            network, starts_at=factories.start(pick.randint(0, 40), 23), town=pick.choice(TOWNS)
        ).themes = themes[:2]
    for _ in range(12):
        with_whom = [factories.organisation(each) for each in pick.sample(TOWNS, pick.randint(1, 2))]
        about = pick.choice([None, *themes])
        made.talk(
            pick.choice(networks),
            *with_whom,
            days_ago=pick.randint(0, 700),
            kind=pick.choice(list(ContactKind)),
            theme=about,
        )
    for number in range(3):
        db.session.commit()
        _course(pick, networks[number % 2], themes, people, number)
    db.session.commit()
    themes[0].ends_on, themes[0].successor_id = clock.today(), themes[1].id
    db.session.flush()
    lineage.succeed_organisation(factories.organisation("Test Hei"), factories.organisation("Test Wei"), clock.today())
    agenda = made.agenda(networks[0], starts_on=date(clock.today().year - 2, 1, 1))
    _readings(pick, made.indicator(agenda, Measure.BY_HAND))
    db.session.commit()
    return agenda


def _session(pick, series, themes, people):
    event = factories.held(
        series.network, days_ago=pick.randint(1, 700), format=pick.choice(FORMATS), town=pick.choice(TOWNS),
        confidential=pick.random() < 0.3,
    )  # fmt: skip
    event.themes, event.series = pick.sample(themes, pick.randint(0, 2)), pick.choice([series, None])
    for person in pick.sample(people, pick.randint(0, 5)):
        factories.attendance(event, person)
        person.positions[0].role_code = pick.choice(ROLES)
    promises = []
    for _ in range(pick.randint(0, 3)):
        promise = factories.commitment(
            event, pick.choice(people), organisation=factories.organisation(pick.choice(TOWNS))
        )
        promises.append(promise)
        promise.theme_id = pick.choice([None, *(each.id for each in themes)])
        if pick.random() < 0.7:
            promise.state, promise.closed_at = CommitmentState.DONE, clock.now() - timedelta(days=pick.randint(0, 600))
    if pick.random() < 0.6:
        report = factories.impression(event, "Eén", "Twee", days_ago=pick.randint(0, 600))
        report.themes = pick.sample(themes, pick.randint(0, 2))
        report.insights[0].themes = pick.sample(themes, pick.randint(0, 1))
        for promise in promises:
            if pick.random() < 0.6:
                db.session.add(advice := Suggestion(text="Doen", insight=pick.choice(report.insights)))
                promise.suggestion = advice
    if pick.random() < 0.2:
        event.state = EventState.CANCELLED


def _course(pick, network, themes, people, number):
    """Two editions, of which people were at most days; of some a day was dropped, or is not closed."""
    course = taught.course(network, f"Leergang nummer {number}", needed=pick.choice([None, 1, 2]))
    for title in ("Eerst", "Later"):
        edition = taught.edition(course, title, days_ago=pick.randint(1, 600), obligatory=pick.choice([(), (2,)]))
        enrolled = pick.sample(people, 5)
        for person in enrolled:
            taught.enrol(edition, person)
        for meeting in edition.meetings:
            meeting.event.themes = pick.sample(themes, pick.randint(0, 1))
            for person in dict.fromkeys([*pick.sample(enrolled, 4), pick.choice(people)]):
                taught.present(person, meeting.event)
            if pick.random() < 0.9:
                taught.close(meeting.event)
        if pick.random() < 0.3:
            edition.meetings[2].dropped_at = clock.now()


def _readings(pick, indicator):
    for number in range(9):
        day = clock.today() - timedelta(days=pick.randint(0, 700))
        indicator.readings.append(Reading(kind=ReadingKind.REALISED, day=day, value=number * 3, source="Telling"))
    db.session.flush()
    wrong = indicator.readings[0]
    right = Reading(kind=ReadingKind.REALISED, day=wrong.day, value=40, source="Telling", replaces_id=wrong.id)
    indicator.readings.append(right)
    db.session.flush()
    db.session.refresh(indicator, ["readings"])


def _line(row) -> list:
    """A theme or an organisation, and what it went over in."""
    line = [row]
    while line[-1].successor is not None:
        line.append(line[-1].successor)
    return line


def _themed(narrowing, themes) -> bool:
    asked = narrowing.get("theme")
    return not asked or any(each.id in asked for theme in themes for each in _line(theme))


def _placed(narrowing, organisation) -> bool:
    asked = [key for key in ("kind", "region", "organisation") if narrowing.get(key)]
    if not asked:
        return True
    if organisation is None:
        return False
    today = _line(organisation)[-1]
    named = {_line(db.session.get(Organisation, each))[-1].id for each in narrowing.get("organisation", [])}
    found = {"kind": today.kind, "region": today.region, "organisation": today.id}
    return all(found[key] in (named if key == "organisation" else narrowing[key]) for key in asked)


def _is(narrowing, key, value) -> bool:
    return not narrowing.get(key) or value in narrowing[key]


def _of_event(narrowing, event: Event) -> bool:
    return (
        _is(narrowing, "format", event.format)
        and _is(narrowing, "network", event.network_id)
        and _is(narrowing, "series", event.series_id)
        and _themed(narrowing, event.themes)
    )


def _rows(model) -> list:
    return list(db.session.scalars(sa.select(model)))


def _day(moment) -> date:
    return clock.to_local(moment).date()


def _sessions(narrowing, first, last) -> Iterator[int]:
    region = {each.name: each.region for each in _rows(Organisation) if each.kind == "gemeente"}
    for event in _rows(Event):
        held = event.state == EventState.PUBLISHED and event.ends_at <= clock.now()
        there = _is(narrowing, "region", region.get(event.town))
        if held and there and first <= _day(event.starts_at) <= last and _of_event(narrowing, event):
            yield event.id


def _present(narrowing, first, last) -> Iterator[Attendance]:
    for there in _rows(Attendance):
        event = there.invitation.event
        who = _is(narrowing, "role", there.role_code) and _placed(narrowing, there.organisation)
        if who and first <= there.day <= last and _of_event(narrowing, event):
            yield there


def _people(narrowing, first, last) -> Iterator[int]:
    return (there.invitation.person_id for there in _present(narrowing, first, last))


def _organisations(narrowing, first, last) -> Iterator[int]:
    return (_line(there.organisation)[-1].id for there in _present(narrowing, first, last) if there.organisation)


def _contacted(narrowing, first, last) -> Iterator[int]:
    for talk in _rows(ContactMoment):
        about = _themed(narrowing, [talk.theme] if talk.theme else [])
        wanted = _is(narrowing, "contact_kind", talk.kind) and _is(narrowing, "network", talk.network_id)
        if first <= talk.day <= last and about and wanted:
            yield from (_line(each)[-1].id for each in talk.organisations if _placed(narrowing, each))


def _reached(narrowing, first, last) -> Iterator[int]:
    yield from _contacted(narrowing, first, last)
    yield from _organisations({key: narrowing.get(key, []) for key in narrowing if key != "contact_kind"}, first, last)


def _commitments(narrowing, first, last) -> Iterator[int]:
    for each in _rows(Commitment):
        insight = each.suggestion and each.suggestion.insight
        inherited = (insight.themes or insight.impression.themes if insight else []) or each.event.themes
        themes = [each.theme] if each.theme else inherited
        if each.state == CommitmentState.DONE and first <= _day(each.closed_at) <= last and _themed(narrowing, themes):
            here = _is(narrowing, "network", each.network_id) and _is(narrowing, "series", each.event.series_id)
            if here and _placed(narrowing, each.organisation):
                yield each.id


def _insights(narrowing, first, last) -> Iterator[int]:
    for each in _rows(Insight):
        report: Impression = each.impression
        published = report.state == ImpressionState.PUBLISHED and first <= _day(report.published_at) <= last
        here = _is(narrowing, "network", report.network_id) and _is(narrowing, "series", report.event.series_id)
        if published and here and _themed(narrowing, each.themes or report.themes):
            yield each.id


def _completed(narrowing, first, last) -> Iterator[int]:
    closed = {each.event_id for each in _rows(AttendanceClosing)}
    confirmed = [each for each in _rows(Enrolment) if each.state == EnrolmentState.CONFIRMED]
    for each in confirmed:
        meetings = [meeting for meeting in each.edition.meetings if meeting.dropped_at is None]
        dropped = len(each.edition.meetings) - len(meetings)
        course = each.edition.course
        needed = len(meetings) if course.needed is None else max(course.needed - dropped, 1)
        mine = {other.edition_id for other in confirmed if other.person_id == each.person_id} - {each.edition_id}
        there = {meeting.place: _there(each.person_id, meeting, mine, closed) for meeting in meetings}
        came = [place for place, days in there.items() if days]
        enough = len(came) >= needed and all(meeting.place in came for meeting in meetings if meeting.obligatory)
        if enough and all(meeting.event_id in closed for meeting in meetings):
            at_last = max((day for days in there.values() for day in days), key=lambda day: (day.day, day.id))
            themed = any(_of_event(narrowing, meeting.event) for meeting in each.edition.meetings)
            if themed and first <= at_last.day <= last and _placed(narrowing, at_last.organisation):
                yield each.person_id


def _there(person_id, meeting, mine, closed) -> list[Attendance]:
    """At the meeting itself, or else at that of another edition, of which they are none of the people."""
    course_id = meeting.edition.course_id
    same = [
        each for each in _rows(CourseMeeting) if each.edition.course_id == course_id and each.place == meeting.place
    ]
    others = [each for each in same if each.dropped_at is None and each.edition_id not in mine and each is not meeting]
    for held in [meeting, *sorted(others, key=lambda each: each.id)]:
        days = [each for each in _rows(Attendance) if each.event_id == held.event_id]
        if days := [each for each in days if each.invitation.person_id == person_id]:
            return days if held.event_id in closed else []
    return []


NAIVE = {
    Measure.SESSIONS: _sessions,
    Measure.PEOPLE: _people,
    Measure.ORGANISATIONS: _organisations,
    Measure.CONTACTED: _contacted,
    Measure.REACHED: _reached,
    Measure.COMMITMENTS: _commitments,
    Measure.INSIGHTS: _insights,
    Measure.COMPLETED: _completed,
}


def _values(narrow: Narrow) -> st.SearchStrategy[list]:
    networks = list(db.session.scalars(sa.select(Event.network_id).distinct()))
    places = {
        Narrow.FORMAT: [each.value for each in FORMATS],
        Narrow.NETWORK: networks,
        Narrow.SERIES: list(db.session.scalars(sa.select(Series.id))),
        Narrow.THEME: list(db.session.scalars(sa.select(Theme.id).order_by(Theme.id.desc()).limit(4))),
        Narrow.REGION: sorted({factories.organisation(each).region for each in TOWNS} - {None}),
        Narrow.ROLE: list(ROLES),
        Narrow.KIND: ["gemeente", "waterschap"],
        Narrow.ORGANISATION: [factories.organisation(each).id for each in TOWNS],
        Narrow.CONTACT_KIND: [each.value for each in ContactKind],
    }
    values = st.lists(st.sampled_from(places[narrow]), min_size=1, max_size=2, unique=True)
    return st.one_of(st.just([]), st.just([]), values)


@pytest.mark.parametrize("measure", NAIVE)
@settings(max_examples=30)
@given(data=st.data())
def test_every_measure_comes_to_what_a_slow_count_finds(world, measure, data):
    narrowing = {each.value: data.draw(_values(each), label=each) for each in sorted(NARROWS[measure])}
    begin = clock.today() - timedelta(days=data.draw(st.integers(0, 720), label="begin"))
    last = begin + timedelta(days=data.draw(st.integers(0, 800), label="days"))
    version = made.indicator(world, measure, narrowing=narrowing, combining=data.draw(st.sampled_from(Combining)))
    counted = counting.count_indicator(version.versions[0], version, Period(begin, last))
    years = [(max(begin, date(year, 1, 1)), min(last, date(year, 12, 31))) for year in range(begin.year, last.year + 1)]
    periods = {
        Combining.ONCE: [(begin, last)],
        Combining.PER_YEAR: years,
        Combining.LATEST: [[each for each in years if each[0] <= clock.today()][-1]],
    }[version.versions[0].combining]
    found = [set(NAIVE[measure](narrowing, *each)) for each in periods]
    db.session.rollback()

    assert counted.value == sum(map(len, found))
    assert counted.members == {(TABLES[measure], each) for each in set().union(*found)}


@settings(max_examples=30)
@given(data=st.data())
def test_figures_by_hand_come_to_what_a_slow_count_finds(world, data):
    indicator = db.session.scalars(sa.select(Indicator)).one()
    version = indicator.versions[0]
    version.combining = data.draw(st.sampled_from(Combining))
    begin = clock.today() - timedelta(days=data.draw(st.integers(0, 720)))
    last = begin + timedelta(days=data.draw(st.integers(0, 800)))
    replaced = {each.replaces_id for each in indicator.readings}
    standing = [each for each in indicator.readings if each.id not in replaced and begin <= each.day <= last]
    latest = {}
    for each in sorted(standing, key=lambda each: (each.day, each.id)):
        latest[each.day.year if version.combining == Combining.PER_YEAR else 0] = each.value
    counted = counting.count_indicator(version, indicator, Period(begin, last))
    db.session.rollback()

    assert counted.value == (sum(latest.values()) if latest else None)
    assert counted.members == frozenset()


def test_all_measures_are_counted_twice():
    assert NAIVE.keys() | {Measure.BY_HAND} == set(Measure)
