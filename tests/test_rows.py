"""Rows in the values of JSON: every column of every table survives the way there and back, and old files stay readable."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum

import pytest
import sqlalchemy as sa

from app.database import Moment, db
from app.events.models import BusyDays, BusyKind
from app.invitations.letters.models import LetterImage
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network.imports.models import Merge
from app.rows import bring_back, kept_columns, plain, plain_row, read_row_number, typed, typed_row

SAMPLES = {
    datetime: datetime(2026, 11, 28, 9, 30, 15, 123456, tzinfo=UTC),
    date: date(2026, 2, 28),
    time: time(20, 0, 30),
    bytes: b"\x00\xff\n",
    str: "Đỗ “Thị” =1+1",
    int: 2**53,
    Decimal: Decimal("1624.50"),
    bool: True,
    dict: {"base64": "is no bytes here", "list": [1, None, {"a": "b"}]},
}


def _kind(column: sa.Column) -> type:
    """What a column holds; a type that is new here has no sample, and has to be thought of."""
    if isinstance(column.type, Moment | sa.JSON):
        return datetime if isinstance(column.type, Moment) else dict
    return getattr(column.type, "enum_class", None) or getattr(column.type, "enum", None) or column.type.python_type


def test_a_value_of_every_column_comes_back_as_it_was(app):
    seen = set()
    for column in (column for table in db.metadata.sorted_tables for column in table.columns):
        kind = _kind(column)
        for value in (*(kind if issubclass(kind, StrEnum) else [SAMPLES[kind]]), None):
            back = typed(column.type, json.loads(json.dumps(plain(value))))
            assert (back, type(back)) == (value, type(value)), column
        seen.add(StrEnum if issubclass(kind, StrEnum) else kind)
    assert seen == {*SAMPLES, StrEnum}


@pytest.mark.parametrize(
    ("table", "old", "values"),
    [
        (
            Wave,
            {"kind": "invitation", "at": "2026-03-29T01:00:00.5+00:00", "hour": "07:30:00", "gone_since": 1, "id": 3},
            {
                "kind": WaveKind.INVITATION,
                "at": datetime(2026, 3, 29, 1, 0, 0, 500000, tzinfo=UTC),
                "hour": time(7, 30),
                "id": 3,
            },
        ),
        (LetterImage, {"content": {"base64": "AP8K"}, "alt": "Kaart"}, {"content": b"\x00\xff\n", "alt": "Kaart"}),
        (
            BusyDays,
            {"kind": "council", "first_day": "2026-12-19", "organisation_id": None},
            {"kind": BusyKind.COUNCIL, "first_day": date(2026, 12, 19), "organisation_id": None},
        ),
        (
            Merge,
            {"journal": [{"table": "people", "key": {"id": 1}}], "undone_at": None},
            {"journal": [{"table": "people", "key": {"id": 1}}], "undone_at": None},
        ),
    ],
    ids=["moments and hours, without a column that is gone", "bytes", "days", "JSON"],
)
def test_what_an_earlier_version_wrote_is_read(table, old, values):
    assert typed_row(table.__table__, json.loads(json.dumps(old))) == values


def test_a_row_is_written_as_before():
    row = {
        "at": SAMPLES[datetime],
        "on": SAMPLES[date],
        "kind": WaveKind.REMINDER,
        "content": b"hi",
        "n": 1,
        "of": None,
    }
    assert plain_row(row) == {
        "at": "2026-11-28T09:30:15.123456+00:00",
        "on": "2026-02-28",
        "kind": "reminder",
        "content": {"base64": "aGk="},
        "n": 1,
        "of": None,
    }


def test_columns_of_a_row_are_kept_and_brought_back():
    wave = Wave(state=WaveState.PAUSED, hour=time(9), due_at=SAMPLES[datetime], at=None)
    kept = json.loads(json.dumps(kept_columns(wave, "state", "hour", "due_at", "at")))
    other = Wave(state=WaveState.DONE, at=SAMPLES[datetime], rest_after=4)
    bring_back(other, kept)
    assert (other.state, other.hour, other.due_at, other.at, other.rest_after) == (
        WaveState.PAUSED,
        time(9),
        SAMPLES[datetime],
        None,
        4,
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("0017", 17), ("2147483647", 2**31 - 1), ("2147483648", None), ("9" * 30, None), ("0", None)]
    + [(text, None) for text in ("", "-1", "+1", "1_0", " 1", "1.0", "²", "१", "1\x00", "x", "1e3", "\ud800")],
)
def test_an_id_is_read_from_digits_alone(text, number):
    assert read_row_number(text) == number
