"""Reports for tests: rows that differ only where a test says so."""

from datetime import date, timedelta

from app import clock
from app.agendas.models import Agenda
from app.database import db
from app.progress import reports
from app.progress.models import Readers, Report, ReportEdition, ReportKind, Scope
from app.progress.reports import ReportDetails


def details(day: date | None = None, **values) -> ReportDetails:
    """A yearly report on a day, yesterday by default."""
    day = day or clock.today() - timedelta(days=1)
    defaults = {
        "title": "Jaarrapportage",
        "kind": ReportKind.YEARLY,
        "scope": Scope.ALL,
        "readers": Readers.INTERNAL,
        "reference_day": day,
        "words_due_on": day + timedelta(days=21),
        "due_on": day + timedelta(days=42),
    }
    return ReportDetails(**defaults | values)


def report(of: Agenda, day: date | None = None, *, asked: bool = False, **values) -> Report:
    planned = reports.plan_report(of, details(day, **values))
    if asked:
        planned.asked_at = clock.now()
    db.session.flush()
    return planned


def edition(of: Report, *, published: bool = False) -> ReportEdition:
    """One that was asked for; a published one was counted and checked too."""
    now = clock.now() if published else None
    made = ReportEdition(number=len(of.editions) + 1, reference_day=of.reference_day, readers=of.readers)
    made.reason = "Een cijfer klopte niet" if made.number > 1 else ""
    made.counted_at = made.checked_at = made.published_at = now
    of.editions.append(made)
    db.session.flush()
    return made
