"""An event of several days stands in feeds and files day by day, so that no calendar shows a night as time that is taken."""

from datetime import date, time, timedelta

import icalendar
import pytest

from app import clock
from app.database import db
from app.events import event_days
from app.events.models import Slot
from app.feeds import personal_feed
from app.tokens import Purpose
from tests import factories

pytestmark = pytest.mark.one_database

FIRST = date(2027, 3, 26)
"""The Friday before the clocks change."""


def _event(start: int, end: int, days: int = 3, slots=()):
    made = factories.event(
        title="Expeditie",
        starts_at=clock.utc_moment(FIRST, time(start)),
        ends_at=clock.utc_moment(FIRST + timedelta(days=days - 1), time(end)),
    )
    made.slots = [
        Slot(
            starts_at=clock.utc_moment(FIRST + timedelta(days=day), time(begin)),
            ends_at=clock.utc_moment(FIRST + timedelta(days=day), time(till)),
            title="Deel",
        )
        for day, begin, till in slots
    ]
    db.session.commit()
    return made


def _hours(event):
    return [
        " ".join(clock.to_local(moment).strftime("%d %H:%M") for moment in span)
        for span in event_days.days_of_event(event)
    ]


@pytest.mark.parametrize(
    ("start", "end", "days", "slots", "hours"),
    [
        (9, 17, 3, (), ["26 09:00 26 17:00", "27 09:00 27 17:00", "28 09:00 28 17:00"]),
        (13, 12, 2, (), ["26 13:00 27 12:00"]),
        (13, 12, 2, ((0, 14, 20), (1, 9, 11)), ["26 13:00 26 20:00", "27 09:00 27 12:00"]),
        (9, 17, 2, ((0, 10, 15), (1, 10, 15)), ["26 09:00 26 15:00", "27 10:00 27 17:00"]),
        (20, 1, 2, ((0, 20, 22), (1, 0, 1)), ["26 20:00 27 01:00"]),
        (9, 17, 1, (), ["26 09:00 26 17:00"]),
    ],
)
def test_the_days_of_an_event(app, start, end, days, slots, hours):
    assert _hours(_event(start, end, days, slots)) == hours


def _vevents(content):
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def _told(vevents):
    return [(str(each["SUMMARY"]), f"{each.start:%d %H:%M} {each.end:%d %H:%M}") for each in vevents]


DAYS = [
    ("Expeditie (dag 1 van 3)", "26 09:00 26 17:00"),
    ("Expeditie (dag 2 van 3)", "27 09:00 27 17:00"),
    ("Expeditie (dag 3 van 3)", "28 09:00 28 17:00"),
]


def test_feeds_and_the_file_show_day_by_day(client, app):
    event = _event(9, 17)
    person = factories.registration(event, factories.person(of=event.network)).invitation.person
    db.session.commit()
    shown = [
        _vevents(client.get(f"/events/{event.slug}.ics").data),
        _vevents(client.get(f"/networks/{event.network.slug}/calendar.ics").data),
        _vevents(personal_feed.load_personal_feed(person, Purpose.FEED_ALL).body),
    ]
    assert [_told(each) for each in shown] == [DAYS] * 3
    for found in shown:
        uids = [str(each["UID"]) for each in found]
        assert (len(set(uids)), uids[0]) == (3, event.uid)
