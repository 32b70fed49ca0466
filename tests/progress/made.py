"""Reports and their editions for tests: of an agenda of three years around today."""

from datetime import date, timedelta

from app import clock
from app.agendas.models import Agenda
from app.database import db
from app.progress.models import Part, Readers, Report, ReportKind, ReportWords, Scope


def report(
    of: Agenda, *, readers: Readers = Readers.PUBLIC, scope: Scope = Scope.ALL, day: date | None = None
) -> Report:
    """A yearly report that looks on today, or on another day."""
    day = day or clock.today()
    made = Report(
        agenda=of,
        kind=ReportKind.YEARLY,
        scope=scope,
        readers=readers,
        title="Jaarrapportage",
        reference_day=day,
        words_due_on=day,
        due_on=day + timedelta(days=60),
    )
    db.session.add(made)
    db.session.flush()
    return made


def words(of: Report, text: str, part: Part = Part.HAPPENED, **values) -> ReportWords:
    made = ReportWords(report=of, part=part, text=text, **values)
    db.session.add(made)
    db.session.flush()
    return made
