"""The public page of a report: the last edition that was published for everybody, and the earlier ones."""

from flask import abort, render_template, request

from app.agendas import agendas
from app.progress import editions, report_documents
from app.progress.report_blocks import group_blocks, list_body
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("public_reports", __name__)


@public.get("/agendas/<slug>/reports/<int:report_id>", kept=("edition",))
def show_public_report(slug: str, report_id: int) -> str:
    """It stands for good, also when its agenda is withdrawn."""
    agenda = agendas.find_agenda(slug) or abort(404)
    if not visiting.may_visit(agenda.network):
        abort(404)
    published = editions.list_public_editions(agenda, report_id) or abort(404)
    asked = request.args.get("edition", published[0].number, type=int)
    edition = next((each for each in published if each.number == asked), None) or abort(404)
    contents = editions.contents_for(edition)
    return render_template(
        "progress/public.html",
        agenda=agenda,
        report=edition.report,
        edition=edition,
        editions=published,
        contents=contents,
        groups=group_blocks(list_body(contents)),
        files=report_documents.list_files(edition),
    )
