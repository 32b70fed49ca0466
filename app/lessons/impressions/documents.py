"""An impression as PDF, Word file and ODT, made by the clockwork, outside any request.

The PDF is laid out by WeasyPrint, which needs the system library Pango; without it the
page and the other files are there all the same and `flask check` says what to install.
"""

import logging
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload, undefer

from app import clock, urls
from app.database import db, only_reading, take_row
from app.events.models import Event
from app.lessons.impressions import editable_files, facts, impressions
from app.lessons.impressions.models import Document, Impression
from app.lessons.insights import commitments
from app.lessons.insights.models import Commitment
from app.network.faces import colours
from app.network.models import Network
from app.papers import paper_sheets
from app.papers.kinds import DocumentKind
from app.setbacks import one_by_one

log = logging.getLogger("leerkring.documents")


def want_documents(impression: Impression, **_: object) -> None:
    """Ask for the files again, after publishing and after every correction."""
    for kind in DocumentKind:
        document = document_of(impression, kind)
        if document is None:
            document = Document(impression_id=impression.id, kind=kind)
            db.session.add(document)
        document.wanted_at, document.problem = clock.now(), ""
    db.session.flush()


def show_new_picture(place: Network | Event) -> None:
    """Make the files of a session's report anew when its picture changed; those of a network keep the one they had."""
    impression = impressions.published_impression_of(place) if isinstance(place, Event) else None
    if impression is not None:
        want_documents(impression)


def forget_names(commitment: Commitment, **_: object) -> None:
    """Make the files anew; what somebody took back is in none of them until they are there."""
    impression = commitment.suggestion.insight.impression if commitment.suggestion else None
    if impression is None or impression.published_at is None:
        return
    want_documents(impression)
    if commitment.named_at is None:
        old = sa.update(Document).where(Document.impression_id == impression.id)
        db.session.execute(old.values(content=None, made_at=None))


def document_of(impression: Impression, kind: DocumentKind) -> Document | None:
    return db.session.scalar(sa.select(Document).filter_by(impression_id=impression.id, kind=kind))


def document_with_content(impression: Impression, kind: DocumentKind) -> Document | None:
    """The file with its bytes, as it was made last."""
    wanted = sa.select(Document).filter_by(impression_id=impression.id, kind=kind).options(undefer(Document.content))
    return db.session.scalar(wanted)


def make_wanted_documents() -> int:
    """Make the files that were asked for and are not there yet, each in its own transaction; returns how many."""
    waiting = db.session.scalars(sa.select(Document.id).where(_WAITS).order_by(Document.wanted_at)).all()
    db.session.commit()
    return one_by_one.do_each("make_wanted_documents", waiting, _make_document)


_WAITS = sa.or_(Document.made_at.is_(None), Document.made_at < Document.wanted_at)


def _make_document(document_id: int) -> int | None:
    """Make a file while others may write: two workers that make the same one at once only do it twice.

    What was overtaken meanwhile is not kept: it may name somebody who took that back. The next round makes it.
    """
    with only_reading():
        asked = sa.select(Document).where(Document.id == document_id, _WAITS).options(joinedload(Document.impression))
        document = db.session.scalar(asked.execution_options(populate_existing=True))
        wanted_at, made = (document.wanted_at, _make_file(document)) if document else (None, None)
    document = take_row(Document, document_id, _WAITS)
    if document is None or wanted_at is None or made is None or document.wanted_at > wanted_at:
        return None
    content, problem = made
    document.content, document.problem = content or document.content, problem
    document.made_at = max(wanted_at, clock.now())
    return 1


def _make_file(document: Document) -> tuple[bytes | None, str]:
    """The bytes of a file, or what this machine lacks for it."""
    try:
        with force_locale("nl"):
            return _MAKERS[document.kind](document.impression), ""
    except OSError:
        return None, paper_sheets.MISSING


def write_pdf(impression: Impression) -> bytes:
    """The impression on A4, tagged for screen readers (PDF/UA). Raises OSError without Pango."""
    template = current_app.jinja_env.get_template("lessons/impression_print.html")
    body = template.render(document_contents(impression))
    picture = facts.face_of_impression(impression)
    return paper_sheets.write_sheet(
        impression.title,
        impression.network.name,
        colours.colour_by_day(impression.network),
        body,
        picture.mail if picture else None,
    )


def document_contents(impression: Impression) -> dict[str, Any]:
    """What page, PDF and Word file show alike."""
    confidential = facts.is_confidential(impression)
    return {
        "impression": impression,
        "picture": facts.face_of_impression(impression),
        "events": facts.events_of_impression(impression),
        "figures": facts.figures_of_impression(impression),
        "confidential": confidential,
        "pitches": [] if confidential else [line for line in impression.pitches.splitlines() if line.strip()],
        "owner": lambda commitment: commitments.public_owner_name(commitment, confidential=confidential),
        "address": urls.impression_url(impression.slug),
    }


def desk_contents(impression: Impression) -> dict[str, Any]:
    """The same for its organisers, who know who does what, and read what everybody else does."""
    shown = document_contents(impression)

    def owner(commitment: Commitment) -> str:
        public, own = shown["owner"](commitment), commitments.owner_in_words(commitment)
        if shown["confidential"] or public == own:
            return str(public)
        return gettext("%(name)s; openbaar staat er ‘%(public)s’", name=own, public=public)

    return shown | {"owner": owner}


def write_word_file(impression: Impression) -> bytes:
    """The impression as DOCX, to go on writing in."""
    return editable_files.write_word_file(impression, document_contents(impression))


def write_open_document(impression: Impression) -> bytes:
    """The same as ODT."""
    return editable_files.write_open_document(impression, document_contents(impression))


_MAKERS: dict[DocumentKind, Callable[[Impression], bytes]] = {
    DocumentKind.PDF: write_pdf,
    DocumentKind.WORD: write_word_file,
    DocumentKind.OPEN_DOCUMENT: write_open_document,
}
