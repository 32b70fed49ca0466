"""Name cards and badges as PDF, for sheets of labels that shops sell."""

from datetime import date, datetime, time

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.attendance import arrivals, badge_sheets
from app.attendance.arrivals import Arrival
from app.attendance.badge_sheets import SHEETS, Sheet
from app.events.models import Event
from app.papers import paper_type
from app.web.doors import OrganiserPages

organisers = OrganiserPages("badges", __name__)
_BADGES = "/organise/events/<slug>/day/badges"
MOST = 300
"""Badges in one file: two seconds of work; a larger session gets several."""


@organisers.get(_BADGES, needs=Need.ORGANISE)
def show_badges(event: Event) -> ResponseReturnValue:
    count = len(arrivals.list_for_badges(event, rights.current_viewer()))
    return render_template("attendance/badges.html", event=event, sheets=SHEETS, count=count, most=MOST)


@organisers.get(f"{_BADGES}/badges.pdf", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def print_badges(event: Event) -> ResponseReturnValue:
    sheet = SHEETS.get(request.args.get("sheet", ""), SHEETS["herma-4412"])
    people = _chosen_people(event)
    if not people and "test" not in request.args:
        flash(gettext("Er is niemand met een plek die hierbij hoort."), "warning")
        return redirect(url_for("badges.show_badges", slug=event.slug), 303)
    try:
        return Response(_lay_out(event, sheet, people), mimetype="application/pdf")
    except OSError:
        flash(gettext("Deze machine kan geen PDF maken: de bibliotheek Pango ontbreekt."), "error")
        return redirect(url_for("badges.show_badges", slug=event.slug), 303)


def _lay_out(event: Event, sheet: Sheet, people: list[Arrival]) -> bytes:
    first = min(max(request.args.get("first", 1, type=int), 1), sheet.labels) - 1
    names = [each.person.name for each in people]
    organisations = [each.position.organisation.name if each.position else "" for each in people]
    html = render_template(
        "attendance/badge_sheet.html",
        event=event,
        sheet=sheet,
        pages=_labels(sheet, names, organisations, first),
        outlines="test" in request.args or "outlines" in request.args,
        right=_shift("right"),
        down=_shift("down"),
        slices=paper_type.slices_for("".join([event.title, *names, *organisations])),
    )
    return paper_type.lay_out(paper_type.printable(html))


def _labels(sheet: Sheet, names: list[str], organisations: list[str], first: int) -> list[list[dict[str, object]]]:
    """The labels of each page, from the first one that is still free; a test sheet has them all, empty."""
    filled = [
        {"name": badge_sheets.set_name(name, sheet), "organisation": organisation}
        for name, organisation in zip(names, organisations, strict=True)
    ]
    if "test" in request.args:
        first, filled = 0, [{"name": None, "organisation": ""}] * sheet.labels
    placed = [each | {"place": sheet.place((first + at) % sheet.labels)} for at, each in enumerate(filled)]
    cut = sheet.labels - first
    return [placed[:cut], *(placed[at : at + sheet.labels] for at in range(cut, len(placed), sheet.labels))]


def _chosen_people(event: Event) -> list[Arrival]:
    text = request.args.get("q", "")[:100]
    part = max(request.args.get("part", 1, type=int), 1)
    found = arrivals.list_for_badges(event, rights.current_viewer(), text, _since(event))
    return found[(part - 1) * MOST : part * MOST]


def _since(event: Event) -> datetime | None:
    """From when, by the clock of the session; a day alone begins at midnight."""
    try:
        day = date.fromisoformat(request.args.get("since_day", ""))
        return clock.utc_moment(day, time.fromisoformat(request.args.get("since_hour") or "00:00"), event.zone)
    except (ValueError, clock.NoSuchMoment):
        return None


def _shift(name: str) -> float:
    """Millimetres by which a printer is off."""
    try:
        shift = float(request.args.get(name) or 0)
    except ValueError:
        return 0
    return shift if -20 <= shift <= 20 else 0
