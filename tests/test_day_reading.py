"""Days as people write them in a list."""

from datetime import date

import pytest

from app.day_reading import read_day


@pytest.mark.parametrize(
    "text",
    [
        "1-3-2024", "01-03-24", "1/3/2024", "1.3.2024", "1 3 2024", "2024-03-01", "2024/3/1", "20240301", "45352",
        "2024-03-01 00:00:00", "2024-03-01T10:30", "01-03-2024 10.30", "1 maart 2024", "1-mrt-2024", "1 mrt. '24",
        "1e maart 2024", "vr 1 maart 2024", "vrijdag 1 maart 2024", "per 1 maart 2024", "vanaf 1-3-2024",
        "sinds 1 Maart 2024", "March 1, 2024", "1 March 2024", " 1  maart\u00a02024 ",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text):
    assert read_day(text) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("maart 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("feb '24", date(2024, 2, 1), date(2024, 2, 29)),
        ("2-2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("sinds 2019", date(2019, 1, 1), date(2019, 12, 31)),
    ],
)
def test_of_a_month_or_a_year_the_first_day_begins_and_the_last_ends(text, first, last):
    assert (read_day(text), read_day(text, last=True)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "3/15/2024",
        "31-2-2024",
        "1 maart",
        "03-24",
        "12",
        "0-0-0000",
        "²-3-2024",
        "1 2 3 4",
        "gisteren",
        "2019 (mei)",
        "-",
        "/",
        ". .",
        "_",
    ],
)
def test_what_is_no_day_for_certain_is_refused(text):
    with pytest.raises(ValueError):
        read_day(text)


def test_an_empty_cell_is_no_day():
    assert read_day("") is None
