"""What everybody may read of any report: no handful, and none that follows from what is told."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.indicators.models import Measure
from app.progress import counted
from app.progress.contents import Reach, SessionHeld
from app.progress.small_numbers import hide_small_numbers
from tests.indicators import made as measured
from tests.progress import frozen_reports as frozen

COLUMNS = ("people", "organisations")
NUMBERS = st.integers(0, 12)
THEMES = st.lists(st.lists(NUMBERS, max_size=4), min_size=1, max_size=4)
"""By theme how many came to each session."""


@pytest.fixture
def empty(app):
    """A report in which nothing happened, with one theme and an indicator."""
    agenda = measured.agenda(None, theme := measured.theme())
    measured.indicator(agenda, Measure.PEOPLE, theme=theme)
    return counted.count_report(frozen.report(agenda), clock.today()).contents


def _session(number):
    return SessionHeld(1, "Sessie", clock.today(), "", number, number, "")


def _filled(empty, themes):
    """Nobody came twice, so that all numbers add up: it is then that most follows from them."""
    [part] = empty.themes
    parts = [
        replace(part, reach=Reach(len(each), sum(each), sum(each), 0), sessions=[_session(number) for number in each])
        for each in themes
    ]
    in_all = sum(map(sum, themes))
    return replace(empty, themes=parts, year=Reach(9, in_all, in_all, 0))


def _does_not_follow(total, parts):
    """Whether those that are left out are none, or come to so much that one of them might be any small number."""
    return total is None or None not in parts or total - sum(each or 0 for each in parts) >= 9


@settings(max_examples=300)
@given(themes=THEMES)
def test_no_handful_stands_in_it_or_follows_from_it(empty, themes):
    told = hide_small_numbers(_filled(empty, themes))

    assert hide_small_numbers(told) == told
    for column in COLUMNS:
        totals = [getattr(each.reach, column) for each in told.themes]
        in_all = getattr(told.year, column)
        sessions = [[getattr(each, column) for each in part.sessions] for part in told.themes]
        everything = [in_all, *totals, *(number for part in sessions for number in part)]
        assert not {1, 2, 3, 4}.intersection(everything)
        assert _does_not_follow(in_all, totals)
        assert all(map(_does_not_follow, totals, sessions))
        leaves = [number for total, part in zip(totals, sessions, strict=True) for number in _leaves(total, part)]
        assert _does_not_follow(in_all, leaves)


def _leaves(total, sessions):
    """What adds up to the year: the sessions of a theme, or its total where it tells that alone."""
    return [total] if total is not None and None in sessions else sessions


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_figure_of_an_indicator_is_told_from_five(empty, number, shown):
    [part] = empty.themes
    [line] = part.indicators
    figure = replace(line.year, realised=replace(line.year.realised, part=Decimal(number)), members=number)
    told = hide_small_numbers(replace(empty, themes=[replace(part, indicators=[replace(line, year=figure)])]))
    year = told.themes[0].indicators[0].year
    assert (year.realised.part, year.members, year.realised.few) == (shown, shown, shown is None)
