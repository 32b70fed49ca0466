"""What stands beside each other on the page of an agenda: targets in four states, figures by hand, signs and money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from app import clock
from app.agendas import agenda_themes
from app.database import db
from app.indicators import (
    counts,
    figures,
    indicators,
    member_lists,
    money,
    numbers,
    readings,
    signs,
    targets,
)
from app.indicators.member_lists import MemberList
from app.indicators.models import Aim, Aspect, Combining, Count, Direction, Measure, ReadingKind, Sign
from app.indicators.money import Amounts
from app.indicators.readings import NewReading, ReadingRefused
from app.indicators.signs import Answers
from app.indicators.targets import AimInRow, Decision
from app.network.seeing import CLOCKWORK, Viewer
from tests import factories
from tests.indicators import made

pytestmark = pytest.mark.usefixtures("app")
TODAY = clock.today()
ELSEWHERE = Viewer(frozenset())
DECIDED = Decision("begroting", TODAY - timedelta(days=200))


def _by_hand(**values):
    return made.indicator(made.agenda(), Measure.BY_HAND, **values)


def _enter(indicator, value, *, days_ago=0, kind=ReadingKind.REALISED, replaces=None, **values):
    new = NewReading(kind, clock.today() - timedelta(days=days_ago), Decimal(value), "Telling", **values)
    return readings.add_reading(indicator, new, None, replaces)


def _figure(indicator, year=TODAY.year):
    counts.count_now(indicator)
    return figures.figure_of(indicator, year)


def test_a_target_of_nought_and_at_most_is_met_in_words_without_a_percentage():
    indicator = _by_hand(direction=Direction.AT_MOST)
    targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(0), DECIDED)
    _enter(indicator, 0)
    figure = _figure(indicator)

    assert (figure.realised_words, figure.target_words, figure.met) == ("0", "ten hoogste 0", True)
    assert "%" not in figure.met_words + figure.realised_words
    _enter(indicator, 1)
    assert _figure(indicator).met_words == "niet gehaald"


def test_no_target_nought_not_applicable_and_unknown_are_four_things():
    indicator = _by_hand()
    said = [_figure(indicator).target_words]
    for aim, value, reason in (
        (Aim.NUMBER, Decimal(0), "x"),
        (Aim.NOT_APPLICABLE, None, "geen verkiezingen"),
        (Aim.UNKNOWN, None, "x"),
        (Aim.NONE, None, "x"),
    ):
        targets.set_target(indicator, TODAY.year, aim, value, Decision("begroting", TODAY, reason=reason))
        said.append(_figure(indicator).target_words)

    assert said == [
        "geen streefwaarde",
        "ten minste 0",
        "n.v.t.: geen verkiezingen",
        "nog niet bekend",
        "geen streefwaarde",
    ]
    assert _figure(indicator).met is None


def test_a_target_changes_by_another_row_with_a_reason_and_both_show():
    indicator = _by_hand()
    first = targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(100), DECIDED)
    with pytest.raises(targets.TargetRefused) as refused:
        targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(80), DECIDED)
    second = targets.set_target(
        indicator, TODAY.year, Aim.NUMBER, Decimal(80), Decision("motie", TODAY, reason="minder geld")
    )
    figure = _figure(indicator)

    assert refused.value.problem == "change"
    assert (figure.target, figure.earlier_targets) == (second, [first])
    assert figures.figure_of(indicator, TODAY.year + 1).target is None


@pytest.mark.parametrize(
    ("aim", "value", "problem"),
    [(Aim.NUMBER, None, "value"), (Aim.NONE, Decimal(1), "no_value"), (Aim.NOT_APPLICABLE, None, "reason")],
)
def test_a_target_that_says_nothing_is_refused(aim, value, problem):
    with pytest.raises(targets.TargetRefused) as refused:
        targets.set_target(_by_hand(), TODAY.year, aim, value, DECIDED)
    assert refused.value.problem == problem


def test_a_row_of_targets_is_read_in_the_order_of_the_years():
    years = [2024, 2025, 2026, 2027]
    assert targets.read_row_of_targets("1.100 - ?", years) == {
        2024: AimInRow(Aim.NUMBER, Decimal(1100)),
        2025: AimInRow(Aim.NONE),
        2026: AimInRow(Aim.UNKNOWN),
    }
    assert targets.read_row_of_targets("n.v.t. (begint pas in 2025) 0 NVT(geen geld) (3)", years) == {
        2024: AimInRow(Aim.NOT_APPLICABLE, reason="begint pas in 2025"),
        2025: AimInRow(Aim.NUMBER, Decimal(0)),
        2026: AimInRow(Aim.NOT_APPLICABLE, reason="geen geld"),
        2027: AimInRow(Aim.NUMBER, Decimal(-3)),
    }
    for written in ("n.v.t. (x)", "nvt(x)", "N.v.t (x)", "nvt. (x)", "n.a. (x)"):
        assert targets.read_row_of_targets(written, years) == {2024: AimInRow(Aim.NOT_APPLICABLE, reason="x")}
    for unexplained in ("n.v.t.", "10 nvt ( )", "N.v.t 10"):
        with pytest.raises(targets.TargetRefused, match="reason_in_row"):
            targets.read_row_of_targets(unexplained, years)
    with pytest.raises(targets.TargetRefused):
        targets.read_row_of_targets("1 2 3", [2024, 2025])


def test_of_a_spreadsheet_s_row_an_empty_cell_is_a_year_of_which_nothing_is_said():
    years = [2024, 2025, 2026, 2027]
    assert targets.read_row_of_targets("\t1.100\t\t n.v.t. (geen geld) ", years) == {
        2025: AimInRow(Aim.NUMBER, Decimal(1100)),
        2027: AimInRow(Aim.NOT_APPLICABLE, reason="geen geld"),
    }
    assert targets.read_row_of_targets("10\t-\t\t", years) == {
        2024: AimInRow(Aim.NUMBER, Decimal(10)),
        2025: AimInRow(Aim.NONE),
    }
    with pytest.raises(targets.TargetRefused, match="many"):
        targets.read_row_of_targets("1\t\t\t\t5", years)
    assert targets.read_row_of_targets("1 250\t3", years)[2024] == AimInRow(Aim.NUMBER, Decimal(1250))


def test_a_lower_figure_needs_a_reason_and_a_correction_keeps_what_stood():
    with time_machine.travel(clock.utc_moment(date(TODAY.year, 6, 1), clock.now().time())):
        indicator = _by_hand()
        _enter(indicator, 40, days_ago=10)
        with pytest.raises(ReadingRefused) as refused:
            _enter(indicator, 30)
        wrong = _enter(indicator, 30, reason="dubbel geteld")
        assert (refused.value.problem, refused.value.field) == ("lower", "reason")
        assert "40" in refused.value.words
        with pytest.raises(ReadingRefused):
            _enter(indicator, 35, replaces=wrong)
        _enter(indicator, 35, replaces=wrong, reason="typefout")
        with pytest.raises(ReadingRefused) as gone:
            _enter(indicator, 36, replaces=wrong, reason="typefout")

        assert gone.value.problem == "gone"
        assert _figure(indicator, TODAY.year).realised == 35
        assert [int(each.value) for each in indicator.readings] == [40, 30, 35]


def test_a_percentage_keeps_its_part_and_whole_and_totals_add_those():
    agenda = made.agenda()
    indicator = made.indicator(agenda, Measure.BY_HAND, unit="%", combining=Combining.PER_YEAR)
    with pytest.raises(ReadingRefused) as refused:
        _enter(indicator, 50)
    assert refused.value.problem == "whole"
    _enter(indicator, 50, out_of=Decimal(100), days_ago=TODAY.timetuple().tm_yday + 30)
    _enter(indicator, 30, out_of=Decimal(300))
    counts.count_now(indicator)

    assert figures.figure_of(indicator, TODAY.year).realised_words == "10% (30 van 300)"
    assert figures.figure_of(indicator).realised == 20
    with pytest.raises(ReadingRefused) as above:
        _enter(indicator, 301, out_of=Decimal(300))
    assert (above.value.problem, above.value.words[:24]) == ("above", "Dit is meer dan honderd ")
    _enter(indicator, 450, out_of=Decimal(300), reason="ook wie van buiten komt")
    assert _figure(indicator).realised_words == "150% (450 van 300)"


def test_a_figure_of_tomorrow_is_an_expectation_and_what_is_counted_is_not_entered():
    counted, by_hand = made.indicator(made.agenda()), _by_hand()
    with pytest.raises(ReadingRefused) as future:
        _enter(by_hand, 1, days_ago=-1)
    with pytest.raises(ReadingRefused) as entered:
        _enter(counted, 1)
    forecast = _enter(counted, 12, kind=ReadingKind.FORECAST)

    assert (future.value.problem, entered.value.problem) == ("future", "counted")
    assert _figure(counted).forecast is forecast


def test_a_percentage_is_of_something():
    with pytest.raises(ReadingRefused) as refused:
        _enter(_by_hand(unit="%"), 1, out_of=Decimal(0))
    assert refused.value.problem == "whole"


def test_what_is_expected_of_a_percentage_is_a_percentage():
    indicator = _by_hand(unit="%")
    _enter(indicator, 45, out_of=Decimal(50), kind=ReadingKind.FORECAST)
    assert _figure(indicator).forecast_words == "90% (45 van 50)"


def test_a_total_over_years_does_not_give_a_handful_of_people_away():
    indicator = made.indicator(made.agenda(), Measure.PEOPLE, combining=Combining.PER_YEAR)
    targets.set_target(indicator, None, Aim.NUMBER, Decimal(14), DECIDED)
    for year, value in ((counts.WHOLE, 15), (TODAY.year - 1, 12), (TODAY.year, 3)):
        counted = {"indicator_id": indicator.id, "year": year, "counted_at": clock.now()}
        db.session.add(Count(value=Decimal(value), **counted))
    db.session.flush()

    for figure in (figures.figure_of(indicator), figures.list_figures(indicator.agenda)[0]):
        assert (figure.realised_for(ELSEWHERE), figure.met_for(ELSEWHERE)) == ("≥ 12", "")
        assert (figure.realised_for(CLOCKWORK), figure.met_for(CLOCKWORK)) == ("15", "gehaald")
    members = MemberList("people", [], 15, few=True)
    assert "15" not in member_lists.say_hidden(members)


@pytest.mark.parametrize("kept", ["indicator", "sign", "money"])
def test_a_theme_of_which_figures_are_kept_stays_on_its_agenda(kept):
    theme = made.theme()
    agenda = made.agenda(None, theme)
    if kept == "indicator":
        made.indicator(agenda, theme=theme)
    elif kept == "sign":
        signs.set_signs(agenda, theme.id, TODAY, {Aspect.TIME: Sign.GREEN}, Answers(), None)
    else:
        money.enter_amounts(agenda, theme.id, TODAY.year, money.Amounts(Decimal(1)), "begroting", None)

    with pytest.raises(indicators.HasFigures):
        agenda_themes.take_off_agenda(agenda.themes[0])


def test_another_rule_is_a_version_with_a_reason_and_counts_from_its_day():
    network = factories.network()
    factories.held(network, format="training")
    indicator = made.indicator(made.agenda(network), narrowing={"network": [network.id]})
    counts.count_now(indicator)
    narrower = made.rule(narrowing={"format": ["session"], "role": ["griffier"]})
    with pytest.raises(indicators.NeedsReason):
        indicators.change_indicator(indicator, "Anders", None, narrower)
    indicators.change_indicator(indicator, "Anders", None, narrower, reason="alleen sessies")
    assert db.session.get(Count, (indicator.id, TODAY.year)) is None
    counts.count_now(indicator)

    assert indicator.versions[-1].narrowing == {"format": ["session"]}
    assert figures.figure_of(indicator, TODAY.year).realised == 0
    with pytest.raises(indicators.NotYet):
        indicators.change_indicator(indicator, "Anders", None, made.rule(), date(2000, 1, 1), "x")
    indicators.change_indicator(indicator, "Alleen de naam", None, narrower)
    assert len(indicator.versions) == 2


def test_the_page_of_an_agenda_reads_what_was_kept_in_as_many_statements_however_much_there_is(queries):
    few, many = made.agenda(), made.agenda(None, *(made.theme() for _ in range(12)))
    for agenda, number in ((few, 2), (many, 40)):
        for at in range(number):
            indicator = made.indicator(agenda, Measure.BY_HAND)
            targets.set_target(indicator, TODAY.year, Aim.NUMBER, Decimal(at), DECIDED)
            _enter(indicator, at)
    db.session.commit()
    sent = []
    for agenda in (few, many):
        with queries() as seen:
            figures.list_figures(agenda, TODAY.year)
        sent.append(len(seen))

    assert sent[0] == sent[1] <= 6


def test_the_clockwork_counts_what_was_not_counted_for_an_hour_and_old_counts_are_called_old():
    indicator = made.indicator(made.agenda())
    db.session.commit()
    assert counts.count_due_indicators() == 1
    assert counts.count_due_indicators() == 0
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert figures.figure_of(indicator, TODAY.year).stale
        assert counts.count_due_indicators() == 1
        assert not figures.figure_of(indicator, TODAY.year).stale


def test_signs_are_set_by_a_person_and_not_on_course_asks_three_answers():
    theme = made.theme()
    agenda = made.agenda(None, theme)
    with pytest.raises(signs.SignRefused) as nothing:
        signs.set_signs(agenda, theme.id, TODAY, {}, Answers(), None)
    with pytest.raises(signs.SignRefused) as silent:
        signs.set_signs(agenda, theme.id, TODAY, {Aspect.TIME: Sign.ORANGE}, Answers("ziek", "later"), None)
    signs.set_signs(agenda, theme.id, TODAY, {Aspect.QUALITY: Sign.GREEN}, Answers(), None)
    signs.set_signs(agenda, theme.id, TODAY, {Aspect.QUALITY: Sign.RED}, Answers("ziek", "later", "inhuren"), None)
    kept = signs.list_signs(agenda)

    assert (nothing.value.problem, silent.value.problem) == ("none", "answers")
    assert [each.sign for each in kept] == [Sign.RED, Sign.GREEN]
    assert signs.signs_now(kept)[theme.id][Aspect.QUALITY].sign == Sign.RED
    assert signs.label_of(agenda, Aspect.MONEY) == "Middelen"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("19.284", "19284"),
        ("1.624,5", "1624.5"),
        ("€ 12", "12"),
        ("-1.499", "-1499"),
        ("−20.782", "-20782"),
        ("(1.499)", "-1499"),
        ("19284", "19284"),
        ("0,75", "0.75"),
        ("61,2%", "61.2"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert numbers.read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1.5", "point"),
        ("twaalf", "number"),
        ("1,234", "number"),
        ("", "number"),
        ("12.34.567", "number"),
        ("9" * 12, "large"),
    ],
)
def test_what_can_mean_two_things_is_no_number(text, problem):
    with pytest.raises(numbers.NotANumber) as refused:
        numbers.read_number(text)
    assert refused.value.problem == problem


def test_a_pasted_row_stays_as_it_was_printed_also_when_it_does_not_add_up():
    theme = made.theme()
    agenda = made.agenda(None, theme)
    amounts = money.read_amounts("Lasten\t19.284\t1.624\t20.909")
    row = money.enter_amounts(agenda, theme.id, TODAY.year, amounts, "bestuursrapportage", None)
    money.enter_amounts(agenda, theme.id, TODAY.year, money.read_amounts("20.909 18.000,5"), "jaarstukken", None)

    assert (row.budget, row.change, row.changed, row.realised) == (19284, 1624, 20909, None)
    assert money.does_not_add_up(row)
    kept = money.list_amounts(agenda)
    assert len(kept) == 2
    assert money.amounts_now(kept)[theme.id][TODAY.year].realised == Decimal("18000.5")
    with_gaps = money.read_amounts("Sterk bestuur\t€ 19.284\t\t€ 19.284\t-")
    assert with_gaps == Amounts(Decimal(19284), None, Decimal(19284), None)
    assert money.read_amounts("Lasten\t100\t\t\t90") == Amounts(Decimal(100), realised=Decimal(90))
    for text, problem in (("Baten 2 125 127", "income"), ("1 2 3 4 5", "many")):
        with pytest.raises(money.MoneyRefused) as refused:
            money.read_amounts(text)
        assert refused.value.problem == problem
