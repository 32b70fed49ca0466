"""Reports and editions for tests."""

from datetime import timedelta

from app import clock
from app.agendas.models import Agenda, AgendaState
from app.database import db
from app.papers.kinds import DocumentKind
from app.progress.contents import ReportContents
from app.progress.frozen import freeze_contents
from app.progress.models import Readers, Report, ReportEdition, ReportFile
from tests.progress.sample_contents import sample_contents, sample_edition, sample_report


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
    for kind in DocumentKind if files else ():
        edition.files.append(ReportFile(kind=kind, made_at=clock.now(), content=b"x", sha256="0" * 64))
    db.session.flush()
    return edition.report
