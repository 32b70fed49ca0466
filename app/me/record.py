"""What somebody did, per year: where they were, on which days and for how long; for themselves, and on paper for whom they work.

On paper a line of a session behind closed doors, or of a network that is not listed, says 'Besloten bijeenkomst' and
nothing else but day and hours; and every line stands there only if its owner leaves it ticked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import wording
from app.attendance.models import Attendance
from app.certificates import attendance_letters, letter_papers
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.faces import colours
from app.network.people.models import Person
from app.papers import paper_sheets


@dataclass(frozen=True)
class Line:
    """A session at which somebody was, as far as it lies in one year."""

    event: Event
    days: list[date]
    minutes: int

    @property
    def closed(self) -> bool:
        """Whether paper for others says nothing of what it was."""
        return self.event.confidential or not self.event.network.listed

    @property
    def duration(self) -> str:
        return letter_papers.format_duration(self.minutes)

    @property
    def days_in_words(self) -> str:
        return "; ".join(wording.format_day(each) for each in self.days)

    @property
    def for_others(self) -> tuple[str, str]:
        """Title and network as they stand on paper."""
        return (gettext("Besloten bijeenkomst"), "") if self.closed else (self.event.title, self.event.network.name)


def list_years(person: Person) -> dict[int, list[Line]]:
    """What somebody did by year, both the latest first."""
    of_event = joinedload(Attendance.invitation).joinedload(Invitation.event)
    wanted = (
        sa.select(Attendance)
        .join(Attendance.invitation)
        .where(Invitation.person_id == person.id)
        .options(of_event.joinedload(Event.network), of_event.selectinload(Event.slots))
        .order_by(Attendance.day.desc(), Attendance.event_id)
    )
    days: dict[tuple[int, int], tuple[Event, list[date]]] = {}
    for each in db.session.scalars(wanted):
        found = days.setdefault((each.day.year, each.event_id), (each.invitation.event, []))
        found[1].append(each.day)
    years: dict[int, list[Line]] = {}
    for (year, _), (event, there) in days.items():
        took = attendance_letters.minutes_of_days(event)
        line = Line(event, sorted(there), sum(took.get(day, 0) for day in there))
        years.setdefault(year, []).append(line)
    return years


def total_of(lines: Collection[Line]) -> str:
    """'12 uur en 30 minuten'."""
    return letter_papers.format_duration(sum(each.minutes for each in lines))


def write_year(person: Person, year: int, lines: Collection[Line]) -> bytes:
    """These lines of a year as PDF (PDF/UA), in the language of whose they are. Raises OSError without Pango."""
    with force_locale(person.language):
        template = current_app.jinja_env.get_template("me/year_paper.html")
        in_order = sorted(lines, key=lambda each: each.days)
        site = current_app.config["SITE_NAME"]
        body = template.render(person=person, year=year, lines=in_order, total=total_of(lines), site=site)
        title = gettext("Kennis en ontmoeting in %(year)s", year=str(year))
        return paper_sheets.write_sheet(title, site, colours.colour_by_day(None), body, language=person.language)
