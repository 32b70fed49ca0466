"""An impression to go on writing in, as DOCX for Word and as ODT for LibreOffice: one list of blocks, two writers.

Both have real headings and lists, and say that they are in Dutch, for the spelling checker.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext, ngettext

from app import clock, markdown, wording
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Commitment, CommitmentState
from app.plain_text import storable_text


class Style(StrEnum):
    """What a block is; the value is the name of that style in Word."""

    TITLE = "Title"
    HEADING_1 = "Heading 1"
    HEADING_2 = "Heading 2"
    HEADING_3 = "Heading 3"
    TEXT = "Normal"
    BULLET = "List Bullet"
    BULLET_2 = "List Bullet 2"

    @property
    def level(self) -> int:
        """Of a heading or a bullet; 0 for what is neither."""
        return int(self[-1]) if self[-1].isdigit() else int(self == Style.BULLET)


HEADINGS = (Style.HEADING_1, Style.HEADING_2, Style.HEADING_3)
BULLETS = (Style.BULLET, Style.BULLET_2)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or item of a list."""

    style: Style
    text: str
    figure: str = ""
    """A number that stands large before the text."""


@dataclass(frozen=True)
class About:
    """What the properties of the file say."""

    title: str
    author: str


def write_word_file(impression: Impression, shown: dict[str, Any]) -> bytes:
    """The impression as DOCX; `shown` is what documents.document_contents gives."""
    return write_docx(_about(impression), list_blocks(shown))


def write_open_document(impression: Impression, shown: dict[str, Any]) -> bytes:
    """The same as ODT (OASIS OpenDocument 1.3)."""
    return write_odt(_about(impression), list_blocks(shown))


def _about(impression: Impression) -> About:
    return About(_readable(impression.title), _readable(impression.network.name))


def list_blocks(shown: dict[str, Any]) -> Iterator[Block]:
    """The impression from its first line to its last."""
    impression = shown["impression"]
    yield Block(Style.TEXT, impression.network.name)
    yield Block(Style.TITLE, impression.title)
    for event in shown["events"]:
        yield Block(Style.TEXT, f"{wording.format_day(event.starts_at, event.zone)}, {wording.format_place(event)}")
    yield from _text(impression.intro)
    yield from _facts(shown)
    if impression.insights:
        yield Block(Style.HEADING_1, gettext("Inzichten"))
    for insight in impression.insights:
        yield Block(Style.HEADING_2, insight.title)
        yield from _text(insight.explanation)
        if insight.suggestions:
            yield Block(Style.HEADING_3, gettext("Suggesties"))
        for suggestion in insight.suggestions:
            yield Block(Style.BULLET, suggestion.text)
            for commitment in suggestion.commitments:
                yield Block(Style.BULLET_2, _commitment_line(commitment, shown))
    if impression.next_steps:
        yield Block(Style.HEADING_1, gettext("Hoe nu verder"))
        yield from _text(impression.next_steps)
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
        yield from _text(impression.set_up)
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


def _text(text: str) -> Iterator[Block]:
    """Markdown as paragraphs; an item of a list stays one."""
    for line in markdown.tokens_to_text(markdown.parser.parse(text)).split("\n"):
        if line.strip():
            bullet = line.lstrip().startswith("- ")
            yield Block(Style.BULLET if bullet else Style.TEXT, line.strip().removeprefix("- "))


def write_docx(about: About, blocks: Iterable[Block]) -> bytes:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    _style_word_file(document, about)
    for block in blocks:
        line = document.add_paragraph(style=str(block.style))
        if block.figure:
            line.add_run(f"{block.figure} ").font.size = Pt(20)
        line.add_run(_readable(block.text))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style_word_file(document: Any, about: About) -> None:
    """Our ink and type, long words broken after the language's rules, the title in the file's properties."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    document.core_properties.title, document.core_properties.author = about.title, about.author
    document.core_properties.language = "nl-NL"
    document.settings.element.append(OxmlElement("w:autoHyphenation"))
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    normal.element.get_or_add_rPr().append(language)
    for name in (Style.TITLE, *HEADINGS):
        document.styles[str(name)].font.color.rgb = RGBColor(0x1B, 0x1F, 0x3B)
        document.styles[str(name)].font.name = "Calibri"


_INK = "#1b1f3b"
_ODT_STYLES: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"size": "24pt", "color": _INK, "bold": True},
    Style.HEADING_1: {"size": "16pt", "color": _INK, "bold": True},
    Style.HEADING_2: {"size": "13pt", "color": _INK, "bold": True},
    Style.HEADING_3: {"size": "11pt", "color": _INK, "bold": True},
    Style.TEXT: {"size": "11pt"},
}
_ODT_NAMES = {
    Style.TITLE: "Title",
    **{style: style.replace(" ", "_20_") for style in HEADINGS},
    Style.TEXT: "Text_20_body",
}
"""How ODF names the same styles, so that an outline and a table of contents find the headings."""


def write_odt(about: About, blocks: Iterable[Block]) -> bytes:
    from odfdo import Document, Header, Paragraph, Span

    document = Document("text")
    document.body.clear()
    _style_open_document(document, about)
    lists: list[Any] = []
    for block in blocks:
        text = _readable(block.text)
        if block.style in BULLETS:
            _append_item(document.body, lists, block.style.level, text)
            continue
        lists = []
        if block.style in HEADINGS:
            heading = Header(block.style.level, text)
            heading.style = _ODT_NAMES[block.style]
            document.body.append(heading)
            continue
        line = Paragraph(style=_ODT_NAMES[block.style])
        if block.figure:
            line.append(Span(f"{block.figure} ", style="Figure"))
        line.append_plain_text(text)
        document.body.append(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _append_item(body: Any, lists: list[Any], level: int, text: str) -> None:
    """An item under the ones before it; `lists` are the lists that are open, from the outermost."""
    from odfdo import List, ListItem

    if not lists:
        lists.append(List(style="Bullets"))
        body.append(lists[0])
    del lists[level:]
    if level > len(lists) and lists[-1].get_elements("text:list-item"):
        lists.append(List())
        lists[-2].get_elements("text:list-item")[-1].append(lists[-1])
    lists[-1].append(ListItem(text))


def _style_open_document(document: Any, about: About) -> None:
    """Our ink and type, long words broken, the language, the title in the file's properties."""
    from odfdo import Element
    from odfdo import Style as OdtStyle

    document.meta.title, document.meta.language = about.title, "nl-NL"
    document.meta.creation_date = clock.now().replace(tzinfo=None)
    document.meta.creator = document.meta.initial_creator = about.author
    document.set_language("nl-NL")
    for style, look in _ODT_STYLES.items():
        made = OdtStyle("paragraph", name=_ODT_NAMES[style], parent_style="Standard", area="text", **look)
        made.display_name = _ODT_NAMES[style].replace("_20_", " ")
        made.set_properties({"fo:hyphenate": "true"}, area="text")
        made.set_properties({"fo:margin-top": "0.2cm", "fo:margin-bottom": "0.2cm"}, area="paragraph")
        document.insert_style(made)
    document.insert_style(OdtStyle("text", name="Figure", area="text", size="20pt"))
    levels = "".join(
        f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="{mark}"><style:list-level-properties '
        f'text:space-before="{level * 0.5}cm" text:min-label-width="0.5cm"/></text:list-level-style-bullet>'
        for level, mark in ((1, "•"), (2, "–"))
    )
    bullets = Element.from_tag(f'<text:list-style style:name="Bullets">{levels}</text:list-style>')
    document.insert_style(bullets, automatic=True)


def _readable(text: str) -> str:
    """Without what XML cannot hold (XML 1.0 section 2.2)."""
    return "".join(c for c in storable_text(text) if c >= " " or c in "\n\t")
