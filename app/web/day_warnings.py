"""After a day or room was saved, once more what is special about it: also for whoever saw no remark at the field."""

from datetime import datetime, timedelta

from flask import flash

from app import clock
from app.events import place_use, special_days
from app.events.models import Event


def warn_of_days(*spans: tuple[datetime, datetime], zone: str = clock.AMSTERDAM) -> None:
    """Say what is special about the days of these spans; nothing for days like any other."""
    remarks = [
        special_days.say_remarks(
            clock.to_local(begin, zone).date(),
            clock.to_local(max(begin, end - timedelta(seconds=1)), zone).date(),
            zone,
        )
        for begin, end in spans
    ]
    if said := " ".join(dict.fromkeys(filter(None, remarks))):
        flash(said, "warning")


def warn_of_room(event: Event) -> None:
    """Say that other sessions have the same room that day, and that it is too small."""
    for said in place_use.list_warnings(event):
        flash(said, "warning")
