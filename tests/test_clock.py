"""Time: local moments, counting back, quiet hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from app import clock
from app.clock import NoSuchMoment

NOW = datetime(2027, 6, 1, 10, 0, 0, 900_000, tzinfo=UTC)
WHOLE = NOW.replace(microsecond=0)


def _local(*parts: int) -> datetime:
    return clock.utc_moment(date(*parts[:3]), time(*parts[3:]))


def test_moment_knows_summer_and_winter():
    assert (_local(2027, 7, 1, 9), _local(2027, 1, 1, 9)) == (
        datetime(2027, 7, 1, 7, tzinfo=UTC),
        datetime(2027, 1, 1, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "parts", [(2027, 3, 28, 2, 0), (2027, 3, 28, 2, 59), (2027, 10, 31, 2, 0), (2027, 10, 31, 2, 59)]
)
def test_hours_that_do_not_exist_or_come_twice_are_refused(parts):
    with pytest.raises(NoSuchMoment):
        _local(*parts)


@pytest.mark.parametrize(
    "parts", [(2027, 3, 28, 1, 59), (2027, 3, 28, 3, 0), (2027, 10, 31, 1, 59), (2027, 10, 31, 3, 0)]
)
def test_hours_beside_them_are_fine(parts):
    assert clock.to_local(_local(*parts)).hour == parts[3]


def test_days_before_keeps_the_hour_over_a_clock_change():
    assert clock.moment_days_before(_local(2027, 4, 1, 13), 7, time(9)) == _local(2027, 3, 25, 9)


def test_days_before_avoids_the_hour_that_is_not_there():
    assert clock.moment_days_before(_local(2027, 4, 1, 13), 4, time(2, 30)) == _local(2027, 3, 28, 4, 30)


@pytest.mark.parametrize(
    ("wanted", "leaves"),
    [
        ((2027, 5, 12, 10), (2027, 5, 12, 10)),
        ((2027, 5, 12, 7, 29), (2027, 5, 12, 7, 30)),
        ((2027, 5, 12, 19, 59), (2027, 5, 12, 19, 59)),
        ((2027, 5, 12, 20), (2027, 5, 13, 7, 30)),
        ((2027, 5, 21, 21), (2027, 5, 24, 7, 30)),
        ((2027, 5, 22, 12), (2027, 5, 24, 7, 30)),
        ((2027, 5, 23, 23), (2027, 5, 24, 7, 30)),
        ((2027, 5, 14, 21), (2027, 5, 18, 7, 30)),
        ((2027, 4, 27, 10), (2027, 4, 28, 7, 30)),
    ],
)
def test_mail_leaves_outside_quiet_hours(wanted, leaves):
    assert clock.next_sending_moment(_local(*wanted)) == _local(*leaves)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ((2027, 5, 21), (2027, 5, 21)),
        ((2027, 5, 22), (2027, 5, 21)),
        ((2027, 5, 23), (2027, 5, 21)),
        ((2027, 5, 24), (2027, 5, 24)),
        ((2027, 5, 17), (2027, 5, 14)),
    ],
)
def test_working_day_steps_back_to_friday(day, working):
    assert clock.nearest_working_day(_local(*day, 9)) == _local(*working, 9)


@pytest.mark.parametrize(
    ("seconds", "later"),
    [(None, 0), (-60, 0), (-1, 0), (0, 1), (90, 91)],
    ids=["the first", "long ago", "a second ago", "in the same second", "a clock that ran ahead"],
)
def test_a_stamp_has_whole_seconds_and_is_later_than_the_last(seconds, later):
    last = None if seconds is None else WHOLE + timedelta(seconds=seconds)
    with time_machine.travel(NOW, tick=False):
        assert clock.stamp_after(last) == WHOLE + timedelta(seconds=later)
