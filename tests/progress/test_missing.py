"""What a report lacks, each with where it is mended, and gone once that is done."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from app import clock
from app.agendas.models import AgendaState
from app.database import db
from app.indicators import counts, money, readings, signs, targets
from app.indicators.models import Aim, Aspect, Measure, ReadingKind, Sign
from app.indicators.money import Amounts
from app.indicators.readings import NewReading
from app.indicators.signs import Answers
from app.indicators.targets import Decision
from app.progress import counted, lack_words, missing, words
from app.progress.missing import Lack
from app.progress.models import Part, Readers, ReportKind
from tests import factories
from tests.agendas import made as agreed
from tests.helpers import sign_in
from tests.indicators import made as measured
from tests.progress import made

DAY = date(2026, 8, 31)


@pytest.fixture
def row(app):
    agenda = agreed.agenda(factories.network(slug="netwerk"), starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    agenda.state = AgendaState.PUBLISHED
    return agreed.theme_on(agenda)


@pytest.fixture
def report(row):
    return made.report(row.agenda, DAY, asked=True, kind=ReportKind.INTERIM)


def _lacks(report, row=None) -> list[Lack]:
    db.session.expire_all()
    return [each.lack for each in missing.what_is_missing(report) if each.row == row]


def _says(report, lack: Lack) -> list[str]:
    return [each.words for each in missing.what_is_missing(report) if each.lack == lack]


def test_a_report_without_anything_lacks_all_of_it(report, row):
    assert _lacks(report) == [Lack.WORDS, Lack.WORDS]
    assert _lacks(report, row) == [*[Lack.WORDS] * 2, *[Lack.VACANT] * 4, Lack.NO_INDICATOR, Lack.SIGNS, Lack.MONEY]


def test_what_is_there_is_not_missing(report, row):
    for place in range(2):
        for kind in ("executive", "official"):
            office = agreed.office(row, factories.person(), party=place, kind=kind)
            words.write_words(report, Part.KOPPEL, "Het loopt.", office=office)
    for part in words.BY_ORGANISERS:
        words.write_words(report, part, "Veel.", row=row)
        words.write_words(report, part, "Alles.")
    indicator = measured.indicator(row.agenda, theme=row.theme)
    targets.set_target(indicator, 2026, Aim.NUMBER, Decimal(0), Decision("begroting", DAY, None))
    set_now = dict.fromkeys(Aspect, Sign.GREEN)
    signs.set_signs(row.agenda, row.theme_id, DAY, set_now, Answers(), None)
    money.enter_amounts(row.agenda, row.theme_id, 2026, Amounts(Decimal(10)), "begroting", None)
    assert (_lacks(report), _lacks(report, row)) == ([], [])


def test_a_koppel_is_named_by_office_and_never_by_name(report, row):
    agreed.office(row, "Sanne de Vries")
    assert _says(report, Lack.KOPPEL_WORDS) == [
        f"{row.theme.words}: Nog geen woord van gedeputeerde, Provincie Noord-Brabant."
    ]
    assert f"{row.theme.words}: Vacant: Bestuurder, VBG." in _says(report, Lack.VACANT)
    assert not any("Sanne" in each.words for each in missing.what_is_missing(report))


def test_readers_hear_of_a_koppel_in_one_line_and_only_when_nobody_of_it_wrote(report, row):
    first, _ = agreed.office(row), agreed.office(row, kind="official", title="adviseur")
    [said] = [each for each in _told(report, Readers.INTERNAL) if row.theme.words in each]
    assert said.count("Nog geen woord van het koppel.") == 1
    assert "gedeputeerde" not in said

    words.write_words(report, Part.KOPPEL, "Het loopt.", office=first)
    [said] = [each for each in _told(report, Readers.INTERNAL) if row.theme.words in each]
    assert "koppel" not in said


def _told(report, readers: Readers) -> list[str]:
    found = missing.tell(missing.what_is_missing(report), readers, words.words_now(report))
    return lack_words.say_by_theme(found, report.reference_day.year)


def test_everybody_reads_what_is_not_in_it_and_nothing_of_officials(report, row):
    agreed.office(row, "Sanne de Vries")
    agreed.office(row, factories.person(), party=1, kind="official")
    indicator = measured.indicator(row.agenda, Measure.BY_HAND, theme=row.theme, owner="")
    year = report.reference_day.year
    assert _told(report, Readers.PUBLIC) == [
        f"{row.theme.words}: Vacant: Bestuurder, VBG. Nog geen woord van het koppel. "
        f"‘{indicator.name}’ heeft nog geen cijfer van {year}."
    ]


def test_words_of_an_official_are_signed_by_their_party_for_everybody(report, row):
    office = agreed.office(row, factories.person(), kind="official")
    words.write_words(report, Part.KOPPEL, "Het loopt.", office=office)
    by = {
        readers: counted.count_report(report, DAY, readers).contents.themes[0].koppel_words[0].by for readers in Readers
    }
    assert by == {Readers.PUBLIC: office.party.name, Readers.INTERNAL: words.say_office(office)}


@pytest.mark.parametrize(
    ("aim", "lacking"), [(Aim.NONE, False), (Aim.NOT_APPLICABLE, False), (Aim.UNKNOWN, True), (None, True)]
)
def test_no_target_and_not_applicable_are_said_and_not_known_yet_is_missing(report, row, aim, lacking):
    indicator = measured.indicator(row.agenda, theme=row.theme)
    if aim:
        targets.set_target(indicator, 2026, aim, None, Decision("begroting", DAY, None, "er is geen verkiezing"))
    assert (Lack.TARGET in _lacks(report, row)) == lacking


def test_a_target_of_the_whole_agenda_is_one(report, row):
    indicator = measured.indicator(row.agenda, theme=row.theme)
    targets.set_target(indicator, None, Aim.NUMBER, Decimal(4), Decision("begroting", DAY, None))
    assert Lack.TARGET not in _lacks(report, row)


def test_a_figure_by_hand_is_missing_until_it_is_filled_in(report):
    indicator = measured.indicator(report.agenda, Measure.BY_HAND)
    assert _lacks(report)[-2:] == [Lack.TARGET, Lack.READING]
    readings.add_reading(indicator, NewReading(ReadingKind.REALISED, date(2026, 5, 1), Decimal(3), "telling"), None)
    counts.count_now(indicator)
    assert Lack.READING not in _lacks(report)


def test_what_came_after_the_reference_date_is_missing_on_it(report):
    indicator = measured.indicator(report.agenda, Measure.BY_HAND)
    targets.set_target(indicator, 2026, Aim.NUMBER, Decimal(4), Decision("begroting", date(2026, 10, 1), None))
    with time_machine.travel("2026-10-02", tick=False):
        readings.add_reading(
            indicator, NewReading(ReadingKind.REALISED, date(2026, 10, 1), Decimal(3), "telling"), None
        )
        counts.count_now(indicator)
    assert _lacks(report)[-2:] == [Lack.TARGET, Lack.READING]
    assert _says(report, Lack.READING) == [f"‘{indicator.name}’ heeft nog geen cijfer van 2026."]


def test_an_indicator_without_owner_is_said(report):
    measured.indicator(report.agenda, owner="")
    assert Lack.OWNER in _lacks(report)


def test_signs_of_the_report_before_say_nothing_of_this_one(report, row):
    made.report(row.agenda, date(2026, 4, 30))
    some = {Aspect.QUALITY: Sign.GREEN, Aspect.TIME: Sign.GREEN}
    signs.set_signs(row.agenda, row.theme_id, date(2026, 4, 30), some, Answers(), None)
    assert "Kwaliteit, Tijd, Geld" in _says(report, Lack.SIGNS)[0]
    signs.set_signs(row.agenda, row.theme_id, date(2026, 5, 1), some, Answers(), None)
    assert _says(report, Lack.SIGNS) == [f"{row.theme.words}: Nog geen teken in deze periode voor Geld."]


def test_what_was_spent_is_asked_of_the_yearly_report_alone(report, row):
    yearly = made.report(row.agenda, date(2026, 12, 31))
    money.enter_amounts(row.agenda, row.theme_id, 2026, Amounts(Decimal(10)), "begroting", None)
    assert [Lack.MONEY in _lacks(each, row) for each in (report, yearly)] == [False, True]


def test_of_a_theme_that_ended_nothing_comes_next_and_the_place_is_vacant_if_it_was_then(report, row):
    ended = agreed.theme_on(row.agenda, ends_on=date(2026, 3, 31))
    agreed.office(ended, ends_on=date(2026, 4, 30))
    lacks = _lacks(report, ended)
    assert (lacks.count(Lack.WORDS), lacks.count(Lack.VACANT)) == (1, 3)


def test_each_leads_to_where_it_is_mended(client, report, row):
    agreed.office(row)
    measured.indicator(row.agenda, Measure.BY_HAND, theme=row.theme, owner="")
    agreed.theme_on(row.agenda)
    sign_in(client, factories.account(row.agenda.network))
    address = f"/organise/networks/netwerk/agendas/{row.agenda_id}"
    page = client.get(f"{address}/reports/{report.id}").text.split('id="ontbreekt"')[1].split("</section>")[0]
    links = {each.split('"')[0].replace("&amp;", "&") for each in page.split('href="')[1:]}
    assert {each.lack for each in missing.what_is_missing(report)} == set(Lack)
    assert [client.get(link).status_code for link in sorted(links)] == [200] * len(links)
    assert len(links) >= 10


def test_it_takes_as_many_statements_for_many_themes_as_for_one(client, report, row, queries):
    sign_in(client, factories.account(row.agenda.network))
    address = f"/organise/networks/netwerk/agendas/{row.agenda_id}/reports/{report.id}"
    agreed.office(row)
    measured.indicator(row.agenda, theme=row.theme)
    words.write_words(report, Part.HAPPENED, "Veel.", row=row, by=factories.account(row.agenda.network))
    db.session.commit()

    def look() -> int:
        db.session.expunge_all()
        with queries() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    few, report_id, agenda = look(), report.id, row.agenda_id
    from app.agendas.models import Agenda
    from app.progress.models import Report

    again, kept = db.session.get(Report, report_id), db.session.get(Agenda, agenda)
    for _ in range(6):
        other = agreed.theme_on(kept)
        office = agreed.office(other, factories.person())
        measured.indicator(kept, theme=other.theme)
        words.write_words(again, Part.KOPPEL, "Het loopt.", office=office)
        words.write_words(again, Part.NEXT, "Meer.", row=other, by=factories.account(kept.network))
    db.session.commit()
    assert look() == few


def test_before_its_day_a_place_is_vacant_as_it_is_today(row):
    report = made.report(row.agenda, date(2026, 12, 31))
    with time_machine.travel("2026-06-01", tick=False):
        agreed.office(row, starts_on=clock.today())
        assert len(_says(report, Lack.VACANT)) == 3
