"""Reports for tests: rows that differ only where a test says so."""

from datetime import date, timedelta

from app import clock
from app.agendas.models import Agenda, AgendaState
from app.database import db
from app.progress import reports
from app.progress.contents import ReportContents
from app.progress.frozen import freeze_contents
from app.progress.models import FileKind, Readers, Report, ReportEdition, ReportFile, ReportKind, Scope
from app.progress.reports import ReportDetails
from tests.progress.sample_contents import sample_contents, sample_edition, sample_report


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


def published_edition(
    of: Agenda, contents: ReportContents | None = None, *, readers: Readers = Readers.PUBLIC, **values
) -> ReportEdition:
    """The sample, published over this agenda, which is public; without files."""
    of.state = AgendaState.PUBLISHED
    report = sample_report()
    report.agenda, report.readers = of, readers
    defaults = {
        "contents": freeze_contents(contents or sample_contents()),
        "readers": readers,
        "checked_at": clock.now() - timedelta(hours=1),
    }
    made = sample_edition(report, **defaults | values)
    db.session.add(report)
    db.session.flush()
    return made


def published_report(of: Agenda, *, files: bool = True) -> Report:
    """One with an edition, and something that stands for each of its files."""
    edition = published_edition(of)
    for kind in FileKind if files else ():
        edition.files.append(ReportFile(kind=kind, made_at=clock.now(), content=b"x", sha256="0" * 64))
    db.session.flush()
    return edition.report
