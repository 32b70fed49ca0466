"""An impression as PDF and as Word file, made by the clockwork, outside any request.

The PDF is laid out by WeasyPrint, which needs the system library Pango; without it the
page and the Word file are there all the same and `flask check` says what to install.
"""

import io
import logging
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.orm import joinedload, undefer

from app import budget, clock, markdown, urls, wording
from app.database import db, only_reading, take_row
from app.lessons.impressions import facts
from app.lessons.impressions.models import Document, DocumentKind, Impression
from app.lessons.insights import commitments
from app.lessons.insights.models import Commitment, CommitmentState
from app.setbacks import one_by_one
from app.web import assets

log = logging.getLogger("leerkring.documents")

_FONTS = {f"font:{weight}": f"source-sans-3-latin-{weight}-normal.woff2" for weight in (400, 700)}
"""Addresses in the sheet of what the build made of the site's type."""
MISSING = "pango"
"""The problem of a PDF on a machine without the library."""


def want_documents(impression: Impression, **_: object) -> None:
    """Ask for both files again, after publishing and after every correction."""
    for kind in DocumentKind:
        document = document_of(impression, kind)
        if document is None:
            document = Document(impression_id=impression.id, kind=kind)
            db.session.add(document)
        document.wanted_at, document.problem = clock.now(), ""
    db.session.flush()


def forget_names(commitment: Commitment, **_: object) -> None:
    """Make both files anew; what somebody took back is in none of them until they are there."""
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


def _make_document(number: int) -> int | None:
    """Make a file while others may write: two workers that make the same one at once only do it twice.

    What was overtaken meanwhile is not kept: it may name somebody who took that back. The next round makes it.
    """
    with only_reading():
        asked = sa.select(Document).where(Document.id == number, _WAITS).options(joinedload(Document.impression))
        document = db.session.scalar(asked.execution_options(populate_existing=True))
        wanted_at, made = (document.wanted_at, _make_file(document)) if document else (None, None)
    document = take_row(Document, number, _WAITS)
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
            maker = write_pdf if document.kind == DocumentKind.PDF else write_word_file
            return maker(document.impression), ""
    except OSError:
        return None, MISSING


def can_make_pdf() -> bool:
    """Whether WeasyPrint finds Pango on this machine."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def write_pdf(impression: Impression) -> bytes:
    """The impression on A4, tagged for screen readers (PDF/UA). Raises OSError without Pango."""
    import weasyprint

    budget.demand_no_write_lock()
    html = current_app.jinja_env.get_template("lessons/impression_print.html").render(document_contents(impression))
    pdf: bytes = weasyprint.HTML(string=html, url_fetcher=_own_fonts_alone()).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def document_contents(impression: Impression) -> dict[str, Any]:
    """What page, PDF and Word file show alike."""
    confidential = facts.is_confidential(impression)
    return {
        "impression": impression,
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
    """The impression as DOCX with real headings and lists, to go on writing in."""
    from docx import Document as WordDocument

    shown = document_contents(impression)
    document = WordDocument()
    _style_document(document, impression)
    document.add_paragraph(impression.network.name)
    document.add_heading(impression.title, 0)
    for event in shown["events"]:
        document.add_paragraph(f"{wording.format_day(event.starts_at, event.zone)}, {wording.format_place(event)}")
    _add_text(document, impression.intro)
    _add_facts(document, shown)
    if impression.insights:
        document.add_heading(gettext("Inzichten"), 1)
    for insight in impression.insights:
        document.add_heading(insight.title, 2)
        _add_text(document, insight.explanation)
        if insight.suggestions:
            document.add_heading(gettext("Suggesties"), 3)
        for suggestion in insight.suggestions:
            document.add_paragraph(suggestion.text, style="List Bullet")
            for commitment in suggestion.commitments:
                document.add_paragraph(_commitment_line(commitment, shown), style="List Bullet 2")
    if impression.next_steps:
        document.add_heading(gettext("Hoe nu verder"), 1)
        _add_text(document, impression.next_steps)
    for correction in impression.corrections:
        document.add_paragraph(
            gettext("Verbeterd op %(day)s: %(note)s", day=wording.format_day(correction.at), note=correction.note)
        )
    document.add_paragraph(shown["address"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style_document(document: Any, impression: Impression) -> None:
    """Our ink and type, the language for the spelling checker, the title in the file's properties."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    document.core_properties.title = impression.title
    document.core_properties.author = impression.network.name
    document.core_properties.language = "nl-NL"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    normal.element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        document.styles[name].font.color.rgb = RGBColor(0x1B, 0x1F, 0x3B)
        document.styles[name].font.name = "Calibri"


def _add_facts(document: Any, shown: dict[str, Any]) -> None:
    from docx.shared import Pt

    impression = shown["impression"]
    rows = [(figure.words(number), str(number)) for figure, number in shown["figures"].items()]
    if not (rows or impression.set_up or shown["pitches"]):
        return
    document.add_heading(gettext("Feiten en cijfers"), 1)
    for words, number in rows:
        line = document.add_paragraph()
        line.add_run(number).font.size = Pt(20)
        line.add_run(f" {words}")
    if impression.themes:
        names = ", ".join(theme.name for theme in impression.themes)
        document.add_paragraph(ngettext("Thema: %(names)s", "Thema’s: %(names)s", len(impression.themes), names=names))
    if impression.set_up:
        document.add_heading(gettext("Opzet"), 2)
        _add_text(document, impression.set_up)
    if shown["pitches"]:
        document.add_heading(gettext("Sprekers en pitches"), 2)
    for line in shown["pitches"]:
        document.add_paragraph(line, style="List Bullet")


def _commitment_line(commitment: Commitment, shown: dict[str, Any]) -> str:
    """A commitment in a line: what, who, by when, and how it ended."""
    line = gettext(
        "Afspraak: %(what)s (%(owner)s, voor %(day)s)",
        what=commitment.what,
        owner=shown["owner"](commitment),
        day=wording.format_day(commitment.due_on),
    )
    if commitment.open:
        return line
    note = "" if shown["confidential"] or not commitment.note else f". {commitment.note}"
    return f"{line}: {str(CommitmentState(commitment.state).words).lower()}{note}"


def _add_text(document: Any, text: str) -> None:
    """Markdown as paragraphs; a list item becomes one of Word's."""
    for line in markdown.tokens_to_text(markdown.parser.parse(text)).split("\n"):
        if line.strip():
            bullet = line.lstrip().startswith("- ")
            document.add_paragraph(line.strip().removeprefix("- "), style="List Bullet" if bullet else None)


def _own_fonts_alone() -> Any:
    """A fetcher of the site's own type; any other address, as in somebody's text, is never fetched."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in _FONTS:
                raise ValueError("no external resources")
            path = assets.FOLDER / assets.asset_url(_FONTS[url]).removeprefix("/static/")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/woff2"})

    return OwnFonts()
