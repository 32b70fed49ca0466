"""What stands in a partner's calendar, found out in a process with a budget; what is wrong with it, in words."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from app import budget, clock
from app.elsewhere import calendar_fetching, calendar_reading
from app.elsewhere.calendar_fetching import PATIENCE, NotFetched
from app.elsewhere.calendar_reading import FoundEvent
from app.elsewhere.models import Trouble
from app.words import Refusal


class CannotFetch(Refusal):
    """There is no calendar to be had at that address."""

    says = {trouble: trouble.words for trouble in Trouble}
    field = "address"

    def __init__(self, reason: Trouble):
        super().__init__(reason)
        self.reason = reason


class NoCalendar(Refusal):
    """There is no iCalendar in it, or more than can be read."""

    says = {trouble: trouble.words for trouble in (Trouble.NO_CALENDAR, Trouble.TOO_BIG)}

    def __init__(self, reason: Trouble):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class PartnersAnswer:
    """What stands in the calendar, or None when it is still the version that we have; and what to ask with the next time."""

    found: tuple[list[FoundEvent], int] | None
    etag: str
    last_modified: str


def demand_calendar_address(address: str) -> str:
    """The address as we ask for it. Raises CannotFetch."""
    try:
        return calendar_fetching.clean_calendar_address(address)
    except NotFetched as error:
        raise CannotFetch(Trouble(error.reason)) from None


def ask_partner(address: str, etag: str = "", last_modified: str = "") -> PartnersAnswer:
    """Fetch a calendar, by what we have already, and take it apart. Raises CannotFetch or NoCalendar.

    Nothing may be pending in the session: no write transaction stays open meanwhile.
    """
    question = {
        "address": address,
        "etag": etag,
        "last_modified": last_modified,
        "agent": f"Leerkring ({current_app.config['BASE_URL']})",
        "on_this_machine": current_app.config["CALENDARS_ON_THIS_MACHINE"],
    }
    function = f"{calendar_fetching.__name__}:fetch_and_read"
    answer = _work_out(function, json.dumps(question).encode(), waiting=PATIENCE)
    if "trouble" in answer:
        raise CannotFetch(Trouble(answer["trouble"]))
    found = _events_in(answer["read"]) if answer["changed"] else None
    return PartnersAnswer(found, answer["etag"], answer["last_modified"])


def read_outside_calendar(content: bytes) -> tuple[list[FoundEvent], int]:
    """The events that begin within the window, and how many could not be read. Raises NoCalendar.

    Nothing may be pending in the session: no write transaction stays open meanwhile.
    """
    return _events_in(_work_out(f"{calendar_reading.__name__}:find_outside_events", content))


def _work_out(function: str, content: bytes, *, waiting: float = 0) -> Any:
    try:
        return budget.run_within_budget(function, content, clock.now().isoformat(), waiting=waiting)
    except budget.OverBudget:
        raise NoCalendar(Trouble.TOO_BIG) from None


def _events_in(read: tuple[list[dict[str, Any]], int] | None) -> tuple[list[FoundEvent], int]:
    """What find_outside_events gave, as events. Raises NoCalendar."""
    if read is None:
        raise NoCalendar(Trouble.NO_CALENDAR)
    rows, skipped = read
    moments = ("starts_at", "ends_at")
    events = [row | {name: datetime.fromisoformat(row[name]) for name in moments} for row in rows]
    return [FoundEvent(**event) for event in events], skipped
