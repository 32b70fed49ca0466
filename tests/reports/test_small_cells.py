"""What others did in small numbers is left out, and nobody works it out."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.small_cells import SMALLEST_SHOWN, Cell, suppress


def cells(*others: int, own: int = 10) -> list[Cell]:
    return [Cell(own + each, own) for each in others]


def test_nothing_is_left_out_of_what_somebody_sees_anyway():
    rows, total = suppress(cells(0, 0), Cell(20, 20))
    assert [each.shown for each in [*rows, total]] == [10, 10, 20]


def test_a_small_number_takes_a_larger_one_along():
    rows, total = suppress(cells(2, 30, 7, 0), Cell(79, 40))
    assert [each.shown for each in rows] == ["≥ 10", 40, "≥ 10", 10]
    assert total.shown == 79


def test_without_a_larger_one_the_total_goes():
    rows, total = suppress(cells(2, 0), Cell(22, 20))
    assert [each.shown for each in rows] == ["≥ 10", 10]
    assert total.shown == "≥ 20"


def test_two_small_ones_alone_are_no_cover_for_each_other():
    rows, total = suppress(cells(1, 1, 0), Cell(32, 30))
    assert total.hidden
    assert [each.hidden for each in rows] == [True, True, False]


@settings(max_examples=100)
@given(st.lists(st.integers(0, 12), max_size=6))
def test_any_small_number_stays_possible(others):
    """Rows that add up: with all that is shown, each small cell can still be any number from 1 to 4."""
    rows, total = suppress(cells(*others), Cell(sum(others) + 10 * len(others), 10 * len(others)))
    small = [number for number, each in enumerate(rows) if each.is_small]
    assert all(rows[number].hidden for number in small)
    assert not total.is_small or total.hidden
    if total.hidden or not small:
        return
    left = sum(others) - sum(each.others for each in rows if not each.hidden)
    large = sum(each.hidden for each in rows) - len(small)
    for guess in product(range(1, SMALLEST_SHOWN), repeat=min(len(small), 3)):
        rest = [1] * (len(small) - len(guess))
        assert left - sum(guess) - sum(rest) >= large * 1
