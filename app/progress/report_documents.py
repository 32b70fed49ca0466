"""An edition of a report as PDF, ODT and Word file, made once by the clockwork and kept as it was made.

The PDF is laid out by WeasyPrint, which needs the system library Pango; without it the page and the other files are
there all the same, and the PDF is made once the library is.
"""

import hashlib
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import joinedload, undefer

from app import clock
from app.agendas.models import Agenda
from app.database import db, insert_new, only_reading, rows_changed, take_row
from app.network.faces import colours
from app.papers import open_documents, paper_sheets, word_files
from app.papers.blocks import About, Block, Prose, Table, markdown_blocks
from app.papers.kinds import DocumentKind
from app.progress import editions
from app.progress.contents import ReportContents
from app.progress.models import Report, ReportEdition, ReportFile
from app.progress.report_blocks import group_blocks, list_blocks
from app.setbacks import one_by_one


def file_of(edition: ReportEdition, kind: DocumentKind) -> ReportFile | None:
    """The file with its bytes; None while it is still to be made."""
    wanted = sa.select(ReportFile).filter_by(edition_id=edition.id, kind=kind).options(undefer(ReportFile.content))
    return db.session.scalar(wanted)


def list_files(edition: ReportEdition) -> dict[DocumentKind, ReportFile]:
    """What was made of an edition, without the bytes."""
    found = db.session.scalars(sa.select(ReportFile).where(ReportFile.edition_id == edition.id))
    return {each.kind: each for each in found}


def make_wanted_files() -> int:
    """Make the files of published editions that are not there yet, each in its own transaction; returns how many."""
    published = sa.select(ReportEdition.id).where(ReportEdition.published_at.is_not(None)).order_by(ReportEdition.id)
    edition_ids, there = db.session.scalars(published).all(), _files_that_stay()
    wanted = {
        f"{edition_id}.{kind}": (edition_id, kind)
        for edition_id in edition_ids
        for kind in DocumentKind
        if (edition_id, kind) not in there
    }
    db.session.commit()
    return one_by_one.do_each("make_wanted_files", wanted, lambda name: _make_file(*wanted[name]))


def _files_that_stay() -> set[tuple[int, DocumentKind]]:
    """What was made, and what this machine cannot make now either."""
    found = db.session.execute(sa.select(ReportFile.edition_id, ReportFile.kind, ReportFile.problem)).all()
    tried_again = any(problem for _, _, problem in found) and paper_sheets.can_make_pdf()
    return {(edition_id, kind) for edition_id, kind, problem in found if not (problem and tried_again)}


def _make_file(edition_id: int, kind: DocumentKind) -> int | None:
    """Make a file while others may write. What was made stays: of two workers that make one at once, the first one's.

    What names somebody who was erased meanwhile is not kept. The next round makes it.
    """
    with only_reading():
        edition = _load_edition(edition_id)
        said = edition.contents if edition else None
        content = write_file(editions.contents_for(edition), edition, kind) if edition else None
    edition = take_row(ReportEdition, edition_id)
    if edition is None or edition.contents != said:
        return None
    values = {
        "made_at": clock.now() if content else None,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest() if content else "",
        "problem": "" if content else paper_sheets.MISSING,
    }
    missing = sa.update(ReportFile).where(
        ReportFile.edition_id == edition_id, ReportFile.kind == kind, ReportFile.made_at.is_(None)
    )
    first = insert_new(ReportFile.__table__, "edition_id", "kind")
    return rows_changed(missing.values(values)) or rows_changed(
        first.values(edition_id=edition_id, kind=kind, **values)
    )


def _load_edition(edition_id: int) -> ReportEdition | None:
    network = joinedload(ReportEdition.report).joinedload(Report.agenda).joinedload(Agenda.network)
    return db.session.get(ReportEdition, edition_id, options=[network], populate_existing=True)


def write_file(contents: ReportContents, edition: ReportEdition, kind: DocumentKind) -> bytes | None:
    """The bytes of a file, in Dutch; None where this machine lacks what it takes."""
    with force_locale("nl"):
        try:
            return _WRITERS[kind](contents, edition)
        except OSError:
            return None


def write_pdf(contents: ReportContents, edition: ReportEdition) -> bytes:
    """The report on A4, tagged for screen readers (PDF/UA). Raises OSError without Pango."""
    template = current_app.jinja_env.get_template("progress/paper.html")
    body = template.render(contents=contents, edition=edition, groups=group_blocks(list_blocks(contents, edition)))
    about = _about(contents, edition)
    return paper_sheets.write_sheet(
        about.title, about.author, colours.colour_by_day(edition.report.agenda.network), body
    )


def write_word_file(contents: ReportContents, edition: ReportEdition) -> bytes:
    """The report as DOCX, to go on writing in."""
    return word_files.write_docx(_about(contents, edition), _editable_blocks(contents, edition))


def write_open_document(contents: ReportContents, edition: ReportEdition) -> bytes:
    """The same as ODT."""
    return open_documents.write_odt(_about(contents, edition), _editable_blocks(contents, edition))


_WRITERS: dict[DocumentKind, Callable[[ReportContents, ReportEdition], bytes]] = {
    DocumentKind.PDF: write_pdf,
    DocumentKind.OPEN_DOCUMENT: write_open_document,
    DocumentKind.WORD: write_word_file,
}


def _about(contents: ReportContents, edition: ReportEdition) -> About:
    return About.readable(f"{contents.title}: {contents.agenda}", contents.network)


def _editable_blocks(contents: ReportContents, edition: ReportEdition) -> Iterator[Block | Table]:
    """Without drawings, of which a table says the same."""
    for block in list_blocks(contents, edition):
        if isinstance(block, Prose):
            yield from markdown_blocks(block.text)
        elif isinstance(block, Block | Table):
            yield block
