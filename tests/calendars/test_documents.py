"""Events as iCalendar: zones, text, downloads."""

from datetime import date, time, timedelta

import pytest

from app import clock
from app.calendars import vevents, vtimezones
from tests import factories
from tests.calendars.independent import times_by_ical_js

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]


def _around_clock_changes() -> list[date]:
    changes = [date(2027, 3, 28), date(2027, 10, 31), date(2040, 3, 25), date(2040, 10, 28)]
    return [change + timedelta(days=days) for change in changes for days in range(-5, 6)][:40]


def _file(event) -> bytes:
    return vevents.build_vcalendar(vevents.build_public_vevents(event), [event.zone]).to_ical()


def test_zone_has_a_yearly_rule_and_no_list_of_dates():
    for zone in clock.ZONES:
        text = vtimezones.build_vtimezone(zone).to_ical().decode()
        assert (text.count("RRULE:FREQ=YEARLY"), "RDATE" in text) == (2, False)


@pytest.mark.parametrize("zone", clock.ZONES)
def test_independent_reader_gets_forty_dates_around_clock_changes_right(zone):
    network = factories.network()
    events = []
    for day in _around_clock_changes():
        starts_at = clock.utc_moment(day, time(9), zone)
        events.append(factories.event(network, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), zone=zone))
    calendar = vevents.build_vcalendar(
        [each for event in events for each in vevents.build_public_vevents(event)], [zone]
    )
    assert times_by_ical_js(calendar.to_ical()) == {event.uid: (event.starts_at, event.ends_at) for event in events}


def test_event_over_a_clock_change_ends_when_it_ends():
    starts_at = clock.utc_moment(date(2027, 3, 27), time(20))
    event = factories.event(starts_at=starts_at, ends_at=clock.utc_moment(date(2027, 3, 28), time(12)))
    assert times_by_ical_js(_file(event)) == {event.uid: (event.starts_at, event.ends_at)}


def test_download_names_nobody_and_has_no_method():
    text = _file(factories.event()).decode()
    assert [word for word in ("METHOD", "ORGANIZER", "ATTENDEE", "VALARM") if word in text] == []


def test_download_is_the_same_bytes_until_the_event_changes():
    event = factories.event()
    assert _file(event) == _file(event)


def test_download_never_has_the_join_link():
    event = factories.hybrid(join_url="https://vergaderen.example/geheim")
    assert b"geheim" not in _file(event)


def test_text_is_escaped_folded_and_free_of_control_characters():
    event = factories.event(title="Wat\x01 nu; of, later\\?\x0b" + "é" * 60, summary="Regel een\nRegel twee")
    body = _file(event)
    assert b"SUMMARY:Wat nu\\; of\\, later\\\\?" in body
    assert b"Regel een\\nRegel twee" in body
    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert body.count(b"\n") == body.count(b"\r\n")


def test_cancelled_event_says_so_in_status_and_title():
    from app.events import planning

    event = factories.event(title="Werktafels")
    planning.cancel_event(event, "")
    [vevent] = vevents.build_public_vevents(event)
    assert (vevent["status"], vevent["summary"], vevent["transp"]) == (
        "CANCELLED",
        "Geannuleerd: Werktafels",
        "TRANSPARENT",
    )


def test_uid_is_short_lower_case_and_on_our_host():
    event = factories.event()
    assert event.uid.endswith("@leerkring.test")
    assert (event.uid, len(event.uid) < 70) == (event.uid.lower(), True)
