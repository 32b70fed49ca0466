"""An impression to go on writing in, as DOCX for Word and as ODT for LibreOffice: one list of blocks, two writers."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext, ngettext

from app import wording
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Commitment, CommitmentState
from app.papers import open_documents, word_files
from app.papers.blocks import About, Block, Style, markdown_blocks


def write_word_file(impression: Impression, shown: dict[str, Any]) -> bytes:
    """The impression as DOCX; `shown` is what documents.document_contents gives."""
    return word_files.write_docx(_about(impression), list_blocks(shown))


def write_open_document(impression: Impression, shown: dict[str, Any]) -> bytes:
    """The same as ODT (OASIS OpenDocument 1.3)."""
    return open_documents.write_odt(_about(impression), list_blocks(shown))


def _about(impression: Impression) -> About:
    return About.readable(impression.title, impression.network.name)


def list_blocks(shown: dict[str, Any]) -> Iterator[Block]:
    """The impression from its first line to its last."""
    impression = shown["impression"]
    yield Block(Style.TEXT, impression.network.name)
    yield Block(Style.TITLE, impression.title)
    for event in shown["events"]:
        yield Block(Style.TEXT, f"{wording.format_day(event.starts_at, event.zone)}, {wording.format_place(event)}")
    yield from markdown_blocks(impression.intro)
    yield from _facts(shown)
    if impression.insights:
        yield Block(Style.HEADING_1, gettext("Inzichten"))
    for insight in impression.insights:
        yield Block(Style.HEADING_2, insight.title)
        yield from markdown_blocks(insight.explanation)
        if insight.suggestions:
            yield Block(Style.HEADING_3, gettext("Suggesties"))
        for suggestion in insight.suggestions:
            yield Block(Style.BULLET, suggestion.text)
            if suggestion.verdict and suggestion.state == suggestion.verdict:
                words = str(suggestion.state.words)
                yield Block(Style.BULLET_2, words if shown["confidential"] else f"{words}: {suggestion.why}")
            for commitment in suggestion.commitments:
                yield Block(Style.BULLET_2, _commitment_line(commitment, shown))
    if impression.next_steps:
        yield Block(Style.HEADING_1, gettext("Hoe nu verder"))
        yield from markdown_blocks(impression.next_steps)
    for each in impression.corrections:
        words = gettext("Verbeterd op %(day)s: %(note)s", day=wording.format_day(each.at), note=each.note)
        yield Block(Style.TEXT, words)
    yield Block(Style.TEXT, shown["address"])


def _facts(shown: dict[str, Any]) -> Iterator[Block]:
    impression = shown["impression"]
    if not (shown["figures"] or impression.set_up or impression.themes or shown["pitches"]):
        return
    yield Block(Style.HEADING_1, gettext("Feiten en cijfers"))
    for figure, number in shown["figures"].items():
        yield Block(Style.TEXT, figure.words(number), str(number))
    if impression.themes:
        names = ", ".join(theme.words for theme in impression.themes)
        words = ngettext("Thema: %(names)s", "Thema’s: %(names)s", len(impression.themes), names=names)
        yield Block(Style.TEXT, words)
    if impression.set_up:
        yield Block(Style.HEADING_2, gettext("Opzet"))
        yield from markdown_blocks(impression.set_up)
    if shown["pitches"]:
        yield Block(Style.HEADING_2, gettext("Sprekers en pitches"))
    for line in shown["pitches"]:
        yield Block(Style.BULLET, line)


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
