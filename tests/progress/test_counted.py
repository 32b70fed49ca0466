"""What a report says on its reference day: counted anew, of the days on which a theme stood on the agenda."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
import time_machine

from app import clock
from app.agendas import agenda_themes
from app.agendas.models import Party
from app.database import db
from app.indicators import counts, figures, readings, signs, targets
from app.indicators.figure_words import PERCENT
from app.indicators.models import Aim, Aspect, Combining, Direction, Measure, ReadingKind, Sign
from app.indicators.readings import NewReading
from app.indicators.signs import Answers
from app.indicators.targets import Decision
from app.network.organisations import lineage
from app.network.people import people
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.progress import counted, editions, freezing
from app.progress import frozen as codec
from app.progress.contents import Amount, KoppelSeat
from app.progress.models import Readers, Scope
from tests import factories
from tests.agendas import made as agreed
from tests.indicators import made as measured
from tests.progress import frozen_reports as frozen

pytestmark = pytest.mark.usefixtures("app")
TODAY = clock.today()


@pytest.fixture
def theme():
    return measured.theme()


@pytest.fixture
def agenda(theme):
    return measured.agenda(None, theme)


def _held(agenda, *about, people=0, of=None, **values):
    """A session of yesterday about these themes, with so many people of Oosterhout."""
    event = factories.held(of or agenda.network, days_ago=values.pop("days_ago", 1), **values)
    event.themes = list(about)
    for number in range(people):
        factories.attendance(event, factories.person(f"Mens Nummer{number}", at="Oosterhout"))
    db.session.flush()
    return event


def _contents(agenda, day=TODAY, **values):
    return counted.count_report(frozen.report(agenda, day, **values), day).contents


def _decided(days_ago=200, **values):
    return Decision("begroting", TODAY - timedelta(days=days_ago), **values)


class TestAWholeReport:
    def test_reads_back_as_it_was_counted(self, agenda, theme):
        event = _held(agenda, theme, people=6)
        measured.indicator(agenda, Measure.PEOPLE, theme=theme)
        measured.talk(agenda.network, factories.organisation("Oosterhout"), theme=theme)
        found = counted.count_report(frozen.report(agenda), TODAY)

        assert codec.read_contents(codec.freeze_contents(found.contents)) == found.contents
        [part] = found.contents.themes
        [line] = part.indicators
        assert (line.year.realised.part, part.reach.people, part.sessions[0].people) == (6, 6, 6)
        assert (part.sessions[0].place, part.sessions[0].online) == (event.town, event.online)
        assert [len(each.ids) for each in found.members] == [6, 0, 6]

    def test_takes_a_fixed_number_of_statements_however_much_happened(self, agenda, theme, queries):
        indicator = measured.indicator(agenda, Measure.PEOPLE, theme=theme)
        report = frozen.report(agenda)
        _held(agenda, theme, people=1)
        db.session.commit()
        with queries() as few:
            counted.count_report(report, TODAY)
        for _ in range(3):
            _held(agenda, theme, people=2)
            targets.set_target(indicator, None, Aim.NUMBER, Decimal(3), _decided(reason="x"))
        db.session.commit()
        with queries() as many:
            counted.count_report(report, TODAY)
        assert len(many) == len(few)

    def test_looks_no_further_than_its_day(self, agenda, theme):
        _held(agenda, theme, people=5, days_ago=1)
        _held(agenda, theme, people=6, days_ago=20)
        measured.talk(agenda.network, factories.organisation("Oosterhout"), days_ago=1)
        measured.indicator(agenda, Measure.SESSIONS, theme=theme)
        contents = _contents(agenda, TODAY - timedelta(days=10))

        [part] = contents.themes
        assert (contents.year.sessions, contents.year.people, contents.year.talked_with) == (1, 6, 0)
        assert [each.people for each in part.sessions] == [6]
        assert part.indicators[0].agenda.realised == Amount(Decimal(1))

    def test_is_of_one_network_when_it_says_so(self, agenda, theme):
        elsewhere = factories.network()
        _held(agenda, theme, people=6)
        _held(agenda, theme, people=7, of=elsewhere)
        measured.indicator(agenda, Measure.PEOPLE)
        measured.indicator(agenda, Measure.PEOPLE, narrowing={"network": [elsewhere.id]})
        whole, own = _contents(agenda), _contents(agenda, scope=Scope.NETWORK)

        assert [each.agenda.realised.part for each in whole.indicators] == [13, 7]
        assert [each.agenda.realised.part for each in own.indicators] == [6, 0]
        assert (whole.year.people, own.year.people, len(own.themes[0].sessions)) == (13, 6, 1)


class TestWhatEverybodyMayRead:
    def test_a_handful_is_in_no_public_edition_also_not_as_it_is_kept(self, agenda, theme):
        _held(agenda, theme, people=3)
        measured.talk(
            agenda.network, factories.organisation("Oosterhout"), factories.organisation("Breda"), theme=theme
        )
        for measure in (Measure.PEOPLE, Measure.ORGANISATIONS, Measure.CONTACTED, Measure.REACHED):
            measured.indicator(agenda, measure, theme=theme)
        edition = frozen.freeze(frozen.report(agenda))
        [part] = edition.contents["themes"]

        assert (part["reach"]["people"], part["reach"]["organisations"], part["reach"]["talked_with"]) == (None,) * 3
        assert (part["sessions"][0]["people"], part["sessions"][0]["organisations"]) == (None, None)
        for line in part["indicators"]:
            for period in (line["year"], line["agenda"]):
                assert (period["realised"]["few"], period["realised"]["part"], period["members"]) == (True, None, None)
        year = edition.contents["year"]
        assert (year["people"], year["organisations"], year["talked_with"]) == (None,) * 3
        assert {each["attendances"] for each in edition.contents["municipalities"]} == {0, -1}

    def test_no_total_gives_a_handful_away(self, agenda, theme):
        other = measured.theme()
        agenda_themes.put_on_agenda(agenda, other, "")
        _held(agenda, theme, people=3)
        _held(agenda, other, people=20)
        contents = _contents(agenda)

        people_of = {part.name: part.reach.people for part in contents.themes}
        assert people_of == {theme.words: None, other.words: None}
        assert contents.year.people == 23

    def test_years_that_add_up_tell_at_least_those_that_may_be_told(self, agenda, theme):
        last_year = date(TODAY.year - 1, 12, 1)
        with time_machine.travel(clock.utc_moment(last_year, time(12)), tick=False):
            _held(agenda, theme, people=6)
        _held(agenda, theme, people=2)
        measured.indicator(agenda, Measure.PEOPLE, combining=Combining.PER_YEAR)
        public, internal = _contents(agenda), frozen.freeze(frozen.report(agenda, readers=Readers.INTERNAL))

        [line] = public.indicators
        assert (line.year.realised, line.before.realised.part) == (Amount(few=True), 6)
        assert line.agenda.realised == Amount(at_least=Decimal(6))
        [full] = editions.contents_for(internal, Viewer(organises=None)).indicators
        assert (full.year.realised.part, full.agenda.realised) == (2, Amount(Decimal(8)))
        [hidden] = editions.contents_for(internal, Viewer(frozenset({agenda.network_id}))).indicators
        assert (hidden.year.realised, hidden.agenda.realised) == (line.year.realised, line.agenda.realised)

    def test_a_confidential_session_counts_and_is_named_nowhere(self, agenda, theme):
        _held(agenda, theme, people=6, title="Achter gesloten deuren", confidential=True)
        for readers in Readers:
            contents = _contents(agenda, readers=readers)
            [part] = contents.themes
            assert (part.reach.sessions, part.reach.people, part.sessions, part.untold_sessions) == (1, 6, [], 1)
            assert "gesloten deuren" not in str(codec.freeze_contents(contents))
            assert not any(each.attendances for each in contents.municipalities)
            assert contents.municipalities_reached is None

    def test_a_network_that_is_not_listed_is_named_to_its_own_readers_alone(self, theme):
        hidden = factories.network(name="Verborgen netwerk", listed=False)
        agenda = measured.agenda(None, theme)
        _held(agenda, theme, people=6, of=hidden, title="Sessie van verborgenen")
        factories.commitment(_held(agenda, theme, of=hidden), factories.person(), "Geheime afspraak", days=0)
        for readers in Readers:
            said = str(codec.freeze_contents(_contents(agenda, readers=readers)))
            assert "verborgenen" not in said
            assert "Geheime" not in said

        own = measured.agenda(hidden, theme)
        assert "verborgenen" in str(codec.freeze_contents(_contents(own, readers=Readers.INTERNAL)))
        assert "verborgenen" not in str(codec.freeze_contents(_contents(own)))

    def test_no_name_of_a_person_is_kept(self, agenda, theme):
        row = agenda.themes[0]
        party = Party(name="Provincie Noord-Brabant", agenda=agenda)
        db.session.add(party)
        db.session.flush()
        agreed.office(row, "Wim Geheimman")
        event = _held(agenda, theme, people=6)
        factories.commitment(event, factories.person("Anna Geheimvrouw"), "Een lijst maken", days=0)
        contents = _contents(agenda)

        [part] = contents.themes
        assert part.koppel == [KoppelSeat("Provincie Noord-Brabant", "gedeputeerde")]
        assert [each.what for each in part.promises] == ["Een lijst maken"]
        said = str(codec.freeze_contents(contents))
        assert "Geheim" not in said
        assert "Mens Nummer" not in said


class TestWhatHappensAfterwards:
    def test_somebody_is_erased_and_the_report_stands(self, agenda, theme):
        _held(agenda, theme, people=6)
        indicator = measured.indicator(agenda, Measure.PEOPLE, theme=theme)
        edition = frozen.publish(frozen.freeze(frozen.report(agenda)))
        before, members = dict(edition.contents), frozen.member_ids(edition, indicator.id, TODAY.year)
        people.erase_person(db.session.get(Person, min(members)))
        db.session.commit()
        db.session.refresh(edition)

        assert edition.contents == before
        assert frozen.member_ids(edition, indicator.id, TODAY.year) == members

    def test_an_attendance_is_taken_back_the_report_stands_and_the_live_figure_moves(self, agenda, theme):
        event = _held(agenda, theme, people=6)
        there = factories.attendance(event, factories.person("Later weg", at="Breda"))
        indicator = measured.indicator(agenda, Measure.PEOPLE, theme=theme)
        edition = frozen.publish(frozen.freeze(frozen.report(agenda)))
        db.session.delete(there)
        db.session.commit()
        counts.count_now(indicator)

        assert figures.figure_of(indicator, TODAY.year).realised == 6
        db.session.refresh(edition)
        [line] = editions.contents_for(edition).themes[0].indicators
        assert line.year.realised.part == 7

    def test_a_session_moves_to_another_theme_and_only_the_next_edition_moves_along(self, agenda, theme):
        other = measured.theme()
        agenda_themes.put_on_agenda(agenda, other, "")
        event = _held(agenda, theme, people=6)
        report = frozen.report(agenda)
        first = frozen.publish(frozen.freeze(report))
        event.themes = [other]
        editions.correct(report, "De sessie ging over iets anders", factories.account(agenda.network))
        db.session.commit()
        freezing.freeze_wanted_editions()
        second = editions.list_editions(report)[-1]

        def held(edition):
            return [each.reach.sessions for each in editions.contents_for(edition).themes]

        assert (held(first), held(second)) == ([1, 0], [0, 1])

    def test_a_municipality_that_went_up_in_another_counts_as_that(self, agenda, theme):
        event = _held(agenda, theme)
        for name in ("Oosterhout", "Breda"):
            for number in range(5):
                factories.attendance(event, factories.person(f"Iemand Uit{name}{number}", at=name))
        measured.indicator(agenda, Measure.ORGANISATIONS)
        edition = frozen.freeze(frozen.report(agenda))
        lineage.succeed_organisation(factories.organisation("Oosterhout"), factories.organisation("Breda"), TODAY)
        now = counted.count_report(edition.report, TODAY).contents

        assert now.organisations_as_of == TODAY
        lit = {each.name: each.attendances for each in now.municipalities if each.attendances}
        assert lit == {"Breda": 10}
        assert editions.contents_for(edition).municipalities_reached == 2


class TestTargetsAndFigures:
    def test_a_target_that_changed_halfway_prints_both_with_their_days(self, agenda):
        indicator = measured.indicator(agenda, Measure.BY_HAND)
        targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(100), _decided(200))
        targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(80), _decided(20, reason="motie M4"))
        [line] = _contents(agenda).indicators

        assert (line.year.target.value, line.year.target.reason) == (80, "motie M4")
        [earlier] = line.year.earlier_targets
        assert (earlier.value, earlier.decided_on) == (100, TODAY - timedelta(days=200))

    def test_what_was_decided_after_its_day_is_later_and_what_was_expected_after_it_was_due_is_not_in_it(self, agenda):
        indicator = measured.indicator(agenda, Measure.BY_HAND)
        day = TODAY - timedelta(days=60)
        targets.set_target(indicator, day.year, Aim.NUMBER, Decimal(77), _decided(100))
        targets.set_target(indicator, day.year, Aim.NUMBER, Decimal(90), _decided(20, reason="motie M4"))
        last = date(day.year, 12, 31)
        for days_ago, value in ((50, 80), (1, 95)):
            with time_machine.travel(clock.utc_moment(TODAY - timedelta(days=days_ago), time(12)), tick=False):
                new = NewReading(ReadingKind.FORECAST, last, Decimal(value), "raming")
                readings.add_reading(indicator, new, None)
        [line] = _contents(agenda, day, due_on=TODAY - timedelta(days=10), words_due_on=day).indicators
        [later] = line.year.later_targets

        assert (line.year.target.value, line.year.earlier_targets, later.value) == (77, [], 90)
        assert line.year.forecast == Amount(Decimal(80))

    def test_a_target_of_nought_is_a_number_and_no_target_is_none(self, agenda):
        indicator = measured.indicator(agenda, Measure.BY_HAND, direction=Direction.AT_MOST)
        targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(0), _decided())
        _enter(indicator, 0)
        [line] = _contents(agenda).indicators
        assert (line.year.target.value, line.year.realised, line.agenda.target) == (0, Amount(Decimal(0)), None)

    def test_a_percentage_keeps_its_parts_also_above_a_hundred(self, agenda):
        indicator = measured.indicator(agenda, Measure.BY_HAND, unit=PERCENT)
        _enter(indicator, 120, out_of=Decimal(100), reason="ook van elders")
        [line] = _contents(agenda).indicators
        assert line.year.realised == Amount(Decimal(120), Decimal(100))

    def test_a_figure_by_hand_that_is_lower_than_before_is_the_one_that_counts(self, agenda):
        indicator = measured.indicator(agenda, Measure.BY_HAND, combining=Combining.LATEST)
        _enter(indicator, 9, days_ago=20)
        _enter(indicator, 7, days_ago=2, reason="dubbel geteld")
        [now], [then] = _contents(agenda).indicators, _contents(agenda, TODAY - timedelta(days=10)).indicators
        assert (now.year.realised.part, then.year.realised.part) == (7, 9)

    def test_signs_and_money_are_those_of_the_day(self, agenda, theme):
        signs.set_signs(agenda, theme.id, TODAY - timedelta(days=20), {Aspect.TIME: Sign.GREEN}, Answers(), None)
        why = Answers("oorzaak", "gevolg", "aanpak")
        signs.set_signs(agenda, theme.id, TODAY, {Aspect.TIME: Sign.RED}, why, None)
        now, then = _contents(agenda), _contents(agenda, TODAY - timedelta(days=10))
        assert [each.sign for each in now.themes[0].signs] == [Sign.RED]
        assert [each.sign for each in then.themes[0].signs] == [Sign.GREEN]


class TestThemes:
    def test_one_that_ended_midway_tells_of_its_days_and_where_it_went(self, agenda, theme):
        after = measured.theme()
        row = agenda.themes[0]
        row.ends_on = TODAY - timedelta(days=10)
        theme.ends_on, theme.successor_id = row.ends_on, after.id
        _held(agenda, theme, people=5, days_ago=2)
        _held(agenda, theme, people=6, days_ago=15)
        [part] = _contents(agenda).themes
        assert (part.ends_on, part.successor, part.reach.sessions, part.reach.people) == (
            row.ends_on,
            after.words,
            1,
            6,
        )

    def test_an_executive_who_left_stands_in_reports_of_their_days(self, theme):
        agenda = agreed.agenda(
            factories.network(), starts_on=date(TODAY.year - 1, 1, 1), ends_on=date(TODAY.year, 12, 31)
        )
        row = agenda_themes.put_on_agenda(agenda, theme, "")
        ends = TODAY - timedelta(days=10)
        agreed.office(row, "Wim Vertrokken", starts_on=date(TODAY.year - 1, 1, 1), ends_on=ends)
        now, then = _contents(agenda), _contents(agenda, ends)
        assert [each.koppel[0] for each in (now.themes[0], then.themes[0])] == [
            KoppelSeat("Provincie Noord-Brabant", ""),
            KoppelSeat("Provincie Noord-Brabant", "gedeputeerde"),
        ]


def _enter(indicator, value, *, days_ago=0, **values):
    new = NewReading(ReadingKind.REALISED, TODAY - timedelta(days=days_ago), Decimal(value), "Telling", **values)
    return readings.add_reading(indicator, new, None)
