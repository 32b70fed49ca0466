"""What an indicator comes to: each thing once, as organisations are today, by the rule that holds."""

import importlib
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import presence
from app.attendance.models import Entry
from app.contact_moments.models import ContactKind
from app.database import db
from app.events import planning
from app.indicators import counting, counts, figures, member_lists
from app.indicators.counting import Period
from app.indicators.models import Combining, Measure
from app.lessons.insights.models import CommitmentState, Suggestion
from app.network.organisations import lineage
from app.network.people import job_positions
from app.network.seeing import CLOCKWORK
from app.network.vocabulary.models import Role
from tests import factories
from tests.courses import taught
from tests.indicators import made

pytestmark = pytest.mark.usefixtures("app")


def _count(indicator, first=None, last=None):
    period = Period(first or clock.today() - timedelta(days=40), last or clock.today())
    return counting.count_indicator(indicator.versions[-1], indicator, period)


def test_a_session_counts_once_it_is_over_and_not_when_it_was_cancelled():
    network = factories.network()
    held = factories.held(network)
    factories.event(network)
    off = factories.event(network)
    planning.cancel_event(off, "Storm")
    factories.move(off, hours=-48)
    counted = _count(made.indicator(made.agenda(network)))

    assert counted.value == 1
    assert counted.members == {("events", held.id)}


def test_somebody_counts_once_however_often_they_came():
    network, sanne = factories.network(), factories.person(at="Oss", role="griffier")
    for days_ago in (3, 9):
        factories.attendance(factories.held(network, days_ago=days_ago), sanne)
    agenda = made.agenda(network)

    assert _count(made.indicator(agenda, Measure.PEOPLE)).members == {("people", sanne.id)}
    assert _count(made.indicator(agenda, Measure.ORGANISATIONS)).value == 1


def test_somebody_who_came_on_both_days_of_a_course_counts_once():
    start = factories.start(-3)
    event = factories.event(starts_at=start - timedelta(days=1), ends_at=start + timedelta(hours=3))
    sanne = factories.person()
    there = factories.attendance(event, sanne)
    for day in (there.day - timedelta(days=1), there.day):
        presence.check_in_invitation(there.invitation, Entry.LIST, day=day)

    assert _count(made.indicator(made.agenda(event.network), Measure.PEOPLE)).value == 1


def test_the_role_is_the_one_of_the_day():
    event = factories.held()
    sanne = factories.person(at="Oss", role="griffier")
    there = factories.attendance(event, sanne)
    held = sanne.positions[0]
    held.role_code = "bestuurder"
    agenda = made.agenda(event.network)

    assert there.role_code == "griffier"
    assert _count(made.indicator(agenda, Measure.PEOPLE, narrowing={"role": ["griffier"]})).value == 1
    assert _count(made.indicator(agenda, Measure.PEOPLE, narrowing={"role": ["bestuurder"]})).value == 0


def test_the_role_of_before_is_given_where_exactly_one_position_fits_that_day():
    event, one, two = factories.held(), factories.person(at="Oss", role="griffier"), factories.person(at="Oss")
    job_positions.add_or_change_position(two, factories.organisation("Best"), db.session.get(Role, "griffier"))
    gone = factories.person(at="Oss", role="griffier")
    gone.positions[0].ends_on = clock.today() - timedelta(days=30)
    there = [factories.attendance(event, each) for each in (one, two, gone)]
    for each in there:
        each.role_code = None
    db.session.flush()
    db.session.execute(sa.text(importlib.import_module("migrations.versions.0046_indicators")._GIVE_ROLES))
    db.session.expire_all()

    assert [each.role_code for each in there] == ["griffier", None, None]


def test_a_municipality_that_went_up_in_another_this_year_is_that_one():
    network, oss, best = factories.network(), factories.organisation("Oss"), factories.organisation("Best")
    factories.attendance(factories.held(network, days_ago=9), factories.person(at="Oss"))
    factories.attendance(factories.held(network, days_ago=3), factories.person(at="Best"))
    agenda = made.agenda(network)
    indicator = made.indicator(agenda, Measure.ORGANISATIONS)
    assert _count(indicator).value == 2

    lineage.succeed_organisation(oss, best, clock.today())
    assert _count(indicator).members == {("organisations", best.id)}
    of_oss = made.indicator(agenda, Measure.ORGANISATIONS, narrowing={"organisation": [oss.id]})
    assert _count(of_oss).value == 1


def test_two_talks_with_one_body_are_one_and_a_talk_or_a_session_reaches():
    network, oss, best = factories.network(), factories.organisation("Oss"), factories.organisation("Best")
    made.talk(network, oss)
    made.talk(network, oss, days_ago=8)
    made.talk(network, best, kind=ContactKind.PHONE)
    factories.attendance(factories.held(network), factories.person(at="Boxtel"))
    agenda = made.agenda(network)
    talked = made.indicator(agenda, Measure.CONTACTED, narrowing={"contact_kind": ["progress_talk"]})

    assert _count(talked).members == {("organisations", oss.id)}
    assert _count(made.indicator(agenda, Measure.CONTACTED)).value == 2
    assert _count(made.indicator(agenda, Measure.REACHED)).value == 3


def test_a_theme_that_went_over_in_another_counts_for_it():
    old, new = made.theme(), made.theme()
    event = factories.held()
    event.themes = [old]
    old.ends_on, old.successor_id = clock.today() - timedelta(days=1), new.id
    db.session.flush()
    agenda = made.agenda(event.network)

    assert _count(made.indicator(agenda, narrowing={"theme": [new.id]})).value == 1
    assert _count(made.indicator(agenda, narrowing={"theme": [old.id]})).value == 1
    assert _count(made.indicator(agenda, narrowing={"theme": [made.theme().id]})).value == 0


def test_a_commitment_is_about_its_own_theme_or_that_of_its_session():
    mine, other = made.theme(), made.theme()
    event = factories.held()
    event.themes = [other]
    own, inherited = factories.commitment(event, factories.person()), factories.commitment(event, factories.person())
    own.theme_id = mine.id
    for each in (own, inherited):
        each.state, each.closed_at = CommitmentState.DONE, clock.now()
    db.session.flush()
    agenda = made.agenda(event.network)

    assert _count(made.indicator(agenda, Measure.COMMITMENTS, narrowing={"theme": [mine.id]})).members == {
        ("commitments", own.id)
    }
    assert _count(made.indicator(agenda, Measure.COMMITMENTS, narrowing={"theme": [other.id]})).members == {
        ("commitments", inherited.id)
    }


def test_a_commitment_without_a_theme_is_about_what_its_insight_is_about_and_not_its_session():
    learned, of_session, of_report = made.theme(), made.theme(), made.theme()
    event = factories.held()
    report = factories.impression(event, "Eén", "Twee")
    event.themes, report.themes, report.insights[0].themes = [of_session], [of_report], [learned]
    for insight in report.insights:
        db.session.add(advice := Suggestion(text="Doen", insight=insight))
        promise = factories.commitment(event, factories.person(), suggestion=advice)
        promise.state, promise.closed_at = CommitmentState.DONE, clock.now()
    db.session.flush()
    agenda = made.agenda(event.network)
    found = [
        _count(made.indicator(agenda, Measure.COMMITMENTS, narrowing={"theme": [each.id]})).value
        for each in (learned, of_report, of_session)
    ]

    assert found == [1, 1, 0]


def test_an_insight_counts_once_its_report_is_published():
    event = factories.held()
    report = factories.impression(event, "Eén", "Twee")
    agenda = made.agenda(event.network)
    counted = _count(made.indicator(agenda, Measure.INSIGHTS))

    assert counted.members == {("insights", each.id) for each in report.insights}
    report.published_at -= timedelta(days=400)
    db.session.flush()
    assert _count(made.indicator(agenda, Measure.INSIGHTS)).value == 0


def test_years_are_added_counted_once_or_only_the_last_one():
    year = clock.today().year
    agenda = made.agenda(starts_on=date(year - 1, 1, 1))
    sanne, jan = factories.person("Sanne de Vries"), factories.person("Jan Smit")
    last = factories.held(agenda.network, days_ago=clock.today().timetuple().tm_yday + 20)
    factories.attendance(last, sanne)
    factories.attendance(last, jan)
    factories.attendance(factories.held(agenda.network, days_ago=2), sanne)

    def come_to(combining):
        indicator = made.indicator(agenda, Measure.PEOPLE, combining=combining)
        counts.count_now(indicator)
        return [db.session.get(counts.Count, (indicator.id, each)).value for each in (counts.WHOLE, year - 1, year)]

    assert come_to(Combining.PER_YEAR) == [3, 2, 1]
    assert come_to(Combining.ONCE) == [2, 2, 1]
    assert come_to(Combining.LATEST) == [1, 2, 1]


def _completing(title, network, who, **values):
    """An edition that these people completed three days ago, and somebody who was absent did not."""
    edition = taught.edition(taught.course(network, title), **values)
    for person in who:
        taught.enrol(edition, person)
        taught.present(person, *taught.days(edition))
    taught.enrol(edition, factories.person(), absent=(1, 2))
    taught.close(*taught.days(edition))
    return edition


def test_who_completed_a_course_counts_once_however_many_they_completed():
    network, sanne, bas = factories.network(), factories.person(at="Oss"), factories.person(at="Uden")
    _completing("Weerbaarheid", network, [sanne, bas])
    _completing("Schrijven", network, [sanne])
    _completing("Elders", factories.network(), [factories.person()])
    agenda = made.agenda(network)

    def members(**narrowing):
        return _count(
            made.indicator(agenda, Measure.COMPLETED, narrowing={"network": [network.id], **narrowing})
        ).members

    assert members() == {("people", sanne.id), ("people", bas.id)}
    assert members(organisation=[factories.organisation("Oss").id]) == {("people", sanne.id)}


def test_a_course_counts_on_the_last_day_that_somebody_was_there_once_its_attendance_is_closed():
    sanne, today = factories.person(), clock.today()
    edition = taught.edition(days_ago=3)
    taught.enrol(edition, sanne)
    taught.present(sanne, *taught.days(edition))
    indicator = made.indicator(made.agenda(), Measure.COMPLETED)
    assert _count(indicator).value == 0
    taught.close(*taught.days(edition))

    assert _count(indicator, today - timedelta(days=3), today - timedelta(days=3)).members == {("people", sanne.id)}
    assert _count(indicator, today - timedelta(days=40), today - timedelta(days=4)).value == 0


def test_who_completed_a_course_is_counted_and_not_named_where_a_day_is_confidential():
    network, sanne, bas = factories.network(), factories.person(), factories.person()
    _completing("Weerbaarheid", network, [sanne])
    taught.days(_completing("Vertrouwen", network, [bas]))[1].confidential = True
    db.session.flush()
    indicator = made.indicator(made.agenda(network), Measure.COMPLETED, narrowing={"network": [network.id]})
    listed = member_lists.list_members(indicator, Period(clock.today() - timedelta(days=40), clock.today()), CLOCKWORK)

    assert (listed.total, [row.id for row in listed.rows]) == (2, [sanne.id])


def test_who_completed_a_course_is_no_figure_before_there_are_courses(app):
    """Not nought, which would say that nobody did."""
    agenda = made.agenda()
    indicator = made.indicator(agenda, Measure.COMPLETED)
    counts.count_now(indicator)
    db.session.commit()
    assert _count(indicator).value is None
    assert figures.figure_of(indicator).realised_words == "nog geen cijfer"
    assert member_lists.list_members(indicator, figures.period_of(agenda, None), CLOCKWORK) is None

    taught.course()
    counts.count_now(indicator)
    assert _count(indicator).value == 0
