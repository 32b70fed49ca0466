"""In the room: a screen with the name of the session, and a timer that speakers see."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.rights import Need
from app.events.models import Event, Slot
from app.web.doors import OrganiserPages

organisers = OrganiserPages("screen", __name__)
_DAY = "/organise/events/<slug>/day"


@organisers.get(f"{_DAY}/screen", needs=Need.ORGANISE)
def show_room_screen(event: Event) -> ResponseReturnValue:
    return render_template("attendance/screen.html", event=event, **_now_and_next(event))


@organisers.get(f"{_DAY}/screen/now", needs=Need.ORGANISE)
def show_now(event: Event) -> ResponseReturnValue:
    """The part that goes on alone, which the screen fetches again."""
    return render_template("attendance/screen_now.html", event=event, **_now_and_next(event))


@organisers.get(f"{_DAY}/timer", needs=Need.ORGANISE)
def show_timer(event: Event) -> ResponseReturnValue:
    lengths = [(slot.title, _minutes(slot)) for slot in event.slots if slot.ends_at]
    return render_template("attendance/timer.html", event=event, lengths=lengths)


def _now_and_next(event: Event) -> dict[str, Slot | None]:
    """The part of the programme that goes on, and the one after it."""
    now, slots = clock.now(), sorted(event.slots, key=lambda slot: slot.starts_at)
    begun = [slot for slot in slots if slot.starts_at <= now]
    current = begun[-1] if begun and now < (begun[-1].ends_at or event.ends_at) else None
    return {"current": current, "coming": next((slot for slot in slots if slot.starts_at > now), None)}


def _minutes(slot: Slot) -> int:
    return int(((slot.ends_at or slot.starts_at) - slot.starts_at).total_seconds() // 60)
