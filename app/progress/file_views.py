"""An edition of a report to take along: for who may read the network that keeps the agenda, and for everybody once it is public."""

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.agendas import agendas
from app.network.models import Network
from app.network.seeing import Viewer
from app.papers.kinds import DocumentKind
from app.progress import editions, report_documents, report_tables
from app.progress.models import ReportEdition
from app.sheets import TableKind
from app.web import visiting
from app.web.doors import OrganiserPages, PublicPages
from app.web.downloads import TABLE, send_table

organisers = OrganiserPages("report_files", __name__)
public = PublicPages("report_files", __name__)
_FILE = f"<any({', '.join(DocumentKind)}):ending>"
_OWN = "/organise/networks/<slug>/agendas/<int:agenda_id>/reports/<int:report_id>/editions/<int:number>"
_PUBLIC = "/agendas/<slug>/reports/<int:report_id>/<int:number>"


def _readable_edition(network: Network, agenda_id: int, report_id: int, number: int) -> ReportEdition | None:
    """Whoever may not read an edition learns of no file that there is one."""
    edition = editions.find_edition(network, agenda_id, report_id, number)
    return edition if edition and editions.may_read(edition, rights.current_viewer()) else None


@organisers.get(f"{_OWN}.{_FILE}", needs=Need.READ, subject=_readable_edition, shows=Shows.FIGURES)
def download_report(network: Network, edition: ReportEdition, ending: str) -> ResponseReturnValue:
    return _send_file(edition, DocumentKind(ending))


@organisers.get(f"{_OWN}.{TABLE}", needs=Need.READ, subject=_readable_edition, shows=Shows.FIGURES)
def export_report(network: Network, edition: ReportEdition, ending: str) -> Response:
    """The figures of an edition; of one that is not published yet for organisers, so that who checks it can calculate."""
    return _send_table(edition, ending, rights.current_viewer())


@public.get(f"{_PUBLIC}.{_FILE}")
def download_public_report(slug: str, report_id: int, number: int, ending: str) -> ResponseReturnValue:
    return _send_file(_visible_edition(slug, report_id, number), DocumentKind(ending))


@public.get(f"{_PUBLIC}.{TABLE}", shows=Shows.FIGURES)
def export_public_report(slug: str, report_id: int, number: int, ending: str) -> Response:
    return _send_table(_visible_edition(slug, report_id, number), ending)


def _visible_edition(slug: str, report_id: int, number: int) -> ReportEdition:
    """A public edition, as far as who looks may know of its network."""
    agenda = agendas.find_agenda(slug) or abort(404)
    if not visiting.may_visit(agenda.network):
        abort(404)
    published = editions.list_public_editions(agenda, report_id)
    return next((each for each in published if each.number == number), None) or abort(404)


def _send_file(edition: ReportEdition, kind: DocumentKind) -> ResponseReturnValue:
    """The file as it was made; until then a page that says so."""
    file = report_documents.file_of(edition, kind) if edition.published_at else None
    if file is None or file.content is None:
        missing = bool(file and file.problem)
        page = render_template("progress/file_wait.html", edition=edition, missing=missing)
        return page, 503, {"Retry-After": "60"}
    headers = Headers({"Content-Disposition": f'attachment; filename="{_name(edition)}.{kind}"'})
    headers["Cache-Control"] = "no-cache"
    return Response(file.content, mimetype=kind.mimetype, headers=headers)


def _send_table(edition: ReportEdition, ending: str, viewer: Viewer | None = None) -> Response:
    if edition.counted_at is None:
        abort(404)
    content = report_tables.write_report_sheets(TableKind(ending), editions.contents_for(edition, viewer))
    return send_table(content, ending, _name(edition))


def _name(edition: ReportEdition) -> str:
    return f"{edition.report.agenda.slug}-{edition.reference_day.isoformat()}-{edition.number}"
